"""Secrets planted in every place in which they could travel land nowhere: not in a file, nor on a terminal.

What a run leaves is searched as a thief would: unpacked, decoded, put together from hexadecimal digits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.evidence import bundle
from conformance.fronts.secrets import of_address
from conformance.record import read
from conformance.reporting.formats import FORMATS

from ..foreign.beacon import written
from ..front.command import Ended, environment, run, suite
from .parrot import Parrot, health, lamp
from .spelled import found, which

SECRETS = {
    "header, from the environment": "low-water.mark~7/wx+yz==",
    "query, from a file": "tide+key/42&=<é>'x'\"y\"\\z",
    "bearer of the health": "f0gh0rn.Basic~Bearer+17/ab",
    "stated by the document for another place": "stated-for-the-rock-only-9",
    "database": "hist0ry:p@ss/w%ord-of-9",
}
HEADER, QUERY, BEARER, STATED, DATABASE = SECRETS.values()
HISTORY = "postgresql://keeper:hist0ry%3Ap%40ss%2Fw%25ord-of-9@127.0.0.1:9/runs"


@dataclass
class Left:
    """Everything that a run left behind: by name, as bytes."""

    ended: Ended
    parts: dict[str, bytes] = field(default_factory=dict)

    def leaks(self) -> list[tuple[str, str]]:
        """Which secret is to be had from which part."""
        return [(name, had) for name, data in self.parts.items() for had in which(SECRETS.values(), data)]


def words(folder: Path, parrot: Parrot, prefix: str = "--") -> list[str]:
    """The options of a run that has secrets wherever they belong."""
    (folder / "query.secret").write_text(QUERY, "utf-8")
    pairs = [
        ("asyncapi", written(folder, lamp(STATED, HEADER))),
        ("openapi", written(folder, health(), "health.json")),
        ("url", f"beacon=ws://{parrot.place}"),
        ("url", f"parrot-health=http://{parrot.place}"),
        ("credential", "pass=env:PARROT_HEADER,label=keeper"),
        ("credential", f"key=file:{folder / 'query.secret'}"),
        ("credential", "token=env:PARROT_BEARER"),
        ("history", HISTORY),
    ]
    return [word for name, value in pairs for word in (f"{prefix}{name}", value)]


def secret_environment(**more: str) -> dict[str, str]:
    return environment(PARROT_HEADER=HEADER, PARROT_BEARER=BEARER, **more)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A run against the parrot, with all reports, its bundle, and what a build server was told."""
    folder = tmp_path_factory.mktemp("planted")
    steps = folder / "steps.md"
    with Parrot() as parrot:
        env = secret_environment(GITHUB_STEP_SUMMARY=str(steps), GITHUB_ACTIONS="true")
        ended = run(*words(folder, parrot), cwd=folder, env=env)
        assert parrot.heard >= {HEADER, QUERY, BEARER}, ended.err
    made = Left(
        ended, {"stdout": ended.out.encode(), "stderr": ended.err.encode(), "steps": steps.read_bytes()}
    )
    record = read(ended.folder)
    for form in FORMATS.values():
        form.write(record, ended.folder / f"again-{form.file}")
    archive = bundle(ended.folder, None, version="9").path
    history = ["history", "--history", str(ended.folder / "history.sqlite")]
    page = str(ended.folder / "history.html")
    for verb in (
        ["report", str(ended.folder)],
        ["waive", str(ended.folder)],
        ["compare", str(ended.folder), str(ended.folder), "--json"],
        ["bundle", "--verify", str(archive)],
        [*history, "--import", str(ended.folder), "--html", page],
        [*history, "--json"],
    ):
        made.parts[" ".join(verb[::2])] = verb_told(verb)
    made.parts |= dict(files(ended.folder))
    return made


def verb_told(words: list[str]) -> bytes:
    """What another verb prints of the run."""
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told), pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 0, told.getvalue()
    return told.getvalue().encode()


def test_the_run_says_what_it_can_without_its_secrets(left: Left) -> None:
    """It came to its end, saw what the parrot said, and tells where the secrets are to be had."""
    assert left.ended.code == 1, left.ended.err
    record = left.ended.record
    assert record.complete
    assert sum(len(line.findings) for line in record.cases) > 5
    text = left.parts["run.jsonl"].decode()
    assert "pass=env:PARROT_HEADER" in text
    assert "*" * len(HEADER) in text
    assert any("is not in the history" in notice.text for notice in record.notices)
    names = {"run.jsonl", "report.html", "summary.json", "summary.md", "junit.xml"}
    assert names | {f"again-{form.file}" for form in FORMATS.values()} <= left.parts.keys()
    assert any(name.endswith(".zip") for name in left.parts)
    assert {"history.sqlite", "history.html"} <= left.parts.keys()
    assert all(left.parts[name] for name in left.parts if not name.endswith("annotations.txt"))


def test_no_secret_lands_in_any_artefact(left: Left) -> None:
    """Run file, reports, bundle, build server, terminal: raw, decoded and unpacked."""
    assert left.leaks() == []


def test_what_is_no_secret_does_land(left: Left) -> None:
    """The search sees into every artefact that tells of sessions: a word of the documents is found there."""
    for name, data in left.parts.items():
        if name.endswith((".jsonl", ".html", ".json", ".xml", ".zip")) and " " not in name:
            assert found("beacon/", data), name


@pytest.mark.parametrize("folder", ["report", ""], ids=["with artefacts", "without"])
def test_pytest_tells_no_secret(folder: str, tmp_path: Path) -> None:
    """Neither its terminal, with all reasons and all locals, nor its own JUnit XML."""
    with Parrot() as parrot:
        given = words(tmp_path, parrot, "--conformance-")[: None if folder else -2]
        env = secret_environment()
        given += ["--conformance-report-dir", folder, "-rA", "-l", f"--junitxml={tmp_path / 'own.xml'}"]
        kept = suite(*given, cwd=tmp_path, env=env)
    assert kept.code == 1, kept.out
    own = (tmp_path / "own.xml").read_bytes()
    assert b"<failure" in own
    made = Left(kept, {"stdout": kept.out.encode(), "stderr": kept.err.encode(), "own.xml": own})
    made.parts |= dict(files(kept.folder))
    assert made.leaks() == []


# -- before anything is sent ------------------------------------------------------------------------

BEFORE: dict[str, list[str]] = {
    "an address with a password": ["--url", "ws://keeper:{}@127.0.0.1:9/lamp"],
    "an address with a name alone": ["--url", "ws://{}@127.0.0.1:9/lamp"],
    "an address with a query": ["--url", "ws://127.0.0.1:9/lamp?token={}"],
    "an address of no document": ["--url", "rock=ws://keeper:{}@127.0.0.1:9/?a=b&token={}#{}"],
    "an address with a scheme that there is not": ["--url", "wsx://keeper:{}@127.0.0.1:9/"],
    "an address as the target": ["wss://keeper:{}@rock.example/lamp?token={}"],
    "an address too many": ["local", "ws://keeper:{}@127.0.0.1:9/lamp"],
    "a secret where its place belongs": ["--credential", "pass={}", "--url", "ws://127.0.0.1:9"],
    "a secret instead of a variable": ["--credential", "pass=env:{}", "--url", "ws://127.0.0.1:9"],
    "a password of a database": ["--history", "postgresql://keeper:{}@127.0.0.1:9"],
    "a database of another kind": ["--history", "mysql://keeper:{}@127.0.0.1:9/runs"],
}
PLAIN = "omkey_lowwater_mark_17_abcdef"


class Started:
    """`omen-conformance run` in this process, which leaves everything in one folder."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._captured = captured
        patch.chdir(folder)

    def __call__(self, *options: str) -> dict[str, bytes]:
        with pytest.raises(SystemExit) as caught:
            main(["run", *options])
        self.code = caught.value.code
        out, err = self._captured.readouterr()
        told = {"stdout": out.encode(), "stderr": err.encode()}
        for path in re.findall(r"its traceback is in (\S+)\)", err):
            told["traceback"] = Path(path).read_bytes()
            Path(path).unlink()
        names = "\n".join(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
        return {**told, "names": names.encode(), **dict(files(self.folder))}


@pytest.fixture
def started(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Started:
    return Started(tmp_path, capsys, monkeypatch)


def leaking(secret: str, parts: dict[str, bytes]) -> list[str]:
    return [name for name, data in parts.items() if found(secret, data)]


@pytest.mark.parametrize("folder", [(), ("--report-dir", "report")], ids=["own folder", "folder"])
@pytest.mark.parametrize("what", BEFORE)
def test_a_secret_that_stands_in_the_wrong_place_lands_nowhere(
    what: str, folder: tuple[str, ...], started: Started
) -> None:
    """The sentence says what is wrong without it; nor is a folder named after it."""
    (started.folder / "docs").mkdir()
    path = written(started.folder / "docs", lamp("none-of-yours", "nor-this"))
    parts = started("--asyncapi", path, *folder, *(word.replace("{}", PLAIN) for word in BEFORE[what]))
    assert started.code == 2
    assert len(parts["stderr"].decode().splitlines()) == 1
    assert leaking(PLAIN, parts) == []


def test_a_document_that_cannot_be_used_is_quoted_without_its_secret(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever points at a secret that stands in a document, in the wrong place, gets stars."""
    monkeypatch.setenv("PARROT_PLAIN", PLAIN)
    (started.folder / "docs").mkdir()
    made = lamp("none-of-yours", "nor-this")
    made["operations"]["askLamp"]["action"] = PLAIN
    path = written(started.folder / "docs", made)
    (started.folder / "report").mkdir()
    parts = started(
        "--asyncapi", path, "--report-dir", "report", "--url", "ws://127.0.0.1:9",
        "--credential", "pass=env:PARROT_PLAIN",
    )  # fmt: skip
    assert started.code == 2
    assert [name for name in leaking(PLAIN, parts) if not name.startswith("docs/")] == []
    assert b"*" * len(PLAIN) in parts["stderr"]
    assert b"*" * len(PLAIN) in parts["report/run.jsonl"]


def test_a_fault_of_our_own_tells_no_secret(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its sentence nor the file with its traceback, which people send around."""
    monkeypatch.setenv("PARROT_PLAIN", PLAIN)

    def faulty(wish: object) -> None:
        raise ValueError(f"cannot make a header of {PLAIN!r}")

    monkeypatch.setattr("conformance.commands.run.prepare", faulty)
    parts = started("--report-dir", "report", "--credential", "pass=env:PARROT_PLAIN")
    assert started.code == 4
    assert b"ValueError" in parts["traceback"]
    assert leaking(PLAIN, parts) == []
    assert b"*" * len(PLAIN) in parts["stderr"]
    parts = started("--debug", "--report-dir", "report", "--credential", "pass=env:PARROT_PLAIN")
    assert started.code == 4
    assert b"Traceback" in parts["stderr"]
    assert b"in faulty" in parts["stderr"]
    assert leaking(PLAIN, parts) == []


def test_a_closed_port_tells_no_secret(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody answered to says where it was sent, and not what it carried."""
    monkeypatch.setenv("PARROT_PLAIN", PLAIN)
    (started.folder / "docs").mkdir()
    path = written(started.folder / "docs", lamp("none-of-yours", PLAIN))
    parts = started(
        "--asyncapi", path, "--report-dir", "report", "--url", "ws://127.0.0.1:9/lamp", "--history", "none",
        "--credential", "pass=env:PARROT_PLAIN", "--credential", "key=env:PARROT_PLAIN",
    )  # fmt: skip
    assert started.code == 3
    assert [name for name in leaking(PLAIN, parts) if not name.startswith("docs/")] == []
    assert b"127.0.0.1:9" in parts["report/run.jsonl"]


def test_a_secret_too_short_to_be_starred_is_told(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three letters stand in ordinary words: the user has to know that nothing hides them."""
    monkeypatch.setenv("PARROT_SHORT", "yes")
    (started.folder / "docs").mkdir()
    path = written(started.folder / "docs", lamp("none-of-yours", "nor-this"))
    started(
        "--asyncapi", path, "--report-dir", "report", "--url", "ws://127.0.0.1:9/lamp", "--history", "none",
        "--credential", "pass=env:PARROT_SHORT", "--credential", "key=env:PARROT_SHORT",
    )  # fmt: skip
    told = [notice.text for notice in read(started.folder / "report").notices]
    assert [one for one in told if one.startswith("the secret of ")] == [
        f"the secret of {scheme} is shorter than 4 bytes: it is not starred out, for other texts would be, "
        "and may stand in every report"
        for scheme in ("pass", "key")
    ]


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("ws://user:s3cret@host:80/a", {"s3cret"}),
        ("beacon=ws://user:s3%2Fcret@host", {"s3%2Fcret", "s3/cret"}),
        ("ws://token@host/", {"token"}),
        ("ws://user:s3/cr?et@host/a", {"s3/cr?et", "et@host/a"}),
        ("ws://host/a?x=one&y=t%20wo#three", {"one", "t%20wo", "t wo", "three"}),
        ("ws://host:80/a@b", set()),
        ("ws://[::1]:80/a@b", set()),
        ("reference", set()),
    ],
)
def test_what_an_address_gives_away(address: str, secrets: set[str]) -> None:
    """A password, a name in its place, whatever a query says; and no part of an address that may be told."""
    assert {one for one in of_address(address) if one} == secrets

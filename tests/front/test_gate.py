"""The gate through both fronts: waivers, levels, and what a dead waiver does to the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.contract.loading import load
from tests.front.command import Ended, command, run, suite

CLAUSE = "gateway-health/getHealth/rules/depth-within-watermark"
CASES = "gateway-health/health/getHealth/rules"
ABOUT = f"{CASES}/depth-within-watermark"
FAULT = "rings_are_deeper_than_they_ever_were"
TODAY = datetime.now(UTC).date()
SOON, PAST = TODAY + timedelta(days=2), TODAY - timedelta(days=2)
MILDER = """\
overlay: 1.1.0
info: {title: A milder health, version: '1'}
actions:
  - {target: "$..rules[?@.name == 'depth-within-watermark']", update: {level: should}}
"""


@dataclass(frozen=True)
class Fronts:
    """The same run through both fronts, each in a folder of its own, with the same files beside it."""

    folder: Path

    def both(self, *words: str, files: dict[str, str]) -> tuple[Ended, Ended]:
        """The command line's run and pytest's; options are written as the command line has them."""
        for name in ("cli", "pytest"):
            (self.folder / name).mkdir()
            for file, text in files.items():
                (self.folder / name / file).write_text(text, "utf-8")
        prefixed = [
            word.replace("--", "--conformance-", 1) if word.startswith("--") else word for word in words
        ]
        cases = ("--case", CASES)
        one = run(*cases, *words, cwd=self.folder / "cli")
        two = suite(
            "-q", "-rx", "--junitxml", "junit.xml", "--conformance-case", CASES, *prefixed,
            cwd=self.folder / "pytest",
        )  # fmt: skip
        return one, two


@pytest.fixture
def fronts(tmp_path: Path) -> Fronts:
    return Fronts(tmp_path)


def waiver(*, digest: str = "", expires: str = f"{SOON}", clause: str = CLAUSE) -> dict[str, str]:
    """A file with one waiver."""
    digest = digest or load().clauses[CLAUSE].digest
    lines = [f"clause: {clause}", f"digest: '{digest}'", "reason: a ring is counted twice", "owner: Ada"]
    return {"waivers.yaml": "waivers:\n  - " + "\n    ".join([*lines, "ticket: H-1", f"expires: {expires}"])}


def gates(ended: Ended) -> tuple[str, int, tuple[str, ...], set[str], set[str]]:
    """What the run file says of the gate, whichever front wrote it."""
    end = ended.record.end
    assert end is not None
    return end.verdict, end.exit_code, end.gate, set(end.waived), set(end.warned)


def reported(folder: Path) -> dict[str, str]:
    """The cases that pytest's own JUnit report calls skipped, with the reason."""
    cases = ElementTree.parse(folder / "junit.xml").iter("testcase")
    found = ((case.get("name", ""), case.find("skipped")) for case in cases)
    return {name: skip.get("message", "") for name, skip in found if skip is not None}


def test_a_waived_failure_is_xfailed_and_green(fronts: Fronts) -> None:
    """Both fronts decide the same; both tell the reason."""
    one, two = fronts.both("--fault", FAULT, "--waivers", "waivers.yaml", files=waiver())
    assert (one.code, two.code) == (0, 0), one.out + two.out
    assert gates(one)[:3] == gates(two)[:3] == ("conformant", 0, ())
    assert ABOUT in gates(one)[3] & gates(two)[3]
    assert one.record.waivers[0].state == two.record.waivers[0].state == "used"
    assert f"waived    {CLAUSE} (until {SOON}, Ada, H-1;" in one.out.replace("\n          ", " ")
    assert "1 waived" in one.out
    assert f"[{ABOUT}] - waived: a ring is counted twice (until {SOON}, Ada, H-1)" in two.out
    assert set(reported(two.folder.parent)) >= {f"test_health[{each}]" for each in gates(two)[3]}
    (told,) = one.summary["waived"]
    assert (told["clause"], told["state"], told["where"]) == (CLAUSE, "used", "waivers.yaml:2")


def test_dead_waivers_fail_what_is_green(fronts: Fronts) -> None:
    """Exit code 1 of both, with a sentence for each way to die; no test of pytest's own has failed."""
    others = [each for each in load().clauses.values() if each.id.startswith("gateway-health/getLatency/")]
    expired = waiver(clause=others[0].id, digest=others[0].digest, expires=f"{PAST}")["waivers.yaml"]
    changed = waiver(clause=others[1].id, digest="00000000000000aa")["waivers.yaml"]
    files = {**waiver(), "expired.yaml": expired, "changed.yaml": changed}
    words = [word for file in files for word in ("--waivers", file)]
    one, two = fronts.both(*words, files=files)
    assert (one.code, two.code) == (1, 1), one.out + two.out
    assert gates(one) == gates(two)
    assert gates(one)[:2] == ("gate failed", 1)
    assert len(gates(one)[2]) == 3
    assert "GATE FAILED" in one.out
    for said in ("is no longer needed", f"expired on {PAST}", "it promises something else now"):
        assert any(said in reason for reason in gates(one)[2])
        assert said in " ".join(one.out.split())
        assert said in two.out
    assert " failed" not in two.out


@pytest.mark.parametrize(
    ("case", "code"), [(CASES, 1), (f"{CASES}/sessions-are-connections", 0)], ids=["all", "another"]
)
def test_without_artefacts_pytest_decides_the_same(case: str, code: int, tmp_path: Path) -> None:
    """The session fails for an unused waiver, and not for one whose clause was not put to the test."""
    (tmp_path / "waivers.yaml").write_text(waiver()["waivers.yaml"], "utf-8")
    words = ("-q", "--conformance-waivers", "waivers.yaml", "--conformance-report-dir", "")
    ended = suite(*words, "--conformance-case", case, cwd=tmp_path)
    assert (ended.code, "is no longer needed" in ended.out) == (code, bool(code))
    assert not ended.folder.exists()


def test_what_should_be_kept_warns_and_strict_makes_it_fail(fronts: Fronts) -> None:
    words = ("--fault", FAULT, "--overlay", "gateway-health=milder.yaml")
    one, two = fronts.both(*words, files={"milder.yaml": MILDER})
    assert (one.code, two.code) == (0, 0), one.out + two.out
    assert gates(one)[:3] == gates(two)[:3] == ("conformant", 0, ())
    assert ABOUT in gates(one)[4] & gates(two)[4]
    assert one.summary["warnings"] == [CLAUSE]
    assert f"warning   {CLAUSE} should be kept" in one.out
    assert f"[{ABOUT}] - a warning: {CLAUSE} should be kept" in two.out
    strict = run("--case", ABOUT, *words, "--strict", cwd=fronts.folder / "cli")
    assert (strict.code, gates(strict)[0]) == (1, "not conformant")


def test_runxfail_makes_it_fail(tmp_path: Path) -> None:
    """Who asks pytest to forget expected failures gets them as they are."""
    (tmp_path / "waivers.yaml").write_text(waiver()["waivers.yaml"], "utf-8")
    words = (
        "--conformance-case",
        ABOUT,
        "--conformance-fault",
        FAULT,
        "--conformance-waivers",
        "waivers.yaml",
    )
    ended = suite("-q", "--runxfail", *words, cwd=tmp_path)
    assert ended.code == 1
    assert f"FAILED test_health.py::test_health[{ABOUT}]" in ended.out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"waivers.yaml": waiver(clause=f"{CLAUSE}s")["waivers.yaml"]}, f"did you mean {CLAUSE}"),
        ({"waivers.yaml": waiver(expires="TODO")["waivers.yaml"]}, "waivers.yaml:7: expires is still TODO"),
        ({"waivers.yaml": waiver()["waivers.yaml"] + "\n    builds: {from: '1'}"}, "--build VERSION"),
        ({}, "waivers.yaml: no such file"),
    ],
    ids=["unknown clause", "placeholder", "no build", "no file"],
)
def test_waivers_that_cannot_be_used_end_it_before_anything_is_sent(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    ended = run("--case", ABOUT, "--waivers", "waivers.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert said in ended.sentence
    assert ended.record.cases == ()


def test_waivers_are_not_for_several_workers(tmp_path: Path) -> None:
    ended = suite("-n", "2", "--conformance-waivers", "waivers.yaml", cwd=tmp_path)
    assert ended.code == 4
    assert "--conformance-waivers is not for -n" in ended.err + ended.out


# -- the verb ----------------------------------------------------------------------------------------------


def test_waive_prints_what_the_gate_then_takes(tmp_path: Path) -> None:
    """From a red run to a green one, with the file as it was printed."""
    red = run("--case", ABOUT, "--fault", FAULT, cwd=tmp_path)
    assert red.code == 1
    words = ("--reason", "counted twice", "--owner", "Ada", "--ticket", "H-1", "--expires", f"{SOON}")
    offered = command("waive", "report", *words, "--builds", "1.4..", cwd=tmp_path)
    assert (offered.code, offered.err) == (0, "")
    (tmp_path / "waivers.yaml").write_text(offered.out, "utf-8")
    gate = ("--waivers", "waivers.yaml", "--build", "1.5")
    green = run("--case", ABOUT, "--fault", FAULT, *gate, cwd=tmp_path)
    assert (green.code, green.record.waivers[0].builds) == (0, "from 1.4")
    nothing = command("waive", "report", cwd=tmp_path)
    assert (nothing.code, nothing.out) == (0, "waivers: []\n")
    assert "nothing keeps the gate of this run shut" in nothing.err
    for wrong, said in (
        (("--clause", CLAUSE[:-1]), f"did you mean {CLAUSE}"),
        (
            ("--clause", CLAUSE.replace("depth-within-watermark", "sessions-are-connections")),
            "not seen broken",
        ),
        (("--expires", "tomorrow"), "is no day"),
        (("--expires", f"{PAST}"), "is past"),
        (("--builds", "1.4"), "is no range"),
        (("--builds", "2..1"), "is no range"),
        (("--builds", "new.."), "is no version"),
        (("--reason", " "), "--reason is empty"),
    ):
        refused = command("waive", "report", *wrong, cwd=tmp_path)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.sentence

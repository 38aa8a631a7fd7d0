"""What a bundle holds, and that the same run gives the same one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.errors import DocumentError, EnvironmentFailure, UsageError
from conformance.evidence import archive, bundle
from conformance.evidence.documents import documents
from conformance.evidence.manifest import SCHEMA
from conformance.record import SourceLine, read
from conformance.reporting.formats import FORMATS
from conformance.transcript import Secrets

from ..record import samples
from .runs import HEALTH, TEXTS, TIDE, lines, played, sha256

REPORTS = ["report.html", "summary.md", "summary.json", "junit.xml"]


def contents(path: Path) -> dict[str, bytes]:
    """Every file of an archive, in its order."""
    with zipfile.ZipFile(path) as made:
        assert made.testzip() is None
        return {name: made.read(name) for name in made.namelist()}


def told(path: Path) -> dict[str, Any]:
    """The manifest of a bundle."""
    made: dict[str, Any] = json.loads(contents(path)["MANIFEST.json"])
    return made


def test_a_bundle_holds_the_run_its_reports_and_its_documents(tmp_path: Path) -> None:
    """All of it under its sum, and the run file as it is."""
    folder = played(tmp_path / "run")
    made = bundle(folder, None, version="9.9")
    held = contents(made.path)
    assert made.path.parent == folder
    assert made.path.name == "evidence-20260102T030405Z.zip"
    assert list(held) == ["MANIFEST.json", "run.jsonl", *REPORTS, *(f"documents/{path}" for path in TEXTS)]
    assert held["run.jsonl"] == (folder / "run.jsonl").read_bytes()
    assert held["documents/tide/health.openapi.yaml"] == HEALTH.encode()
    assert (made.files, made.size) == (len(held), made.path.stat().st_size)
    assert made.sha256 == sha256(held["MANIFEST.json"])
    listed = {one["file"]: (one["bytes"], one["sha256"]) for one in told(made.path)["files"]}
    assert listed == {
        name: (len(data), sha256(data)) for name, data in held.items() if name != "MANIFEST.json"
    }


def test_the_manifest_tells_of_the_run(tmp_path: Path) -> None:
    """Its verdict, the versions, the documents; as the published schema describes it."""
    made = told(bundle(played(tmp_path), None, version="9.9").path)
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(made)
    link = Path(__file__).parents[2] / "reports/bundle.schema.json"
    assert link.is_symlink()
    assert link.resolve() == SCHEMA.resolve()
    assert made["run"] == {
        "suite": "0.1.0", "started": "2026-01-02T03:04:05.678Z", "target": "local", "build": "4.2",
        "verdict": "not conformant", "exit_code": 1, "complete": True,
    }  # fmt: skip
    assert made["versions"] == {"python": "CPython 3.14.0"}
    assert made["bundled_with"] == "9.9"
    assert made["documents"][0] == {
        "path": "tide/asyncapi.yaml", "sha256": sha256(TIDE), "file": "documents/tide/asyncapi.yaml",
        "as_read": True, "differs": "",
    }  # fmt: skip


def test_reports_in_a_bundle_are_those_of_its_run_file(tmp_path: Path) -> None:
    """What lies in the folder may be edited, or another run's: it is made anew, as `report` makes it."""
    folder = played(tmp_path / "run")
    run = read(folder)
    for form in FORMATS.values():
        form.write(run, folder / form.file)
    expected = {name: (folder / name).read_bytes() for name in REPORTS}
    for name in REPORTS:
        (folder / name).write_text("conformant, believe me")
    held = contents(bundle(folder, None, version="9.9").path)
    assert {name: held[name] for name in REPORTS} == expected


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """From wherever, by whichever name, and with or without reports in its folder."""
    folder = played(tmp_path / "run")
    first = bundle(folder, tmp_path / "first.zip", version="9.9")
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    (elsewhere / "other.jsonl").write_bytes((folder / "run.jsonl").read_bytes())
    (elsewhere / "report.html").write_text("old")
    second = bundle(elsewhere / "other.jsonl", tmp_path / "second.zip", version="9.9")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256
    third = bundle(folder, tmp_path / "third.zip", version="9.10")
    assert third.sha256 != first.sha256


def test_a_killed_run_is_evidence_too(tmp_path: Path) -> None:
    """Of as much as it tells; the half of a line at its end stays as it is."""
    folder = played(tmp_path, end=False)
    with (folder / "run.jsonl").open("a") as file:
        file.write('{"line":"ca')
    made = bundle(folder, None, version="9.9")
    assert told(made.path)["run"]["complete"] is False
    assert contents(made.path)["run.jsonl"].endswith(b'{"line":"ca')


def test_a_document_that_holds_a_secret_has_no_false_sum(tmp_path: Path) -> None:
    """Its text is in the bundle with stars; the manifest says so, beside the sum of what was read."""
    secrets = Secrets()
    secrets.add("low-water-mark")
    text = f"{TIDE}value: low-water-mark\n"
    made = bundle(played(tmp_path, lines({"tide/asyncapi.yaml": text}), secrets=secrets), None, version="9")
    entry, other = told(made.path)["documents"]
    assert (entry["as_read"], entry["differs"]) == (False, "it holds secrets, which are starred out")
    assert entry["sha256"] == sha256(text)
    held = contents(made.path)["documents/tide/asyncapi.yaml"]
    assert held == f"{TIDE}value: **************\n".encode()
    assert [one.path for one in made.differ] == ["tide/asyncapi.yaml", "tide/health.openapi.yaml"]
    assert (other["file"], other["differs"]) == (None, "the run file does not hold its text")


def test_what_a_run_file_left_out_is_not_made_up(tmp_path: Path) -> None:
    """A file that had changed has no text; of a large one there are some lines."""
    sources = [
        SourceLine("tide/asyncapi.yaml", "ab" * 32, "", "the file had changed"),
        SourceLine("tide/health.openapi.yaml", "cd" * 32, "\n\nsome", "the file is large"),
    ]
    made = bundle(played(tmp_path, sources), None, version="9")
    first, second = told(made.path)["documents"]
    assert (first["file"], first["as_read"], first["differs"]) == (None, False, "the file had changed")
    assert (second["as_read"], second["differs"]) == (False, "the file is large")
    assert contents(made.path)["documents/tide/health.openapi.yaml"] == b"\n\nsome"


def test_a_byte_order_mark_comes_back(tmp_path: Path) -> None:
    """It is no part of the text, and it is a part of the bytes."""
    data = b"\xef\xbb\xbf" + TIDE.encode()
    made = bundle(played(tmp_path, [SourceLine("tide/asyncapi.yaml", sha256(data), TIDE)]), None, version="9")
    assert contents(made.path)["documents/tide/asyncapi.yaml"] == data
    assert told(made.path)["documents"][0]["as_read"] is True


def test_no_document_lands_outside_or_on_another(tmp_path: Path) -> None:
    """Whatever their paths are called: up, absolute, on a drive, an address, much alike."""
    paths = [
        "../../../etc/passwd", "/etc/passwd", "C:\\tide\\passwd", "https://tide.example/a/b/c/d.yaml?x=1",
        "tide/a.yaml", "TIDE/A.yaml", "tide", "tide/a.yaml/b", "..", "", "./.hidden", "\x1b[31m/\u202e",
        "é" * 300,
    ]  # fmt: skip
    sources = [
        SourceLine(path, sha256(f"text {number}"), f"text {number}") for number, path in enumerate(paths)
    ]
    found = documents(read(played(tmp_path / "run", sources)))
    places = [one.file for one in found if one.file]
    assert len(places) == len({one.casefold() for one in places}) == len(paths)
    assert all(archive.MEMBER.fullmatch(one) and one.startswith("documents/") for one in places)
    made = bundle(tmp_path / "run", None, version="9")
    with zipfile.ZipFile(made.path) as opened:
        opened.extractall(tmp_path / "out")
    for number, one in enumerate(places):
        assert (tmp_path / "out" / one).read_text() == f"text {number}"


def test_what_is_no_run_is_one_sentence(tmp_path: Path) -> None:
    """Nothing there, no run file, the run file itself as the target, a folder that cannot be written to."""
    with pytest.raises(
        DocumentError, match=r"nowhere: cannot be read: No such file or directory; expected the"
    ):
        bundle(tmp_path / "nowhere", None, version="9")
    (tmp_path / "run.jsonl").write_text("{}\n")
    with pytest.raises(DocumentError, match=r"run\.jsonl:1: not a JSON object with a `line`") as caught:
        bundle(tmp_path, None, version="9")
    assert caught.value.where == f"{tmp_path / 'run.jsonl'}:1"
    folder = played(tmp_path / "run")
    with pytest.raises(UsageError, match=r"is the run file itself$"):
        bundle(folder, folder / "run.jsonl", version="9")
    with pytest.raises(EnvironmentFailure, match=r"cannot write .*/a/b\.zip: No such file or directory$"):
        bundle(folder, tmp_path / "a" / "b.zip", version="9")
    assert read(folder).complete
    assert sorted(one.name for one in folder.iterdir()) == ["run.jsonl"]


def test_a_run_that_nobody_would_verify_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever verifies puts bounds to what is unpacked; whoever bundles has the same."""
    monkeypatch.setattr(archive, "LARGEST", 1 << 12)
    with pytest.raises(UsageError, match=r"and a bundle holds at most 2000 of 0 MiB \(bundle runs of fewer"):
        bundle(played(tmp_path), None, version="9")
    assert [one.name for one in tmp_path.iterdir()] == ["run.jsonl"]


def test_what_compresses_like_a_bomb_is_not_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that sends the same byte over and over makes no bundle that does not verify."""
    monkeypatch.setattr(archive, "SMALL", 1 << 10)
    cases = [(samples.passed(samples.CASES[0].id), samples.conversation(samples.CASES[0].id, "0" * 200_000))]
    made = bundle(played(tmp_path, cases=cases), None, version="9")
    with zipfile.ZipFile(made.path) as opened:
        info = opened.getinfo("run.jsonl")
    assert info.compress_type == zipfile.ZIP_STORED
    assert archive.Archive(made.path).wrong == []

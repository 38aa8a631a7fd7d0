"""`compare`, and `run --baseline`, as a release gate starts them: with runs of the reference."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.record import read
from tests.front.command import ROOT, Ended, command, suite

SCHEMA = ROOT / "conformance/schemas/compare.schema.json"
SOME = ("--case", "*/transport/ping", "--case", "market-data/commands/ping")
FAULT = ("--fault", "withholds_pongs")
PONG = "market-data/transport/ping"


def played(folder: Path, name: str, *words: str) -> Ended:
    return command("run", "--report-dir", name, *(words or SOME), cwd=folder)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound run, one of a target with a fault, and one of fewer cases."""
    folder = tmp_path_factory.mktemp("runs")
    assert played(folder, "sound").code == 0
    assert played(folder, "faulty", *SOME, *FAULT).code == 1
    assert played(folder, "fewer", "--case", "market-data/commands/ping").code == 0
    return folder


def compared(runs: Path, *words: str) -> tuple[int, dict[str, Any]]:
    ended = command("compare", "--json", *words, cwd=runs)
    made: dict[str, Any] = json.loads(ended.out)
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8"))).validate(made)
    return ended.code, made


def ids(made: dict[str, Any], group: str) -> list[str]:
    return [each["id"] for each in made["clauses"][group]]


def test_a_fault_is_newly_broken_and_its_repair_is_told(runs: Path) -> None:
    """Exit 1 forward, 0 backward and for equal runs; each answer keeps to the published schema."""
    code, made = compared(runs, "sound", "faulty")
    assert code == 1
    assert PONG in ids(made, "newly_broken")
    assert made["reasons"][0].startswith("newly broken against the earlier run: ")
    code, made = compared(runs, "faulty", "sound")
    assert (code, made["passed"]) == (0, True)
    assert PONG in ids(made, "mended")
    code, made = compared(runs, "faulty", "faulty/run.jsonl")
    assert (code, ids(made, "newly_broken")) == (0, [])
    assert PONG in ids(made, "still_broken")


def test_real_runs_hold_response_times(runs: Path) -> None:
    """Of replies, upgrades and pongs."""
    _, made = compared(runs, "sound", "sound")
    names = {each["what"] for each in made["times"]["quantiles"]}
    assert {"market-data/ping", "market-data upgrade", "gateway upgrade", "market-data ping"} <= names


def test_a_promise_that_nobody_looks_at_any_more_closes_the_gate(runs: Path) -> None:
    """Where it was selected; where it was not, that is said."""
    code, made = compared(runs, "sound", "fewer")
    assert (code, ids(made, "no_longer_enforced")) == (0, [])
    assert PONG in made["clauses"]["deselected"]
    silent = runs / "silent"
    shutil.copytree(runs / "sound", silent)
    file = silent / "run.jsonl"
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    for line in lines:
        if line["line"] == "case" and "/transport/" in line["id"]:
            line.update(outcome="skipped", blame="nobody", reason="no address", exercised=[], findings=[])
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    code, made = compared(runs, "sound", "silent")
    assert code == 1
    assert PONG in ids(made, "no_longer_enforced")


@pytest.mark.parametrize("wrong", ["nowhere", "text", "empty"])
def test_a_file_that_is_no_run_is_one_sentence(runs: Path, wrong: str) -> None:
    """And exit code 2, on either side."""
    (runs / "text").write_text("hello\n")
    (runs / "empty").mkdir(exist_ok=True)
    for pair in (("sound", wrong), (wrong, "sound")):
        ended = command("compare", *pair, cwd=runs)
        assert (ended.code, ended.out) == (2, "")
        assert wrong in ended.sentence


def test_a_run_is_held_against_its_baseline(runs: Path) -> None:
    """What is no longer enforced fails a run that is green; the end says why, and comparison.json all."""
    # A baseline in which the very same cases had enforced a promise more.
    file = runs / "sound" / "run.jsonl"
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    met = {number for line in lines if line["line"] == "case" for number in line["exercised"]}
    more, clause = next(
        (number, each["id"])
        for number, each in enumerate(lines[0]["clauses"])
        if number not in met and (each["service"], each["level"]) == ("market-data", "must")
    )
    for line in lines:
        if line["line"] == "case" and line["id"] == "market-data/transport/ping/empty":
            line["exercised"] = sorted({*line["exercised"], more})
    (runs / "richer.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")
    ended = played(runs, "poorer", "--case", "*/transport/ping", "--baseline", "richer.jsonl")
    assert ended.code == 1, ended.out
    end = json.loads((runs / "poorer" / "run.jsonl").read_text("ascii").splitlines()[-1])
    assert (end["verdict"], end["exit_code"]) == ("gate failed", 1)
    assert end["gate"] == [f"no longer enforced, unlike in the earlier run: {clause}"]
    made = json.loads((runs / "poorer" / "comparison.json").read_text("utf-8"))
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text("utf-8"))).validate(made)
    assert made["after"]["verdict"] == "gate failed"
    assert "Against the baseline" in ended.out
    assert "No longer enforced: 1 promise" in ended.out


def test_a_baseline_that_cannot_be_used_ends_the_run_before_it_begins(runs: Path) -> None:
    """One sentence, exit code 2, and nothing was sent; the baseline itself is never written over."""
    ended = played(runs, "new", *SOME, "--baseline", "nowhere")
    assert ended.code == 2
    assert "nowhere: cannot be read" in ended.sentence
    assert not any('"line":"case"' in line for line in (runs / "new/run.jsonl").read_text().splitlines())
    before = (runs / "sound" / "run.jsonl").read_bytes()
    ended = played(runs, "sound", *SOME, "--baseline", "sound")
    assert ended.code == 2
    assert "would write over" in ended.sentence
    assert (runs / "sound" / "run.jsonl").read_bytes() == before
    for wrong in ("--no-such-option", "--jobs=many"):
        ended = played(runs, "sound", *SOME, "--baseline=sound", wrong)
        assert ended.code == 2
        assert (runs / "sound" / "run.jsonl").read_bytes() == before


def test_what_pytest_did_not_select_is_not_missed(runs: Path, tmp_path: Path) -> None:
    """As with ``--case``: it is told that nobody looked, and no gate is shut for it."""
    words = (
        "-q",
        "-k",
        "commands",
        *(f"--conformance-{word[2:]}" if word[:2] == "--" else word for word in SOME),
    )
    ended = suite(*words, "--conformance-baseline", str(runs / "sound"), cwd=tmp_path)
    assert ended.code == 0, ended.out
    (picked,) = [word for word in ended.record.header.selection if "pytest" in word]
    assert picked == f"{len(ended.record.cases)} of {played_by(runs)} cases, as pytest selected them"
    told = json.loads((ended.folder / "comparison.json").read_text("utf-8"))
    assert told["clauses"]["deselected"]
    assert told["clauses"]["no_longer_enforced"] == []
    assert "no case speaks about it" not in {each["why"] for each in ended.summary["clauses"]["unenforced"]}


def played_by(runs: Path) -> int:
    """How many cases ``SOME`` are."""
    return len(read(runs / "sound").cases)


def test_pytest_holds_a_run_against_its_baseline_too(runs: Path, tmp_path: Path) -> None:
    """The same reason fails the session; without a run file there is nothing to compare."""
    words = ("--conformance-case", "*/transport/ping", "--conformance-baseline", str(runs / "sound"))
    ended = suite(*words, cwd=tmp_path)
    assert ended.code == 0, ended.out + ended.err
    assert (tmp_path / "report" / "comparison.json").exists()
    spread = suite(*words, "-n", "2", cwd=tmp_path)
    assert (spread.code, "--conformance-baseline is not for -n" in spread.err) == (4, True)
    refused = suite(*words, "--conformance-report-dir=", cwd=tmp_path)
    assert refused.code == 4
    assert "--conformance-baseline takes --conformance-report-dir" in refused.err

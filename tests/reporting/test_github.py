"""GitHub's annotations, held against GitHub's own toolkit, and what a target cannot make of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.record import RunRecord
from conformance.reporting.github import MOST, commands, here
from conformance.verdict import Blame

from ..record import samples
from ..record.samples import HTTP, PRICE, Played, record
from ..specs.node import installed, run

SCRIPT = """
import * as core from '@actions/core'
for (const {level, text, ...properties} of JSON.parse(process.argv[2])) core[level](text, properties)
"""


def lines(run: RunRecord) -> list[str]:
    """The commands."""
    return list(commands(run))


def test_a_promise_is_a_line_of_the_log(tmp_path: Path) -> None:
    """Where it stands in the documents, what it promises, what was seen, how to see it again."""
    assert lines(record(tmp_path, samples.red()))[0] == (
        f"::error title={PRICE},file=tide/asyncapi.yaml,line=24::The price of a Level matches `^[0-9]+$`.%0A"
        "[2] price: expected a string that matches `^[0-9]+$`, got float 1.5 (tide/asyncapi.yaml:24)%0A"
        "omen-conformance run local --case tide/layouts/level-price"
    )


def test_the_toolkit_of_github_writes_the_same(tmp_path: Path) -> None:
    """Percent signs, colons, commas and line breaks, in texts, titles and names of files."""
    odd = "50%, a:b,c%0A::error::x"
    head = samples.header()
    clauses = tuple(replace(each, says=f"{odd}.", where=f"{odd}/a.yaml:3") for each in head.clauses)
    finding = replace(samples.price_finding(odd), expected=odd)
    head = replace(head, clauses=clauses)
    (mine,) = lines(record(tmp_path, [(samples.failed("tide/commands/ask", finding), None)], head=head))
    asked = {
        "level": "error",
        "title": PRICE,
        "file": f"{odd}/a.yaml",
        "startLine": 3,
        "text": f"{odd}.\n{finding}\nomen-conformance run local --case tide/commands/ask",
    }
    assert run(installed(), SCRIPT, json.dumps([asked])) == mine + "\n"


def test_what_fails_no_gate_is_a_warning_or_nothing(tmp_path: Path) -> None:
    """A waived promise is told in the reports, not again at each build."""
    red = record(tmp_path, samples.red())
    assert red.end is not None
    warned = replace(red, end=replace(red.end, warned=("tide-health/health/status",)))
    assert [line.split(",")[0] for line in lines(warned)] == [
        f"::error title={PRICE}",
        f"::warning title={HTTP}",
    ]
    cases = tuple(line.id for line in red.cases if line.outcome == "failed")
    waived = replace(red, end=replace(red.end, waived=cases, verdict="conformant", exit_code=0))
    assert lines(waived) == []


@pytest.mark.parametrize("number", [MOST, MOST + 1, 60])
def test_no_more_than_github_shows(tmp_path: Path, number: int) -> None:
    """Ten of a step; the tenth says how many there are beside."""
    clauses = [samples.clause(f"tide/Level/price/number-{each}", "It holds.") for each in range(number)]
    cases = [samples.case(f"tide/layouts/case-{each}", clauses[each].id) for each in range(number)]
    played: list[Played] = [
        (samples.failed(each.id, replace(samples.price_finding(), clause=each.clauses[0])), None)
        for each in cases
    ]
    told = lines(record(tmp_path, played, head=replace(samples.header(cases), clauses=tuple(clauses))))
    assert len(told) == MOST
    more = [line for line in told if "more broken promises" in line]
    assert len(more) == (number > MOST)
    assert not more or more[0].startswith(f"::error title={number - MOST + 1} more")


def test_a_run_that_is_not_green_says_why(tmp_path: Path) -> None:
    """Also where no promise was broken: the environment, or the gate; a green one says nothing."""
    assert lines(record(tmp_path, samples.green())) == []
    assert lines(record(tmp_path, samples.inconclusive())) == [
        "::error title=inconclusive%3A local::tide at ws://127.0.0.1:4001/: connection refused"
    ]
    green = record(tmp_path, samples.green())
    assert green.end is not None
    shut = replace(green.end, verdict="gate failed", exit_code=1, gate=("a waiver expired", "another"))
    assert lines(replace(green, end=shut)) == [
        "::error title=gate failed%3A local::a waiver expired%0Aanother"
    ]
    empty = record(tmp_path, [])
    assert lines(empty) == ["::error title=inconclusive%3A local::exit code 3"]


def test_a_target_gives_no_commands(tmp_path: Path) -> None:
    """One line a promise, bounded, and nothing in it that a runner or a terminal obeys."""
    hostile = "\n::add-mask::x\r\n##[error]y\x1b[2J\u202e" + "A" * 9000
    finding = replace(samples.price_finding(hostile), where=hostile, expected=hostile, drift=hostile)
    played: list[Played] = [
        (samples.failed("tide/layouts/level-price", finding), None),
        (samples.broken("tide/commands/ask", Blame.ENVIRONMENT, hostile), None),
    ]
    told = lines(record(tmp_path, played))
    assert len(told) == 1
    assert all(line.isprintable() and len(line) < 3000 for line in told)
    assert [line[:8] for line in told] == ["::error "]


def test_files_are_named_from_the_top_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step may work in a folder of it; elsewhere, and for absolute names, nothing is put in front."""
    red = record(tmp_path, samples.red())
    (tmp_path / "some/where").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "some/where")
    assert here({"GITHUB_WORKSPACE": str(tmp_path)}) == "some/where"
    assert here({"GITHUB_WORKSPACE": str(tmp_path / "other")}) == here({}) == ""
    assert ",file=some/where/tide/asyncapi.yaml,line=24::" in next(commands(red, "some/where"))
    monkeypatch.chdir(tmp_path)
    assert here({"GITHUB_WORKSPACE": str(tmp_path)}) == ""

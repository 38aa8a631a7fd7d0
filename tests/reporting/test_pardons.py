"""What a reader gets to know of the gate: why it stays shut, what is waived until when, what is a warning."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.record import RunRecord, WaiverLine
from conformance.reporting.paper import Paper, cells
from conformance.reporting.pardons import MOST
from conformance.reporting.promises import WAIVED, WARNING, broken_promises, failing
from conformance.reporting.summary import summary
from conformance.reporting.terminal import final
from conformance.reporting.words import sentence

from ..record import samples
from ..record.samples import HTTP, LATE, PRICE, UNSEEN, record

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "conformance/schemas/summary.schema.json").read_text("utf-8")
)
LEVELS = ("tide/layouts/level-price", "tide/streams/levels")
HEALTH = "tide-health/health/status"
REASON = "the waiver of tide/ask/within expired on 2026-11-01 (waivers.yaml:9, Ada, TIDE-2)"


def waiver(clause: str, state: str, *cases: str, owner: str = "Ada") -> WaiverLine:
    """A waiver and what became of it."""
    return WaiverLine(
        clause, "0" * 16, "rewritten", owner, "TIDE-1", "2026-11-30", "waivers.yaml:2", state, cases=cases
    )


def run(
    folder: Path, verdict: str = "conformant", *, gate: tuple[str, ...] = (), owner: str = "Ada"
) -> RunRecord:
    """A wrong price that is waived, and a health that should be another."""
    made = record(folder, samples.red())
    assert made.end is not None
    code = 0 if verdict == "conformant" else 1
    end = replace(made.end, verdict=verdict, exit_code=code, gate=gate, waived=LEVELS, warned=(HEALTH,))
    lines = (
        waiver(PRICE, "used", *LEVELS, owner=owner),
        waiver(LATE, "used", LEVELS[1], owner=owner),
        waiver(UNSEEN, "untested"),
    )
    return replace(made, end=end, waivers=lines)


def test_what_is_waived_is_told_in_a_line_each(tmp_path: Path) -> None:
    """Clause, until when, owner, ticket; the promise itself is not told as one that fails the gate."""
    text = final(run(tmp_path), Paper(100))
    assert f"waived    {PRICE} (until 2026-11-30, Ada, TIDE-1; 2 cases)\n" in text
    assert f"waived    {LATE} (until 2026-11-30, Ada, TIDE-1; 1 case)\n" in text
    assert f"warning   {HTTP} should be kept: GET /health: expected status 200, got status 503" in text
    assert f"waiver    {UNSEEN} was not put to the test" in text
    assert f"1. {PRICE}" not in text
    assert "was kept, but for 1 waived and 1 warning." in text
    assert "✓ CONFORMANT" in text


def test_why_the_gate_stays_shut_comes_first(tmp_path: Path) -> None:
    """Before broken promises, before what is waived."""
    text = final(run(tmp_path, "gate failed", gate=(REASON,)), Paper(100))
    assert text.startswith("✗ GATE FAILED")
    assert text.endswith("✗ GATE FAILED · exit code 1\n")
    assert "that fails it; 1 waived and 1 warning. " in " ".join(text.split())
    assert text.index("expired on 2026-11-01") < text.index("waived    ")


def test_other_broken_promises_are_told_in_full(tmp_path: Path) -> None:
    """Where one of the cases that saw it broken is not excused, the promise fails the gate."""
    made = run(tmp_path, "not conformant")
    assert made.end is not None
    made = replace(made, end=replace(made.end, waived=LEVELS[1:]))
    assert [each.clause for each in failing(made)] == [PRICE]
    assert sentence(made) == "1 promise broken; 1 warning"
    assert f"1. {PRICE}" in final(made, Paper(80))


def test_excused_promises_come_last_and_name_their_waiver(tmp_path: Path) -> None:
    made = broken_promises(run(tmp_path))
    assert [(each.clause, each.excuse) for each in made] == [(HTTP, WARNING), (PRICE, WAIVED)]
    assert made[1].waiver is not None
    assert made[1].waiver.clause == PRICE


@pytest.mark.parametrize("paper", [Paper(80), Paper(200), Paper(80, colour=True), Paper(80, unicode=False)])
def test_nothing_of_it_leaves_its_paper(paper: Paper, tmp_path: Path) -> None:
    """However long and hostile a waiver's owner is, and however many reasons there are."""
    reasons = tuple(f"{REASON} \x1b[2J\x07 {number}" for number in range(MOST + 5))
    made = run(tmp_path, "gate failed", gate=reasons, owner="A\x1b]0;x\x07\n" + "d" * 300)
    text = final(made, paper)
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert "5 reasons more" in text
    assert paper.unicode or text.isascii()
    if not paper.colour:
        assert max(cells(line) for line in text.splitlines() if "waive" in line) <= paper.width


def test_a_machine_reads_the_same(tmp_path: Path) -> None:
    told = summary(run(tmp_path, "gate failed", gate=(REASON,)))
    Draft202012Validator(SCHEMA).validate(told)
    assert (told["verdict"], told["exit_code"], told["gate"]) == ("gate failed", 1, [REASON])
    assert told["warnings"] == [HTTP]
    assert [(each["clause"], each["state"], each["cases"]) for each in told["waived"]] == [
        (PRICE, "used", list(LEVELS)),
        (LATE, "used", [LEVELS[1]]),
        (UNSEEN, "untested", []),
    ]
    assert [each["id"] for each in told["failed"]] == [LEVELS[0], LEVELS[1], HEALTH]

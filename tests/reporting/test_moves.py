"""What the run file and the reports tell of sequences: the shortest that fails, and what it was before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import conformance
from conformance.record import RunRecord, Writer, conclude, read
from conformance.record.moves import Moves
from conformance.reporting.junit import junit
from conformance.reporting.markdown import markdown
from conformance.reporting.paper import Paper
from conformance.reporting.terminal import final
from conformance.transcript import Secrets

from ..record.samples import CASES, MS, conversation, failed, header, passed, price_finding, repeat

SCHEMA = json.loads((Path(conformance.__file__).parent / "schemas/run.schema.json").read_text("utf-8"))
LEVEL, WAVE, ASK, STREAM, HEALTH = (case.id for case in CASES)
SHRUNK = Moves(("a buys 1 at 3", "a cancels #1"), ("b lists", "a buys 4 at 3", "a cancels #1"), 9)
STUCK = Moves(("a buys 1 at 3",), ("a buys 1 at 3",), 4)
PLAIN = Moves(("a lists", "b lists"))


def written(folder: Path) -> RunRecord:
    """Two cases that saw the same promise broken, the second with the shortest sequence; one that passed."""
    played = [
        (failed(LEVEL, price_finding()), PLAIN),
        (failed(STREAM, price_finding()), SHRUNK),
        (passed(ASK), STUCK),
        (passed(HEALTH), None),
    ]
    path = folder / "run.jsonl"
    with Writer(path, Secrets()) as writer:
        writer.header(header())
        at = writer.zero
        lines = [
            writer.case(
                verdict,
                conversation(verdict.case),
                started=at,
                ended=at + MS,
                repeat=repeat(verdict.case),
                moves=moves,
            )
            for verdict, moves in played
        ]
        writer.end(*conclude(lines, interrupted=False))
    return read(path)


@pytest.fixture
def run(tmp_path: Path) -> RunRecord:
    return written(tmp_path)


def test_the_run_file_holds_the_moves_as_its_schema_says(run: RunRecord) -> None:
    """Written and read they are the same."""
    assert {line.id: line.moves for line in run.cases} == {
        LEVEL: PLAIN,
        STREAM: SHRUNK,
        ASK: STUCK,
        HEALTH: None,
    }
    validator = Draft202012Validator(SCHEMA)
    for line in Path(run.path).read_text("utf-8").splitlines():
        validator.validate(json.loads(line))


def test_how_a_sequence_became_what_it_is_is_told() -> None:
    """In words; of one that was not tried nothing is."""
    assert SHRUNK.history == "the shortest found in 9 plays; before: b lists; a buys 4 at 3; a cancels #1"
    assert STUCK.history == "4 shorter or plainer ones were played, and none of them failed so"
    assert PLAIN.history == ""


def test_reports_show_the_shortest(run: RunRecord) -> None:
    """Of all cases that saw a promise broken, the one with the shortest sequence is shown."""
    told = final(run, Paper(width=120))
    assert "moves     a buys 1 at 3; a cancels #1" in told
    assert "the shortest found in 9 plays" in told
    assert f"repeat    {repeat(STREAM)}" in told
    page = markdown(run)
    assert "a buys 1 at 3\na cancels #1\n" in page
    text = junit(run)
    assert "a cancels #1" in text
    assert "the shortest found in 9 plays" in text

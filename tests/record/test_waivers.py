"""Waivers and the gate's word in a run file: written, read back, and as the schema has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.record import RunRecord, WaiverLine, Writer, read
from conformance.record.types import WAIVER_STATES
from conformance.transcript import Secrets
from tests.record import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "conformance/schemas/run.schema.json").read_text("utf-8"))
LINE = WaiverLine(
    samples.PRICE, "0123456789abcdef", "rewritten", "Ada", "TIDE-1", "2026-11-30", "waivers.yaml:2", "used",
    "from 1.4", ("tide/layouts/level-price",),
)  # fmt: skip


def written(folder: Path, line: WaiverLine, secrets: Secrets | None = None) -> RunRecord:
    """A run without cases, a waiver and a gate that stays shut."""
    with Writer(folder / "run.jsonl", secrets or Secrets()) as writer:
        writer.header(samples.header())
        writer.waiver(line)
        writer.end("gate failed", 1, gate=("a reason",), waived=("a", "b"), warned=("c",))
    return read(folder)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    record = written(tmp_path, LINE)
    assert record.waivers == (LINE,)
    assert record.end is not None
    assert (record.end.verdict, record.end.exit_code, record.end.gate) == ("gate failed", 1, ("a reason",))
    assert record.excused == {"a", "b", "c"}


@pytest.mark.parametrize("state", WAIVER_STATES)
def test_the_schema_describes_each_line(state: str, tmp_path: Path) -> None:
    written(tmp_path, replace(LINE, state=state))
    valid = Draft202012Validator(SCHEMA)
    for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines():
        valid.validate(json.loads(line))


def test_a_state_is_a_word_of_ours_whatever_the_secrets_are(tmp_path: Path) -> None:
    """A password that happens to be one of them stars out the reason, not the state."""
    secrets = Secrets()
    secrets.add("used")
    secrets.add("rewritten")
    (line,) = written(tmp_path, LINE, secrets).waivers
    assert (line.state, line.reason) == ("used", "*" * len("rewritten"))


def test_a_run_that_was_killed_excuses_nothing(tmp_path: Path) -> None:
    record = samples.record(tmp_path, samples.red(), end=False)
    assert record.excused == frozenset()
    assert record.waivers == ()

"""What was about to be traded is in the run file before it is on the wire, also of a run that was killed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import jsonschema
import pytest

from conformance.errors import DocumentError
from conformance.record import Intent, IntentEnd, Writer, read
from conformance.transcript import Secrets
from tests.record.samples import header

SCHEMA = json.loads((Path(__file__).parents[2] / "conformance/schemas/run.schema.json").read_text("utf-8"))
INTENT = Intent(
    1, 0.0, "tide/commands/buy", "order.place", "buy", "trader", "oc1-1", "", "X", "buy", "0.5", "2"
)


def test_an_intent_is_on_the_disk_before_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written, flushed, and synced; the line is there while the writer still writes."""
    synced: list[int] = []
    monkeypatch.setattr(
        "conformance.record.writer.fsync", lambda number: synced.append(os.fstat(number).st_size)
    )
    writer = Writer(tmp_path / "run.jsonl", Secrets())
    writer.header(header())
    landed = writer.intent(INTENT, time.monotonic_ns() + 5_000_000, durable=True)
    assert landed.at >= 5
    run = read(tmp_path)  # as whoever looks when we were killed right now
    assert (run.intents, run.intent_ends, run.complete) == ((landed,), (), False)
    assert synced == [(tmp_path / "run.jsonl").stat().st_size]
    writer.intent_end(IntentEnd(1, "filled", "7", "2"))
    assert read(tmp_path).intent_ends == (IntentEnd(1, "filled", "7", "2"),)
    assert len(synced) == 1
    writer.close()


def test_a_half_written_intent_is_passed_over(tmp_path: Path) -> None:
    """A killed run leaves a readable file; a half line of it was never sent."""
    with Writer(tmp_path / "run.jsonl", Secrets()) as writer:
        writer.header(header())
        writer.intent(INTENT, time.monotonic_ns(), durable=False)
    file = tmp_path / "run.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-20])
    assert len(read(file).intents) == 1


def test_intents_are_as_the_schema_says(tmp_path: Path) -> None:
    """Whoever reads a run file without us finds them as it is published."""
    with Writer(tmp_path / "run.jsonl", Secrets()) as writer:
        writer.header(header())
        writer.intent(INTENT, time.monotonic_ns(), durable=False)
        writer.intent_end(IntentEnd(1, "open"))
    for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)


def test_a_secret_lands_in_no_intent(tmp_path: Path) -> None:
    """A target may have echoed one as the name of an order."""
    secrets = Secrets()
    secrets.add("hunter22")
    with Writer(tmp_path / "run.jsonl", secrets) as writer:
        writer.header(header())
        writer.intent_end(IntentEnd(1, "open", "hunter22"))
    assert "hunter22" not in (tmp_path / "run.jsonl").read_text("utf-8")


def test_an_end_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    """A garbled file is no proof of anything."""
    with Writer(tmp_path / "run.jsonl", Secrets()) as writer:
        writer.header(header())
        writer.intent_end(IntentEnd(1, "open"))
    file = tmp_path / "run.jsonl"
    file.write_text(file.read_text("utf-8").replace('"how":"open"', '"how":"vanished"'), "utf-8")
    with pytest.raises(
        DocumentError, match=r"run.jsonl:2: a intent_end line .*how: expected one of open, done"
    ):
        read(tmp_path)

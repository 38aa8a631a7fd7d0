"""How long the target took, in the run file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from conformance.record.types import Timing
from tests.record.samples import LATE, conversation, passed, record


def test_times_of_a_verdict_are_written_and_read_back(tmp_path: Path) -> None:
    """In the order in which the verdict tells them; a case without any has an empty list."""
    name = "tide/commands/ask"
    timed = replace(passed(name, LATE), timings=(("tide/ask", 1.25), ("tide upgrade", 0.5)))
    made = record(tmp_path, [(timed, conversation(name)), (passed("tide/streams/levels", LATE), None)])
    assert made.cases[0].timings == (Timing("tide/ask", 1.25), Timing("tide upgrade", 0.5))
    assert made.cases[1].timings == ()
    stored = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("ascii").splitlines()]
    assert stored[1]["timings"] == [{"what": "tide/ask", "ms": 1.25}, {"what": "tide upgrade", "ms": 0.5}]

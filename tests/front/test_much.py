"""Runs in which a target sent much: the reports take what fits into memory, the run file takes all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from conformance.fronts.artefacts import Artefacts
from conformance.fronts.options import Wish
from conformance.fronts.prepare import prepare
from conformance.record import read
from conformance.run import Result
from conformance.transcript import Direction, Frame, Transcript
from conformance.verdict import Blame, Outcome, Verdict


def test_what_does_not_fit_is_in_the_run_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first failed cases are shown with what came; of the passed ones nothing is needed."""
    monkeypatch.setattr("conformance.fronts.artefacts.KEPT", 3000)
    wish = Wish(case=("gateway/transport/ping/*", "gateway/transport/upgrade"), report_dir=str(tmp_path))
    prepared = prepare(wish)
    artefacts = Artefacts(tmp_path, wish)
    artefacts.begin(prepared)
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.FAILED)
    assert len(prepared.cases) == len(outcomes)
    for case, outcome in zip(prepared.cases, outcomes, strict=True):
        now = time.monotonic_ns()
        frame = Frame("main", Direction.RECEIVED, "binary", b"m" * 1500, now)
        verdict = Verdict(case.id, outcome, Blame.TARGET, "it was so", messages=1)
        landed = artefacts.finished(Result(case, verdict, Transcript(case.id, (frame,)), now, now))
        assert landed.transcript is not None
    record = artefacts.end()
    assert [line.transcript is not None for line in record.cases] == [False, True, False]
    assert all(line.transcript and line.transcript.entries for line in read(tmp_path).cases)

"""Pairs of small runs, written and read as real ones are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from conformance.record import ClauseEntry, RunRecord
from conformance.record.types import CaseEntry, Header
from conformance.validation import Finding
from conformance.verdict import Verdict
from tests.record.samples import CASES, CLAUSES, Played, failed, header, passed, record

ASK, LEVEL, WAVE, STREAM, STATUS = (
    "tide/commands/ask",
    "tide/layouts/level-price",
    "tide/layouts/wave-height",
    "tide/streams/levels",
    "tide-health/health/status",
)


def head(
    clauses: Iterable[ClauseEntry] = CLAUSES, cases: Iterable[CaseEntry] = CASES, **more: object
) -> Header:
    """The sample header with these clauses and cases."""
    return replace(header(cases), clauses=tuple(clauses), **more)  # type: ignore[arg-type]


def run(folder: Path, *verdicts: Verdict, of: Header | None = None, end: bool = True) -> RunRecord:
    """A run of these verdicts."""
    played: list[Played] = [(verdict, None) for verdict in verdicts]
    return record(folder, played, head=of or head(), end=end)


def broke(case: str, *clauses: str, met: Iterable[str] = ()) -> Verdict:
    """A case that saw these broken and met others."""
    findings = [Finding(name, "here", "a promise", "something else", (), "doc.yaml:1") for name in clauses]
    made = failed(case, *findings)
    return replace(made, exercised=made.exercised | set(met))


def kept(case: str, *clauses: str, times: Iterable[tuple[str, float]] = ()) -> Verdict:
    """A case that held these clauses against something, and took these times."""
    return replace(passed(case, *clauses), timings=tuple(times))

"""How a run stands, also one that was killed before it could say so itself."""

from __future__ import annotations

from conformance.record import RunRecord, conclude
from conformance.record.enforcement import NOT_PLAYED

__all__ = ["NOT_PLAYED", "concluded"]


def concluded(run: RunRecord) -> tuple[str, int]:
    """The verdict on the run and its exit code: what it said itself, or for a killed run ``interrupted``."""
    if run.end is not None:
        return run.end.verdict, run.end.exit_code
    return conclude(run.cases, interrupted=True)

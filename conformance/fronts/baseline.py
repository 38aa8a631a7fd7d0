"""The earlier run that a run is held against: read before anything is sent, compared when all is played."""

from __future__ import annotations

import json
from pathlib import Path

from conformance.comparison import Comparison, closing, compare
from conformance.comparison.objects import to_object
from conformance.errors import UsageError
from conformance.fronts.options import Wish
from conformance.record import RunRecord
from conformance.record.reader import read
from conformance.reporting.summary import write_text

RUN, COMPARISON = "run.jsonl", "comparison.json"


def earlier_run(wish: Wish) -> RunRecord | None:
    """The run of ``--baseline``; None when there is none.

    Raises DocumentError when it cannot be read, and UsageError when this run would write over it.
    """
    if not wish.baseline:
        return None
    if writes_over(wish.baseline, wish.report_dir):
        raise UsageError(
            "--baseline is the run file that this run would write over", hint="give another --report-dir"
        )
    return read(Path(wish.baseline).expanduser(), transcripts=False)


def writes_over(baseline: str, folder: str) -> bool:
    """Whether a run into this folder writes over the run that it is held against."""
    if not (baseline and folder):
        return False
    path = Path(baseline).expanduser()
    file = path / RUN if path.is_dir() else path
    return file.exists() and (Path(folder).expanduser() / RUN).resolve() == file.resolve()


def held_against(baseline: RunRecord, run: RunRecord, *, strict: bool) -> tuple[Comparison, tuple[str, ...]]:
    """The comparison, and why it keeps the gate shut.

    What is broken fails the run whether it is new or not, and a waiver is the way to let it pass: so only
    what is no longer enforced is added, and what takes longer than before where ``strict``.
    """
    made = compare(baseline, run)
    return made, closing(made, strict=strict, broken=False)


def write_comparison(made: Comparison, reasons: tuple[str, ...], path: Path) -> None:
    """Writes it for programs; ``EnvironmentFailure`` when that cannot be done."""
    write_text(path, json.dumps(to_object(made, reasons), indent=2) + "\n")

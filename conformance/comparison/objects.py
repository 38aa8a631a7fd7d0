"""A comparison as a JSON object, as ``schemas/compare.schema.json`` describes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from conformance.comparison.model import ClauseChange, Comparison
from conformance.record.types import RunRecord
from conformance.statistics.shift import ALPHA, MARGIN, Shift, Side

Json = dict[str, Any]


def to_object(comparison: Comparison, reasons: Sequence[str]) -> Json:
    """What ``json.dumps`` takes. ``reasons`` close the gate."""
    made = comparison
    return {
        "passed": not reasons,
        "reasons": list(reasons),
        "before": _run(made.before),
        "after": _run(made.after),
        "differences": [
            {"what": each.what, "before": each.before, "after": each.after, "says": each.says}
            for each in made.differences
        ],
        "clauses": {
            "newly_broken": _changes(made.newly_broken),
            "no_longer_enforced": _changes(made.no_longer_enforced),
            "still_broken": _changes(made.still_broken),
            "mended": _changes(made.mended),
            "newly_enforced": _changes(made.newly_enforced),
            "deselected": list(made.deselected),
            "changed": _changes(made.rewritten),
            "added": list(made.added),
            "removed": list(made.removed),
            "renamed": [{"before": before, "after": after} for before, after in made.renamed],
        },
        "cases": {
            "appeared": list(made.appeared),
            "vanished": list(made.vanished),
            "outcomes": [
                {"id": each.id, "before": each.before, "after": each.after, "why": each.why}
                for each in made.outcomes
            ],
        },
        "times": {
            "alpha": ALPHA,
            "margin": MARGIN,
            "common": round(made.common, 3),
            "quantiles": [_shift(each) for each in made.shifts],
        },
    }


def _run(run: RunRecord) -> Json:
    head = run.header
    return {
        "path": run.path,
        "target": head.target.name,
        "started": head.started,
        "suite": head.suite,
        "verdict": run.end.verdict if run.end else "interrupted",
        "complete": run.complete,
        "seed": head.seed,
        "jobs": head.jobs,
        "cases": len(head.cases),
        "clauses": len(head.clauses),
    }


def _changes(changes: Iterable[ClauseChange]) -> list[Json]:
    return [
        {
            "id": each.id,
            "says": each.says,
            "level": each.level,
            "provenance": each.provenance,
            "where": each.where,
            "before": str(each.before),
            "after": str(each.after),
            "changed": each.rewritten,
            "excuse": each.excuse,
            "why": each.why,
            "cases": list(each.cases),
        }
        for each in changes
    ]


def _shift(shift: Shift) -> Json:
    return {
        "what": shift.name,
        "quantile": shift.quantile,
        "word": shift.word,
        "before": _side(shift.before),
        "after": _side(shift.after),
        "ratio": {
            "low": shift.low,
            "high": shift.high if math.isfinite(shift.high) else None,
            "confidence": round(1 - shift.level, 6),
        },
        "needed": shift.needed,
    }


def _side(side: Side) -> Json:
    return {"n": side.size, "worth": side.worth, "ms": side.value}

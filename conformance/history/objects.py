"""An answer as a JSON object, as ``schemas/history.schema.json`` describes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from conformance.history.model import ClauseLife, History

Json = dict[str, Any]


def to_object(history: History) -> Json:
    """What ``json.dumps`` takes."""
    return {
        "history": history.shown,
        "asked": {"target": history.target, "since": history.since, "clause": history.clause},
        "total": history.total,
        "runs": [asdict(run) for run in history.runs],
        "ever_broken": history.ever,
        "clauses": [_life(life) for life in history.lives],
        "times": [
            {
                "target": times.target,
                "operation": times.operation,
                "runs": [
                    {
                        "started": each.at.started, "build": each.at.build, "n": each.n,
                        "p50": each.p50, "p90": each.p90, "p99": each.p99, "max": each.longest,
                    }
                    for each in times.points
                ],
            }
            for times in history.times
        ],
    }  # fmt: skip


def _life(life: ClauseLife) -> Json:
    return {
        "target": life.target,
        "clause": life.clause,
        "says": life.says,
        "level": life.level,
        "where": life.place,
        "state": life.state,
        "excused": life.excused,
        "wordings": life.wordings,
        "tested": life.tested,
        "broken": life.broken,
        "breaks": life.breaks,
        "episodes": [asdict(each) for each in life.episodes],
    }

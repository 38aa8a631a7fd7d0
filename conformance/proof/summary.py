"""``proof.json``: what a machine wants to know of a proof, and the whole matrix. A view of its record."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from conformance.proof.journal import plain
from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    FORMAT,
    INCONCLUSIVE,
    OUTSIDE,
    SURVIVED,
    UNAPPLIED,
    FaultLine,
    ProofRecord,
)
from conformance.reporting.summary import write_text

Json = dict[str, Any]

NAME = "proof.json"

ALWAYS = frozenset({"name", "kind", "family", "says", "clauses", "outcome", "played", "seconds"})
"""The keys that every line of the matrix has; of the others those that say something."""


def summary(proof: ProofRecord) -> Json:
    """The summary of a proof, as ``schemas/proof.schema.json`` describes it."""
    kinds = Counter(one.kind for one in proof.faults)
    return {
        "format": FORMAT,
        "suite": proof.suite,
        "verdict": proof.verdict,
        "complete": proof.complete,
        "mode": proof.mode,
        "started": proof.started,
        "seconds": proof.seconds,
        "seed": proof.seed,
        "workers": proof.workers,
        "documents": plain(proof.documents),
        "faults": {
            "total": proof.total,
            "unplayed": proof.total - len(proof.faults),
            "derived": kinds["derived"],
            "behavioural": kinds["behavioural"],
            "caught": sum(bool(one.caught_by or one.also_red or one.outside) for one in proof.faults),
            "caught_by_expected": sum(one.outcome == CAUGHT for one in proof.faults),
            **{
                outcome: [one.name for one in proof.of(outcome)]
                for outcome in (SURVIVED, ELSEWHERE, OUTSIDE, UNAPPLIED, INCONCLUSIVE)
            },
            "excused": [{"name": one.name, "reason": one.excused} for one in proof.excused],
        },
        "cases": {
            "total": len(proof.cases),
            "seen_failing": sum(one.seen > 0 for one in proof.cases),
            "never": [one.id for one in proof.never],
            "excused": [
                {"id": one.id, "reason": one.excused} for one in proof.cases if one.excused and not one.seen
            ],
        },
        "stale_exceptions": list(proof.stale),
        "clauses_without_fault": plain(proof.clauses_without_fault),
        "shadows": {name: clauses.split() for name, clauses in proof.shadows.items()},
        "matrix": [_compact(one) for one in proof.faults],
    }


def write_proof(proof: ProofRecord, path: Path | str) -> Json:
    """Writes the summary to ``path`` and returns it; ``EnvironmentFailure`` when that cannot be done."""
    made = summary(proof)
    write_text(path, _text(made))
    return made


def _text(made: Json) -> str:
    """Indented, but for the matrix: a fault a line, so that two proofs can be compared line by line."""
    head = json.dumps({**made, "matrix": []}, indent=2)
    lines = ",\n".join("    " + json.dumps(one, separators=(", ", ": ")) for one in made["matrix"])
    return head.removesuffix("[]\n}") + (f"[\n{lines}\n  ]" if lines else "[]") + "\n}\n"


def _compact(line: FaultLine) -> Json:
    whole: Json = plain(line)
    return {name: value for name, value in whole.items() if name in ALWAYS or value not in ("", [], None)}

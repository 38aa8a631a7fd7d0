"""Clauses that no fault breaks, and why there can be none."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract import Clause
from conformance.proof.ground import Ground
from conformance.proof.record import Faultless

LARGEST = 2**64 - 1


def clauses_without_fault(ground: Ground) -> Iterator[Faultless]:
    """The enforced clauses that no fault is meant to break; without a reason where nobody knows one."""
    broken = {clause for fault in ground.faults.values() for clause in fault.clauses}
    besides: dict[str, str] = {}
    for fault in ground.faults.values():
        for clause in fault.besides:
            besides.setdefault(clause, fault.clauses[0])
    for promise in ground.contract.clauses.values():
        if promise.id in ground.claimed and promise.id not in broken:
            yield Faultless(promise.id, promise.says, _reason(ground, promise, besides))


def _reason(ground: Ground, clause: Clause, besides: dict[str, str]) -> str:
    if clause.id in besides:
        return f"whatever breaks it breaks another promise first, such as {besides[clause.id]}"
    if clause.keyword in ("maximum", "exclusiveMaximum") and str(LARGEST) in clause.says:
        return "no encoding of the service holds a larger integer"
    words = clause.id.split("/")
    for length in range(len(words) - 1, 1, -1):
        for choice in ("anyOf", "oneOf"):
            whole = "/".join((*words[:length], choice))
            if whole in ground.contract.clauses:
                return f"one alternative of several: only the choice among them can be broken, {whole}"
    return ""

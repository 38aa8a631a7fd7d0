"""One trial: a fault, a fresh reference that has it, and the cases that it is put to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.faults import Fault
from conformance.proof.ground import Ground
from conformance.proof.hosting import Hosting
from conformance.proof.plan import shadow_name
from conformance.proof.playing import play
from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    INCONCLUSIVE,
    FaultLine,
    Outside,
    Unsettled,
    outcome_of,
)
from conformance.run import Result
from conformance.verdict import Outcome

TIMES = 3
"""A trial in which nothing could be judged proves nothing and is held again, so many times altogether."""

LATE_MS = 150.0
"""When the host of the reference was as late as this, what was not caught was perhaps only too slow."""

REASON = 300


async def trial(ground: Ground, hosting: Hosting, name: str, cases: Sequence[str], seed: int) -> FaultLine:
    """Puts cases to a fresh reference with a fault, and says what became of it."""
    line = await _held(ground, hosting, name, cases, seed)
    for _ in range(TIMES - 1):
        if line.outcome != INCONCLUSIVE:
            break
        line = await _held(ground, hosting, name, cases, seed)
    return line


async def _held(ground: Ground, hosting: Hosting, name: str, cases: Sequence[str], seed: int) -> FaultLine:
    fault = ground.faults[name]
    begun = time.monotonic()
    played = await play(ground, hosting, [name], cases, seed)
    line = told(fault, played.results, played.applied, time.monotonic() - begun)
    if line.outcome != CAUGHT and played.lag_ms > LATE_MS:
        late = Unsettled("", f"the host of the reference was {played.lag_ms:.0f} ms late")
        return replace(line, outcome=INCONCLUSIVE, inconclusive=(*line.inconclusive, late))
    return line


def told(fault: Fault, results: Iterable[Result], applied: int | None, seconds: float) -> FaultLine:
    """What the results say of a fault."""
    caught: dict[str, str] = {}
    also: list[str] = []
    outside: list[Outside] = []
    blind: list[str] = []
    unsettled: list[Unsettled] = []
    claimed: set[str] = set()
    played = 0
    for result in results:
        played += 1
        case, verdict = result.case, result.verdict
        claims = set(case.clauses) & set(fault.clauses)
        claimed |= claims
        if verdict.outcome is Outcome.FAILED:
            found = [finding.clause for finding in verdict.findings]
            if found[0] in claims:
                caught[case.id] = found[0]
            elif fault.shadow is None or set(found) & (set(fault.clauses) | fault.shadow):
                also.append(case.id)
            else:
                outside.append(Outside(case.id, found[0], verdict.reason[:REASON]))
        elif verdict.outcome is Outcome.PASSED:
            if claims:
                blind.append(case.id)
        elif claims:
            unsettled.append(Unsettled(case.id, verdict.reason[:REASON]))
    if caught and not claimed <= set(caught.values()):  # it names several, and one of them nobody saw
        also, caught = [*caught, *also], {}
    outcome = outcome_of(
        caught_by=tuple(caught), also_red=also, outside=outside, inconclusive=unsettled, applied=applied
    )
    if outcome == ELSEWHERE and unsettled:  # a case that could not be judged might have caught it
        outcome = INCONCLUSIVE
    return FaultLine(
        name=fault.name,
        kind=fault.kind.value,
        family=fault.family,
        says=fault.says,
        clauses=fault.clauses,
        outcome=outcome,
        shadow=shadow_name(fault.shadow),
        caught_by=tuple(caught),
        also_red=tuple(also),
        outside=tuple(outside),
        blind=tuple(blind),
        inconclusive=tuple(unsettled),
        applied=applied,
        played=played,
        seconds=round(seconds, 3),
    )

"""From what was seen to whether the gate opens. Pure: the same run and waivers, the same decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.gate.excuses import Found, Gate
from conformance.gate.waivers import Waiver
from conformance.record.conclusion import CONFORMANT, EXIT_CODES, GATE_FAILED, conclude
from conformance.record.types import CaseLine, ClauseEntry, WaiverLine

DEAD = {
    "expired": "the waiver of {0.clause} expired on {0.expires} ({0.where}, {0.owner}, {0.ticket}): "
    "mend the promise, or have it waived anew",
    "changed": "the waiver of {0.clause} is for what that promised when it was waived ({0.where}): "
    "it promises something else now, whose digest is {1}",
    "unused": "the waiver of {0.clause} is no longer needed ({0.where}): the promise was kept; remove it",
}
"""The states of a waiver that fail the gate, and the sentence of each."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the gate wants to know of a case: how it ended, and which waived clauses it put to the test."""

    id: str
    outcome: str
    blame: str
    findings: Sequence[Found]
    exercised: frozenset[str]

    @classmethod
    def of(cls, line: CaseLine, clauses: Sequence[ClauseEntry], gate: Gate) -> Seen:
        """Out of a run file's line; ``clauses`` are the header's."""
        names = (clauses[number].id for number in line.exercised) if gate.waivers else ()
        return cls(line.id, line.outcome, line.blame, line.findings, frozenset(gate.claims.keys() & names))


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on a run with its exit code, and what the gate has to say (``record.types.End``)."""

    verdict: str
    exit_code: int
    reasons: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    waivers: tuple[WaiverLine, ...] = ()


def decide(
    gate: Gate,
    seen: Iterable[Seen],
    *,
    interrupted: bool = False,
    unheard: Collection[str] = (),
    also: Sequence[str] = (),
) -> Decision:
    """The decision on a run of which this was seen.

    A failed case that is excused counts as passed; then the verdict is that of ``conclude``, which knows
    ``interrupted`` and ``unheard``. A run that would be conformant fails the gate when a waiver has died, or
    for the reasons that somebody ``also`` has, such as a comparison with an earlier run.
    """
    seen = list(seen)
    excuses = {each.id: gate.excuse(each.findings) for each in seen if each.outcome == "failed"}
    waived = tuple(name for name, excuse in excuses.items() if excuse and excuse.waivers)
    warned = tuple(name for name, excuse in excuses.items() if excuse and not excuse.waivers)
    excused = {*waived, *warned}
    counted = [
        replace(each, outcome="passed", blame="nobody") if each.id in excused else each for each in seen
    ]
    word, _ = conclude(counted, interrupted, unheard)
    lines = tuple(_line(each, gate, seen) for each in gate.waivers)
    reasons = (
        *(
            DEAD[line.state].format(each, gate.digests.get(each.clause, ""))
            for each, line in zip(gate.waivers, lines, strict=True)
            if line.state in DEAD
        ),
        *also,
    )
    if word == CONFORMANT and reasons:
        word = GATE_FAILED
    return Decision(word, EXIT_CODES[word], reasons, waived, warned, lines)


def _line(waiver: Waiver, gate: Gate, seen: Sequence[Seen]) -> WaiverLine:
    broken = [each.id for each in seen if any(one.clause == waiver.clause for one in each.findings)]
    state = gate.dead.get(waiver) or ("used" if broken else _kept(waiver.clause, gate, seen))
    return WaiverLine(
        clause=waiver.clause,
        digest=waiver.digest,
        reason=waiver.reason,
        owner=waiver.owner,
        ticket=waiver.ticket,
        expires=waiver.expires.isoformat(),
        where=waiver.where,
        state=state,
        builds=str(waiver.builds or ""),
        cases=tuple(broken) if state == "used" else (),
    )


def _kept(clause: str, gate: Gate, seen: Sequence[Seen]) -> str:
    """``unused`` where the clause was put to the test, by all cases that are about it, and was kept."""
    judged = {each.id for each in seen if each.outcome in ("passed", "failed")}
    held = any(clause in each.exercised for each in seen if each.id in judged)
    return "unused" if held and judged.issuperset(gate.claims[clause]) else "untested"

"""From the verdicts of all cases to the one word, and the exit code, of the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from conformance.record.types import CaseLine, ClauseEntry

CONFORMANT = "conformant"
NOT_CONFORMANT = "not conformant"
UNUSABLE_CONTRACT = "unusable contract"
INCONCLUSIVE = "inconclusive"
BROKEN_SUITE = "broken suite"
INTERRUPTED = "interrupted"
GATE_FAILED = "gate failed"

EXIT_CODES = {
    CONFORMANT: 0,
    NOT_CONFORMANT: 1,
    UNUSABLE_CONTRACT: 2,
    INCONCLUSIVE: 3,
    BROKEN_SUITE: 4,
    INTERRUPTED: 130,
    GATE_FAILED: 1,
}


class Judged(Protocol):
    """Anything with an outcome and a blame: a verdict, or a line of a run file."""

    @property
    def outcome(self) -> str:
        """How it ended: ``passed``, ``failed``, ``skipped`` or ``broken``."""

    @property
    def blame(self) -> str:
        """Who has to mend it."""


def conclude(cases: Iterable[Judged], interrupted: bool, unheard: Collection[str] = ()) -> tuple[str, int]:
    """The verdict on the run and its exit code. ``unheard`` names the services that ``never_heard`` found.

    Interrupted before all else; then any failed case, a fault of the suite, an unusable document; then
    whatever else kept a case from being judged, or that no case was judged at all; else conformant.
    """
    word = _word({(str(case.outcome), str(case.blame)) for case in cases}, interrupted)
    if word == CONFORMANT and unheard:
        word = INCONCLUSIVE
    return word, EXIT_CODES[word]


def never_heard(clauses: Sequence[ClauseEntry], cases: Iterable[CaseLine]) -> tuple[str, ...]:
    """The services that cases waited for and that sent no message in the whole run.

    A feed that is dead takes connections and answers pings: nothing that it promises of its messages was
    held against anything, so nobody may call it conformant.
    """
    from conformance.verdict.model import (
        HEARD,
        SILENT,
    )  # brings all judging along, and few who read a run need it

    waited: dict[str, None] = {}
    heard: set[str] = set()
    for line in cases:
        ids = [clauses[number] for number in line.exercised]
        heard.update(each.service for each in ids if each.id == each.service + HEARD)
        if line.outcome == "skipped" and SILENT in line.reason:
            waited[line.id.partition("/")[0]] = None
    return tuple(name for name in waited if name not in heard)


def _word(seen: set[tuple[str, str]], interrupted: bool) -> str:
    outcomes = {outcome for outcome, _ in seen}
    if interrupted:
        return INTERRUPTED
    if "failed" in outcomes:
        return NOT_CONFORMANT
    if ("broken", "suite") in seen:
        return BROKEN_SUITE
    if ("broken", "contract") in seen:
        return UNUSABLE_CONTRACT
    if "broken" in outcomes or "passed" not in outcomes:
        return INCONCLUSIVE
    return CONFORMANT

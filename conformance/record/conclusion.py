"""From the verdicts of all cases to the one word, and the exit code, of the run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

CONFORMANT = "conformant"
NOT_CONFORMANT = "not conformant"
UNUSABLE_CONTRACT = "unusable contract"
INCONCLUSIVE = "inconclusive"
BROKEN_SUITE = "broken suite"
INTERRUPTED = "interrupted"

EXIT_CODES = {
    CONFORMANT: 0,
    NOT_CONFORMANT: 1,
    UNUSABLE_CONTRACT: 2,
    INCONCLUSIVE: 3,
    BROKEN_SUITE: 4,
    INTERRUPTED: 130,
}


class Judged(Protocol):
    """Anything with an outcome and a blame: a verdict, or a line of a run file."""

    @property
    def outcome(self) -> str:
        """How it ended: ``passed``, ``failed``, ``skipped`` or ``broken``."""

    @property
    def blame(self) -> str:
        """Who has to mend it."""


def conclude(cases: Iterable[Judged], interrupted: bool) -> tuple[str, int]:
    """The verdict on the run and its exit code.

    Interrupted before all else; then any failed case, a fault of the suite, an unusable document; then
    whatever else kept a case from being judged, or that no case was judged at all; else conformant.
    """
    word = _word({(str(case.outcome), str(case.blame)) for case in cases}, interrupted)
    return word, EXIT_CODES[word]


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

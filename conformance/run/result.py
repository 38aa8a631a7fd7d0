"""What came out of one case."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.cases.case import Case
from conformance.record import Repeats
from conformance.record.moves import Moves
from conformance.transcript import Transcript
from conformance.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """One case, played and judged. Times are monotonic nanoseconds.

    One that was played again and again tells of the first play that failed, where one did; one about a
    sequence of ``moves``, of the shortest that fails.
    """

    case: Case
    verdict: Verdict
    transcript: Transcript
    started: int
    ended: int
    repeats: Repeats | None = None
    moves: Moves | None = None

    @property
    def ms(self) -> float:
        """How long it took."""
        return (self.ended - self.started) / 1e6

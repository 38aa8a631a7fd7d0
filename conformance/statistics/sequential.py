"""How often does a thing fail that may fail now and then? As many plays as the answer takes, errors declared.

Each play fails or passes, and ``p`` is the unknown chance that it fails; plays are taken to be independent.
Three answers are wanted (Sobel and Wald, 1949): *sound* (``p`` at most ``tolerated``), *broken* (``p`` at
least 1 - ``tolerated``), *intermittent* (``p`` between ``told`` and 1 - ``told``). They are two sequential
probability ratio tests (Wald, 1945) side by side: ``tolerated`` against ``told`` for failing, and the same
for passing. After every play from the ``first`` on, at which a thing that never failed is sound:

- *sound*: what was seen is so much less likely under ``told`` that the ratio is at most ``error``;
- *broken*: the mirror image of it, with failures for passes;
- *intermittent*: both ``tolerated`` and its mirror image are less likely by as much;
- else play on; after ``most`` plays it is *undecided*.

A likelihood ratio exceeds 1 / ``error`` at any time with the chance ``error`` at most (Ville, 1939): so
whatever is not so is said with that chance at most, however long it is played, and stopping at ``most``
can only turn an answer into *undecided*. Wald's own bounds stop a little earlier, and hold only about.

The interval is exact for this very rule of stopping (Clopper and Pearson's construction, 1934, over all ways
to stop; Jennison and Turnbull, 1983): an interval for a fixed number of plays would not be. Its bounds are
each wrong with the chance ``error`` at most, and never contradict the answer: of a sound thing the upper one
is at most ``told``, of an intermittent one both lie beyond ``tolerated``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

SOUND, BROKEN, INTERMITTENT, UNDECIDED = "sound", "broken", "intermittent", "undecided"

DECISIONS = (SOUND, INTERMITTENT, BROKEN, UNDECIDED)

HALVINGS = 40


@dataclass(frozen=True)
class Plan:
    """What is told apart, how surely, and after how many plays it is given up.

    0 < ``tolerated`` < ``told`` < 1/2; ``error`` below 1/2.
    """

    tolerated: float = 0.01
    told: float = 0.1
    error: float = 0.05
    most: int = 200

    @cached_property
    def first(self) -> int:
        """The plays after which it is first looked at: as many as a thing that never fails takes."""
        return math.ceil(self._bound / self._step)

    @property
    def _bound(self) -> float:
        return -math.log(self.error)

    @property
    def _step(self) -> float:
        """By how much a pass speaks for ``tolerated`` and against ``told``."""
        return math.log((1 - self.tolerated) / (1 - self.told))

    def _ratio(self, failures: int, passes: int) -> float:
        """The logarithm of the likelihood ratio of ``told`` over ``tolerated``."""
        return failures * math.log(self.told / self.tolerated) - passes * self._step

    def is_unsound(self, plays: int, failures: int) -> bool:
        """Whether it is not sound, whatever else: may be said after any number of plays."""
        return self._ratio(failures, plays - failures) >= self._bound

    def decide(self, plays: int, failures: int) -> str:
        """The answer; '' while it takes more plays."""
        if plays < min(self.first, self.most):
            return ""
        passes = plays - failures
        failing, passing = self._ratio(failures, passes), self._ratio(passes, failures)
        if failing <= -self._bound:
            return SOUND
        if passing <= -self._bound:
            return BROKEN
        if failing >= self._bound and passing >= self._bound:
            return INTERMITTENT
        return UNDECIDED if plays >= self.most else ""

    def needed(self, plays: int, failures: int) -> int:
        """The fewest further plays after which there can be an answer: so many may be played at once, and
        none of them turns out to have been one too many."""
        more = max(0, min(self.first, self.most) - plays)
        while not any(self.decide(plays + more, failures + each) for each in range(more + 1)):
            more += 1
        return more

    def interval(self, plays: int, failures: int) -> tuple[float, float]:
        """Between which bounds ``p`` lies, each wrong with the chance ``error`` at most.

        Where the plays were cut short, by something that has nothing to do with how they came out, they
        are a number that was fixed.
        """
        ends = self._ends
        if (plays, failures) not in ends:
            ends = {(plays, each): math.comb(plays, each) for each in range(plays + 1)}
        share = failures / plays if plays else 0.0
        at_most = {end: ways for end, ways in ends.items() if _share(end) <= share}
        at_least = {end: ways for end, ways in ends.items() if _share(end) >= share}
        low = _root(lambda p: _chance(at_least, p) > self.error) if failures else 0.0
        high = _root(lambda p: _chance(at_most, p) <= self.error) if failures < plays else 1.0
        return low, high

    def chances(self, p: float) -> dict[str, float]:
        """How likely each answer is when the chance of a failure is ``p``: exact."""
        made = dict.fromkeys(DECISIONS, 0.0)
        for (plays, failures), ways in self._ends.items():
            made[self.decide(plays, failures)] += _chance({(plays, failures): ways}, p)
        return made

    def expected(self, p: float) -> float:
        """How many plays the answer takes on average when the chance of a failure is ``p``: exact."""
        return sum(end[0] * _chance({end: ways}, p) for end, ways in self._ends.items())

    def within(self, p: float, holds: Callable[[int, int], bool]) -> float:
        """How likely it is, at ``p``, to end with plays and failures for which something ``holds``: exact."""
        return _chance({end: ways for end, ways in self._ends.items() if holds(*end)}, p)

    @property
    def endings(self) -> tuple[tuple[int, int], ...]:
        """Every (plays, failures) at which it may end."""
        return tuple(self._ends)

    @property
    def _ends(self) -> Mapping[tuple[int, int], int]:
        return _ends(self)


@cache
def _ends(plan: Plan) -> Mapping[tuple[int, int], int]:
    """``Plan.endings``, and how many courses of plays end there."""
    made: dict[tuple[int, int], int] = {}
    going = {0: 1}
    for plays in range(1, plan.most + 1):
        after: dict[int, int] = {}
        for failures, ways in going.items():
            for each in (failures, failures + 1):
                after[each] = after.get(each, 0) + ways
        going = {}
        for failures, ways in after.items():
            if plan.decide(plays, failures):
                made[plays, failures] = ways
            else:
                going[failures] = ways
    return made


def _share(end: tuple[int, int]) -> float:
    plays, failures = end
    return failures / plays if plays else 0.0


def _chance(ends: Mapping[tuple[int, int], int], p: float) -> float:
    return math.fsum(
        ways * p**failures * (1 - p) ** (plays - failures) for (plays, failures), ways in ends.items()
    )


def _root(beyond: Callable[[float], bool]) -> float:
    """Where something that holds of 1 and not of 0 begins to hold."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if beyond(middle):
            high = middle
        else:
            low = middle
    return (low + high) / 2

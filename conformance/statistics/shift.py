"""Whether quantiles of many pairs of samples differ: with a stated chance to say so of any that do not.

A test, and an interval of the ratio after / before, for each quantile of each pair, out of where the two true
quantiles may lie (``quantiles.places``): no distribution is assumed, nothing is drawn by chance, and the same
samples give the same answer. A pair counts as shifted where the whole interval lies beyond the margin.

Many tests find something by chance. Holm's procedure (1979) keeps the chance that any of them is a false
alarm at ``alpha``: the k-th of ``m`` least likely ones is held against ``alpha / (m - k + 1)``. A test that
could not get there however far apart the samples are is not made: they are too small, and it says how large
they had to be (Tarone, 1990). Whether one is made is seen from each sample alone, not from what differs.

What it cannot know: that the two samples came about in the same way. Two runs are one moment each of a
machine, its load and a network; a shift is a reason to measure again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.statistics.quantiles import Place, Sample, chance_below, places

ALPHA = 0.05
MARGIN = 0.1
QUANTILES = (0.5, 0.99)
WIDEST = 1e6
FINE = 1e-4

SLOWER, FASTER, SAME, TOO_FEW = "slower", "faster", "no shift shown", "too few"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two samples: how many values, as many independent ones as they are worth, the quantile."""

    size: int
    worth: int
    value: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A quantile before and after. ``word`` is ``slower``, ``faster``, ``no shift shown`` or ``too few``.

    ``low`` and ``high`` bound the ratio after / before with the confidence ``1 - level`` (infinity: no upper
    bound); ``needed`` says of ``too few`` how many independent values each side takes.
    """

    name: str
    quantile: float
    before: Side
    after: Side
    word: str
    level: float = 1.0
    low: float = 0.0
    high: float = math.inf
    needed: int = 0

    @property
    def shifted(self) -> bool:
        """Whether it is another than it was."""
        return self.word in (SLOWER, FASTER)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two samples of the same thing; all values are at least 0."""

    name: str
    before: Sample
    after: Sample


def shifts(
    pairs: Sequence[Pair],
    *,
    quantiles: Sequence[float] = QUANTILES,
    alpha: float = ALPHA,
    margin: float = MARGIN,
) -> tuple[Shift, ...]:
    """Every quantile of every pair, in their order.

    With the chance ``1 - alpha`` none is called slower or faster that did not change by more than
    ``margin`` (0.1: by a tenth).
    """
    made = [_Test(pair, p) for pair in pairs for p in quantiles if pair.before.values and pair.after.values]
    fit = _fit(made, alpha)
    for test in fit:
        test.hold(margin)
    level = alpha / len(fit) if fit else alpha
    found: dict[int, Shift] = {}
    rejecting = True
    for number, test in enumerate(sorted(fit, key=lambda each: each.chance)):
        # Beyond the first that is not rejected none is: they are held against what that was held against.
        if rejecting:
            level = alpha / (len(fit) - number)
            rejecting = test.chance <= level
        found[id(test)] = test.shift(level, rejecting)
    few = len(fit) + 1
    return tuple(found[id(test)] if id(test) in found else test.too_few(alpha / few) for test in made)


class _Test:
    """One quantile of one pair: ``least`` is the smallest chance that it can come to, ``chance`` its own."""

    def __init__(self, pair: Pair, p: float) -> None:
        self.pair, self.p = pair, p
        self.before, self.after = (
            Side(len(each.values), each.worth(p), each.quantile(p)) for each in (pair.before, pair.after)
        )
        # However far apart: the one quantile may lie above all its values, or the other below all of its own.
        worths = self.before.worth, self.after.worth
        self.least = min(1.0, 2 * max(p**one + (1 - p) ** other for one, other in (worths, worths[::-1])))
        self.chance = 1.0
        self.slower = True
        self._places: list[list[Place]] = []

    def hold(self, margin: float) -> None:
        """Finds the chance of such a difference, in the likelier direction, if it is within the margin."""
        self._places = [
            places(self.pair.before, self.p, self.before.worth),
            places(self.pair.after, self.p, self.after.worth),
        ]
        before, after = self._places
        slower = chance_below(1 + margin, before, after)
        faster = chance_below(1 + margin, after, before)
        self.slower = slower <= faster
        self.chance = min(1.0, 2 * min(slower, faster))

    def shift(self, level: float, rejected: bool) -> Shift:
        """What came out, at the level that it was held against."""
        before, after = self._places
        low = _ratio(before, after, level / 2)
        most = _ratio(after, before, level / 2)
        high = 1 / most if most else math.inf
        word = (SLOWER if self.slower else FASTER) if rejected else SAME
        return Shift(self.pair.name, self.p, self.before, self.after, word, level, low, high)

    def too_few(self, level: float) -> Shift:
        """What was not tested, with what it took."""
        share = max(self.p, 1 - self.p)
        sums = 4 if self.p == 0.5 else 2
        needed = math.ceil(math.log(level / sums) / math.log(share))
        return Shift(self.pair.name, self.p, self.before, self.after, TOO_FEW, needed=needed)


def _fit(tests: Sequence[_Test], alpha: float) -> list[_Test]:
    """The tests that can be rejected at the level that so many tests leave each."""
    told = [test for test in tests if test.before.worth and test.after.worth]
    ordered = sorted(told, key=lambda test: test.least)
    most = max((n for n, test in enumerate(ordered, 1) if test.least <= alpha / n), default=0)
    return ordered[:most]


def _ratio(before: Sequence[Place], after: Sequence[Place], chance: float) -> float:
    """The largest ratio that the quantile of ``after`` stays below with no more than ``chance``; 0: none."""
    if chance_below(1 / WIDEST, before, after) > chance:
        return 0.0
    low, high = -math.log(WIDEST), math.log(WIDEST)
    while high - low > FINE:
        middle = (low + high) / 2
        if chance_below(math.exp(middle), before, after) <= chance:
            low = middle
        else:
            high = middle
    return math.exp(low)

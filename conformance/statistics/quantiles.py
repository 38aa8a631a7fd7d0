"""Quantiles of a sample, and how far its true quantile may lie from them.

The quantile ``p`` of a sample is its smallest value that at least the share ``p`` of its values does not
exceed (definition 1 of Hyndman and Fan, 1996): a value that did occur, never one in between.

Where the true quantile lies follows from one fact alone, whatever the distribution: how many of ``n``
independent values do not exceed it is binomial with ``n`` and ``p``. So it lies between the ``k``-th and the
next value with the chance of just ``k`` such values; with that of 0 below all, with that of ``n`` above all.

Values that were measured at the same moment are no independent ones: a busy moment makes them all late. Such
values share a *block*, and a sample is worth as many independent values as its blocks' differences say (the
design effect of surveys; Woodruff 1952, Korn and Graubard 1998).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from statistics import NormalDist

from conformance.statistics.binomial import binomial

FEWEST_BLOCKS = 6
"""Fewer tell nothing of how much blocks differ."""

POINTS = 96
"""Into so many places at most the true quantile is put: each a little wider than it need be."""


@dataclass(frozen=True)
class Sample:
    """Measured values, and for each the block that it was measured in (none given: each is its own)."""

    values: tuple[float, ...]
    blocks: tuple[int, ...] = ()

    @cached_property
    def sorted(self) -> list[float]:
        """The values in their order."""
        return sorted(self.values)

    def quantile(self, p: float) -> float:
        """The sample's quantile; the sample is not empty."""
        return self.sorted[rank(len(self.values), p) - 1]

    def worth(self, p: float) -> int:
        """As many independent values say as much of the quantile ``p``; 0 where nobody can tell."""
        size = len(self.values)
        if not self.blocks:
            return size
        groups: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        bound = self.quantile(p)
        below = 0
        for value, block in zip(self.values, self.blocks, strict=True):
            group = groups[block]
            group[0] += 1
            if value <= bound:
                group[1] += 1
                below += 1
        number = len(groups)
        if number < FEWEST_BLOCKS:
            return 0
        share = below / size
        spread = sum((hits - share * of) ** 2 for of, hits in groups.values()) * number / (number - 1)
        independent = size * p * (1 - p)
        # How much the blocks differ is itself but estimated, the worse the fewer there are.
        effect = max(1.0, spread / independent) * _unsure(number - 1)
        return max(1, min(size, int(size / effect)))


@dataclass(frozen=True, slots=True)
class Place:
    """Between which values the true quantile may lie (0: below all, infinity: above all), how likely."""

    low: float
    high: float
    chance: float


def places(sample: Sample, p: float, worth: int) -> list[Place]:
    """Where the true quantile ``p`` may lie, in ascending order; a sample of positive values."""
    values, size = sample.sorted, len(sample.values)
    first, chances = binomial(worth, p)
    step = math.ceil(len(chances) / POINTS)
    made = []
    for begin in range(0, len(chances), step):
        part = chances[begin : begin + step]
        under = (first + begin) * size // worth
        over = math.ceil((first + begin + len(part)) * size / worth)
        low = values[under - 1] if under else 0.0
        made.append(Place(low, values[over - 1] if over <= size else math.inf, math.fsum(part)))
    return made


def interval(sample: Sample, p: float, confidence: float) -> tuple[float | None, float | None]:
    """Between which two values the true quantile ``p`` lies, with at least that confidence.

    Exact whatever the distribution, for values of either sign (David and Nagaraja, Order Statistics, 7.1).
    None: not even the smallest, or the largest, value bounds it so surely.
    """
    values, size = sample.sorted, len(sample.values)
    first, chances = binomial(size, p)
    spare = (1 - confidence) / 2
    below = [*accumulate(chances)]
    under = sum(1 for chance in below if chance <= spare) + first
    over = first + sum(1 for chance in below if chance < 1 - spare)
    return values[under - 1] if under else None, values[over] if over < size else None


def chance_below(ratio: float, before: Sequence[Place], after: Sequence[Place]) -> float:
    """The greatest chance that the quantile of ``after`` is at most ``ratio`` times that of ``before``."""
    lows = [place.low for place in after]
    running = [0.0, *accumulate(place.chance for place in after)]
    return math.fsum(place.chance * running[bisect_right(lows, ratio * place.high)] for place in before)


def rank(size: int, p: float) -> int:
    """The rank of a quantile, from 1; what floating point adds to a whole number is none."""
    return min(size, max(1, math.ceil(size * p - 1e-9)))


def _unsure(freedom: int, alpha: float = 0.05) -> float:
    """How much wider an interval gets where its width is estimated so: Student's t against the normal."""
    z = NormalDist().inv_cdf(1 - alpha / 2)
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return (t / z) ** 2

"""The binomial distribution, as exact as floating point is, without any package."""

from __future__ import annotations

import math

NEGLIGIBLE = 1e-15


def binomial(trials: int, chance: float) -> tuple[int, list[float]]:
    """How likely each number of successes is: the first number that is not negligible, and the chances from
    there on. They sum to 1. ``chance`` lies between 0 and 1, both left out."""
    mode = min(trials, int((trials + 1) * chance))
    peak = math.exp(
        math.lgamma(trials + 1) - math.lgamma(mode + 1) - math.lgamma(trials - mode + 1)
        + mode * math.log(chance) + (trials - mode) * math.log1p(-chance)
    )  # fmt: skip
    odds = chance / (1 - chance)
    above, weight = [peak], peak
    for number in range(mode, trials):
        weight *= (trials - number) / (number + 1) * odds
        if weight < NEGLIGIBLE:
            break
        above.append(weight)
    below: list[float] = []
    weight = peak
    for number in range(mode, 0, -1):
        weight *= number / (trials - number + 1) / odds
        if weight < NEGLIGIBLE:
            break
        below.append(weight)
    weights = [*reversed(below), *above]
    total = math.fsum(weights)
    return mode - len(below), [each / total for each in weights]

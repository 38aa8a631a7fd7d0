"""Quantiles, where the true ones may lie, and the binomial distribution behind it."""

from __future__ import annotations

import math
import random
from itertools import accumulate, pairwise

import pytest

from conformance.statistics.binomial import binomial
from conformance.statistics.quantiles import Sample, places


@pytest.mark.parametrize(
    ("values", "p", "is_"),
    [
        ((3.0, 1.0, 2.0), 0.5, 2.0),
        ((1.0, 2.0, 3.0, 4.0), 0.5, 2.0),
        ((1.0,), 0.99, 1.0),
        (tuple(map(float, range(1, 101))), 0.99, 99.0),
        (tuple(map(float, range(1, 102))), 0.99, 100.0),
        (tuple(map(float, range(1, 1001))), 0.29, 290.0),
    ],
)
def test_a_quantile_is_the_smallest_value_that_the_share_does_not_exceed(
    values: tuple[float, ...], p: float, is_: float
) -> None:
    """A value that occurred, and not the next one because of a rounded product."""
    assert Sample(values).quantile(p) == is_


@pytest.mark.parametrize(("trials", "chance"), [(1, 0.5), (12, 0.5), (370, 0.99), (5000, 0.99), (5000, 0.5)])
def test_the_binomial_distribution_is_exact(trials: int, chance: float) -> None:
    """Against whole-number arithmetic for each number that is told, and nothing that matters is left out."""
    first, weights = binomial(trials, chance)
    assert math.fsum(weights) == pytest.approx(1, abs=1e-12)
    for number in range(first, first + len(weights), max(1, len(weights) // 7)):
        logarithm = (
            math.log(math.comb(trials, number))
            + number * math.log(chance)
            + (trials - number) * math.log1p(-chance)
        )
        assert weights[number - first] == pytest.approx(math.exp(logarithm), rel=1e-6, abs=1e-13)


def test_the_places_are_those_of_the_sign_test() -> None:
    """Of 10 values the median lies between the 2nd and the 9th but for 2 × 11 of 1024 times."""
    sample = Sample(tuple(map(float, range(1, 11))))
    made = places(sample, 0.5, 10)
    assert [place.low for place in made] == [0.0, *map(float, range(1, 11))]
    assert [place.high for place in made] == [*map(float, range(1, 11)), math.inf]
    sums = list(accumulate(place.chance for place in made))
    assert sums[1] == pytest.approx(11 / 1024)


def test_many_values_have_a_bounded_number_of_places() -> None:
    """Each a little wider then; together they still cover all that may be."""
    sample = Sample(tuple(map(float, range(1, 20_001))))
    made = places(sample, 0.5, 20_000)
    assert len(made) <= 96
    assert all(one.high >= other.low for one, other in pairwise(made))
    assert made[0].low < 10_000 < made[-1].high
    assert math.fsum(place.chance for place in made) == pytest.approx(1)


def test_blocks_that_do_not_differ_cost_little() -> None:
    """In any blocks independent values keep nearly all of their worth; where blocks differ wholly none."""
    values = tuple(float(n * 7919 % 1000) for n in range(1000))
    assert Sample(values, tuple(n % 50 for n in range(1000))).worth(0.5) > 800
    assert Sample(values, tuple(int(value) // 20 for value in values)).worth(0.5) < 60
    assert Sample(values).worth(0.5) == 1000


def test_quantiles_are_values_that_were_measured() -> None:
    """The smallest that so large a share of all does not exceed."""
    ordered = [float(number) for number in range(1, 101)]
    assert [Sample(tuple(ordered)).quantile(share) for share in (0.5, 0.9, 0.99, 1.0)] == [50, 90, 99, 100]
    assert Sample((7.0,)).quantile(0.5) == 7.0
    rng = random.Random(3)
    for size in range(1, 40):
        found = sorted(rng.random() for _ in range(size))
        for share in (0.5, 0.9, 0.99):
            value = Sample(tuple(found)).quantile(share)
            assert sum(one <= value for one in found) >= share * size
            assert sum(one < value for one in found) < share * size

"""The test of quantiles, held against what it promises: by simulation, seeded, with bounds that can fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest

from conformance.statistics.quantiles import Sample
from conformance.statistics.shift import ALPHA, Pair, Shift, shifts

Draw = Callable[[Random], float]

SHAPES: dict[str, Draw] = {
    "lognormal": lambda chance: math.exp(chance.gauss(0, 0.5)),
    "heavy tail": lambda chance: chance.paretovariate(1.5),
    "two ways": lambda chance: 1 + 0.1 * chance.random() + (5 if chance.random() < 0.4 else 0),
    "rounded": lambda chance: round(math.exp(chance.gauss(0, 0.3)), 1),
}


def drawn(chance: Random, draw: Draw, size: int, scale: float = 1.0) -> Sample:
    return Sample(tuple(scale * draw(chance) for _ in range(size)))


def one(before: Sample, after: Sample, p: float = 0.5, margin: float = 0.0) -> Shift:
    (made,) = shifts([Pair("it", before, after)], quantiles=(p,), margin=margin)
    return made


def rate(shape: str, size: int, scale: float, p: float, trials: int, margin: float = 0.0) -> float:
    """How often a shift is told."""
    chance = Random(f"{shape} {size} {p}")
    draw = SHAPES[shape]
    made = (
        one(drawn(chance, draw, size), drawn(chance, draw, size, scale), p, margin) for _ in range(trials)
    )
    return sum(each.shifted for each in made) / trials


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("p", "size"), [(0.5, 15), (0.5, 200), (0.99, 500)])
def test_samples_of_one_distribution_are_seldom_called_different(shape: str, p: float, size: int) -> None:
    """At most ``alpha`` of the time, whatever the distribution: 250 trials, and what chance adds to them."""
    trials = 250
    assert rate(shape, size, 1.0, p, trials) <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / trials)


@pytest.mark.parametrize(
    ("p", "size", "scale", "power"),
    [(0.5, 200, 1.3, 0.9), (0.5, 60, 1.5, 0.7), (0.5, 15, 4.0, 0.9), (0.99, 1000, 1.5, 0.8)],
)
def test_a_shift_is_found_with_the_power_that_is_stated(
    p: float, size: int, scale: float, power: float
) -> None:
    """30 % on the median of 200 lognormal values (sigma 0.5) are found nine times of ten, and so on."""
    assert rate("lognormal", size, scale, p, 100) >= power
    assert rate("lognormal", size, 1 / scale, p, 100) >= power


def test_a_change_within_the_margin_is_none() -> None:
    """8 % on 2000 values is seen without a margin, and not worth telling with one of 10 %."""
    assert rate("lognormal", 2000, 1.08, 0.5, 40) >= 0.5
    assert rate("lognormal", 2000, 1.08, 0.5, 40, margin=0.1) == 0


def test_the_interval_holds_the_true_ratio() -> None:
    """With the confidence that it states; and a shift is told exactly where it lies beyond the margin."""
    chance = Random(7)
    held = 0
    for _ in range(200):
        made = one(
            drawn(chance, SHAPES["lognormal"], 80), drawn(chance, SHAPES["lognormal"], 80, 1.25), margin=0.1
        )
        assert made.level == ALPHA
        held += made.low <= 1.25 <= made.high
        assert made.shifted == (made.low > 1.1 or made.high < 1 / 1.1), made
    assert held >= 0.94 * 200


def test_many_operations_raise_no_more_false_alarms_than_one() -> None:
    """Of 60 families of 25 pairs, all without a shift, few have any; each pair tested alone, many would."""
    chance = Random(3)
    draw = SHAPES["lognormal"]
    families, alone = 0, 0
    for _ in range(60):
        pairs = [Pair(str(n), drawn(chance, draw, 40), drawn(chance, draw, 40)) for n in range(25)]
        families += any(each.shifted for each in shifts(pairs, quantiles=(0.5,), margin=0.0))
        alone += any(one(pair.before, pair.after).shifted for pair in pairs)
    assert families <= 7
    assert alone >= 15


def test_the_shifted_ones_are_told_among_many() -> None:
    """By name, each at the level that Holm's order gives it, and by intervals that say the same."""
    chance = Random(11)
    draw = SHAPES["lognormal"]
    pairs = [Pair(f"same {n}", drawn(chance, draw, 100), drawn(chance, draw, 100)) for n in range(10)]
    pairs[3:3] = [Pair("worse", drawn(chance, draw, 100), drawn(chance, draw, 100, 2.5))]
    pairs.append(Pair("better", drawn(chance, draw, 100), drawn(chance, draw, 100, 0.3)))
    made = shifts(pairs, quantiles=(0.5,))
    assert {each.name: each.word for each in made if each.shifted} == {"worse": "slower", "better": "faster"}
    assert [each.name for each in made] == [pair.name for pair in pairs]
    worse = next(each for each in made if each.name == "worse")
    assert worse.low > 1.1
    assert worse.level in (ALPHA / 12, ALPHA / 11)
    assert all(each.low < 1.1 and each.high > 1 / 1.1 for each in made if not each.shifted)


def test_too_few_values_are_never_guessed_from() -> None:
    """Said, with how many it takes; with so many even the p99 of values far apart is told."""
    near, far = Sample((1.0,) * 367), Sample((9.0,) * 367)
    made = one(near, far, 0.99)
    assert (made.word, made.low, made.high) == ("too few", 0.0, math.inf)
    assert made.before.size == 367
    enough = made.needed
    assert one(Sample((1.0,) * enough), Sample((9.0,) * enough), 0.99).word == "slower"
    assert one(Sample((1.0,) * (enough - 1)), Sample((9.0,) * (enough - 1)), 0.99).word == "too few"
    assert one(Sample((1.0,) * 6), Sample((9.0,) * 6)).word == "too few"
    assert one(Sample((1.0,) * 7), Sample((9.0,) * 7)).word == "slower"


def test_small_samples_do_not_take_the_level_of_large_ones() -> None:
    """What could not be told anyway is not counted among the tests (Tarone)."""
    small = [Pair(str(n), Sample((1.0,) * 3), Sample((2.0,) * 3)) for n in range(100)]
    large = Pair("large", Sample((1.0,) * 9), Sample((9.0,) * 9))
    assert [each.name for each in shifts([*small, large], quantiles=(0.5,)) if each.shifted] == ["large"]


def test_the_same_samples_give_the_same_answer() -> None:
    """Nothing is drawn by chance, and the sides mirror each other."""
    chance = Random(5)
    before, after = (drawn(chance, SHAPES["heavy tail"], 90, scale) for scale in (1.0, 1.7))
    assert one(before, after) == one(before, after)
    mirrored = one(after, before)
    assert mirrored.low == pytest.approx(1 / one(before, after).high, rel=1e-3)


def test_nothing_to_compare_is_nothing_told() -> None:
    """An operation that one side does not have is no shift."""
    assert shifts([Pair("it", Sample(()), Sample((1.0,)))]) == ()
    assert shifts([]) == ()


def moments(chance: Random, number: int, each: int) -> Sample:
    """Values of busy and quiet moments: those of one moment are late together."""
    values: list[float] = []
    for _ in range(number):
        load = math.exp(chance.gauss(0, 0.6))
        values += [load * math.exp(chance.gauss(0, 0.2)) for _ in range(each)]
    return Sample(tuple(values), tuple(n // each for n in range(number * each)))


def test_values_of_one_moment_are_not_taken_for_independent() -> None:
    """Without their blocks many pairs of such samples are called different; with them as few as promised."""
    chance = Random(13)
    blind = seeing = 0
    for _ in range(100):
        before, after = moments(chance, 20, 25), moments(chance, 20, 25)
        seeing += one(before, after).shifted
        blind += one(Sample(before.values), Sample(after.values)).shifted
    assert blind >= 30
    assert seeing <= 10
    assert moments(chance, 20, 25).worth(0.5) < 150


def test_one_moment_tells_nothing() -> None:
    """However many values it has."""
    here = Sample((1.0,) * 500, (4,) * 500)
    made = one(here, Sample((2.0,) * 500))
    assert (made.word, made.before.worth) == ("too few", 0)

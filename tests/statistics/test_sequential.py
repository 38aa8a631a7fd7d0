"""The sequential test: its error rates, what it costs and its interval, computed exactly and not drawn."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from conformance.statistics.sequential import (
    BROKEN,
    DECISIONS,
    INTERMITTENT,
    SOUND,
    UNDECIDED,
    Plan,
)

PLAN = Plan()
PLANS = [PLAN, Plan(tolerated=0.001), Plan(told=0.2, error=0.01), Plan(tolerated=0.05, most=150)]
GRID = [number / 100 for number in range(101)]


@cache
def intervals(plan: Plan) -> dict[tuple[int, int], tuple[float, float]]:
    """The interval of each way to end."""
    return {end: plan.interval(*end) for end in plan.endings}


@pytest.mark.parametrize("plan", PLANS)
def test_the_answers_are_all_there_are(plan: Plan) -> None:
    """Their chances add up to one, whatever the thing is like."""
    for p in GRID:
        assert sum(plan.chances(p).values()) == pytest.approx(1)


@pytest.mark.parametrize("plan", PLANS)
def test_what_fails_rarely_is_not_called_anything_worse(plan: Plan) -> None:
    """Up to the tolerated rate, with the declared error; what never fails is always sound."""
    for number in range(21):
        chances = plan.chances(plan.tolerated * number / 20)
        assert chances[INTERMITTENT] + chances[BROKEN] <= plan.error
    if plan.most > plan.first:
        assert plan.chances(0)[SOUND] == 1


@pytest.mark.parametrize("plan", PLANS)
def test_what_fails_as_often_as_is_told_apart_is_not_called_sound(plan: Plan) -> None:
    """From there on, with the declared error; and it is not for want of trying near it."""
    for p in (each for each in [plan.told, *GRID] if each >= plan.told):
        assert plan.chances(p)[SOUND] <= plan.error
    assert plan.chances(plan.told)[SOUND] > plan.error / 5


@pytest.mark.parametrize("plan", PLANS)
def test_broken_is_the_mirror_image_of_sound(plan: Plan) -> None:
    """What is said of failures is said of passes."""
    mirror = {SOUND: BROKEN, BROKEN: SOUND}
    for p in GRID:
        there, back = plan.chances(p), plan.chances(1 - p)
        for word in DECISIONS:
            assert there[word] == pytest.approx(back[mirror.get(word, word)], abs=1e-9)


def test_intermittent_is_found_between_the_two() -> None:
    """Anything else is said with the declared error at most, both kinds together."""
    for p in (each for each in GRID if PLAN.told <= each <= 1 - PLAN.told):
        chances = PLAN.chances(p)
        assert chances[SOUND] + chances[BROKEN] + chances[UNDECIDED] <= PLAN.error


def test_what_it_costs() -> None:
    """A sound thing takes 32 plays, an intermittent one hardly more, and none 60 on average."""
    assert PLAN.first == 32
    assert PLAN.expected(0) == PLAN.expected(1) == 32
    assert PLAN.expected(0.3) < 32.1
    assert max(map(PLAN.expected, GRID)) < 60
    assert max(PLAN.chances(p)[UNDECIDED] for p in GRID) < 0.013


@pytest.mark.parametrize(
    ("plays", "failures", "word"),
    [
        (31, 0, ""),
        (32, 0, SOUND),
        (32, 1, ""),
        (56, 1, ""),
        (57, 1, SOUND),
        (31, 31, ""),
        (32, 32, BROKEN),
        (31, 15, ""),
        (32, 2, ""),
        (32, 3, INTERMITTENT),
        (32, 29, INTERMITTENT),
        (32, 30, ""),
        (199, 7, ""),
        (200, 7, UNDECIDED),
        (200, 193, UNDECIDED),
    ],
)
def test_the_answer(plays: int, failures: int, word: str) -> None:
    """Where the defaults answer; '' is to play on."""
    assert PLAN.decide(plays, failures) == word


def test_unsound_can_be_said_at_any_time() -> None:
    """And is wrong with the declared error at most, however often it is looked at."""
    assert PLAN.is_unsound(2, 2)
    assert not PLAN.is_unsound(1, 1)
    going, ever = {0: 1.0}, 0.0
    for plays in range(1, PLAN.most + 1):
        after: dict[int, float] = {}
        for failures, chance in going.items():
            for each, weight in ((failures, 1 - PLAN.tolerated), (failures + 1, PLAN.tolerated)):
                if PLAN.is_unsound(plays, each):
                    ever += chance * weight
                else:
                    after[each] = after.get(each, 0.0) + chance * weight
        going = after
    assert 0 < ever <= PLAN.error


@pytest.mark.parametrize("plan", PLANS[:2])
def test_the_interval_holds_however_it_ended(plan: Plan) -> None:
    """Each bound is wrong with the declared error at most, and not much more careful than it has to be."""
    ends = intervals(plan)
    below = [plan.within(p, lambda n, k, p=p: ends[n, k][0] > p) for p in GRID]  # type: ignore[misc]
    above = [plan.within(p, lambda n, k, p=p: ends[n, k][1] < p) for p in GRID]  # type: ignore[misc]
    assert plan.error / 2 < max(below) <= plan.error
    assert plan.error / 2 < max(above) <= plan.error


def test_the_interval_never_contradicts_the_answer() -> None:
    """Nor leaves out what was seen."""
    for (plays, failures), (low, high) in intervals(PLAN).items():
        word = PLAN.decide(plays, failures)
        assert low <= failures / plays <= high
        assert word != SOUND or high <= PLAN.told
        assert word != BROKEN or low >= 1 - PLAN.told
        assert word != INTERMITTENT or PLAN.tolerated <= low <= high <= 1 - PLAN.tolerated


def test_plays_that_were_cut_short_are_a_number_that_was_fixed() -> None:
    """Then Clopper and Pearson's own interval: none of 5 leaves as much as fails 5 times with 5 %."""
    low, high = PLAN.interval(5, 0)
    assert low == 0
    assert (1 - high) ** 5 == pytest.approx(0.05)
    assert PLAN.interval(0, 0) == (0, 1)
    low, high = PLAN.interval(10, 4)  # tables give 0.150 and 0.696
    assert (round(low, 3), round(high, 3)) == (0.15, 0.696)


def test_no_play_that_was_started_turns_out_to_be_one_too_many() -> None:
    """As many as are needed may be under way, and there is no answer before all of them are in."""
    assert PLAN.needed(0, 0) == 32
    chance = Random(3)
    for p in (0.0, 0.04, 0.3, 1.0):
        plays = failures = 0
        while not PLAN.decide(plays, failures):
            needed = PLAN.needed(plays, failures)
            assert needed >= 1
            for left in range(needed, 0, -1):
                assert PLAN.decide(plays, failures) == ""
                assert PLAN.needed(plays, failures) >= left
                plays += 1
                failures += chance.random() < p

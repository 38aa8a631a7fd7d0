"""The oracle: what promises decide, and that it says nothing where none does."""

from __future__ import annotations

import pytest

from conformance.trading.oracle import BREAKS, Oracle, Outcome
from conformance.trading.sequence import Sequence
from conformance.trading.telling import puts_to_the_test

ALL = frozenset({*BREAKS, "resting", "lasting"})


def outcomes(
    text: str, promises: frozenset[str] = ALL, *, positions: tuple[int, int] = (0, 0)
) -> tuple[Oracle, list[Outcome | None]]:
    """What the oracle says of each move."""
    oracle = Oracle(promises, 7, positions)
    return oracle, [oracle.play(move) for move in Sequence.parse(text).moves]


def told(outcome: Outcome | None) -> list[str]:
    """The updates of an outcome, in short."""
    assert outcome is not None
    return [
        f"#{each.order.number} {each.order.status} {each.order.filled}/{each.order.lots}"
        + (f" @{each.fill[0]}x{each.fill[1]}" if each.fill else "")
        for each in outcome.updates
    ]


def test_orders_of_one_price_trade_oldest_first_and_at_the_price_of_the_resting_one() -> None:
    """Price first, then time; the taker pays what the maker asked for."""
    oracle, said = outcomes("a sells 1 at 4; a sells 2 at 3; a sells 1 at 3; b buys 4 at 5")
    assert told(said[3]) == [
        "#4 open 0/4",
        "#4 partially_filled 2/4 @3x2",
        "#2 filled 2/2 @3x2",
        "#4 partially_filled 3/4 @3x1",
        "#3 filled 1/1 @3x1",
        "#4 filled 4/4 @4x1",
        "#1 filled 1/1 @4x1",
    ]
    assert oracle.positions == [-4, 4]
    assert oracle.working() == ()


@pytest.mark.parametrize(
    ("amendment", "first"),
    [("a amends #1 to 1", 1), ("a amends #1 to 3", 2), ("a amends #1 to 1 at 4; a amends #1 at 3", 2)],
)
def test_only_a_pure_reduction_keeps_the_place_in_the_queue(amendment: str, first: int) -> None:
    """A larger order, and one that was elsewhere meanwhile, goes last."""
    _, said = outcomes(f"a sells 2 at 3; a sells 2 at 3; {amendment}; b buys 1 at 3")
    assert [each.order.number for each in said[-1].updates if each.order.account == 0] == [first]  # type: ignore[union-attr]


def test_what_ioc_leaves_is_cancelled_and_a_fok_order_trades_whole_or_not_at_all() -> None:
    """Neither ever rests."""
    _, said = outcomes("a sells 2 at 3; b buys 3 at 3 fok; b buys 3 at 3 ioc; b buys 1 at 2 fok")
    assert told(said[1]) == ["#2 open 0/3", "#2 cancelled 0/3"]
    assert told(said[2])[-1] == "#3 cancelled 2/3"
    assert told(said[3]) == ["#4 open 0/1", "#4 cancelled 0/1"]


def test_an_order_that_meets_one_of_its_own_account_loses_its_remainder() -> None:
    """What rests stays."""
    oracle, said = outcomes("b sells 1 at 2; a sells 2 at 3; a buys 4 at 3")
    assert told(said[2]) == [
        "#3 open 0/4",
        "#3 partially_filled 1/4 @2x1",
        "#1 filled 1/1 @2x1",
        "#3 cancelled 1/4",
    ]
    assert [each.number for each in oracle.working()] == [2]


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("a sells 1 at 3; b buys 1 at 3 post-only", "post_only"),
        ("a buys 1 at 3 reduce-only", "reduce_only"),
        ("a buys 1 at 3; a buys 1 at 2 as #1", "unique"),
        ("a buys 1 at 3; a cancels #1; a buys 1 at 2 as #1", "unique"),
        ("a buys 1 at 3; b cancels #1", "known"),
        ("a buys 1 at 3; a cancels #1; a amends #1 to 3", "known"),
        ("a buys 1 at 3 reduce-only; a cancels #1 by client id", "known"),
        ("a buys 3 at 3; b sells 2 at 3; a amends #1 to 2", "above_fills"),
    ],
)
def test_what_a_promise_forbids_is_refused_and_changes_nothing(text: str, promise: str) -> None:
    """The refusal names its promise; without it nobody knows what happens."""
    _, said = outcomes(text)
    assert said[-1] is not None
    assert said[-1].refused == (promise,)
    assert said[-1].updates == ()
    assert outcomes(text, ALL - {promise})[1][-1] is None


@pytest.mark.parametrize(
    "text",
    [
        "a buys 1 at market ioc",
        "a sells 1 at 3; b buys 2 at market ioc",
        "a buys 1 at 8",
        "a sells 1 at 3; a buys 1 at 3 post-only",
        "a sells 1 at 3; a buys 2 at 3 fok",
        "a buys 1 at 3; a amends #1 to 1 at 3",
        "a buys 1 at 3; b reads #1",
        "a buys 2 at 3; b sells 2 at 3; a sells 3 at 4 reduce-only",
        "a buys 2 at 3; b sells 2 at 3; a sells 2 at 4 reduce-only; a sells 1 at 3; b buys 1 at 3",
        "a buys 2 at 2 post-only; b sells 1 at 4; a amends #1 at 4",
    ],
)
def test_what_no_promise_decides_is_left_out(text: str) -> None:
    """The oracle says nothing of it, and goes on as if it had not been asked."""
    oracle, said = outcomes(text)
    before, _ = outcomes(text.rpartition(";")[0] or "a lists")
    assert None in said
    if said[-1] is None:
        assert oracle.positions == before.positions
        assert oracle.working() == before.working()


def test_a_reduce_only_order_may_reduce_what_is_held() -> None:
    """Up to the position, and no promise says what becomes of more."""
    oracle, said = outcomes("a sells 2 at 3 reduce-only; a sells 1 at 3 reduce-only", positions=(2, -2))
    assert said[0] is not None
    assert not said[0].refused
    assert said[1] is None
    assert [each.number for each in oracle.working()] == [1]


@pytest.mark.parametrize(
    "promise", ["time_priority", "price_priority", "queue", "immediate", "whole", "resting"]
)
def test_without_its_promise_a_decision_is_not_taken(promise: str) -> None:
    """Each of these moves hangs on one promise."""
    texts = {
        "time_priority": "a sells 1 at 3; a sells 1 at 3; b buys 1 at 3",
        "price_priority": "a sells 1 at 3; b buys 1 at 4",
        "queue": "a sells 1 at 3; a amends #1 to 2",
        "immediate": "a sells 1 at 3 ioc",
        "whole": "a sells 1 at 3 fok",
        "resting": "a sells 1 at 3",
    }
    assert outcomes(texts[promise])[1][-1] is not None
    assert outcomes(texts[promise], ALL - {promise})[1][-1] is None


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("a sells 1 at 3; b lists", set()),
        ("a sells 1 at 3; a sells 2 at 3; b buys 1 at 3", {"time_priority"}),
        ("a sells 1 at 3; a sells 1 at 4; b buys 1 at 4", {"price_priority"}),
        ("a sells 1 at 3; a cancels #1; b buys 1 at 4", {"cancels"}),
        ("a sells 2 at 3; b buys 1 at 3 fok; a amends #1 to 3", {"progress"}),
    ],
)
def test_a_sequence_puts_to_the_test_what_would_be_answered_otherwise(text: str, promises: set[str]) -> None:
    """A promise that a sequence does not hang on is not put to the test by it."""
    sequence = Sequence.parse(text)
    assert {each for each in BREAKS if puts_to_the_test(sequence, each, ALL)} == promises

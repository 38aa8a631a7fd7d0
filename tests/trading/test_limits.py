"""How much may be traded: what a user or a document says of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from conformance.errors import UsageError
from conformance.trading.limits import CAREFUL, FREE, Limits, limited, tightened


def test_what_is_said_replaces_what_is_usual_and_nothing_else() -> None:
    """One limit is another, the rest stays as it is."""
    made = limited(CAREFUL, {"order_notional": "250.5", "orders": "7"}, "--trading-limit")
    assert (made.order_notional, made.orders) == (Decimal("250.5"), 7)
    assert (made.open_orders, made.distance) == (CAREFUL.open_orders, CAREFUL.distance)


def test_none_lifts_a_limit_but_never_the_distance() -> None:
    """An order may be of any size; one that is not meant to trade is never at the market."""
    assert limited(CAREFUL, {"order_notional": "none"}, "x").order_notional is None
    with pytest.raises(UsageError, match="distance must be a share above 0 and below 1, not 'none'"):
        limited(CAREFUL, {"distance": "none"}, "--trading-limit")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("order_sise", "1", "--trading-limit order_sise: no such limit (did you mean order_size?)"),
        ("xyz", "1", "there are order_size, order_notional, orders, open_orders, distance"),
        ("orders", "1.5", "--trading-limit orders must be a whole number or none, not '1.5'"),
        ("orders", "-1", "must be a whole number or none"),
        ("order_size", "0", "--trading-limit order_size must be a number above 0 or none, not '0'"),
        ("order_notional", "1_000", "must be a number above 0 or none, not '1_000'"),
        ("order_notional", "NaN", "must be a number above 0 or none"),
        ("order_notional", "٣", "must be a number above 0 or none"),
        ("distance", "1", "must be a share above 0 and below 1"),
        ("distance", "half", "must be a share above 0 and below 1"),
    ],
)
def test_what_is_no_limit_is_said_in_one_sentence(name: str, value: str, sentence: str) -> None:
    """A slip of the pen lifts no limit."""
    with pytest.raises(UsageError) as told:
        limited(CAREFUL, {name: value}, "--trading-limit")
    assert sentence in str(told.value)


def test_the_tighter_one_of_two_counts() -> None:
    """What a document states of an address elsewhere allows nothing beyond what is usual."""
    made = tightened(CAREFUL, Limits(order_notional=Decimal(9999), orders=3, distance=Decimal("0.7")))
    assert (made.order_notional, made.orders, made.distance) == (Decimal(1000), 3, Decimal("0.7"))
    assert tightened(CAREFUL, FREE) == CAREFUL


def test_limits_are_told_in_words() -> None:
    """Whoever starts a run reads what it may send."""
    assert str(CAREFUL) == (
        "at most a price times size of 1000 an order, 5000 orders in the run, 100 open at once; what is not "
        "meant to trade stays 0.5 of the best price away from it"
    )
    assert str(FREE) == "no limit of size, value or number"
    assert limited(FREE, CAREFUL.told(), "x") == CAREFUL

"""Whether an order may be sent: from what it asks for, the limits, and the market."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from conformance.trading.asking import AMEND, PLACE, Asking
from conformance.trading.bounds import UNSEEN, Market, changed, near, readable, shown, too_much
from conformance.trading.limits import FREE, Limits
from conformance.trading.roles import Side

D = Decimal
BOOK = Market(bid=D(100), ask=D(110), mark=D(105))
ORDER = Asking(
    PLACE, "place", client_id="oc1", symbol="X", side=Side.BUY, priced=True, price=D(10), size=D(2)
)


@pytest.mark.parametrize(
    ("limits", "placed", "working", "why"),
    [
        (Limits(order_size=D("1.9")), 0, 0, "a size of 2, more than 1.9 (order_size)"),
        (Limits(order_size=D(2)), 0, 0, ""),
        (Limits(order_notional=D("19.99")), 0, 0, "10 times 2, more than 19.99 (order_notional)"),
        (Limits(order_notional=D(20)), 0, 0, ""),
        (Limits(orders=3), 3, 0, "more than 3 orders in this run (orders)"),
        (Limits(orders=3), 2, 0, ""),
        (Limits(open_orders=2), 9, 2, "more than 2 orders open at once (open_orders)"),
        (Limits(open_orders=2), 9, 1, ""),
        (FREE, 10**6, 10**6, ""),
    ],
)
def test_what_exceeds_a_limit_is_told_by_its_name(
    limits: Limits, placed: int, working: int, why: str
) -> None:
    """Each limit is met exactly, and named when it is not."""
    assert too_much(ORDER, limits, BOOK, placed, working) == why


def test_the_value_of_an_order_is_that_of_the_price_it_may_trade_at() -> None:
    """A sale at one tick trades at the best bid; an order without a price at whatever there is."""
    most = Limits(order_notional=D(199))
    sale = replace(ORDER, side=Side.SELL, price=D(1))
    assert too_much(sale, most, BOOK, 0, 0) == "100 times 2, more than 199 (order_notional)"
    market = replace(ORDER, market=True, priced=False, price=None)
    assert too_much(market, most, BOOK, 0, 0) == "110 times 2, more than 199 (order_notional)"
    assert too_much(replace(ORDER, size=D(-2000)), most, BOOK, 0, 0)  # somebody may not see the sign


def test_an_amendment_counts_as_an_order_but_opens_none() -> None:
    """It may make an order larger; there are not more of them."""
    larger = replace(ORDER, role=AMEND, size=D(500))
    assert too_much(larger, Limits(open_orders=0), BOOK, 0, 5) == ""
    assert too_much(larger, Limits(order_size=D(400)), BOOK, 0, 5)


@pytest.mark.parametrize(
    ("side", "price", "market", "far"),
    [
        (Side.BUY, "50", BOOK, True),
        (Side.BUY, "50.1", BOOK, False),
        (Side.SELL, "165", BOOK, True),
        (Side.SELL, "164.9", BOOK, False),
        (Side.SELL, "1", BOOK, False),
        (Side.BUY, "52", Market(ask=D(110), mark=D(105)), True),
        (Side.BUY, "53", Market(ask=D(110), mark=D(105)), False),
        (Side.SELL, "157", Market(bid=D(100), mark=D(105)), False),
        (Side.BUY, "1", UNSEEN, False),
        (Side.SELL, "1", Market(unknown=True), True),
    ],
)
def test_far_is_a_share_of_the_best_price_away(side: Side, price: str, market: Market, far: bool) -> None:
    """Without a best price of its side the nearest of the others counts; without any nothing is far."""
    assert (near(side, D(price), market, D("0.5")) == "") is far


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"market": True}, "it takes any price"),
        ({"market": None}, "might be taken for a market order"),
        ({"side": None}, "its side cannot be told"),
        ({"priced": False, "price": None}, "it has no price"),
        ({"price": None}, "its price is no number"),
        ({"size": None}, ""),
    ],
)
def test_what_a_lenient_target_could_take_for_another_order_is_not_readable(
    change: dict[str, object], why: str
) -> None:
    """A broken command may be taken all the same: what protects an order must be beyond doubt."""
    assert why in readable(replace(ORDER, **change))  # type: ignore[arg-type]
    assert bool(readable(replace(ORDER, **change))) is bool(why)  # type: ignore[arg-type]


def test_an_amended_order_is_the_old_one_with_what_is_new() -> None:
    """Its side and symbol are those of the order that it amends."""
    made = changed(Asking(AMEND, "amend", id="7", priced=True, price=D(99)), ORDER)
    assert (made.side, made.symbol, made.price, made.size) == (Side.BUY, "X", D(99), D(2))
    made = changed(Asking(AMEND, "amend", id="7", size=D(5)), ORDER)
    assert (made.price, made.size) == (D(10), D(5))


@pytest.mark.parametrize(
    ("number", "text"),
    [("100.50", "100.5"), ("1E+3", "1000"), ("1E+50", "1.00e+50"), ("1E-30", "1.00e-30"), ("0", "0")],
)
def test_numbers_are_told_short(number: str, text: str) -> None:
    """A number of a thousand digits is no sentence."""
    assert shown(D(number)) == text

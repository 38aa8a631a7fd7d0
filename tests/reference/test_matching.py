"""Matching, without sockets: priorities, times in force, amendments, and what an order does to an account."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.reference.orders import Order
from conformance.reference.refusals import Refusal
from conformance.reference.server import Reference
from conformance.reference.settings import Settings

from .stage import QUIET


class Desk:
    """Places orders on an exchange whose books are empty, and hears what is told."""

    def __init__(self) -> None:
        self.reference = Reference(Settings())
        self.exchange = self.reference.exchange
        self.told: list[dict[str, Any]] = []
        self.trades: list[tuple[str, str]] = []
        self.count = 0

    def place(self, account: str, side: Any, price: str | None, size: str, **more: Any) -> Order:
        self.count += 1
        fields: dict[str, Any] = {
            "order_id": "",
            "client_order_id": f"c-{self.count}",
            "account": account,
            "symbol": QUIET,
            "side": side,
            "order_type": "market" if price is None else "limit",
            "price": None if price is None else Decimal(price),
            "size": Decimal(size),
            "time_in_force": "ioc" if price is None else "gtc",
            "post_only": False,
            "reduce_only": False,
            "ts": 0,
        }
        order = Order(**{**fields, **more})
        self.exchange.place(order)
        return order

    def position(self, account: str) -> str:
        return str(self.exchange.accounts.by_name[account].position(QUIET))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_better_prices_trade_first_then_older_orders(desk: Desk) -> None:
    """Price–time priority: the best price first, the oldest of a price first, at the price that rested."""
    late = desk.place("demo-a", "sell", "101", "1")
    first = desk.place("demo-a", "sell", "100", "1")
    second = desk.place("demo-a", "sell", "100", "1")
    taker = desk.place("demo-b", "buy", "101", "1.5")
    assert [first.status, second.status, late.status] == ["filled", "partially_filled", "open"]
    assert taker.status == "filled"
    assert desk.exchange.accounts.by_name["demo-b"].cash == Decimal("100000000") - 150


def test_ioc_remainder_is_cancelled(desk: Desk) -> None:
    """What an ioc order leaves is cancelled; its fills stay."""
    desk.place("demo-a", "sell", "100", "1")
    taker = desk.place("demo-b", "buy", "100", "3", time_in_force="ioc")
    assert (taker.status, str(taker.filled), str(taker.remaining)) == ("cancelled", "1", "0")


def test_fok_fills_whole_or_not_at_all(desk: Desk) -> None:
    """An unfillable fok order is accepted and cancelled without a trade."""
    desk.place("demo-a", "sell", "100", "1")
    killed = desk.place("demo-b", "buy", "100", "3", time_in_force="fok")
    filled = desk.place("demo-b", "buy", "100", "1", time_in_force="fok")
    assert (killed.status, str(killed.filled), filled.status) == ("cancelled", "0", "filled")


def test_self_match_cancels_the_incoming_remainder(desk: Desk) -> None:
    """An order that meets its own account stops there; the resting order stays."""
    other = desk.place("demo-b", "sell", "99", "1")
    own = desk.place("demo-a", "sell", "100", "1")
    taker = desk.place("demo-a", "buy", "100", "2")
    assert [other.status, own.status, taker.status] == ["filled", "open", "cancelled"]
    assert str(taker.filled) == "1"


def test_post_only_never_takes(desk: Desk) -> None:
    """A post-only order that would trade is refused."""
    desk.place("demo-a", "sell", "100", "1")
    with pytest.raises(Refusal, match="would_cross"):
        desk.place("demo-b", "buy", "100", "1", post_only=True)
    assert desk.place("demo-b", "buy", "99.5", "1", post_only=True).status == "open"


def test_reduce_only_is_bounded_by_the_position(desk: Desk) -> None:
    """A reduce-only order may close what is held, alone or with others, and no more."""
    with pytest.raises(Refusal, match="would_increase"):
        desk.place("demo-a", "sell", "100", "1", reduce_only=True)
    desk.place("demo-b", "sell", "100", "1")
    desk.place("demo-a", "buy", "100", "1")
    first = desk.place("demo-a", "sell", "200", "0.6", reduce_only=True)
    with pytest.raises(Refusal, match="would_increase"):
        desk.place("demo-a", "sell", "200", "0.5", reduce_only=True)
    desk.place("demo-b", "buy", "90", "1")
    desk.place("demo-a", "sell", "90", "0.9")
    assert (first.status, desk.position("demo-a")) == ("cancelled", "0.1")


def test_margin_is_what_limits_size(desk: Desk) -> None:
    """An order that the account cannot carry is refused, and counts for nothing afterwards."""
    with pytest.raises(Refusal, match="insufficient_margin"):
        desk.place("demo-a", "buy", "1000", "1000000000")
    with pytest.raises(Refusal, match="insufficient_margin"):
        desk.place("demo-a", "sell", "1000", "1000000000")
    assert desk.exchange.open_orders("demo-a") == []


def test_amend_keeps_the_place_only_for_a_pure_reduction(desk: Desk) -> None:
    """A smaller size keeps priority; a larger size or another price loses it."""
    first, second, third = (desk.place("demo-a", "sell", "100", "2") for _ in range(3))
    desk.exchange.amend("demo-a", first.order_id, None, Decimal("1"))
    desk.exchange.amend("demo-a", second.order_id, None, Decimal("3"))
    desk.place("demo-b", "buy", "100", "3")
    assert [first.status, second.status, third.status] == ["filled", "open", "filled"]


def test_amend_keeps_fills_and_stays_above_them(desk: Desk) -> None:
    """The new size is a total, above what is filled."""
    order = desk.place("demo-a", "sell", "100", "2")
    desk.place("demo-b", "buy", "100", "1")
    with pytest.raises(Refusal, match="invalid_field"):
        desk.exchange.amend("demo-a", order.order_id, None, Decimal("1"))
    amended = desk.exchange.amend("demo-a", order.order_id, Decimal("101"), Decimal("1.5"))
    assert (amended["filled_size"], amended["remaining_size"], amended["price"]) == ("1", "0.5", "101")


def test_amend_can_take(desk: Desk) -> None:
    """An order that is amended across the book trades."""
    order = desk.place("demo-a", "buy", "90", "1")
    desk.place("demo-b", "sell", "100", "1")
    desk.exchange.amend("demo-a", order.order_id, Decimal("100"), None)
    assert order.status == "filled"


def test_done_orders_cannot_be_cancelled_or_amended(desk: Desk) -> None:
    """An order that works no more is not found by those who would change it, only by those who read it."""
    order = desk.place("demo-a", "buy", "90", "1")
    desk.exchange.cancel("demo-a", order)
    with pytest.raises(Refusal, match="order_not_found"):
        desk.exchange.cancel("demo-a", order)
    with pytest.raises(Refusal, match="order_not_found"):
        desk.exchange.amend("demo-a", order.order_id, None, Decimal("2"))
    assert desk.exchange.find("demo-a", order) is order


def test_positions_average_and_flip(desk: Desk) -> None:
    """A position averages while it grows, keeps that while it shrinks, and starts anew when it flips."""
    for price, size in (("100", "1"), ("110", "3")):
        desk.place("demo-b", "sell", price, size)
        desk.place("demo-a", "buy", price, size)
    held = desk.exchange.accounts.by_name["demo-a"].positions[QUIET]
    assert (str(held.size), held.average_price) == ("4", Decimal("107.5"))
    desk.place("demo-b", "buy", "90", "5")
    desk.place("demo-a", "sell", "90", "5")
    held = desk.exchange.accounts.by_name["demo-a"].positions[QUIET]
    assert (str(held.size), held.average_price) == ("-1", Decimal("90"))

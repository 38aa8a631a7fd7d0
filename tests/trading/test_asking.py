"""What a command asks for, as the most lenient reader would take it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from conformance.contract import load
from conformance.documents.find import find
from conformance.trading.asking import Asking, asking, lenient, with_post_only
from conformance.trading.roles import Side, Trading

PLAIN = {
    "type": "placeOptionOrder", "request_id": 1, "client_order_id": "oc1", "symbol": "X", "side": "buy",
    "order_type": "limit", "price": "0.5", "size": "2", "time_in_force": "gtc",
}  # fmt: skip


@cache
def trading() -> Trading:
    made = Trading.of(load(find()).services["gateway"])
    assert made is not None
    return made


def asked(operation: str, value: object) -> Asking | None:
    return asking(trading(), trading().service.operations[operation], value)


def test_an_order_is_read_by_its_roles() -> None:
    """Every field where the document says that it stands."""
    assert asked("placeOptionOrder", PLAIN) == Asking(
        "order.place", "placeOptionOrder", client_id="oc1", symbol="X", side=Side.BUY, market=False,
        priced=True, price=Decimal("0.5"), size=Decimal(2), rests=True, post_only=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "name", "wanted"),
    [
        ({"side": "BUY"}, "side", None),
        ({"side": "sell"}, "side", Side.SELL),
        ({"order_type": "market"}, "market", True),
        ({"order_type": "xyz"}, "market", None),
        ({"price": None}, "price", None),
        ({"price": 3.5}, "price", Decimal("3.5")),
        ({"price": " 7 "}, "price", Decimal(7)),
        ({"price": b"7"}, "price", Decimal(7)),
        ({"price": True}, "price", None),
        ({"size": "1e3"}, "size", Decimal(1000)),
        ({"size": "inf"}, "size", None),
        ({"time_in_force": "ioc"}, "rests", False),
        ({"time_in_force": "GTC"}, "rests", True),
        ({"post_only": True}, "post_only", True),
        ({"post_only": "yes"}, "post_only", False),
        ({"symbol": 5}, "symbol", "5"),
        ({"client_order_id": None}, "client_id", ""),
    ],
)
def test_a_broken_field_is_read_as_somebody_might(
    change: dict[str, object], name: str, wanted: object
) -> None:
    """What protects an order is what is exactly right; what makes it dangerous, whatever resembles it."""
    made = asked("placeOptionOrder", {**PLAIN, **change})
    assert getattr(made, name) == wanted


def test_an_amendment_and_a_cancellation_name_an_order() -> None:
    """By either id; what an amendment does not say it leaves."""
    amended = asked("amendOptionOrder", {"type": "amendOptionOrder", "order_id": "7", "size": "3"})
    assert amended == Asking("order.amend", "amendOptionOrder", id="7", size=Decimal(3))
    taken = asked("cancelOptionOrder", {"type": "cancelOptionOrder", "client_order_id": "oc1"})
    assert taken == Asking("order.cancel", "cancelOptionOrder", client_id="oc1")


def test_what_holds_nothing_of_an_order_is_none() -> None:
    """A read is no order; nor is a text, nor a map without any of its fields."""
    assert asked("getOrder", {"type": "getOrder", "order_id": "7"}) is None
    nothing: tuple[object, ...] = ("", None, 5, [], {"type": "placeOptionOrder"})
    for value in nothing:
        assert asked("placeOptionOrder", value) is None


def test_an_order_becomes_post_only_where_it_says_nothing_of_it() -> None:
    """What a case says of it stays: it may be what the case is about."""
    assert with_post_only(trading(), PLAIN) == {**PLAIN, "post_only": True}
    assert with_post_only(trading(), {**PLAIN, "post_only": "yes"}) == {**PLAIN, "post_only": "yes"}
    assert with_post_only(trading(), "text") == "text"


@pytest.mark.parametrize("value", ["nan", "infinity", "", "ten", None, {}, []])
def test_what_is_no_number_is_none(value: object) -> None:
    """Nothing can be held against a limit that nobody could read as a number."""
    assert lenient(value) is None

"""The roles of the shipped gateway, and of a document that gives too few."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest

from conformance.codec import MISSING
from conformance.contract.loading import load
from conformance.contract.model import Service
from conformance.trading import Report, Side, Status, Trading
from conformance.trading.roles import number

ORDER = {
    "order_id": "ord-1",
    "client_order_id": "mine",
    "symbol": "X",
    "side": "sell",
    "order_type": "limit",
    "price": "1.50",
    "size": "3",
    "filled_size": "1",
    "remaining_size": "2",
    "status": "partially_filled",
    "ts": 1,
}


@cache
def services() -> dict[str, Service]:
    return dict(load().services)


def trading() -> Trading:
    made = Trading.of(services()["gateway"])
    assert made is not None
    return made


def test_an_order_is_seen_wherever_the_roles_say() -> None:
    """The same report out of a reply, an update, and each of a snapshot's list."""
    told = Report(
        "/order", "ord-1", "mine", "X", Side.SELL, "limit",
        Decimal("1.5"), Decimal(3), Decimal(1), Decimal(2), Status.PARTIALLY_FILLED,
    )  # fmt: skip
    assert trading().reports("orderAccepted", {"order": ORDER}) == (told,)
    assert trading().reports("orderUpdate", {"order": ORDER}) == (told,)
    assert [
        each.pointer for each in trading().reports("accountSnapshot", {"open_orders": [ORDER, ORDER]})
    ] == [
        "/open_orders/0",
        "/open_orders/1",
    ]
    assert trading().reports("accountState", {"order": ORDER}) == ()


def test_what_is_no_order_shows_nothing_wrong() -> None:
    """Hostile values become None, never a traceback: the schema's own clauses tell of them."""
    broken = {**ORDER, "price": 1.5, "size": "1e", "filled_size": True, "status": "gone", "side": 4}
    (report,) = trading().reports("orderAccepted", {"order": broken})
    assert (report.price, report.size, report.filled, report.status, report.side) == (None,) * 5
    assert trading().reports("orderAccepted", {"order": 7}) == ()
    assert trading().reports("orderAccepted", None) == ()


def test_roles_lead_to_commands_values_and_codes() -> None:
    """Operations, pointers, meanings, promises."""
    known = trading()
    place = known.operation("order.place")
    assert place is not None
    assert place.name == "placeOptionOrder"
    assert known.pointer("order.amend.size") == "/size"
    assert known.meaning("order.time_in_force.whole") == "fok"
    assert known.meaning("order.time_in_force.unheard_of") is MISSING
    assert known.messages("order.update") == ("orderUpdate",)
    assert known.promise("progress") == "gateway/trading/progress"
    assert known.promise("unheard_of") == ""
    assert known.lacks("order.place", "order.unheard_of") == ("order.unheard_of",)
    assert list(known.found("account.balances.total", "accountSnapshot", {"balances": [{"total": "7"}]})) == [
        ("/balances/0/total", "7")
    ]


def test_a_service_without_orders_has_no_trading() -> None:
    """Market data places nothing."""
    assert Trading.of(services()["market-data"]) is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("0.10", Decimal("0.1")), (3, Decimal(3)), (0.1, None), (True, None), ("NaN", None), ("x", None)],
)
def test_numbers_are_exact_or_none(value: object, wanted: Decimal | None) -> None:
    """A float is no number of money."""
    assert number(value) == wanted

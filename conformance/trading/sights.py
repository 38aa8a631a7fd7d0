"""What one message shows of an account: an order, a change of one, a snapshot, a state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from conformance.contract import find
from conformance.trading.roles import Report, Trading, number


@dataclass(frozen=True, slots=True)
class Told:
    """An order in a reply."""

    report: Report


@dataclass(frozen=True, slots=True)
class Update:
    """One change of one order; ``price`` and ``size`` are of the fill that caused it, if one did."""

    number: int | None
    report: Report
    price: Decimal | None = None
    size: Decimal | None = None

    @property
    def fills(self) -> bool:
        """Whether it says that something was filled."""
        return self.size is not None


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has of one asset."""

    total: Decimal | None
    available: Decimal | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole account. What the document gives no role for, or a value that is none, is None."""

    number: int | None
    orders: tuple[Report, ...] | None
    balances: Mapping[str, Balance] | None
    positions: Mapping[str, Decimal | None] | None


@dataclass(frozen=True, slots=True)
class State:
    """How an account stands."""

    number: int | None
    available: Decimal | None


Sight = Told | Update | Snapshot | State


def sights(trading: Trading, message: str, value: object) -> Iterator[Sight]:
    """Everything that a message of that name shows of an account."""
    reports = trading.reports(message, value)
    kind = trading.kinds.get(message)
    if kind is None:
        kind = trading.kinds[message] = _kind(trading, message)
    if kind is Update:
        yield from (_update(trading, message, value, each) for each in reports)
    elif kind is Snapshot:
        yield Snapshot(
            number=_whole(trading, "account.snapshot.sequence", message, value),
            orders=reports if _owns(trading, "account.orders", message) else None,
            balances=_balances(trading, message, value),
            positions=_positions(trading, message, value),
        )
    elif kind is State:
        yield State(
            number=_whole(trading, "account.state.sequence", message, value),
            available=_decimal(trading, "account.state.available", message, value),
        )
    else:
        yield from map(Told, reports)


def _kind(trading: Trading, message: str) -> type:
    """What a message of that name shows."""
    if _owns(trading, "order.update.sequence", message) or message in trading.messages("order.update"):
        return Update
    if any(_owns(trading, role, message) for role in ("account.snapshot.sequence", "account.orders")):
        return Snapshot
    return State if _owns(trading, "account.state.sequence", message) else Told


def _owns(trading: Trading, role: str, message: str) -> bool:
    place = trading.place(role)
    return place is not None and place.owner == message


def _update(trading: Trading, message: str, value: object, report: Report) -> Update:
    return Update(
        number=_whole(trading, "order.update.sequence", message, value),
        report=report,
        price=_decimal(trading, "order.update.last_price", message, value),
        size=_decimal(trading, "order.update.last_size", message, value),
    )


def _first(trading: Trading, role: str, message: str, value: object) -> object:
    return next((found for _, found in trading.found(role, message, value)), None)


def _decimal(trading: Trading, role: str, message: str, value: object) -> Decimal | None:
    return number(_first(trading, role, message, value))


def _whole(trading: Trading, role: str, message: str, value: object) -> int | None:
    found = _first(trading, role, message, value)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _rows(trading: Trading, message: str, value: object, base: str, key: str) -> Iterator[tuple[str, object]]:
    """(key, row) of each row of a list; the roles of its columns lead into the list."""
    place, column = trading.place(base), trading.place(key)
    if place is None or column is None or place.owner != message:
        return
    inner = column.pointer.removeprefix(place.pointer).removeprefix("/*")
    for _, row in find(value, f"{place.pointer}/*"):
        named = next((found for _, found in find(row, inner)), None)
        if isinstance(named, str):
            yield named, row


def _column(trading: Trading, base: str, role: str, row: object) -> Decimal | None:
    place, column = trading.place(base), trading.place(role)
    if place is None or column is None:
        return None
    inner = column.pointer.removeprefix(place.pointer).removeprefix("/*")
    return next((number(found) for _, found in find(row, inner)), None)


def _balances(trading: Trading, message: str, value: object) -> Mapping[str, Balance] | None:
    base = "account.balances"
    if trading.lacks(base, f"{base}.asset", f"{base}.total"):
        return None
    return {
        asset: Balance(
            _column(trading, base, f"{base}.total", row), _column(trading, base, f"{base}.available", row)
        )
        for asset, row in _rows(trading, message, value, base, f"{base}.asset")
    }


def _positions(trading: Trading, message: str, value: object) -> Mapping[str, Decimal | None] | None:
    base = "account.positions"
    if trading.lacks(base, f"{base}.symbol", f"{base}.size"):
        return None
    return {
        symbol: _column(trading, base, f"{base}.size", row)
        for symbol, row in _rows(trading, message, value, base, f"{base}.symbol")
    }

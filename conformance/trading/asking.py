"""What a command asks for, as the most lenient reader would take it: broken ones may be taken too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from conformance.codec import MISSING
from conformance.contract import find
from conformance.contract.model import Operation
from conformance.trading.roles import Side, Trading

PLACE, SPREAD, AMEND, CANCEL = "order.place", "order.place_spread", "order.amend", "order.cancel"
ROLES = (PLACE, SPREAD, AMEND, CANCEL)
NAMED = {PLACE: "client_id", AMEND: "id", CANCEL: "id"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One command about an order.

    What cannot be read is None (of a word: ''). ``priced``: a price stands there, whatever it is. ``market``:
    it takes any price; None where its type is no word of the document's. ``rests``: what does not trade at
    once may stay.
    """

    role: str
    operation: str
    client_id: str = ""
    id: str = ""
    symbol: str = ""
    side: Side | None = None
    market: bool | None = False
    priced: bool = False
    price: Decimal | None = None
    size: Decimal | None = None
    rests: bool = True
    post_only: bool = False


def role_of(trading: Trading, operation: Operation | None) -> str:
    """Which role of ``ROLES`` a command plays, or ''."""
    if operation is None:
        return ""
    for role in ROLES:
        place = trading.place(role)
        if place is not None and place.owner == operation.name:
            return role
    return ""


def asking(trading: Trading, operation: Operation | None, value: object) -> Asking | None:
    """What a command asks for; None for one that is not about orders, and one that nobody could take for an
    order, because nothing of one stands in it."""
    role = role_of(trading, operation)
    if not role or operation is None or not isinstance(value, Mapping | list | tuple):
        return None

    def field(name: str) -> object:
        at = trading.pointer(f"{role}.{name}")
        return next((found for _, found in find(value, at)), MISSING) if at else MISSING

    if role == SPREAD:
        name = next((found for _, found in find(value, trading.pointer(f"{PLACE}.client_id"))), MISSING)
        return Asking(role, operation.name, client_id=_word(name))
    if role != PLACE:
        return Asking(
            role,
            operation.name,
            client_id=_word(field("client_id")),
            id=_word(field("id")),
            priced=field("price") is not MISSING,
            price=lenient(field("price")),
            size=lenient(field("size")),
        )
    price = field("price")
    if all(field(each) is MISSING for each in ("client_id", "symbol", "side", "price", "size")):
        return None
    return Asking(
        role,
        operation.name,
        client_id=_word(field("client_id")),
        symbol=_word(field("symbol")),
        side=_side(trading, field("side")),
        market=_market(trading, field("type")),
        priced=price is not MISSING,
        price=lenient(price),
        size=lenient(field("size")),
        rests=not _immediate(trading, field("time_in_force")),
        post_only=_post_only(trading, field("post_only")),
    )


def _side(trading: Trading, value: object) -> Side | None:
    return next((each for each in Side if value == trading.meaning(f"order.side.{each}")), None)


def _market(trading: Trading, value: object) -> bool | None:
    if trading.lacks("order.place.type"):
        return False
    if value == trading.meaning("order.type.market"):
        return True
    return False if value == trading.meaning("order.type.limit") else None


def _immediate(trading: Trading, value: object) -> bool:
    words = (trading.meaning(f"order.time_in_force.{each}") for each in ("immediate", "whole"))
    return value is not MISSING and any(value == word for word in words)


def _post_only(trading: Trading, value: object) -> bool:
    place = trading.place("order.place.post_only")
    return place is not None and (value is True if place.value is None else value == place.value)


def with_post_only(trading: Trading, value: object) -> object:
    """The command as one that never takes, where the document has a field for that and the command none."""
    place = trading.place("order.place.post_only")
    if place is None or not isinstance(value, Mapping) or place.pointer.count("/") != 1:
        return value
    name = place.pointer[1:].replace("~1", "/").replace("~0", "~")
    return value if name in value else {**value, name: True if place.value is None else place.value}


def lenient(value: object) -> Decimal | None:
    """The number that somebody who is not strict would read; None when there is none."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        made = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return made if made.is_finite() else None


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is MISSING or value is None or isinstance(value, Mapping | list) else str(value)

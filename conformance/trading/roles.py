"""The roles of a service, typed: which command places an order, where its fills stand, which code means what.

A role is a published word by which a document tells what a thing means to a trader. Here the words are; what
they lead to stands in the document (``x-conformance.roles``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from conformance.codec import MISSING
from conformance.contract import find, finder
from conformance.contract.model import Operation, Service

ORDERS = (
    "order.place",
    "order.place.client_id",
    "order.place.symbol",
    "order.place.side",
    "order.place.size",
    "order.report",
    "order.report.id",
    "order.report.client_id",
    "order.report.status",
)
"""Without these a document has no orders that a suite could follow."""


class Side(StrEnum):
    """The side of an order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """What a fill does to the position: 1 for a buy, -1 for a sell."""
        return 1 if self is Side.BUY else -1

    @property
    def other(self) -> Side:
        """The side that it trades with."""
        return Side.SELL if self is Side.BUY else Side.BUY


class Status(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"

    @property
    def works(self) -> bool:
        """Whether such an order can still trade."""
        return self in (Status.OPEN, Status.PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Place:
    """What a role leads to: an operation, or a place in a message, or what ``value`` means there.

    ``owner`` names the operation, or the message (a command may be named by its operation).
    """

    owner: str
    pointer: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One order as a message shows it. ``pointer`` is where it stands in there.

    What the message does not hold, or holds in a form that is none, is None; ``price`` also of an order
    without one.
    """

    pointer: str
    id: str
    client_id: str
    symbol: str
    side: Side | None
    type: object
    price: Decimal | None
    size: Decimal | None
    filled: Decimal | None
    remaining: Decimal | None
    status: Status | None


class Trading:
    """The roles of one service. ``of`` gives it only where the document has orders at all."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._places = {
            role: tuple(placed(text) for text in texts) for role, texts in service.rules.roles.items()
        }
        self._firsts = {role: places[0] for role, places in self._places.items() if places}
        base = self.place("order.report.id")
        self._bases: tuple[Place, ...] = self._places.get("order.report", ())
        home = next((each.pointer for each in self._bases if base and each.owner == base.owner), "")
        self._fields = {
            role.removeprefix("order.report."): places[0].pointer.removeprefix(home)
            for role, places in self._places.items()
            if role.startswith("order.report.")
        }
        self._finders = {name: finder(at) for name, at in self._fields.items() if at}
        self.kinds: dict[str, type] = {}
        """What messages show, by their names, as far as somebody has looked (``sights``)."""
        self._sides = {str(self.meaning(f"order.side.{each}")): each for each in Side}
        self._statuses = {str(self.meaning(f"order.status.{each}")): each for each in Status}

    @staticmethod
    def of(service: Service) -> Trading | None:
        """The trading side of a service; None where its document gives too few roles for one."""
        known = _TRADINGS.get(id(service))
        if known is None or known.service is not service:
            if not all(role in service.rules.roles for role in ORDERS):
                return None
            if len(_TRADINGS) >= MOST:
                _TRADINGS.clear()
            known = _TRADINGS[id(service)] = Trading(service)
        return known

    def lacks(self, *roles: str) -> tuple[str, ...]:
        """Those of these roles that the document does not give."""
        return tuple(role for role in roles if role not in self._places)

    def place(self, role: str) -> Place | None:
        """Where a role leads first; None when the document does not give it."""
        return self._firsts.get(role)

    def operation(self, role: str) -> Operation | None:
        """The command that plays this role."""
        place = self.place(role)
        return self.service.operations.get(place.owner) if place is not None else None

    def messages(self, role: str) -> tuple[str, ...]:
        """The messages of the target that play this role: those of the operation by which it sends them."""
        place = self.place(role)
        if place is None:
            return ()
        return next((each.messages for each in self.service.sendings if each.name == place.owner), ())

    def pointer(self, role: str) -> str:
        """Where in its message a role's value stands; '' when the document does not say."""
        place = self.place(role)
        return place.pointer if place is not None else ""

    def meaning(self, role: str) -> object:
        """The value that means this; ``MISSING`` when the document does not say."""
        place = self.place(role)
        return MISSING if place is None or place.value is None else place.value

    def promise(self, name: str) -> str:
        """The clause of a promise of trading, or about connections or addresses; '' where none is made."""
        known = (f"{group}/{name}" for group in ("trading", "connections", "endpoints"))
        return next((clause for each in known if (clause := self.service.rules.clauses.get(each))), "")

    def found(self, role: str, message: str, value: object) -> Iterator[tuple[str, object]]:
        """(pointer, value) of what plays this role in a message of that name."""
        for place in self._places.get(role, ()):
            if place.owner == message:
                yield from find(value, place.pointer)

    def field(self, name: str) -> str:
        """Where in an order that is shown a field of it stands; '' when the document does not say."""
        return self._fields.get(name, "")

    def at(self, message: str, field: str) -> str:
        """Where in a message of that name a field of the order in it stands; '' when it shows none."""
        base = next((each for each in self._bases if each.owner == message), None)
        place = self._fields.get(field)
        return base.pointer + place if base is not None and place else ""

    def reports(self, message: str, value: object) -> tuple[Report, ...]:
        """All orders that a message of that name shows."""
        return tuple(
            self._report(pointer, shown)
            for base in self._bases
            if base.owner == message
            for pointer, shown in find(value, base.pointer)
            if type(shown) in (dict, list) or isinstance(shown, (Mapping, list, tuple))
        )

    def _report(self, pointer: str, shown: object) -> Report:
        def field(name: str) -> object:
            at = self._finders.get(name)
            found = at(shown) if at is not None else None
            return found[0] if found else MISSING

        return Report(
            pointer=pointer,
            id=_text(field("id")),
            client_id=_text(field("client_id")),
            symbol=_text(field("symbol")),
            side=self._sides.get(_text(field("side"))),
            type=field("type"),
            price=number(field("price")),
            size=number(field("size")),
            filled=number(field("filled")),
            remaining=number(field("remaining")),
            status=self._statuses.get(_text(field("status"))),
        )


MOST = 16
_TRADINGS: dict[int, Trading] = {}
"""The trading sides of the services that were asked for last."""


def number(value: object) -> Decimal | None:
    """An exact number out of a decimal string or an integer; None when it is neither (a float never is)."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        made = Decimal(value)
    except InvalidOperation:
        return None
    return made if made.is_finite() else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is MISSING else str(value)


def placed(text: str) -> Place:
    """What a role leads to, as a document writes it."""
    owner, _, rest = text.partition("#")
    pointer, mark, value = rest.partition("=")
    return Place(owner, pointer, value if mark else None)

"""How an order must be shown: the conditions on a message, each with the promise that it holds up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from conformance.cases.conditions import EQ_IF_THERE
from conformance.cases.steps import Condition, Expect, Saved
from conformance.codec import MISSING
from conformance.contract.model import Service
from conformance.trading.matching import Order, Update
from conformance.trading.roles import Trading


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a sequence is played: the symbol, the best bid of others, tick and lot as they are spelled."""

    symbol: object
    bid: object
    tick: object
    lot: object

    def price(self, level: int) -> object:
        """The price of a level."""
        return _spelled(self.bid, Decimal(str(self.bid)) + level * Decimal(str(self.tick)))

    def size(self, lots: int) -> object:
        """The size of so many lots."""
        return _spelled(self.lot, lots * Decimal(str(self.lot)))


def _spelled(like: object, number: Decimal) -> object:
    return f"{number.normalize():f}" if isinstance(like, str) else int(number)


class Showing:
    """Conditions on the messages of one service. ``prefix`` begins the names of what is saved of orders."""

    def __init__(self, trading: Trading, service: Service, ground: Ground) -> None:
        self.prefix = ""
        self._trading = trading
        self._clauses = service.rules.clauses
        self._ground = ground

    def promise(self, name: str) -> str:
        """The clause of a promise about orders, or about connections; ''."""
        return self._clauses.get(f"trading/{name}", "") or self._clauses.get(f"connections/{name}", "")

    def name(self, number: int, what: str) -> str:
        """The name under which the ``id`` or the ``client`` id of an order is saved."""
        return f"{self.prefix}#{number} {what}"

    def update(self, session: str, update: Update, number: int | None) -> Expect | None:
        """The message that reports a change, with that number; None where no document promises one."""
        trading, order = self._trading, update.order
        messages = trading.messages("order.update")
        if not messages or not self.promise("reported"):
            return None
        message, at = messages[0], trading.pointer("order.update.sequence")
        numbered = bool(at) and number is not None and bool(self.promise("numbered"))
        holds: list[Condition] = []
        if update.fill is not None:
            level, lots = update.fill
            at_price = trading.pointer("order.update.last_price")
            price = _condition(at_price, self._ground.price(level), self.promise("price_priority"))
            size = _condition(trading.pointer("order.update.last_size"), self._ground.size(lots), "")
            holds += [replace(each, op=EQ_IF_THERE) for each in price]
            if update.which not in ("", "price_priority"):
                saved = Saved(self.name(order.number, "id"))
                holds += _condition(trading.at(message, "id"), saved, self.promise(update.which))
            holds += [replace(each, op=EQ_IF_THERE) for each in size]
        holds += self.order(message, order, "order.update")
        clause = self.promise(update.why) or self.promise("reported")
        where = (Condition(at, "eq", number),) if numbered else ()
        return Expect(session, (message,), clause, where=where, holds=tuple(holds), where_clause=clause)

    def order(self, message: str, order: Order, role: str) -> list[Condition]:
        """An order as it must be shown. A reply to a placement may show what traded already, or not."""
        trading = self._trading
        made = (
            _condition(trading.at(message, "id"), Saved(self.name(order.number, "id")), "")
            if role != "order.place"
            else []
        )
        exact = self.promise("exact")
        price = None if order.level is None else self._ground.price(order.level)
        made += _condition(trading.at(message, "size"), self._ground.size(order.lots), exact)
        if price is not None:
            made += _condition(trading.at(message, "price"), price, exact)
        if role in ("order.place", "order.amend"):
            if role == "order.amend" and order.filled:
                filled = self._ground.size(order.filled)
                made.append(
                    Condition(trading.at(message, "filled"), "ge", filled, clause=self.promise("progress"))
                )
            return made
        status = trading.meaning(f"order.status.{order.status.value}")
        if status is not MISSING:
            made += _condition(trading.at(message, "status"), status, "")
        made += _condition(trading.at(message, "filled"), self._ground.size(order.filled), "")
        made += _condition(trading.at(message, "remaining"), self._ground.size(order.remaining), "")
        return made


def _condition(at: str, value: object, clause: str) -> list[Condition]:
    return [Condition(at, "eq", value, clause=clause)] if at else []

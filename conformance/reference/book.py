"""A price–time priority order book of one symbol."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from decimal import Decimal

from conformance.reference.decimals import canonical
from conformance.reference.orders import Order, Side

OTHER: dict[Side, Side] = {"buy": "sell", "sell": "buy"}


class HalfBook:
    """The resting orders of one side: prices in order, and in each price the oldest first."""

    def __init__(self, side: Side) -> None:
        self._sign = -1 if side == "buy" else 1
        self._ranks: list[Decimal] = []
        self._levels: dict[Decimal, deque[Order]] = {}

    def add(self, order: Order, first: bool = False) -> None:
        """Let an order rest behind those of its price (or, unfairly, before them)."""
        assert order.price is not None
        level = self._levels.get(order.price)
        if level is None:
            level = self._levels[order.price] = deque()
            insort(self._ranks, self._sign * order.price)
        if first:
            level.appendleft(order)
        else:
            level.append(order)

    def discard(self, order: Order) -> bool:
        """Take an order out; False when it was not resting here."""
        level = self._levels.get(order.price) if order.price is not None else None
        if order.price is None or level is None or order not in level:
            return False
        level.remove(order)
        if not level:
            del self._levels[order.price]
            del self._ranks[bisect_left(self._ranks, self._sign * order.price)]
        return True

    def __iter__(self) -> Iterator[Order]:
        """All orders, best first."""
        for rank in list(self._ranks):
            yield from list(self._levels.get(self._sign * rank, ()))

    def best(self) -> Decimal | None:
        """The best price, if any."""
        return self._sign * self._ranks[0] if self._ranks else None

    def front(self) -> Order | None:
        """The order that trades next, if any."""
        return self._levels[self._sign * self._ranks[0]][0] if self._ranks else None

    def size_at(self, price: Decimal) -> Decimal:
        """How much rests at a price."""
        return sum((order.remaining for order in self._levels.get(price, ())), Decimal(0))

    def levels(self, depth: int) -> list[list[str]]:
        """So many of the published levels, best first."""
        shown = (self._sign * rank for rank in self._ranks[:depth])
        return [[canonical(price), canonical(self.size_at(price))] for price in shown]


class Book:
    """Both sides of one symbol."""

    def __init__(self) -> None:
        self.sides: dict[Side, HalfBook] = {"buy": HalfBook("buy"), "sell": HalfBook("sell")}

    def own(self, order: Order) -> HalfBook:
        """The side that an order rests on."""
        return self.sides[order.side]

    def other(self, order: Order) -> HalfBook:
        """The side that an order trades with."""
        return self.sides[OTHER[order.side]]

    def crosses(self, order: Order) -> bool:
        """Whether an order would trade at once."""
        best = self.other(order).best()
        return best is not None and order.would_take(best)

    def next_match(self, order: Order) -> Order | None:
        """The resting order that an incoming one trades with next."""
        front = self.other(order).front()
        if front is None or front.price is None or not order.would_take(front.price):
            return None
        return front

    def last_match(self, order: Order) -> Order | None:
        """The resting order that an incoming one should trade with last."""
        resting = self.other(order)
        taken = [each for each in resting if each.price is not None and order.would_take(each.price)]
        return taken[-1] if taken else None

    def can_fill(self, order: Order) -> bool:
        """Whether all of an order could trade now, before it meets an order of its own account."""
        wanted = order.remaining
        for resting in self.other(order):
            if resting.price is None or not order.would_take(resting.price):
                break
            if resting.account == order.account:
                break
            wanted -= resting.remaining
            if wanted <= 0:
                return True
        return False

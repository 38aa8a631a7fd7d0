"""An order book of two accounts that does what promises decide: who trades with whom, and what becomes of
the rest.

What no promise decides it does not do (``Unpromised``). Levels and lots are whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.trading.roles import Side, Status
from conformance.trading.sequence import Time


class Unpromised(Exception):
    """No promise says what would happen."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the sequence. ``level`` None: a market order. ``why``: the promise behind its status.

    ``moved``: an amendment decided about its place in the queue.
    """

    number: int
    account: int
    side: Side
    level: int | None
    lots: int
    time: Time = Time.REST
    post_only: bool = False
    reduce_only: bool = False
    filled: int = 0
    status: Status = Status.OPEN
    why: str = ""
    moved: bool = False

    @property
    def remaining(self) -> int:
        """What still works."""
        return self.lots - self.filled if self.status.works else 0

    def takes(self, level: int) -> bool:
        """Whether it would trade with an order of the other side at that level."""
        return self.level is None or (self.level - level) * self.side.sign >= 0


@dataclass(frozen=True, slots=True)
class Update:
    """One change of one order: as it is from then on, and the fill (level, lots) that caused it.

    ``why`` is the promise by which it changes so, ``which`` the one by which it is this order and no other.
    """

    order: Order
    fill: tuple[int, int] | None = None
    why: str = ""
    which: str = ""


class Book:
    """The orders of two accounts in one symbol. ``levels``: so many lie between the quotes of others.

    ``broken`` names a decision that is taken wrongly (``oracle.BREAKS``).
    """

    def __init__(
        self, promises: Iterable[str], levels: int, positions: tuple[int, int] = (0, 0), broken: str = ""
    ) -> None:
        self.promises = frozenset(promises)
        self.levels = levels
        self.positions = list(positions)
        self.orders: list[Order | None] = []  # None: left out
        self.refused: set[int] = set()  # placed, and refused
        self.queue: list[int] = []  # the resting ones, the longest waiting first
        self.client_ids: dict[int, int] = {}  # order -> the one whose client id it has
        self._broken = broken
        self._updates: list[Update] = []

    def working(self, account: int | None = None) -> tuple[Order, ...]:
        """The orders that work, in the order in which they were placed."""
        found = (each for each in self.orders if each is not None and each.number not in self.refused)
        return tuple(each for each in found if each.status.works and account in (None, each.account))

    def best(self, side: Side) -> int | None:
        """The best level at which an order of that side rests."""
        levels = [each.level * side.sign for each in self._resting(side) if each.level is not None]
        return max(levels) * side.sign if levels else None

    def _match(self, order: Order) -> None:
        if order.level is None and not self._fillable(order):
            raise Unpromised  # the rest of it would trade with others
        if order.time is Time.WHOLE:
            self._need("whole")
            if not self._fillable(order) and self._broken != "whole: in part":
                if self._broken == "whole: rests":
                    self._rest(order)
                else:
                    self._end(order, "whole")
                return
        while order.remaining and (facing := self._facing(order)):
            resting, which = self._next(order, facing)
            if resting.account == order.account:
                self._need("self_match")
                if self._broken != "self_match":
                    self._end(order, "self_match")
                    return
            order = self._fill(order, resting, which)
        if not order.remaining:
            return
        if order.time is Time.REST or self._broken == "immediate":
            self._rest(order)
            return
        self._need("immediate")
        self._end(order, "whole" if order.time is Time.WHOLE else "immediate")

    def _rest(self, order: Order) -> None:
        self._need("resting")
        self.queue.append(order.number)

    def _facing(self, order: Order) -> list[Order]:
        """What it would trade with, best and oldest first."""
        found = [
            each
            for each in self._resting(order.side.other)
            if each.level is not None and order.takes(each.level)
        ]
        return sorted(found, key=lambda each: -(each.level or 0) * each.side.sign)

    def _next(self, order: Order, facing: list[Order]) -> tuple[Order, str]:
        """The one that it trades with next, and the promise that says so."""
        if self._broken == "price_priority":
            facing = sorted(facing, key=lambda each: (each.level or 0) * each.side.sign)
        alike = [each for each in facing if each.level == facing[0].level]
        which = ""
        if len({each.level for each in facing}) > 1 or order.level != facing[0].level:
            self._need("price_priority")
            which = "price_priority"
        if len(alike) > 1:
            which = "queue" if any(each.moved for each in alike) else "time_priority"
            self._need(which)
        return (alike[-1] if self._broken == "time_priority" else alike[0]), which

    def _fillable(self, order: Order) -> bool:
        """Whether what it meets before an order of its own account is enough."""
        wanted = order.remaining
        for each in self._facing(order):
            if each.account == order.account:
                raise Unpromised
            wanted -= each.remaining
            if wanted <= 0:
                return True
        return False

    def _fill(self, order: Order, resting: Order, which: str) -> Order:
        lots, level = min(order.remaining, resting.remaining), resting.level
        assert level is not None
        done = []
        for each in (order, resting):
            filled = each.filled + lots
            status = Status.FILLED if filled == each.lots else Status.PARTIALLY_FILLED
            changed = replace(each, filled=filled, status=status, why=which or "price_priority")
            self.positions[each.account] += each.side.sign * lots
            if status is Status.FILLED and each.number in self.queue:
                self.queue.remove(each.number)
            self._keep(changed)
            self._report(changed, (level, lots), which)
            done.append(changed)
        return done[0]

    def _end(self, order: Order, why: str) -> Order:
        ended = replace(order, status=Status.CANCELLED, why=why)
        if order.number in self.queue:
            self.queue.remove(order.number)
        self._keep(ended)
        self._report(ended)
        return ended

    def _report(self, order: Order, fill: tuple[int, int] | None = None, which: str = "") -> None:
        self._updates.append(Update(order, fill, order.why, which))

    def _keep(self, order: Order) -> None:
        self.orders[order.number - 1] = order

    def _need(self, promise: str) -> None:
        if promise not in self.promises:
            raise Unpromised

    def _resting(self, side: Side) -> list[Order]:
        found = (self.orders[number - 1] for number in self.queue)
        return [each for each in found if each is not None and each.side is side]

    def _reducing(self, account: int, side: Side) -> int:
        """What other reduce-only orders of that side may take from the position."""
        resting = self._resting(side)
        return sum(each.remaining for each in resting if each.reduce_only and each.account == account)

    def _covered(self) -> None:
        """Nobody says what becomes of a reduce-only order that its position no longer covers."""
        for account, held in enumerate(self.positions):
            for side in Side:
                wanted = self._reducing(account, side)
                if wanted and wanted > -held * side.sign:
                    raise Unpromised

"""What must happen: a small exchange of two accounts that reads nothing but the promises of a document.

It says what each move of a sequence has to bring: the reply, and each change of each order in its order.
Where no promise decides, the move is left out.

It can break a promise, too: a sequence puts one to the test where an exchange that breaks it would have
answered otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.trading.matching import Book, Order, Unpromised, Update
from conformance.trading.roles import Side, Status
from conformance.trading.sequence import Act, Move, Time

BREAKS: dict[str, tuple[str, ...]] = {
    "time_priority": ("time_priority",),
    "price_priority": ("price_priority",),
    "queue": ("queue: never lost", "queue: always lost"),
    "immediate": ("immediate",),
    "whole": ("whole: in part", "whole: rests"),
    "post_only": ("post_only: takes", "post_only: refused"),
    "reduce_only": ("reduce_only",),
    "self_match": ("self_match",),
    "unique": ("unique",),
    "known": ("known: dead", "known: foreign"),
    "above_fills": ("above_fills",),
    "cancels": ("cancels",),
    "progress": ("progress",),
}
"""Promise -> the ways in which the oracle can break it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a move brings.

    ``refused``: the promises by which it is refused (any may be told); else ``order`` is as the reply shows
    it, before it trades.
    """

    order: Order | None = None
    refused: tuple[str, ...] = ()
    why: str = ""
    updates: tuple[Update, ...] = ()


class Oracle(Book):
    """The book, and what each move makes of it."""

    def play(self, move: Move) -> Outcome | None:
        """What the move must bring; None: no promise says, so it is left out."""
        kept = list(self.positions), list(self.orders), set(self.refused), list(self.queue)
        ids = dict(self.client_ids)
        self._updates = []
        try:
            outcome = self._play(move)
            if self._broken != "reduce_only":
                self._covered()
        except Unpromised:
            self.positions, self.orders, self.refused, self.queue = kept
            self.client_ids = ids
            if move.act is Act.PLACE:
                self.orders.append(None)
            return None
        return replace(outcome, updates=tuple(self._updates))

    def _play(self, move: Move) -> Outcome:
        match move.act:
            case Act.PLACE:
                return self._place(move)
            case Act.AMEND:
                return self._amend(move)
            case Act.CANCEL:
                return self._cancel(move)
            case Act.READ:
                return self._read(move)
            case Act.RECONNECT:
                self._need("lasting")
                return Outcome()
            case _:
                return Outcome()

    def _place(self, move: Move) -> Outcome:
        number = len(self.orders) + 1
        order = Order(
            number,
            move.account,
            move.side,
            move.level,
            move.lots,
            move.time,
            move.post_only,
            move.reduce_only,
        )
        if order.level is None and (order.time is Time.REST or order.post_only):
            raise Unpromised
        if order.level is not None and not 0 < order.level <= self.levels:
            raise Unpromised
        reasons = [*self._used_again(move, number), *self._crosses(order), *self._increases(order)]
        self.orders.append(order)
        if reasons:
            self.refused.add(number)
            return Outcome(refused=tuple(reasons), why=reasons[0])
        self._report(order)
        self._match(order)
        promise = "post_only" if order.post_only else "resting" if order.time is Time.REST else ""
        return Outcome(order, why=promise)

    def _used_again(self, move: Move, number: int) -> Iterable[str]:
        if not move.order:
            return ()
        first = self.client_ids.get(move.order, move.order)
        self.client_ids[number] = first
        accepted = [
            each
            for each in self.orders
            if each is not None
            and each.account == move.account
            and each.number not in self.refused
            and self.client_ids.get(each.number, each.number) == first
        ]
        if self.orders[move.order - 1] is None:
            raise Unpromised  # it was never sent: it has no client id
        if not accepted:
            return ()
        self._need("unique")
        return () if self._broken == "unique" else ("unique",)

    def _crosses(self, order: Order) -> Iterable[str]:
        if not order.post_only:
            return ()
        self._need("post_only")
        if order.time is not Time.REST:
            raise Unpromised
        facing = self._facing(order)
        if not facing:
            return ("post_only",) if self._broken == "post_only: refused" else ()
        if facing[0].account == order.account:
            raise Unpromised
        return () if self._broken == "post_only: takes" else ("post_only",)

    def _increases(self, order: Order) -> Iterable[str]:
        if not order.reduce_only:
            return ()
        self._need("reduce_only")
        held = -self.positions[order.account] * order.side.sign
        if held <= 0:
            return () if self._broken == "reduce_only" else ("reduce_only",)
        if self._reducing(order.account, order.side) + order.lots > held:
            raise Unpromised
        return ()

    def _amend(self, move: Move) -> Outcome:
        order, refused = self._working(move)
        if refused is not None:
            return refused
        level = move.level if move.level is not None else order.level
        lots = move.lots or order.lots
        if level is None or not 0 < level <= self.levels or (level, lots) == (order.level, order.lots):
            raise Unpromised
        if lots <= order.filled:
            self._need("above_fills")
            if self._broken != "above_fills":
                return Outcome(refused=("above_fills",), why="above_fills")
        if order.reduce_only and lots > order.lots:
            raise Unpromised
        stays = level == order.level and (lots <= order.lots or self._broken == "queue: never lost")
        if self._broken == "queue: always lost":
            stays = False
        filled = 0 if self._broken == "progress" else order.filled
        status = Status.PARTIALLY_FILLED if filled else Status.OPEN
        self._need("queue")
        changed = replace(order, level=level, lots=lots, filled=filled, status=status, moved=True)
        facing = self._facing(changed)
        if facing and (order.post_only or facing[0].account == order.account):
            raise Unpromised
        self._keep(changed)
        self._report(changed)
        if not stays:
            self.queue.remove(order.number)
            self._match(changed)
        return Outcome(changed, why="progress")

    def _cancel(self, move: Move) -> Outcome:
        order, refused = self._working(move)
        if refused is not None:
            return refused
        self._need("cancels")
        if self._broken == "cancels":
            return Outcome(order, why="cancels")
        ended = self._end(order, "cancels")
        return Outcome(ended, why="cancels")

    def _read(self, move: Move) -> Outcome:
        order = self._named(move)
        if order is None or order.account != move.account:
            raise Unpromised
        return Outcome(order, why=order.why)

    def _working(self, move: Move) -> tuple[Order, Outcome | None]:
        """The order that a command changes, or the refusal: it is not there, another's, or works no more."""
        order = self._named(move)
        unknown = Outcome(refused=("known",), why="known")
        if order is None:
            if move.act is Act.AMEND or not move.by_client_id:
                raise Unpromised  # there is no id to name it by
            self._need("known")
            return Order(0, 0, Side.BUY, 0, 0), unknown
        if order.account != move.account:
            self._need("known")
            if move.by_client_id or self._broken != "known: foreign":
                return order, unknown
        if not order.status.works:
            self._need("known")
            if self._broken != "known: dead":
                return order, unknown
            return order, Outcome(order, why="known")
        if self._broken == "known: foreign" and order.account != move.account:
            return order, Outcome(order, why="known")
        return order, None

    def _named(self, move: Move) -> Order | None:
        """The order that a move is about; None when it was refused: then it never was."""
        order = self.orders[move.order - 1]
        if order is None or (move.by_client_id and len(self._alike(move.order)) > 1):
            raise Unpromised
        return None if order.number in self.refused else order

    def _alike(self, number: int) -> list[int]:
        """The orders that were placed with the client id of this one."""
        first = self.client_ids.get(number, number)
        every = range(1, len(self.orders) + 1)
        return [each for each in every if self.client_ids.get(each, each) == first and self.orders[each - 1]]

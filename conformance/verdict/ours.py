"""Our own orders in one conversation: what was asked for, and what was shown of each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.matching import Sent
from conformance.cases.reading import Seen
from conformance.trading import Trading
from conformance.trading.asking import AMEND, CANCEL, PLACE, Asking, asking
from conformance.trading.contradiction import is_done
from conformance.trading.roles import Report
from conformance.trading.sights import Update, sights
from conformance.verdict.scene import Scene


@dataclass(frozen=True, slots=True)
class Sighted:
    """An order as a message showed it; ``price`` and ``size`` are of the fill that it tells of."""

    seen: Seen
    report: Report
    price: Decimal | None = None
    size: Decimal | None = None


class Orders:
    """Our own orders in one conversation: what was asked, and what was shown of each.

    ``asked``: every command about orders with what it asks for, in order; ``shown``: by the target's id.
    """

    def __init__(self, scene: Scene, trading: Trading, sessions: Collection[str]) -> None:
        self.asked: list[tuple[Sent, Asking]] = []
        self.shown: dict[str, list[Sighted]] = {}
        self._trading = trading
        for sent in scene.ledger.sent.values():
            asks = asking(trading, sent.operation, sent.value) if sent.session in sessions else None
            if asks is not None and asks.role in (PLACE, AMEND, CANCEL):
                self.asked.append((sent, asks))
        if not self.asked:
            return
        every = [
            seen for each in sessions for seen in scene.ledger.seen.get(each, ()) if scene.believed(seen)
        ]
        for seen in sorted(every, key=lambda each: each.index):
            for sight in sights(trading, seen.names[0], seen.value):
                report = getattr(sight, "report", None)
                if isinstance(report, Report):
                    fill = (sight.price, sight.size) if isinstance(sight, Update) else (None, None)
                    self.shown.setdefault(report.id, []).append(Sighted(seen, report, *fill))

    def of(self, symbol: str) -> dict[str, list[Sighted]]:
        """Those that were shown in a symbol."""
        return {name: each for name, each in self.shown.items() if each[0].report.symbol == symbol}

    def commands(self, symbol: str) -> list[tuple[Sent, Asking]]:
        """The commands that may be about an order in a symbol."""
        return [
            (sent, asks) for sent, asks in self.asked if asks.role != PLACE or asks.symbol in ("", symbol)
        ]

    def whole(self, symbol: str) -> bool:
        """Whether everything is known that became of our orders there: each is done, and each fill told."""
        orders = self.of(symbol)
        placed = {asks.client_id for _, asks in self.commands(symbol) if asks.role == PLACE}
        if placed != {each[0].report.client_id for each in orders.values()}:
            return False
        for sighted in orders.values():
            last = max(sighted, key=lambda each: (each.report.filled or Decimal(0), is_done(each.report)))
            told = sum((each.size or Decimal(0) for each in self.fills(sighted)), Decimal(0))
            if not any(is_done(each.report) for each in sighted) or told != last.report.filled:
                return False
        return True

    def fills(self, sighted: Sequence[Sighted]) -> list[Sighted]:
        """The fills of one order, each once, though several connections were told of it.

        Where updates do not tell of fills, what is filled does; the price is then that of an order that
        rested, and of others nobody knows it.
        """
        made: dict[Decimal | None, Sighted] = {}
        for each in sighted:
            if each.size is not None and each.price is not None:
                made.setdefault(each.report.filled, each)
        return list(made.values()) or list(self._reckoned(sighted))

    def _reckoned(self, sighted: Sequence[Sighted]) -> Iterator[Sighted]:
        before = Decimal(0)
        for each in sorted(sighted, key=lambda each: each.report.filled or Decimal(0)):
            filled = each.report.filled or Decimal(0)
            if filled > before:
                price = None if self.takes(each.report) else each.report.price
                yield Sighted(each.seen, each.report, price, filled - before)
                before = filled

    def takes(self, report: Report) -> bool:
        """Whether an order never rests, so that whatever it trades it came last to."""
        return any(
            asks.role == PLACE and asks.client_id == report.client_id and not asks.rests
            for _, asks in self.asked
        )

"""From a fill to its trade: when an order was told of it, and when the stream of trades told everybody.

Both are stamped by one clock, our own, as our loop read them. A trade that is there before the order's update
has a negative lag. No document promises a bound: nothing is judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import NamedTuple

from conformance.cases.matching import Ledger
from conformance.trading.asking import PLACE
from conformance.trading.market import Tape
from conformance.trading.quiet import SYMBOL
from conformance.trading.roles import Side, Trading, number
from conformance.verdict.bench import Bench
from conformance.verdict.notes import MS, Notes
from conformance.verdict.ours import Orders
from conformance.verdict.scene import Scene

Key = tuple[Decimal | None, Decimal | None, Side | None]


class Fill(NamedTuple):
    """One fill: milliseconds from the command that made it to the update of its order, and to its trade."""

    operation: str
    update_ms: float
    trade_ms: float

    @property
    def lag_ms(self) -> float:
        """How long behind the update the trade came; below zero where it came first."""
        return round(self.trade_ms - self.update_ms, 3)

    @property
    def timings(self) -> tuple[tuple[str, float], ...]:
        """How long both took from the command on."""
        return (f"{self.operation} to its fill", self.update_ms), (
            f"{self.operation} to its trade",
            self.trade_ms,
        )


def fills(notes: Notes, ledger: Ledger, judged: Collection[int], bench: Bench) -> tuple[Fill, ...]:
    """The fills of our own orders in the quiet symbol, where a conversation listened to its trades."""
    symbol = ledger.saved.get(f"${SYMBOL}")
    names = dict.fromkeys(service.name for service in ledger.services.values())
    if not isinstance(symbol, str) or len(names) < 2:
        return ()
    markets = [market for name in names if (market := bench.markets.get(name)) is not None]
    tradings = [trading for name in names if (trading := bench.tradings.get(name)) is not None]
    return tuple(
        fill
        for market in markets
        for trading in tradings
        for fill in _fills(Scene(notes, ledger, judged, market, ()), trading, symbol)
    )


def _fills(scene: Scene, trading: Trading, symbol: str) -> Iterator[Fill]:
    """Each trade with the fill of the order that made it: of one price, size and side, one after another."""
    told: dict[Key, list[int]] = {}
    for event in scene.events:
        if isinstance(event.sight, Tape) and not event.sight.whole and scene.symbol(event) == symbol:
            row = event.sight.rows[0]
            told.setdefault((number(row.price), number(row.size), row.side), []).append(event.seen.at)
    if not told:
        return
    mine = trading.service.name
    sessions = {name for name, service in scene.ledger.services.items() if service.name == mine}
    orders = Orders(scene, trading, sessions)
    placed = {asks.client_id: sent for sent, asks in orders.asked if asks.role == PLACE}
    found = [each for sighted in orders.of(symbol).values() for each in orders.fills(sighted)]
    for each in sorted(found, key=lambda one: one.seen.index):
        sent = placed.get(each.report.client_id)
        trades = told.get((each.price, each.size, each.report.side))
        if sent is None or sent.operation is None or not trades:
            continue  # whoever comes last gives a trade its side: the other order's fill finds none
        update, trade = ((at - sent.at) / MS for at in (each.seen.at, trades.pop(0)))
        yield Fill(f"{trading.service.name}/{sent.operation.name}", round(update, 3), round(trade, 3))

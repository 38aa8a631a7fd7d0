"""What a service with orders says of a market, held against what the market's own streams say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.matching import Sent
from conformance.cases.reading import Seen
from conformance.codec import MISSING
from conformance.trading import Side, Trading
from conformance.trading.asking import AMEND, PLACE, Asking
from conformance.trading.contradiction import is_done, shown
from conformance.trading.market import Book, Priced, Tape, Traded
from conformance.trading.quiet import SYMBOL
from conformance.trading.roles import Report, number
from conformance.verdict.notes import MS
from conformance.verdict.ours import Orders, Sighted
from conformance.verdict.scene import Event, Scene


@dataclass(frozen=True, slots=True)
class Read:
    """A market snapshot of one symbol, and when (ns) it was asked for."""

    asked: int
    seen: Seen
    symbol: str
    book: int | None
    bid: object
    ask: object
    mark: object

    def best(self, side: Side) -> object:
        """The best price of a side; nil for none, ``MISSING`` where it does not say."""
        return self.bid if side is Side.BUY else self.ask


def dealings_judged(scene: Scene, trading: Trading, exclusive: bool) -> None:
    """Holds the market snapshots, the fills and the orders of one service against the streams of another."""
    sessions = {name for name, each in scene.ledger.services.items() if each.name == trading.service.name}
    if not any(scene.ledger.seen.get(session) for session in sessions):
        return
    reads = _reads(scene, trading)
    orders = Orders(scene, trading, sessions)
    quiet = scene.ledger.saved.get(f"${SYMBOL}") if exclusive else None
    if orders.asked and isinstance(quiet, str):
        _trades_judged(scene, orders, quiet)
    for event in scene.events if orders.asked and reads else ():
        if isinstance(event.sight, Book) and event.sound and event.number is not None:
            _resting_judged(scene, orders, reads, event, event.sight, quiet)
    for read in reads:
        if not scene.told("resting", read.symbol):  # a book that lacks an order has other best prices
            _best_judged(scene, read)
        _mark_judged(scene, read)


# -- market snapshots -------------------------------------------------------------------------------


def _reads(scene: Scene, trading: Trading) -> list[Read]:
    operation, place = trading.operation("market.snapshot"), trading.place("market.symbol")
    if operation is None or place is None:
        return []
    message = place.owner
    found = []
    for sent, seen in scene.replies(operation, message):

        def field(role: str, seen: Seen = seen) -> object:
            return next((value for _, value in trading.found(role, message, seen.value)), MISSING)

        symbol, book = field("market.symbol"), field("market.book_sequence")
        if isinstance(symbol, str):
            told = book if isinstance(book, int) and not isinstance(book, bool) else None
            bid, ask, mark = (field(f"market.{each}") for each in ("best_bid", "best_ask", "mark_price"))
            found.append(Read(sent.at, seen, symbol, told, bid, ask, mark))
    return found


def _best_judged(scene: Scene, read: Read) -> None:
    """Its best prices are those of the book of its number."""
    for event in scene.events if read.book is not None else ():
        if not isinstance(event.sight, Book) or event.number != read.book or not event.sound:
            continue
        if scene.symbol(event) != read.symbol:
            continue
        for side, what in ((Side.BUY, "bid"), (Side.SELL, "ask")):
            told, levels = read.best(side), event.sight.levels(side)
            if told is MISSING:
                continue
            scene.kept("best")
            best = levels[0][0] if levels else None
            if number(told) != number(best):
                where = f"{read.seen.names[0]} best {what} of {read.symbol}"
                expected = f"{'none' if best is None else best}, as in {event.name}"
                seen = "none" if told is None else str(told)
                scene.broken("best", read.symbol, where, expected, seen, read.seen.index)
        return


def _mark_judged(scene: Scene, read: Read) -> None:
    """Its mark is one that the prices told before, or tell soon: two services, each with a clock of its own.

    Whoever of them is behind the other is so by no more than events may be behind the clock.
    """
    clock = scene.market.streams.clock
    if number(read.mark) is None or clock is None:
        return
    apart = (clock.within_ms + scene.notes.tolerances.late_ms) * MS
    prices: dict[str, list[Event]] = {}
    for event in scene.events:
        if isinstance(event.sight, Priced) and event.sound and scene.symbol(event) == read.symbol:
            prices.setdefault(event.session, []).append(event)
    for events in prices.values():
        if not (events[0].seen.at < read.asked - apart and events[-1].seen.at > read.seen.at + apart):
            continue
        scene.kept("mark")
        marks = {number(each.sight.mark) for each in events if isinstance(each.sight, Priced)}
        if number(read.mark) not in marks:
            first, last = events[0], events[-1]
            where = f"{read.seen.names[0]} mark of {read.symbol}"
            expected = f"a mark that {first.name} to {last.number} told"
            scene.broken("mark", read.symbol, where, expected, str(read.mark), read.seen.index)


# -- orders -----------------------------------------------------------------------------------------


def _trades_judged(scene: Scene, orders: Orders, symbol: str) -> None:
    """In a symbol in which nobody else trades the tape tells our own trades, each once, as we were told."""
    commands = [sent for sent, asks in orders.asked if asks.role == PLACE and asks.symbol == symbol]
    if not commands or not orders.whole(symbol):
        return
    begun = min(sent.at for sent in commands)
    told: dict[int, tuple[Event, Traded]] = {}
    for event in scene.events:
        if not isinstance(event.sight, Tape) or event.sight.whole or not event.sound:
            continue
        if event.number is not None and event.seen.at > begun and scene.symbol(event) == symbol:
            told.setdefault(event.number, (event, event.sight.rows[0]))
    fills = [each for sighted in orders.of(symbol).values() for each in orders.fills(sighted)]
    left, takers = _made(orders, fills)
    for at in sorted(told):
        event, trade = told[at]
        key, what = (number(trade.price), number(trade.size)), f"{trade.size} at {trade.price}"
        scene.kept("traded")
        left[key] -= 1
        if left[key] < 0:
            seen = f"{what}, which they were not told of, or not so often"
            expected = f"one of the trades that our orders in {symbol} were told of"
            scene.broken("traded", symbol, event.name, expected, seen, event.seen.index)
            return
        if key in takers and trade.side is not None:
            takers[key][trade.side] -= 1
            if takers[key][trade.side] < 0:
                where = f"{event.name} side of {what}"
                expected = f"{trade.side.other}, the side of the order that came last"
                scene.broken("traded", symbol, where, expected, str(trade.side), event.seen.index)
                return


Key = tuple[Decimal | None, Decimal | None]


def _made(orders: Orders, fills: Sequence[Sighted]) -> tuple[Counter[Key], dict[Key, Counter[Side]]]:
    """(price, size) -> how many trades these fills are; and of those of which every order that came last is
    known, how many of them came last on which side."""
    told: dict[Key, Counter[Side]] = {}
    last: dict[Key, Counter[Side]] = {}
    for each in fills:
        if each.report.side is not None and each.price is not None:
            key = each.price, each.size
            told.setdefault(key, Counter())[each.report.side] += 1
            last.setdefault(key, Counter())[each.report.side] += orders.takes(each.report)
    made = Counter({key: max(sides.values()) for key, sides in told.items()})
    return made, {key: sides for key, sides in last.items() if sides.total() == made[key]}


def _resting_judged(
    scene: Scene, orders: Orders, reads: Sequence[Read], event: Event, book: Book, quiet: object
) -> None:
    """An order rests in each book from the one of a market snapshot on that was asked for when it did.

    Until the next command that may change it was sent. Between the best prices that others had made in the
    quiet symbol nothing stands but what is ours.
    """
    symbol, at = scene.symbol(event), event.seen.at
    commands = orders.commands(symbol)
    since = max((sent.at for sent, _ in commands if sent.at < at), default=None)
    mine = orders.of(symbol)
    if since is None or not mine:
        return
    read = next(
        (
            each
            for each in reads
            if each.symbol == symbol
            and each.book is not None
            and since < each.asked
            and event.number is not None
            and each.book <= event.number
        ),
        None,
    )
    if read is None or not _settled(commands, mine, read.asked):
        return
    bounds = _others(reads, commands, symbol) if symbol == quiet else None
    least: dict[tuple[Side, Decimal], tuple[Decimal, Decimal]] = {}
    for sighted in mine.values():
        known = [each.report for each in sighted if each.seen.at < read.asked]
        if not known or known[-1].side is None or known[-1].price is None:
            continue
        place = known[-1].side, known[-1].price
        low, high = least.get(place, (Decimal(0), Decimal(0)))
        most = Decimal(0) if any(map(is_done, known)) else _remaining(known[-1], known)
        some = min(most, _remaining(known[-1], [each.report for each in sighted]))
        least[place] = low + some, high + most
    for (side, price), (low, high) in least.items():
        levels = book.levels(side)
        there = next((number(size) for at, size in levels if number(at) == price), None)
        inside = bounds is not None and bounds[0] < price < bounds[1]
        if not inside and (not low or (there is None and _hidden(scene, event, side, price, levels))):
            continue
        scene.kept("resting")
        size = there or Decimal(0)
        if size < low or (inside and size > high):
            exact = "" if inside else "at least "
            where = f"{event.name} {side} {shown(price)}"
            told = f"{exact}{shown(high if inside else low)} of ours"
            scene.broken("resting", symbol, where, told, shown(there), event.seen.index)


def _settled(commands: Sequence[tuple[Sent, Asking]], mine: dict[str, list[Sighted]], asked: int) -> bool:
    """Whether every command that was sent before then had been answered, and none of them moved an order."""
    for sent, asks in commands:
        if sent.at >= asked:
            continue
        about = (
            each
            for name, sighted in mine.items()
            for each in sighted
            if sent.at < each.seen.at < asked
            and (name == asks.id or (asks.client_id and each.report.client_id == asks.client_id))
        )
        if asks.role == AMEND or next(about, None) is None:
            return False
    return True


def _remaining(report: Report, reports: Sequence[Report]) -> Decimal:
    """What remains of an order of that size behind all of these sights of it."""
    filled = max((each.filled or Decimal(0) for each in reports), default=Decimal(0))
    return max(report.size - filled, Decimal(0)) if report.size is not None else Decimal(0)


def _others(
    reads: Sequence[Read], commands: Sequence[tuple[Sent, Asking]], symbol: str
) -> tuple[Decimal, Decimal] | None:
    """The best prices of others: those of a snapshot from before our first order there."""
    first = min(sent.at for sent, _ in commands)
    for read in reads:
        bid, ask = number(read.bid), number(read.ask)
        if read.symbol == symbol and read.seen.at < first and bid is not None and ask is not None:
            return bid, ask
    return None


def _hidden(
    scene: Scene, event: Event, side: Side, price: Decimal, levels: Sequence[tuple[object, object]]
) -> bool:
    """Whether a book may leave a price out: it is worse than all that is shown, which is never more."""
    last = number(levels[-1][0]) if levels else None
    if last is not None and (price - last) * side.sign > 0:
        return False
    books = (each.sight for each in scene.events if each.stream == event.stream)
    return len(levels) >= max(len(each.levels(side)) for each in books if isinstance(each, Book))

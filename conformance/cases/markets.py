"""A market that agrees with itself: each promise of it has a conversation in which it can be broken.

What is said is judged wherever it is said (``verdict.markets``). These cases see to it that it is said:
listings are asked for behind what speaks of symbols, a later subscriber comes, our own orders trade and rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.building import MAIN
from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.market_stage import LAST, LATER, VIEW, Stage, kind_of
from conformance.cases.orders.pit import OTHER
from conformance.cases.orders.stories import PLAIN, QUIET, USUAL
from conformance.cases.steps import Disconnect
from conformance.cases.streams import data_messages
from conformance.contract.rules import StreamKind
from conformance.payloads import Hole
from conformance.trading import Status, Trading
from conformance.trading.market import Market
from conformance.trading.quiet import SYMBOL

READS = ("market.snapshot", "market.snapshot.symbol", "market.symbol")
BEST = (*READS, "market.book_sequence", "market.best_bid", "market.best_ask")
EVENTS = 2
"""How many events are waited for where several say more than one."""


def market_cases(commanders: Mapping[str, Commander]) -> Iterator[Case]:
    """The cases of all services whose documents promise something of a market."""
    for commander in commanders.values():
        market = Market.of(commander.service)
        if market is None:
            continue
        yield from _alone(commander, market)
        for other in commanders.values():
            trading = Trading.of(other.service)
            if trading is not None:
                yield from _together(commander, market, other, trading)
                break


# -- the market's own streams -----------------------------------------------------------------------


def _alone(commander: Commander, market: Market) -> Iterator[Case]:
    listings = kind_of(market, "instrument.listing")
    tape, corrections = kind_of(market, "trade.report"), kind_of(market, "correction.symbol")
    for kind in market.streams.kinds:
        if listings is None or kind is listings or not any(map(market.shows, data_messages(kind))):
            continue
        if market.promise("listed"):
            stage = _then_listings(commander, market, "listed", kind, listings)
            yield stage.case(f"listed/{kind.name}", f"What the {kind.name} stream speaks of is listed.")
    for gridded in (kind_of(market, "book.bids.price"), tape):
        if gridded is not None and listings is not None and market.promise("grid"):
            stage = Stage(commander, market, "grid")
            stage.script.connect(VIEW)
            stage.watch(listings)
            stage.watch(gridded)
            stage.event(gridded, optional=True)
            says = f"Prices and sizes of the {gridded.name} stream are on the tick and lot of the listing."
            yield stage.case(f"grid/{gridded.name}", says)
    if tape is not None and market.promise("tape"):
        yield _later(commander, market, tape)
    if tape is not None and market.promise("trade_ids"):
        stage = Stage(commander, market, "trade_ids")
        stage.script.connect(VIEW)
        stage.watch(tape)
        for _ in range(EVENTS):
            stage.event(tape, optional=True)
        yield stage.case("trade-ids", "Every trade of an option has an id of its own.")
    for role in ("instrument.listing", "provenance.symbol", "book.bids.price"):
        shown = kind_of(market, role)
        if shown is not None and shown.snapshot and shown.events and market.promise("state"):
            yield _included(commander, market, shown)
    if corrections is not None and listings is not None and market.promise("settled"):
        stage = _then_listings(commander, market, "settled", corrections, listings)
        yield stage.case("settled", "Settlement prices are corrected of expired options only.")
    if corrections is not None and market.promise("corrected"):
        stage = Stage(commander, market, "corrected")
        stage.script.connect(VIEW)
        stage.watch(corrections)
        for _ in range(EVENTS):
            stage.event(corrections, optional=True)
        yield stage.case("corrected", "Each correction changes the price that the one before it left.")


def _then_listings(
    commander: Commander, market: Market, promise: str, kind: StreamKind, listings: StreamKind
) -> Stage:
    """What a stream tells, and then the listings, which know of that."""
    stage = Stage(commander, market, promise)
    stage.script.connect(VIEW)
    stage.watch(kind)
    stage.watch(listings)
    return stage


def _later(commander: Commander, market: Market, tape: StreamKind) -> Case:
    """What a later subscriber is shown are the trades that an earlier one was told."""
    stage = Stage(commander, market, "tape")
    for session in (VIEW, LATER):
        stage.script.connect(session)
    stage.watch(tape)
    stage.event(tape, optional=True, save="told")
    stage.watch(tape, LATER)
    stage.event(tape, LATER, optional=True, save="told")
    stage.event(tape, optional=True, since="told")
    says = "A later subscriber is shown the trades that an earlier one was told, each once and none left out."
    return stage.case("tape", says)


def _included(commander: Commander, market: Market, kind: StreamKind) -> Case:
    """What later subscribers are shown is what an earlier one was told.

    There are two of them, an event apart: what never changes may be right once, and not twice.
    """
    stage = Stage(commander, market, "state")
    for session in (VIEW, LATER, LAST):
        stage.script.connect(session)
    stage.watch(kind)
    stage.event(kind, optional=True, save="told")
    for session in (LATER, LAST):
        stage.watch(kind, session)
        stage.event(kind, session, optional=True, save="told")
        stage.event(kind, optional=True, since="told")
    says = f"A later subscriber of the {kind.name} stream is shown what an earlier one was told."
    return stage.case(f"state/{kind.name}", says)


# -- with orders beside it --------------------------------------------------------------------------


def _together(commander: Commander, market: Market, other: Commander, trading: Trading) -> Iterator[Case]:
    book, tape, prices = (kind_of(market, role) for role in ("book.bids.price", "trade.report", "price.mark"))
    beside = other, trading
    if book is not None and market.promise("best") and not trading.lacks(*BEST):
        yield _best(Stage(commander, market, "best", beside), book)
    told = not trading.lacks(*READS, "market.mark_price")
    # Without a clock nobody knows how far behind each other the two may be.
    marks = told and market.streams.clock is not None and market.promise("mark")
    if prices is not None and marks:
        yield _mark(Stage(commander, market, "mark", beside), prices)
    if other.service.rules.refusals is None or trading.lacks(*USUAL, *PLAIN, *QUIET, "order.update"):
        return
    if any(trading.pointer(role).count("/") > 1 for role in trading.service.rules.roles if _flat(role)):
        return
    if tape is not None and market.promise("traded"):
        yield _traded(Stage(commander, market, "traded", beside), tape)
    if book is not None and market.promise("resting") and not trading.lacks(*BEST):
        yield _far(Stage(commander, market, "resting", beside), book)
        yield _quiet(Stage(commander, market, "resting", beside), book)


def _flat(role: str) -> bool:
    return role.startswith("order.place.")


def _best(stage: Stage, book: StreamKind) -> Case:
    stage.script.connect(VIEW)
    stage.watch(book)
    stage.reader()  # now: nobody has to wait long for who has not said who he is
    for _ in range(EVENTS):
        stage.read()
        stage.event(book, optional=True, since="book")
    return stage.case("best", "A market snapshot has the best prices of the book of its number.")


def _mark(stage: Stage, prices: StreamKind) -> Case:
    """Either side may be as far behind the other: the prices are listened to for as long on both sides."""
    listening = stage.listening(prices)
    stage.script.connect(VIEW)
    stage.watch(prices)
    stage.script.add(listening)
    stage.reader()
    stage.read()
    stage.script.add(Disconnect(MAIN), listening)  # who says nothing more may be sent away meanwhile
    # Prices that came in one piece may all have been told before.
    stage.commander.probe(stage.script, VIEW)
    stage.event(prices, optional=True, ordered=True)
    return stage.case("mark", "The mark of a market snapshot is one that the prices tell around it.")


def _traded(stage: Stage, tape: StreamKind) -> Case:
    """Two trades between our own accounts, one that a buy makes and one that a sale makes."""
    pit = stage.pit
    stage.alone(tape)
    pit.accepted(pit.quote("order", "sell", 2, 1), "order")
    pit.told("order", Status.OPEN)
    _take(stage, "taker", "buy", 2)
    pit.told("order", Status.FILLED)
    stage.event(tape)
    pit.accepted(pit.quote("bid", "buy", 1, 2), "bid")
    pit.told("bid", Status.OPEN)
    _take(stage, "seller", "sell", 1)
    pit.told("bid", Status.PARTIALLY_FILLED)
    stage.event(tape)
    pit.taken(pit.about("cancel", "bid"), "order.cancel")
    pit.told("bid", Status.CANCELLED)
    stage.commander.probe(stage.script, VIEW)
    says = "A trade is told once on the stream of trades, as both orders were told of it."
    return stage.case("traded", says)


def _take(stage: Stage, name: str, side: str, level: int) -> None:
    """The other account takes one lot."""
    pit = stage.pit
    pit.accepted(pit.quote(name, side, level, 1, OTHER, time="immediate"), name)
    pit.told(name, Status.FILLED, OTHER)


def _far(stage: Stage, book: StreamKind) -> Case:
    """An order that is not meant to trade, in a market in which others are."""
    pit = stage.pit
    stage.script.connect(VIEW)
    stage.watch(book)
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    _shown(stage, book)
    pit.taken(pit.about("cancel", "order"), "order.cancel")
    stage.event(book, optional=True)
    return stage.case("resting/far", "An order that rests far from the market is in the book at its price.")


def _quiet(stage: Stage, book: StreamKind) -> Case:
    """Nobody else is there: the book is what our orders make it."""
    pit = stage.pit
    stage.alone(book)
    symbol = Hole("source", SYMBOL)
    pit.accepted(pit.quote("order", "sell", 2, 3), "order")
    pit.told("order", Status.OPEN)
    _shown(stage, book, symbol)
    _take(stage, "taker", "buy", 2)
    pit.told("order", Status.PARTIALLY_FILLED)
    _shown(stage, book, symbol)
    pit.taken(pit.about("cancel", "order"), "order.cancel")
    pit.told("order", Status.CANCELLED)
    _shown(stage, book, symbol)
    says = (
        "The book shows what remains of an order when it rests, when some of it traded, and when it is gone."
    )
    return stage.case("resting/quiet", says)


def _shown(stage: Stage, book: StreamKind, symbol: object = None) -> None:
    """The book of a market snapshot that knows of all that was answered so far, or a later one."""
    stage.read(symbol)
    stage.event(book, since="book")

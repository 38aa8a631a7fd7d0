"""The market: listings, provenance, corrections, and the streams that tell of all that moves."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.candles import Candles
from conformance.reference.clock import Clock
from conformance.reference.decimals import canonical
from conformance.reference.exchange import Exchange, Trade
from conformance.reference.listings import ACTIVE, Listing
from conformance.reference.orders import Side
from conformance.reference.prices import Prices
from conformance.reference.streams import Stream, Streams

TRADES_SHOWN = 50
HISTORY_MINUTES = 60
ACTIVE_HISTORY_MINUTES = 150
TRADES_A_MINUTE = 3
_SOURCES = ("index-committee", "composite-feed", "venue-average")


class Market:
    """What the market-data service publishes."""

    def __init__(
        self,
        exchange: Exchange,
        listings: list[Listing],
        prices: Prices,
        streams: Streams,
        behaviour: Behaviour,
        clock: Clock,
        seed: int,
    ) -> None:
        self.exchange = exchange
        self.listings = listings
        self.prices = prices
        self.streams = streams
        self.behaviour = behaviour
        self.clock = clock
        self._seed = seed
        self.candles: dict[str, Candles] = {}
        self._before: dict[str, Callable[[int], Iterable[Trade]]] = {}
        self.trades: dict[str, deque[Trade]] = {
            listing.symbol: deque(maxlen=TRADES_SHOWN) for listing in listings
        }
        self.provenance = {listing.symbol: self._observe(listing.symbol, 0) for listing in listings}
        self._corrected = {listing.symbol: listing.fair for listing in listings}
        self._observations = 0
        self._remember()
        self._open_streams()

    def trade(self, trade: Trade) -> None:
        """Take note of a trade and publish it."""
        if self.behaviour.enforces("candles_of_all_trades"):
            self.candles[trade.symbol].trade(trade.ts, trade.price, trade.size)
        self.trades[trade.symbol].append(trade)
        self.streams.publish(f"trades:{trade.symbol}", lambda: [trade.as_value()], "trade", with_ts=False)

    def book(self, symbol: str) -> None:
        """Publish a book that changed."""
        self.streams.publish(f"orderbook:{symbol}", lambda: self.levels(symbol), "orderbook_snapshot")

    def levels(self, symbol: str) -> list[Any]:
        """Bids and asks of a symbol."""
        sides = self.exchange.books[symbol].sides
        depth = self.behaviour.book_depth()
        return [sides["buy"].levels(depth), sides["sell"].levels(depth)]

    def price(self, symbol: str, marks: bool) -> None:
        """Move a price and publish it."""
        self.prices.move(symbol, marks)
        self.streams.publish(f"prices:{symbol}", lambda: self.prices.as_value(symbol), "price")

    def toggle(self, listing: Listing) -> None:
        """Halt an open listing or open a halted one, and publish it."""
        listing.status = "open" if listing.status == "halted" else "halted"
        self.streams.publish("listings", lambda: [[listing.as_value()]], "listings_update")

    def observe(self, symbol: str) -> None:
        """Look at the source of a symbol again, and publish it."""
        self._observations += 1
        self.provenance[symbol] = self._observe(symbol, self._observations)
        self.streams.publish("provenance", lambda: [[self.provenance[symbol]]], "provenance_update")

    def correct(self, listing: Listing, ticks: int) -> None:
        """Correct the settlement price of an expired listing, and publish it."""
        before = self._corrected[listing.symbol]
        after = listing.fair + ticks * listing.tick_size
        if after == before:
            after += listing.tick_size
        self._corrected[listing.symbol] = after
        body = [listing.symbol, canonical(before), canonical(after), "late index print"]
        self.streams.publish("corrections", lambda: body, "settlement_correction")

    def snapshot(self, symbol: str) -> dict[str, Any]:
        """The market of one symbol at this moment."""
        sides = self.exchange.books[symbol].sides
        bid, ask = sides["buy"].best(), sides["sell"].best()
        return {
            "symbol": symbol,
            "mark_price": canonical(self.prices.mark_of(symbol)),
            "index_price": canonical(self.prices.index_of(symbol)),
            "best_bid": None if bid is None else canonical(bid),
            "best_ask": None if ask is None else canonical(ask),
            "book_sequence": self.streams.sequence(f"orderbook:{symbol}"),
            "ts": self.clock.now_ms(),
        }

    def _observe(self, symbol: str, count: int) -> list[Any]:
        source = _SOURCES[count % len(_SOURCES)]
        return [symbol, source, f"{source}/{count}", self.clock.now_ms()]

    def _past(self, place: int, now: int) -> Iterator[Trade]:
        """The trades of a symbol from before this start, the latest minute first."""
        listing = self.listings[place]
        usual = ACTIVE_HISTORY_MINUTES if place < ACTIVE else HISTORY_MINUTES
        for minute in range(1, self.behaviour.remembers_minutes(usual) + 1):
            if minute % 7 == 3:
                continue  # nobody traded in this minute: its candle is left out
            chance = random.Random(f"{self._seed}/{place}/{minute}").random
            for number in range(TRADES_A_MINUTE):
                price = listing.fair + (int(chance() * 17) - 8) * listing.tick_size
                size = int(1 + chance() * 20) * listing.lot_size
                side: Side = "buy" if chance() < 0.5 else "sell"
                name = f"past-{place}-{minute}-{number}"
                yield Trade(name, listing.symbol, price, size, side, now - minute * 60_000)

    def _remember(self) -> None:
        """There are candles and trades to show from the beginning; they are made when somebody asks."""
        now = self.clock.now_ms()
        for place, listing in enumerate(self.listings):

            def past(most: int | None = None, place: int = place) -> Iterable[Trade]:
                return reversed(list(islice(self._past(place, now), most)))

            self.candles[listing.symbol] = Candles(past)
            self._before[listing.symbol] = past

    def _open_streams(self) -> None:
        def event(stream: Stream, name: str, *body: Any) -> list[Any]:
            return [name, stream.sub_id, stream.sequence, self.clock.now_ms(), *body]

        def listed(stream: Stream) -> list[Any]:
            return event(stream, "listings_snapshot", [listing.as_value() for listing in self.listings])

        def sources(stream: Stream) -> list[Any]:
            return event(stream, "provenance_snapshot", list(self.provenance.values()))

        def book(stream: Stream) -> list[Any]:
            return event(stream, "orderbook_snapshot", *self.levels(stream.sub_id.partition(":")[2]))

        def trades(stream: Stream) -> list[Any]:
            symbol = stream.sub_id.partition(":")[2]
            since = self.trades[symbol]
            before = self._before[symbol](TRADES_SHOWN - len(since))
            return event(stream, "trades_snapshot", [trade.as_value() for trade in (*before, *since)])

        self.streams.add("listings", listed)
        self.streams.add("provenance", sources)
        self.streams.add("corrections", None)
        for listing in self.listings:
            self.streams.add(f"prices:{listing.symbol}", None)
            self.streams.add(f"orderbook:{listing.symbol}", book)
            self.streams.add(f"trades:{listing.symbol}", trades)

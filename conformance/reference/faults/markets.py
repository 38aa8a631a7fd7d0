"""Faults of a market that contradicts itself: between its streams, and between them and the gateway."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from decimal import Decimal
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.decimals import canonical
from conformance.reference.faults.fault import breaks
from conformance.reference.listings import all_listings

Event = list[Any]
Reply = dict[str, Any]

_ONCE = "the initial snapshot carries the number of the last event that it includes, then exactly +1 each"
_CORRECTS = "`settlement_correction`: symbol, previous_price, corrected_price"
_SIDE = "`Side` is `buy` or `sell`; of a trade, the aggressor's"


def promised(*names: str) -> tuple[str, ...]:
    """The clauses of these promises of the market."""
    return tuple(f"market-data/market/{name}" for name in names)


class _Tapes(Behaviour):
    """Alters trades wherever they are told; a fault says how."""

    def told(self, trade: list[Any]) -> list[Any]:
        """The trade as it is told."""
        return trade

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "trades_snapshot":
            event = [*event[:4], [self.told(trade) for trade in event[4]]]
        return super().snapshot(event)

    def events(self, event: Event) -> list[Event]:
        if event[0] == "trade":
            event = [*event[:3], self.told(event[3])]
        return super().events(event)


class _Renumbered(Behaviour):
    """Tells other trades than are made, and counts what it tells; a fault says how."""

    def __init__(self) -> None:
        super().__init__()
        self._more: dict[str, int] = {}

    def made(self, event: Event) -> list[Event]:
        """What is told in place of an event."""
        return [event]

    def snapshot(self, event: Event) -> Event | None:
        return super().snapshot([*event[:2], event[2] + self._more.get(event[1], 0), *event[3:]])

    def events(self, event: Event) -> list[Event]:
        if event[0] != "trade":
            return super().events(event)
        more, told = self._more.get(event[1], 0), self.made(event)
        self._more[event[1]] = more + len(told) - 1
        sent: list[Event] = []
        for number, one in enumerate(told, event[2] + more):
            sent += super().events([*one[:2], number, *one[3:]])
        return sent


class _Corrections(Behaviour):
    """Alters corrections; a fault says how."""

    def corrected(self, symbol: str, before: str, after: str) -> list[str]:
        """The correction as it is told."""
        return [symbol, before, after]

    def events(self, event: Event) -> list[Event]:
        if event[0] == "settlement_correction":
            event = [*event[:4], *self.corrected(*event[4:7]), *event[7:]]
        return super().events(event)


class _MarketSnapshots(Behaviour):
    """Alters the gateway's market snapshots; a fault says how."""

    def market(self, reply: Reply) -> Reply:
        """The snapshot as it is told."""
        return reply

    def replies(self, command: Reply, reply: Reply) -> list[tuple[float, Reply]]:
        if reply["type"] == "marketSnapshot":
            reply = self.market(reply)
        return super().replies(command, reply)


@breaks("`Listing`: one option that is, was or will be traded", *promised("listed"))
class ListsOnlyWhatIsOpen(Behaviour):
    """What has expired is spoken of by corrections and provenance all the same."""

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "listings_snapshot":
            event = [*event[:4], [row for row in event[4] if row[7] == "open"]]
        return super().snapshot(event)


@breaks("`Listing`: one option that is, was or will be traded", *promised("listed"))
class ForgetsToListWhatIsSubscribed(Behaviour):
    """What somebody asked for is left out of the listings from then on."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: set[str] = set()

    def known_symbol(self, symbol: str, symbols: list[str]) -> str | None:
        self._asked.add(symbol)
        return super().known_symbol(symbol, symbols)

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "listings_snapshot":
            event = [*event[:4], [row for row in event[4] if row[0] not in self._asked]]
        return super().snapshot(event)


@breaks("sizes of the book and the tape are multiples of the option's lot", *promised("grid"))
class TellsTradesOffLot(_Tapes):
    def told(self, trade: list[Any]) -> list[Any]:
        return [*trade[:2], canonical(Decimal(trade[2]) + Decimal("0.0007")), *trade[3:]]


@breaks(_ONCE, *promised("tape"))
class SnapshotsHoldTheLastTradeBack(Behaviour):
    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "trades_snapshot":
            event = [*event[:4], event[4][:-1]]
        return super().snapshot(event)


@breaks(_ONCE, *promised("tape"))
class TellsTradesOfTheSnapshotAgain(Behaviour):
    """Each event tells the trade before."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, list[Any]] = {}

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "trades_snapshot" and event[4]:
            self._last[event[1]] = event[4][-1]
        return super().snapshot(event)

    def events(self, event: Event) -> list[Event]:
        if event[0] == "trade":
            trade, self._last[event[1]] = self._last.get(event[1], event[3]), event[3]
            event = [*event[:3], trade]
        return super().events(event)


@breaks(_ONCE, *promised("tape"))
class LosesTradesWithoutAGap(_Renumbered):
    """Those who come later are shown in the snapshot what nobody was told, and no number is missing."""

    def __init__(self) -> None:
        super().__init__()
        self._made = 0

    def made(self, event: Event) -> list[Event]:
        self._made += 1
        return [] if self._made % 2 else super().made(event)


@breaks("`Trade`: trade_id", *promised("trade_ids"))
class GivesTradesFewIds(_Tapes):
    def told(self, trade: list[Any]) -> list[Any]:
        return [f"tr-{trade[0][-1]}", *trade[1:]]


@breaks(_CORRECTS, *promised("settled"))
class CorrectsOpenOptions(_Corrections):
    def corrected(self, symbol: str, before: str, after: str) -> list[str]:
        return super().corrected(all_listings()[0].symbol, before, after)


@breaks(_CORRECTS, *promised("corrected"))
class CorrectsNothing(_Corrections):
    def corrected(self, symbol: str, before: str, after: str) -> list[str]:
        return super().corrected(symbol, before, before)


@breaks(_CORRECTS, *promised("corrected"))
class CorrectsTheFirstPriceAgain(_Corrections):
    def corrected(self, symbol: str, before: str, after: str) -> list[str]:
        return super().corrected(symbol, canonical(all_listings()[-1].fair), after)


@breaks("`marketSnapshot`: best_bid or nil, best_ask or nil, book_sequence", *promised("best"))
class ForgetsTheBestAsk(_MarketSnapshots):
    def market(self, reply: Reply) -> Reply:
        return {**reply, "best_ask": None}


@breaks("`marketSnapshot`: mark_price", *promised("mark"))
class MarksAtTheBestBid(_MarketSnapshots):
    def market(self, reply: Reply) -> Reply:
        return {**reply, "mark_price": reply["best_bid"] or reply["mark_price"]}


@breaks(_SIDE, *promised("traded"))
class TellsTheSideOfTheOlderOrder(_Tapes):
    def told(self, trade: list[Any]) -> list[Any]:
        return [*trade[:3], "sell" if trade[3] == "buy" else "buy", *trade[4:]]


@breaks("`Trade`: price, size", *promised("traded"))
class DoublesTradedSizes(_Tapes):
    def told(self, trade: list[Any]) -> list[Any]:
        return [*trade[:2], canonical(2 * Decimal(trade[2])), *trade[3:]]


@breaks("`Trade`: price, size", *promised("traded"))
class TellsTradesTwice(_Renumbered):
    def made(self, event: Event) -> list[Event]:
        return [event, [*event[:3], [f"{event[3][0]}-again", *event[3][1:]]]]


@breaks("the orderbook stream is snapshots", *promised("resting"))
class BooksLagBehind(Behaviour):
    """Each book is the one before."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, Event] = {}

    def events(self, event: Event) -> list[Event]:
        if event[0] == "orderbook_snapshot":
            before = self._last.get(event[1], event[4:])
            self._last[event[1]] = event[4:]
            event = [*event[:4], *before]
        return super().events(event)

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "orderbook_snapshot":
            self._last[event[1]] = event[4:]
        return super().snapshot(event)


@breaks("the orderbook stream is snapshots", *promised("resting"))
class ShowsTheFirstOrderOfALevel(Behaviour):
    """Of what rests at one price all but a lot is left out."""

    def events(self, event: Event) -> list[Event]:
        if event[0] == "orderbook_snapshot":
            event = [*event[:4], *([[price, "0.1"] for price, _ in side] for side in event[4:])]
        return super().events(event)

"""The market as messages show it: listings, books, trades, prices, corrections; by roles, as ``roles`` is.

What a document gives no role for is not seen. Numbers stay the texts that came: whoever reckons reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.contract import finder
from conformance.contract.model import Service
from conformance.trading.roles import Side, placed

Find = Callable[[object], list[object]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing; ``row``: all of it, as it came. What it does not tell is None."""

    symbol: str
    tick: object = None
    lot: object = None
    expiry: int | None = None
    status: object = None
    row: object = None


@dataclass(frozen=True, slots=True)
class Listings:
    """Listings; ``whole``: all of them, as a stream begins with them."""

    rows: tuple[Listed, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The levels of both sides, (price, size) each, the best first."""

    bids: tuple[tuple[object, object], ...]
    asks: tuple[tuple[object, object], ...]

    def levels(self, side: Side) -> tuple[tuple[object, object], ...]:
        """Those on which orders of a side rest."""
        return self.bids if side is Side.BUY else self.asks


@dataclass(frozen=True, slots=True)
class Traded:
    """One trade; its side is the aggressor's."""

    id: str
    price: object
    size: object
    side: Side | None
    at: object


@dataclass(frozen=True, slots=True)
class Tape:
    """Trades, the oldest first; ``whole``: those that a stream begins with."""

    rows: tuple[Traded, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Priced:
    """What the option is worth by the exchange's model."""

    mark: object


@dataclass(frozen=True, slots=True)
class Correction:
    """A settlement price that was corrected."""

    symbol: str
    before: object
    after: object
    at: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """Symbols that something else is said of: (symbol, all that is) each; ``whole``: of all of them."""

    rows: tuple[tuple[str, object], ...]
    whole: bool


Sight = Listings | Book | Tape | Priced | Correction | Named
Seer = Callable[[object], Sight]


class Market:
    """The market roles of one service. ``of`` gives it only where the document promises something of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        streams = service.rules.streams
        assert streams is not None
        self.streams = streams
        self._places = {
            role: tuple(placed(text) for text in texts) for role, texts in service.rules.roles.items()
        }
        self._seers: dict[str, Seer] = dict(self._all())
        self._ids = {name: finder(streams.id.of(name)) for name in self._seers}
        self._numbers = {
            name: finder(at) for name in self._seers if (at := streams.sequence.of(name))
        }  # fmt: skip
        self._source = self._beside()

    @staticmethod
    def of(service: Service) -> Market | None:
        """The market side of a service; None where its document promises nothing of it."""
        promises = any(name.startswith("market/") for name in service.rules.clauses)
        return Market(service) if promises and service.rules.streams is not None else None

    def promise(self, name: str) -> str:
        """The clause of a promise of the market; '' when the document does not make it."""
        return self.service.rules.clauses.get(f"market/{name}", "")

    def pointer(self, role: str) -> str:
        """Where a role leads in its message; '' when the document does not say."""
        places = self._places.get(role)
        return places[0].pointer if places else ""

    def owners(self, role: str) -> tuple[str, ...]:
        """The messages in which a role stands."""
        return tuple(place.owner for place in self._places.get(role, ()))

    def meaning(self, role: str) -> object:
        """The value that means this; None when the document does not say."""
        places = self._places.get(role)
        return places[0].value if places else None

    def shows(self, message: str) -> bool:
        """Whether a message of that name shows anything of the market."""
        return message in self._seers

    def sight(self, message: str, value: object) -> Sight:
        """What a message of that name, which ``shows`` something, shows."""
        return self._seers[message](value)

    def stream(self, message: str, value: object) -> object:
        """The id of the stream that it is of; None where there is none."""
        found = _first(self._ids[message](value))
        return found if isinstance(found, str | int) else None

    def number(self, message: str, value: object) -> int | None:
        """Its number in that stream."""
        at = self._numbers.get(message)
        return _whole(_first(at(value))) if at is not None else None

    def listing(self, values: Mapping[str, object]) -> Listed | None:
        """The listing that values of a run-wide source are of; None where they are of another source."""
        symbol, tick, lot = (values.get(name) for name in self._source)
        return Listed(symbol, tick, lot) if isinstance(symbol, str) else None

    # -- reading ------------------------------------------------------------------------------------

    def _all(self) -> Iterator[tuple[str, Seer]]:
        yield from self._named()
        yield from self._priced()
        yield from self._corrected()
        yield from self._booked()
        yield from self._taped()
        yield from self._listings()

    def _rows(self, base: str, first: str, *fields: str) -> Iterator[tuple[str, Find, list[Find]]]:
        """(message, its rows, columns of a row) for each message of the role ``base``."""
        home = next((each.pointer for each in self._places.get(base, ()) if each.owner == first), None)
        if home is None:
            return
        columns = [
            finder(at.removeprefix(home)) if (at := self.pointer(role)).startswith(home) else _nothing
            for role in fields
        ]
        for place in self._places[base]:
            yield place.owner, finder(place.pointer), columns

    def _listings(self) -> Iterator[tuple[str, Seer]]:
        names = ("symbol", "tick_size", "lot_size", "expiry", "status")
        first = next(iter(self.owners("instrument.symbol")), "")
        wholes = {kind.snapshot for kind in self.streams.kinds}
        roles = (f"instrument.{name}" for name in names)
        for message, rows, columns in self._rows("instrument.listing", first, *roles):

            def seer(value: object, rows: Find = rows, columns: list[Find] = columns,
                     whole: bool = message in wholes) -> Listings:  # fmt: skip
                found = []
                for row in rows(value):
                    symbol, tick, lot, expiry, status = (_first(at(row)) for at in columns)
                    if isinstance(symbol, str):
                        found.append(Listed(symbol, tick, lot, _whole(expiry), status, _part(row, value)))
                return Listings(tuple(found), whole)

            yield message, seer

    def _taped(self) -> Iterator[tuple[str, Seer]]:
        first = next(iter(self.owners("trade.id")), "")
        sides = {self.meaning(f"trade.side.{each}"): each for each in Side}
        wholes = {kind.snapshot for kind in self.streams.kinds}
        roles = (f"trade.{name}" for name in ("id", "price", "size", "side", "time"))
        for message, rows, columns in self._rows("trade.report", first, *roles):

            def seer(value: object, rows: Find = rows, columns: list[Find] = columns,
                     whole: bool = message in wholes) -> Tape:  # fmt: skip
                found = []
                for row in rows(value):
                    name, price, size, side, at = (_first(column(row)) for column in columns)
                    known = sides.get(side) if isinstance(side, str) else None
                    found.append(Traded(str(name), price, size, known, at))
                return Tape(tuple(found), whole)

            yield message, seer

    def _booked(self) -> Iterator[tuple[str, Seer]]:
        at = [self.pointer(f"book.{side}.{what}") for side in ("bids", "asks") for what in ("price", "size")]
        if not all(at):
            return
        bid, bid_size, ask, ask_size = map(finder, at)

        def seer(value: object) -> Book:
            bids = zip(bid(value), bid_size(value), strict=False)
            return Book(tuple(bids), tuple(zip(ask(value), ask_size(value), strict=False)))

        yield from ((message, seer) for message in self.owners("book.bids.price"))

    def _priced(self) -> Iterator[tuple[str, Seer]]:
        for place in self._places.get("price.mark", ()):
            at = finder(place.pointer)

            def seer(value: object, at: Find = at) -> Priced:
                return Priced(_first(at(value)))

            yield place.owner, seer

    def _corrected(self) -> Iterator[tuple[str, Seer]]:
        names = ("symbol", "previous", "corrected", "time")
        finders = [finder(at) if (at := self.pointer(f"correction.{name}")) else _nothing for name in names]

        def seer(value: object) -> Correction:
            symbol, before, after, at = (_first(each(value)) for each in finders)
            return Correction(str(symbol), before, after, _whole(at))

        yield from ((message, seer) for message in self.owners("correction.symbol"))

    def _named(self) -> Iterator[tuple[str, Seer]]:
        wholes = {kind.snapshot for kind in self.streams.kinds}
        for place in self._places.get("provenance.symbol", ()):
            home, every, rest = place.pointer.rpartition("/*")
            rows, at = finder(home + every), finder(rest)

            def seer(value: object, rows: Find = rows, at: Find = at,
                     whole: bool = place.owner in wholes) -> Named:  # fmt: skip
                told = ((name, _part(row, value)) for row in rows(value) for name in at(row))
                return Named(tuple((name, row) for name, row in told if isinstance(name, str)), whole)

            yield place.owner, seer

    def _beside(self) -> tuple[str, str, str]:
        """The names under which a run-wide source gives symbol, tick and lot; '' where none does."""
        wanted = [
            (owner, self.pointer(role))
            for role in ("instrument.symbol", "instrument.tick_size", "instrument.lot_size")
            for owner in self.owners(role)[:1]
        ]
        for source in self.service.rules.sources:
            base = f"{source.each}/*" if source.each else ""
            named = {(source.message, base + at): name for name, at in source.values.items()}
            if source.scope == "run" and wanted and wanted[0] in named:
                symbol, tick, lot = (*(named.get(each, "") for each in wanted), "", "")[:3]
                return symbol, tick, lot
        return "", "", ""


def _first(found: list[object]) -> object:
    return found[0] if found else None


def _part(row: object, value: object) -> object:
    """A row of a message; None where it is all of that, with its number and its time."""
    return None if row is value else row


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _nothing(value: object) -> list[object]:
    return []

"""Another exchange behind the same contract: names, markets, numbers, clocks."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

from dataclasses import replace
from decimal import Decimal

from conformance.reference.behaviour import Behaviour
from conformance.reference.listings import ACTIVE, Listing
from conformance.reference.manner import Quotes
from conformance.reference.settings import Settings
from conformance.reference.variations.variation import conforms

_IDS = "Ids are strings [A-Za-z0-9_-]{1,64}"
_BASE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _short(number: int) -> str:
    """A number in as few characters as it takes."""
    digits = _BASE[number % 36]
    while number := number // 36:
        digits = _BASE[number % 36] + digits
    return digits


@conforms(f"{_IDS}: all of them have 64 characters; a session key's secret has 600.")
class LongIds(Behaviour):
    def name_of(self, kind: str, name: str) -> str:
        return name + "0123456789" * 55 if kind == "secret" else f"{name:_>64}"


@conforms(f"{_IDS}: they are as short as can be, and those of different things may be the same.")
class ShortIds(Behaviour):
    def name_of(self, kind: str, name: str) -> str:
        if kind == "secret":
            return name[:13]
        word, _, number = name.rpartition("-")
        return ("-" if word == "house" else "") + _short(int(number))


@conforms(f"{_IDS}: they begin and end with dashes and underscores, and look like numbers.")
class UnusualIds(Behaviour):
    def name_of(self, kind: str, name: str) -> str:
        if kind == "secret":
            return "omns_" + name[5:].replace("0", "ß").replace("1", " ").replace("2", '"')
        word, _, number = name.rpartition("-")
        return f"-_-{'_' if word == 'house' else ''}{int(number):012d}--"


@conforms("Symbols are [A-Z0-9_-]{1,32}: some have one character, some 32.")
class OtherSymbols(Behaviour):
    def listed(self, listings: list[Listing]) -> list[Listing]:
        found = super().listed(listings)
        for place, listing in enumerate(found):
            listing.symbol = _BASE[35 - place] if place % 2 else f"{listing.symbol:_>31}-"
        return found


def _regrid(listings: list[Listing], tick: str, lot: str) -> list[Listing]:
    for listing in listings:
        listing.tick_size, listing.lot_size = Decimal(tick), Decimal(lot)
        listing.fair = max(Decimal(1), listing.fair // listing.tick_size) * listing.tick_size
    return listings


@conforms("Ticks and lots are the target's own: a price has eight decimals, a size nine.")
class FineTicksAndLots(Behaviour):
    def listed(self, listings: list[Listing]) -> list[Listing]:
        return _regrid(super().listed(listings), "0.00000003", "0.000000001")


@conforms("Ticks and lots are the target's own: whole numbers, neither of them a power of ten.")
class CoarseTicksAndLots(Behaviour):
    def listed(self, listings: list[Listing]) -> list[Listing]:
        return _regrid(super().listed(listings), "2", "7")


@conforms("No number of listings is promised: there are a thousand.")
class ManyListings(Behaviour):
    def listed(self, listings: list[Listing]) -> list[Listing]:
        found = super().listed(listings)
        more = [replace(found[5], symbol=f"SOL-{number}-C", underlying="SOL") for number in range(976)]
        for listing in more:
            listing.underlying, listing.status = found[5].underlying, "open"
        return [*found[:20], *more, *found[20:]]

    def quotes(self, listing: Listing) -> Quotes:
        return (
            replace(super().quotes(listing), levels=1)
            if listing.symbol[:4] == "SOL-"
            else super().quotes(listing)
        )


@conforms("No depth is promised: books have 250 levels on each side.")
class DeepBooks(Behaviour):
    def quotes(self, listing: Listing) -> Quotes:
        return replace(super().quotes(listing), levels=250)

    def book_depth(self) -> int:
        return 1000


class _OneSided(Behaviour):
    """One side of all books is empty but that of the fourth listing, which the introduction calls quoted."""

    quoted = ""

    def listed(self, listings: list[Listing]) -> list[Listing]:
        found = super().listed(listings)
        self.quoted = found[ACTIVE].symbol
        return found


@conforms("A side of a book may be empty: nobody offers.")
class NobodyOffers(_OneSided):
    def quotes(self, listing: Listing) -> Quotes:
        both = super().quotes(listing)
        return both if listing.symbol == self.quoted else replace(both, sides=("buy",))


@conforms("A side of a book may be empty: nobody bids.")
class NobodyBids(_OneSided):
    def quotes(self, listing: Listing) -> Quotes:
        both = super().quotes(listing)
        return both if listing.symbol == self.quoted else replace(both, sides=("sell",))


@conforms("An exchange may have opened this minute: no trades from before, so fewer candles and empty tapes.")
class YoungMarket(Behaviour):
    def remembers_minutes(self, minutes: int) -> int:
        return 0


@conforms("No pace is promised: the market moves ten times as fast.")
class FastMarket(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), tick_secs=0.005)


@conforms("No pace is promised: the market moves a tenth as fast.")
class SlowMarket(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), tick_secs=0.5)


@conforms("What moves by chance may move otherwise: another seed.")
class AnotherSeed(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), seed=settings.seed + 1_000_003)


@conforms("A book may be told again when nothing has changed in it; each event has the next number.")
class BooksRepeated(Behaviour):
    def repeats_books(self) -> bool:
        return True


@conforms("`ts` is the service's clock: it is six hours ahead of ours.")
class ClockAhead(Behaviour):
    def clock_offset_ms(self) -> int:
        return super().clock_offset_ms() + 6 * 3_600_000 + 123


@conforms("`ts` is the service's clock: it is six hours behind ours.")
class ClockBehind(Behaviour):
    def clock_offset_ms(self) -> int:
        return super().clock_offset_ms() - 6 * 3_600_000 - 123


@conforms("Time does not go back, and may stand still: the clock has steps of 250 ms.")
class CoarseClock(Behaviour):
    def clock_step_ms(self) -> int:
        return 250


@conforms("A sequence is an unsigned integer of 64 bits: they pass 2^53, where floating-point numbers end.")
class SequencesPast53Bits(Behaviour):
    def first_sequence(self, of: str) -> int:
        return 2**53 - 3


@conforms("A sequence is an unsigned integer of 64 bits: they pass 2^63, where signed ones end.")
class SequencesPast63Bits(Behaviour):
    def first_sequence(self, of: str) -> int:
        return 2**63 - 3

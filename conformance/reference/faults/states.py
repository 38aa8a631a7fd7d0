"""Faults of a market that shows another state than it told: snapshots that are old, altered, or not all."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from decimal import Decimal
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.decimals import canonical
from conformance.reference.faults.fault import breaks

Event = list[Any]

_STATE = "market-data/market/state"
_ONCE = "the initial snapshot carries the number of the last event that it includes"


class _Stale(Behaviour):
    """Shows everybody what it showed the first; a fault says of what. Numbers and times are those of now."""

    what = ""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, Event] = {}

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == self.what:
            event = [*event[:4], *self._first.setdefault(event[1], event[4:])]
        return super().snapshot(event)


@breaks(_ONCE, _STATE)
class KeepsTheFirstBook(_Stale):
    what = "orderbook_snapshot"


@breaks(_ONCE, _STATE)
class KeepsTheFirstListings(_Stale):
    what = "listings_snapshot"


@breaks(_ONCE, _STATE)
class KeepsTheFirstProvenance(_Stale):
    what = "provenance_snapshot"


@breaks(_ONCE, _STATE)
class DoublesTheSizesOfTheFirstBook(Behaviour):
    """Only of the one that a subscription begins with."""

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "orderbook_snapshot":
            doubled = ([[price, canonical(2 * Decimal(size))] for price, size in side] for side in event[4:])
            event = [*event[:4], *doubled]
        return super().snapshot(event)


@breaks(_ONCE, _STATE)
class UpdatesListingsToWhatTheyWere(Behaviour):
    """What was halted is told to be open, and the other way round."""

    def events(self, event: Event) -> list[Event]:
        if event[0] == "listings_update":
            other = {"open": "halted", "halted": "open"}
            event = [*event[:4], [[*row[:7], other.get(row[7], row[7])] for row in event[4]]]
        return super().events(event)


@breaks(_ONCE, _STATE)
class UpdatesNoListings(Behaviour):
    """That something changed is told, and not what."""

    def events(self, event: Event) -> list[Event]:
        return super().events([*event[:4], []] if event[0] == "listings_update" else event)


@breaks("`Listing`: one option that is, was or will be traded", _STATE)
class ListsAnOptionTwice(Behaviour):
    """The last one, and then with another status."""

    def snapshot(self, event: Event) -> Event | None:
        if event[0] == "listings_snapshot":
            event = [*event[:4], [*event[4], [*event[4][-1][:7], "halted"]]]
        return super().snapshot(event)

"""Faults of subscriptions, snapshots and sequences."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

Event = list[Any]

_PLUS_ONE = (
    "the initial snapshot carries the number of the last event, then exactly +1 each, nothing conflated"
)
_SORTED = "bids fall, asks rise, best bid < best ask, no size zero, prices on tick"
WITH_SNAPSHOT = ("listings", "provenance", "orderbook", "trades")
KINDS = (*WITH_SNAPSHOT, "corrections", "prices")


def promised(promise: str, kinds: tuple[str, ...] = KINDS) -> tuple[str, ...]:
    """The clauses of what is promised of each of these streams."""
    return tuple(f"market-data/streams/{kind}/{promise}" for kind in kinds)


def told(*scenarios: str) -> tuple[str, ...]:
    """The clauses of these scenarios."""
    return tuple(f"market-data/scenarios/{name}" for name in scenarios)


class _Books(Behaviour):
    """Alters live books; a fault says how."""

    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        """The book as it is sent."""
        return [*event[:4], bids, asks]

    def events(self, event: Event) -> list[Event]:
        if event[0] == "orderbook_snapshot" and event[4] and event[5]:
            event = self.book(event, event[4], event[5])
        return super().events(event)


@breaks(
    "the acknowledgement precedes the subscription's first data event",
    *promised("acknowledged-first", WITH_SNAPSHOT),
)
class AcksAfterFirstEvent(Behaviour):
    def acknowledges_last(self) -> bool:
        return True


@breaks(
    "listings, provenance, orderbook and trades give a snapshot first",
    *promised("snapshot-first", ("listings", "provenance")),
    *told("subscribe-again", "subscriptions-end-with-the-connection"),
)
class SendsNoSnapshots(Behaviour):
    def snapshot(self, event: Event) -> Event | None:
        return None


@breaks(
    "listings, provenance, orderbook and trades give a snapshot first",
    *promised("snapshot-first", ("orderbook", "trades")),
    *told("listed-options-have-a-book", "subscribe-again-by-symbol"),
)
class LeavesBooksAndTapesOut(Behaviour):
    def snapshot(self, event: Event) -> Event | None:
        return super().snapshot(event) if event[0] in ("listings_snapshot", "provenance_snapshot") else None

    def events(self, event: Event) -> list[Event]:
        return [] if event[0] == "orderbook_snapshot" else super().events(event)


@breaks(_PLUS_ONE, *promised("sequence", WITH_SNAPSHOT))
class SnapshotNumbersRunAhead(Behaviour):
    def snapshot(self, event: Event) -> Event | None:
        return super().snapshot([*event[:2], event[2] + 1, *event[3:]])


@breaks(_PLUS_ONE, *promised("sequence"))
class SkipsSequences(Behaviour):
    def events(self, event: Event) -> list[Event]:
        return [] if event[2] % 5 == 0 else super().events(event)


@breaks(_PLUS_ONE, *promised("sequence"))
class RepeatsSequences(Behaviour):
    def events(self, event: Event) -> list[Event]:
        return (2 if event[2] % 5 == 0 else 1) * super().events(event)


@breaks("never falls until the service restarts", *promised("sequence"))
class SequencesGoBack(Behaviour):
    def events(self, event: Event) -> list[Event]:
        number = event[2] - 3 if event[2] % 5 == 0 else event[2]
        return super().events([*event[:2], number, *event[3:]])


@breaks(
    "the acknowledgement precedes the subscription's first data event",
    *promised("acknowledged-first"),
)
class AcksAfterLiveEvents(Behaviour):
    def acknowledgement_delay(self) -> float:
        return 0.8


@breaks(_SORTED, "market-data/OrderbookSnapshotEvent/rules/uncrossed")
class CrossesBooks(_Books):
    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        return super().book(event, [[asks[0][0], bids[0][1]], *bids], asks)


@breaks(_SORTED, "market-data/OrderbookSnapshotEvent/rules/bids-fall")
class SortsBidsUpwards(_Books):
    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        return super().book(event, bids[::-1], asks)


@breaks(_SORTED, "market-data/OrderbookSnapshotEvent/rules/asks-rise")
class RepeatsAskLevels(_Books):
    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        return super().book(event, bids, [asks[0], *asks])


@breaks(_SORTED, "market-data/OrderbookSnapshotEvent/rules/no-zero-size")
class ShowsEmptyLevels(_Books):
    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        return super().book(event, [*bids[:-1], [bids[-1][0], "0"]], asks)


@breaks(_SORTED, *told("prices-are-on-tick"), "market-data/market/grid")
class ShowsPricesOffTick(_Books):
    def book(self, event: Event, bids: list[Any], asks: list[Any]) -> Event:
        price = bids[0][0] + ("" if "." in bids[0][0] else ".0") + "0003"
        return super().book(event, [[price, bids[0][1]], *bids[1:]], asks)


@breaks("`ts` does not go back within a SubId", "market-data/PriceUpdateEvent/rules/time")
class TimeGoesBack(Behaviour):
    def events(self, event: Event) -> list[Event]:
        if event[0] != "trade" and event[2] % 3 == 0:
            event = [*event[:3], event[3] - 500, *event[4:]]
        return super().events(event)


@breaks(
    "`ts` does not go back within a SubId",
    *(f"market-data/{name}/rules/time" for name in ("ListingsUpdateEvent", "ProvenanceUpdateEvent")),
)
class StampsSnapshotsAhead(Behaviour):
    """By an hour; what follows is stamped right."""

    def snapshot(self, event: Event) -> Event | None:
        if event[0] != "orderbook_snapshot":
            event = [*event[:3], event[3] + 3_600_000, *event[4:]]
        return super().snapshot(event)


@breaks(
    "`ts` lies within 1 000 ms of a `pong`'s `ts` for live events",
    "market-data/OrderbookSnapshotEvent/rules/time",
    *promised("clock", tuple(kind for kind in KINDS if kind != "trades")),
)
class StampsEventsOutOfDate(Behaviour):
    def events(self, event: Event) -> list[Event]:
        if event[0] != "trade":
            event = [*event[:3], event[3] - 5000, *event[4:]]
        return super().events(event)


@breaks(
    "the same SubId and number are the same bytes for every subscriber",
    "market-data/scenarios/two-subscribers-see-the-same",
)
class SubscribersSeeDifferentEvents(Behaviour):
    def personal(self, event: Event, listener: int) -> Event:
        event = super().personal(event, listener)
        return [*event[:3], event[3] + listener, *event[4:]] if event[0] != "trade" else event


@breaks(
    "a `ping` is answered within 2 000 ms at any time",
    "market-data/ping/reply",
    *told("pong-while-subscribed"),
)
class LeavesPingsUnanswered(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return []


@breaks("a `ping` is answered within 2 000 ms at any time", "market-data/ping/within")
class AnswersPingsTooLate(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return [(2.6, answer) for _, answer in super().pongs(event)]


@breaks(
    "integers 0…2⁶⁴−1, and integers on the wire",
    *told("pong-while-subscribed"),
)
class RoundsNoncesLikeDoubles(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return super().pongs([event[0], min(int(float(event[1])), 2**64 - 1024), *event[2:]])


@breaks('`["pong", nonce, ts]`', "market-data/ping/correlation")
class PongsWithAnotherNonce(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return super().pongs([event[0], event[1] ^ 1, *event[2:]])

"""Faults of streams that only show beside others: clocks, numbers for all, batches, refusals."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference import frames
from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.faults.fault import breaks
from conformance.reference.faults.keys import COMMANDS
from conformance.reference.faults.streams import promised

Event = list[Any]

_NEAR = "`ts` is the service's clock, and lies within 1 000 ms of a `pong`'s `ts` for live events"
_COMMANDS = {
    "gateway": COMMANDS,
    "market-data": ("subscribe", "unsubscribe", "ping"),
}


class _Stamped(Behaviour):
    """Stamps live events otherwise; a fault says how."""

    def stamp(self, honest: int) -> int:
        """The time as it is sent."""
        return honest

    def events(self, event: Event) -> list[Event]:
        if event[0] == "trade":
            trade = [*event[3][:4], self.stamp(event[3][4]), *event[3][5:]]
            return super().events([*event[:3], trade, *event[4:]])
        return super().events([*event[:3], self.stamp(event[3]), *event[4:]])


@breaks(f"{_NEAR}; times are milliseconds", *promised("clock"))
class StampsEventsInSeconds(_Stamped):
    def stamp(self, honest: int) -> int:
        return honest // 1000


@breaks(_NEAR, *promised("clock"))
class StampsEventsAhead(_Stamped):
    def stamp(self, honest: int) -> int:
        return honest + 5000


@breaks("times are milliseconds since the epoch", "market-data/streams/clock")
class TellsTheTimeInSeconds(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return super().pongs([*event[:2], event[2] // 1000])


@breaks("times are milliseconds since the epoch", "market-data/streams/clock")
class TellsTheTimeInMicroseconds(Behaviour):
    def pongs(self, event: Event) -> list[tuple[float, Event]]:
        return super().pongs([*event[:2], event[2] * 1000])


@breaks("one sequence counter per SubId: never falls until the service restarts", *promised("lasting"))
class CountsAnewForEachSubscription(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._before: dict[str, int | None] = {}

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if isinstance(value, list) and value[0] == "subscribed":
            self._before[value[1]] = None
        elif isinstance(value, list) and value[0] not in ("unsubscribed", "pong", "error"):
            before = self._before.get(value[1])
            if before is None:
                before = self._before[value[1]] = value[2] - 1
            value = [*value[:2], value[2] - before, *value[3:]]
        return super().outgoing(service, value)


@breaks("one sequence counter per SubId: never falls until the service restarts", *promised("lasting"))
class CountsAnewOnceNobodyListens(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "numbers_without_listeners" and super().enforces(rule)


@breaks("one sequence counter per SubId, service-wide", *promised("shared"))
class NumbersEventsForEachSubscriber(Behaviour):
    def personal(self, event: Event, listener: int) -> Event:
        event = super().personal(event, listener)
        return [*event[:2], event[2] + 1000 * listener, *event[3:]] if listener else event


@breaks("the same SubId and number are the same bytes for every subscriber", *promised("shared"))
class SaysTheSameInOtherBytes(Behaviour):
    """To every other subscriber the number goes out in the widest format."""

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        made = super().outgoing(service, value)
        if not isinstance(value, _Wide):
            return made
        head, number = frames.encode([*value[:2]]), frames.encode(value[2])
        wide = b"\xcf" + value[2].to_bytes(8, "big")
        cut = len(head)
        return [OutFrame(each.payload[:cut] + wide + each.payload[cut + len(number) :]) for each in made]

    def personal(self, event: Event, listener: int) -> Event:
        event = super().personal(event, listener)
        return event if listener % 2 else _Wide(event)


class _Wide(list[Any]):
    """An event whose number is written wide."""


@breaks("state unchanged: an error ends no stream", *promised("undisturbed"))
class EndsStreamsUponErrors(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "streams_survive_errors" and super().enforces(rule)


@breaks("then exactly +1 each: of every stream of a connection", *promised("sequence", ("listings",)))
class ServesTheLastStreamOnly(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "streams_beside_others" and super().enforces(rule)


@breaks("no data event of a SubId after its `unsubscribed`, until subscribed again", *promised("sequence"))
class ForgetsStreamsThatAreBegunAgain(Behaviour):
    """They are acknowledged, and begin with their snapshot; no event follows."""

    def enforces(self, rule: str) -> bool:
        return rule != "streams_begin_again" and super().enforces(rule)


@breaks(
    "no data event of a SubId after its `unsubscribed`",
    *promised("silent-after-unsubscribe", ("listings", "provenance", "orderbook", "trades")),
)
class SendsSnapshotsOfWhatIsOver(Behaviour):
    def snapshot_delay(self) -> float:
        return 0.03

    def enforces(self, rule: str) -> bool:
        return rule != "snapshots_of_what_runs" and super().enforces(rule)


@breaks(
    "binary frames, one MessagePack map each: in whichever of MessagePack's encodings",
    *(f"{service}/{command}/reply" for service, commands in _COMMANDS.items() for command in commands),
)
class TakesTheShortestEncodingOnly(Behaviour):
    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        found = super().judge(payload, is_text)
        if found.command is None or found.flaws or len(frames.encode(found.command)) == len(payload):
            return found
        return frames.Judged(found.command, found.request_id, ("undecodable",))

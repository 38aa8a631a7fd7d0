"""Faults that only one subscriber among many sees."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from dataclasses import replace
from typing import Any

import msgpack

from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.faults.fault import breaks
from conformance.reference.faults.streams import WITH_SNAPSHOT, promised

Event = list[Any]
Frames = list[OutFrame]

_PLUS_ONE = "then exactly +1 each, nothing conflated"
_SAME = "the same SubId and number are the same bytes for every subscriber"
FOURTH = 4


class _OneOfMany(Behaviour):
    """Alters what each fourth subscriber of a stream is sent; a fault says how."""

    def altered(self, event: Event, frames: Frames) -> Frames:
        """The frames of an event as they are sent to such a one."""
        return frames

    def deliveries(self, event: Event, listener: int, frames: Frames) -> Frames:
        frames = super().deliveries(event, listener, frames)
        return self.altered(event, frames) if listener % FOURTH == FOURTH - 1 else frames


@breaks(_PLUS_ONE, *promised("sequence"))
class TellsOneSubscriberTwice(_OneOfMany):
    def altered(self, event: Event, frames: Frames) -> Frames:
        return 2 * frames


@breaks(_PLUS_ONE, *promised("sequence"))
class KeepsEventsFromOneSubscriber(_OneOfMany):
    def altered(self, event: Event, frames: Frames) -> Frames:
        return [] if event[2] % 2 else frames


@breaks(_PLUS_ONE, *promised("sequence", WITH_SNAPSHOT))
class ForgetsOneSubscriber(_OneOfMany):
    """Where nothing tells how far a stream had come, its first event may be any."""

    def altered(self, event: Event, frames: Frames) -> Frames:
        return []


@breaks(_PLUS_ONE, *promised("sequence"))
class TellsOneSubscriberInAnotherOrder(_OneOfMany):
    """Holds each second event back until the next one has gone out."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, Frames] = {}

    def altered(self, event: Event, frames: Frames) -> Frames:
        if event[2] % 2:
            self._held[event[1]] = frames
            return []
        return [*frames, *self._held.get(event[1], [])]


@breaks(_SAME, *promised("shared"))
class SpellsNumbersWiderForOneSubscriber(_OneOfMany):
    """The same values in other bytes: the sequence in eight of them, whatever it needs."""

    def altered(self, event: Event, frames: Frames) -> Frames:
        return [replace(frame, payload=_widened(frame.payload)) for frame in frames]


@breaks("a reader that stops reading delays nobody else's events", "market-data/limits/spread_ms")
class SlowReadersDelayTheOthers(Behaviour):
    def waits_for_slow_readers(self) -> bool:
        return True


def _widened(payload: bytes) -> bytes:
    kind, sub_id, number, *rest = msgpack.unpackb(payload)
    head = bytes([0x90 | 3 + len(rest)])
    words = b"".join(msgpack.packb(each) for each in (kind, sub_id))
    return (
        head
        + words
        + b"\xcf"
        + int(number).to_bytes(8, "big")
        + b"".join(msgpack.packb(each) for each in rest)
    )

"""Streams: one sequence counter per SubId for the whole service, and who is subscribed to what."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.clock import Clock


class Listener(Protocol):
    """A connection that events are sent to."""

    def put(self, frame: OutFrame) -> None:
        """Send a frame in its time."""


@dataclass
class Stream:
    """One SubId."""

    sub_id: str
    snapshot: Callable[["Stream"], list[Any]] | None
    """Makes the initial snapshot, for streams that begin with one."""
    sequence: int = 0
    listeners: dict[Listener, None] = field(default_factory=dict)


class Streams:
    """All streams of the market-data service."""

    def __init__(self, behaviour: Behaviour, clock: Clock, service: str) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._service = service
        self._streams: dict[str, Stream] = {}

    def add(self, sub_id: str, snapshot: Callable[[Stream], list[Any]] | None) -> None:
        """Make a stream known."""
        self._streams[sub_id] = Stream(sub_id, snapshot, self._behaviour.first_sequence(sub_id))

    def get(self, sub_id: str) -> Stream:
        """A known stream."""
        return self._streams[sub_id]

    def sequence(self, sub_id: str) -> int:
        """The number of the last event of a SubId."""
        return self._streams[sub_id].sequence

    def publish(self, sub_id: str, body: Callable[[], list[Any]], name: str, with_ts: bool = True) -> None:
        """Give an event its number, and send it to whoever listens.

        The body is only made when somebody does; the same number is the same bytes for every one of them.
        """
        stream = self._streams[sub_id]
        stream.sequence += 1
        if not stream.listeners:
            return
        stamp = [self._clock.now_ms()] if with_ts else []
        whole = [name, sub_id, stream.sequence, *stamp, *body()]
        for event in self._behaviour.events(whole):
            frames = self._behaviour.outgoing(self._service, event)
            for place, listener in enumerate(list(stream.listeners)):
                own = self._behaviour.personal(event, place)
                for frame in frames if own is event else self._behaviour.outgoing(self._service, own):
                    listener.put(frame)

    def leave(self, listener: Listener) -> None:
        """End all subscriptions of a connection."""
        for stream in self._streams.values():
            stream.listeners.pop(listener, None)

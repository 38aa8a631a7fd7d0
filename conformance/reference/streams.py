"""Streams: one sequence counter per SubId for the whole service, and who is subscribed to what."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.clock import Clock


class Listener(Protocol):
    """A connection that events are sent to."""

    @property
    def is_stalled(self) -> bool:
        """Whether the peer leaves unread what it was sent."""

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
    waiting: list[tuple[Listener, OutFrame]] = field(default_factory=list)
    """Events that are on their way out."""
    shown: list[Any] | None = None
    """What it begins with as far as market data knows by now, where that is behind the exchange."""

    def begins(self, now: int) -> list[Any] | None:
        """The snapshot of this moment; None where it begins with none."""
        if self.snapshot is None:
            return None
        return self.snapshot(self) if self.shown is None else [*self.shown[:3], now, *self.shown[4:]]


class Streams:
    """All streams of the market-data service."""

    def __init__(self, behaviour: Behaviour, clock: Clock, service: str) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._service = service
        self._streams: dict[str, Stream] = {}
        self._lag = 0.0
        self._unknown: deque[Callable[[], None]] = deque()
        """What market data does not know of yet, the oldest first."""

    def add(self, sub_id: str, snapshot: Callable[[Stream], list[Any]] | None) -> None:
        """Make a stream known."""
        self._streams[sub_id] = Stream(sub_id, snapshot, self._behaviour.first_sequence(sub_id))

    def get(self, sub_id: str) -> Stream:
        """A known stream."""
        return self._streams[sub_id]

    def sequence(self, sub_id: str) -> int:
        """The number of the last event of a SubId."""
        return self._streams[sub_id].sequence

    def open(self) -> None:
        """From now on market data learns of what the exchange does in its time."""
        self._lag = self._behaviour.lags()
        for stream in self._streams.values() if self._lag else ():
            stream.shown = stream.snapshot(stream) if stream.snapshot is not None else None

    def publish(self, sub_id: str, body: Callable[[], list[Any]], name: str, with_ts: bool = True) -> None:
        """Give an event its number, and send it to whoever listens.

        The body is only made when somebody does; the same number is the same bytes for every one of them.
        """
        stream = self._streams[sub_id]
        stream.sequence += 1
        if not self._lag:
            self._tell(stream, stream.sequence, body, name, with_ts)
            return
        made, shows = body(), stream.snapshot(stream) if stream.snapshot is not None else None

        def known(number: int = stream.sequence) -> None:
            stream.shown = shows
            self._tell(stream, number, lambda: made, name, with_ts)

        self._unknown.append(known)
        asyncio.get_running_loop().call_later(self._lag, lambda: self._unknown.popleft()())

    def _tell(
        self, stream: Stream, number: int, body: Callable[[], list[Any]], name: str, with_ts: bool
    ) -> None:
        if not stream.listeners:
            return
        stamp = [self._clock.now_ms()] if with_ts else []
        whole = [name, stream.sub_id, number, *stamp, *body()]
        for event in self._behaviour.events(whole):
            frames = self._behaviour.outgoing(self._service, event)
            for place, listener in enumerate(list(stream.listeners)):
                own = self._behaviour.personal(event, place)
                sent = frames if own is event else self._behaviour.outgoing(self._service, own)
                stream.waiting += (
                    (listener, each) for each in self._behaviour.deliveries(event, place, sent)
                )
        if self._behaviour.waits_for_slow_readers() and any(each.is_stalled for each in stream.listeners):
            return
        for listener, frame in stream.waiting:
            listener.put(frame)
        stream.waiting.clear()

    def end(self, sub_id: str, listener: Listener) -> None:
        """End one subscription of a connection; the numbers go on, whoever listens."""
        stream = self._streams[sub_id]
        if listener in stream.listeners:
            del stream.listeners[listener]
            if not stream.listeners and not self._behaviour.enforces("numbers_without_listeners"):
                stream.sequence = self._behaviour.first_sequence(sub_id)

    def leave(self, listener: Listener) -> None:
        """End all subscriptions of a connection."""
        for sub_id in self._streams:
            self.end(sub_id, listener)

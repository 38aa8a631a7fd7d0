"""One WebSocket connection over the Sans-I/O protocol: frames in, messages out, nothing of the exchange.

Commands are handled while the bytes that hold them are parsed, so replies always leave before the Close that
answers a later frame of the same packet.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from conformance.reference import connection
from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.framing import Framing
from conformance.reference.posting import post
from conformance.reference.settings import Settings

LARGE = 4096
"""Messages of this size are written at once, so that a peer that does not read is noticed at once."""


class Session(Protocol):
    """What a service makes of one connection."""

    def received(self, payload: bytes, is_text: bool) -> None:
        """Handle one message."""

    def pinged(self) -> None:
        """A ping came; it is answered without asking."""

    def closed(self) -> None:
        """The connection is gone, or going: nothing more is said."""


class Service(Protocol):
    """A WebSocket service."""

    name: str
    behaviour: Behaviour
    settings: Settings
    wires: set["Wire"]

    def opened(self, wire: "Wire") -> Session:
        """Take over a connection whose upgrade is complete."""


class Wire(asyncio.Protocol):
    """One connection; a `Speaker` for the service behind it."""

    def __init__(self, service: Service, *, alias: bool = False) -> None:
        self.alias = alias
        self._number = connection.number()
        connection.enter(self._number, alias=alias)
        self._service = service
        self._behaviour = service.behaviour
        self._settings = service.settings
        self._protocol = Framing(self, service.behaviour)
        self._transport: asyncio.Transport
        self._session: Session | None = None
        self._parts: list[bytes] = []
        self._is_text = False
        self._inbox: deque[tuple[bytes, bool]] = deque()
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._timers: set[asyncio.TimerHandle] = set()
        self._end: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._held: asyncio.TimerHandle | None = None
        self._pondered = 0.0
        self._holds = 0
        self._patience = 6
        self._loop = asyncio.get_running_loop()

    # For the service.

    def say(self, value: Any) -> None:
        """Send one message, unless the connection is closing."""
        for frame in self._service.behaviour.outgoing(self._service.name, value):
            self.put(frame)

    def put(self, frame: OutFrame) -> None:
        """Send a frame in its time, unless the connection is closing by then."""
        if frame.delay_secs:
            self.later(frame.delay_secs, partial(self.send, frame.payload, frame.is_text))
        else:
            self.send(frame.payload, frame.is_text)

    def send(self, payload: bytes, is_text: bool = False) -> None:
        """Send the bytes of one message, unless the connection is closing."""
        if self._protocol.state is not State.OPEN:
            return
        post(self._protocol, self._behaviour.parts(payload), is_text)
        self._flush(at_once=len(payload) > LARGE)
        if self._transport.get_write_buffer_size() > self._settings.outbox_bytes:
            self._service.behaviour.slow_reader(self)

    def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake; nothing that arrives later is handled."""
        chosen = self._service.behaviour.close_code(code)
        if self._protocol.state is State.OPEN and chosen is not None:
            self._protocol.send_close(chosen, self._behaviour.close_reason(reason))
            self._flush()
            self._finish()

    def flush(self) -> None:
        """Write what the protocol wants written."""
        self._flush()

    def later(self, secs: float, action: Callable[[], None]) -> None:
        """Do something later, unless the connection is gone by then."""

        def act() -> None:
            self._timers.discard(handle)
            action()

        handle = self._loop.call_later(secs, act)
        self._timers.add(handle)

    @property
    def is_stalled(self) -> bool:
        """Whether the peer leaves unread what it was sent."""
        return self._stall is not None

    @property
    def was_closed(self) -> bool:
        """Whether the peer sent a Close."""
        return self._protocol.close_rcvd is not None

    # For the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over from whoever read its request head."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Parse, and handle on the way."""
        connection.enter(self._number, alias=self.alias)
        self._holds += 1
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._upgrade(event)
        self._holds -= 1
        self._flush()
        if self._session is not None and self._protocol.state is not State.OPEN:
            self._finish()

    def eof_received(self) -> bool:
        """The peer sends nothing more."""
        self._protocol.receive_eof()
        self._flush()
        return False

    def pause_writing(self) -> None:
        """The peer does not read: hear it no further, and do not wait for ever."""
        self._transport.pause_reading()
        self._stall = self._loop.call_later(
            self._settings.stall_secs, lambda: self._service.behaviour.slow_reader(self)
        )

    def resume_writing(self) -> None:
        """The peer reads again."""
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        while self._inbox and self._stall is None:
            self._deliver(*self._inbox.popleft())
        if self._stall is None:
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._service.wires.discard(self)
        torn = self._behaviour.torn(self._protocol.torn) if self._protocol.torn else None
        if torn is not None and self._session is not None:
            self._session.received(torn, False)
        self._protocol.receive_eof()
        self._finish()
        for timer in (self._end, self._stall, self._held):
            if timer is not None:
                timer.cancel()

    # Inside.

    def frame_received(self, frame: Frame) -> None:
        """Put a message together; called while parsing."""
        if frame.opcode is Opcode.CLOSE:
            self._inbox.clear()
            self._finish()
        if frame.opcode is Opcode.PING and self._session is not None:
            self._session.pinged()
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._parts.append(bytes(frame.data))
        if not frame.fin and self._behaviour.waits_for_the_last_fragment():
            return
        payload = b"".join(self._parts)
        self._parts.clear()
        if self._is_text:
            payload.decode()  # RFC 6455: a text message of invalid UTF-8 fails the connection with 1007
        now = self._loop.time()
        self._pondered = max(self._pondered, now + self._behaviour.ponders(self._service.name))
        if self._pondered > now or self._waiting:
            # Timers of one moment need not fire in the order in which they were set.
            self._waiting.append((payload, self._is_text))
            self.later(self._pondered - now, lambda: self._take(*self._waiting.popleft()))
        else:
            self._take(payload, self._is_text)

    def _take(self, payload: bytes, is_text: bool) -> None:
        if self._stall is not None:
            self._inbox.append((payload, is_text))
        else:
            self._deliver(payload, is_text)

    def _deliver(self, payload: bytes, is_text: bool) -> None:
        if self._protocol.state is State.OPEN and self._session is not None:
            service = self._service
            self._session.received(*service.behaviour.incoming(service.name, payload, is_text))

    def _upgrade(self, request: Request) -> None:
        if request.path.partition("?")[0] != "/":
            response = self._protocol.reject(404, "There is nothing here.\n")
        elif not self._behaviour.upgrades() or not self._behaviour.takes(len(self._service.wires) + 1):
            response = self._protocol.reject(503, "No connections are taken now.\n")
        else:
            response = self._protocol.accept(request)
            headers = list(response.headers.raw_items())
            response.headers = Headers(self._behaviour.handshake(self._service.name, headers))
        self._protocol.send_response(response)
        self._flush(at_once=True)
        if self._protocol.state is State.OPEN:
            self._service.wires.add(self)
            self._session = self._service.opened(self)

    def _flush(self, at_once: bool = False) -> None:
        if self._holds and not at_once:
            return
        wait = 0.0 if at_once else self._behaviour.holds_back()
        if wait and self._held is None:
            self._held = self._loop.call_later(wait, self._release)
        if self._held is None or at_once:
            self._release()

    def _release(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        writes = self._protocol.data_to_send()
        if data := b"".join(writes):
            for segment in self._behaviour.segments(data):
                self._transport.write(segment)
        if b"" in writes and self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        if self._end is None and self._protocol.close_expected():
            self._end = self._loop.call_later(self._settings.close_secs, self._cut)

    def _cut(self) -> None:
        """The peer answers no Close: let a slow one read what waits for it, but not for ever."""
        self._patience -= 1
        if self._transport.get_write_buffer_size() and self._patience > 0:
            self._end = self._loop.call_later(self._settings.close_secs, self._cut)
        else:
            self._transport.abort()

    def _finish(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        session, self._session = self._session, None
        if session is not None:
            session.closed()

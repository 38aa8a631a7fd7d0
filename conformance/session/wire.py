"""One WebSocket connection under asyncio: stamps what arrives, lets the Sans-I/O core parse, records all.

The time stamp is taken before anything else is done with the bytes, and reading is never paused but by a
conversation that is about that, so that neither our own work nor back-pressure moves a time.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.protocol import State

from conformance.session.core import Core
from conformance.session.frames import CONTROL, close_body, name_of
from conformance.session.intake import Intake
from conformance.session.opening import KEPT_BODY, pairs, read_answer
from conformance.transcript.model import Direction
from conformance.transcript.recorder import Recorder

# How much of the answer to the upgrade is kept, and how long the rest of a refusal's body is waited for.
KEPT_HEAD = 64 * 1024
BODY_WAIT_S = 0.5

# RFC 6455, 5.4 sets no limit; a message without an end is no message.
MOST_FRAGMENTS = 20_000

# RFC 6455, 7.1.1: the client "SHOULD wait for the server to close the connection but MAY close it at any
# time": a peer that leaves the connection open this long after the closing handshake is cut off.
LINGER_S = 2.0


# How much is read, and parsed, before other connections have their turn.
READ_AT_ONCE = 16 * 1024


class Wire(asyncio.BufferedProtocol):
    """The asyncio side of one connection; ``Session`` is its public face.

    ``answered`` is done when the upgrade was answered (or never will be), ``gone`` when the connection
    is; ``head`` is the start of what the peer sent, ``head_at`` when its HTTP head was whole.
    """

    def __init__(self, recorder: Recorder, name: str, core: Core) -> None:
        self.recorder = recorder
        self.name = name
        self.core = core
        core.listener = self
        self.transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.later: Callable[..., asyncio.TimerHandle] = loop.call_later
        self.answered: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self.head = bytearray()
        self.head_at = 0
        self.upgraded = False
        self.cut_because = ""
        self._at = 0
        self._kind = ""
        self._parts = bytearray()
        self._fragments = 0
        self._closes: list[tuple[Direction, int | None, str]] = []
        self._body_wait: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._buffer = bytearray(READ_AT_ONCE)
        self._intake = Intake(core, self.message_received)

    @property
    def is_open(self) -> bool:
        """True from the 101 until a Close was sent or received, or the connection was lost."""
        return self.core.state is State.OPEN and not self.cut_because and not self.gone.done()

    # asyncio's side

    def begin(self, transport: asyncio.Transport, request: bytes) -> None:
        """Starts the opening handshake on a connected transport."""
        self.transport = transport
        self.recorder.mark("connecting", self.name)
        transport.write(request)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Where the next bytes go: no more at once than leaves the loop to others in between."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes have come."""
        self.data_received(bytes(self._buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Stamps, parses, answers."""
        self._at = self.recorder.now()
        if self.cut_because:
            return
        if not self.upgraded:
            self._keep_head(data)
        healthy = self.core.parser_exc is None
        self._intake.feed(data)
        if self.core.handshake_exc is not None:
            self._answered()
            return
        if not self.upgraded and self.head_at:
            self._wait_for_body()
        self.flush()
        if healthy and self.core.parser_exc is not None:
            self._violation(self.core.parser_exc)
        if self.recorder.flooded:
            self.cut("the peer sent more than is recorded of one conversation")

    def eof_received(self) -> bool:
        """The peer has ended its stream: nothing more can come, so ours ends too."""
        self._intake.end()
        self.core.receive_eof()
        self._answered()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Puts the ``closed`` mark, whoever ended the connection and however."""
        for timer in (self._body_wait, self._linger):
            if timer is not None:
                timer.cancel()
        if self.upgraded:
            self._closed(exc)
        if not self.gone.done():
            self.gone.set_result(None)
        self._answered()
        self.core.over()
        self._intake.over()

    # sending

    def write(self, data: bytes) -> None:
        """Bytes to the peer as they are."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def flush(self) -> None:
        """Writes what the core wants written, and sees to the end of a closing connection."""
        for data in self.core.data_to_send():
            if data:
                self.write(data)
        if self.core.state is State.CLOSING and self._linger is None:
            self._linger = self.later(LINGER_S, self.cut, "the peer left the connection open after the Close")

    def reset_at_end(self) -> None:
        """When the connection ends, what is unsent is thrown away and the peer gets a RST (RFC 9293, 3.9.1:
        the ABORT call)."""
        found = self.transport.get_extra_info("socket") if self.transport is not None else None
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def cut(self, why: str) -> None:
        """Aborts the connection without a closing handshake."""
        if self.transport is not None and not self.gone.done():
            self.cut_because = self.cut_because or why
            self.transport.abort()

    # what the core tells

    def upgrade_accepted(self, response: Response) -> None:
        """Puts the ``connected`` mark, stamped when the last byte of the 101's head arrived."""
        self.upgraded = True
        self.recorder.mark(
            "connected",
            self.name,
            at=self._at,
            status=response.status_code,
            headers=pairs(response),
            subprotocol=str(self.core.subprotocol or ""),
        )
        self._answered()

    def message_received(self, kind: str, data: bytes) -> None:
        """Records a data message that came in one frame; text is known to be text."""
        self.recorder.frame(self.name, Direction.RECEIVED, kind, data, self._at)

    def frame_received(self, frame: WireFrame) -> None:
        """Records a control frame, or a data message once it is whole."""
        data = bytes(frame.data)
        if frame.opcode in CONTROL:
            self._control(Direction.RECEIVED, frame, data, self._at)
            return
        if frame.opcode is not Opcode.CONT:
            self._kind = name_of(frame.opcode)
            if frame.fin:
                self._message(data, 1)
                return
            self._fragments = 0
        self._parts += data
        self._fragments += 1
        if self._fragments > MOST_FRAGMENTS:
            self.recorder.flood(self.name)
            return
        if frame.fin:
            whole, self._parts = bytes(self._parts), bytearray()
            self._message(whole, self._fragments)

    def frame_sent(self, frame: WireFrame) -> None:
        """Records a control frame of ours; data messages are recorded whole by who sends them."""
        if frame.opcode in CONTROL:
            self._control(Direction.SENT, frame, bytes(frame.data), self.recorder.now())

    def note_close(self, direction: Direction, code: int | None, reason: str) -> None:
        """Remembers a Close of either side, to say at the end who closed the connection."""
        self._closes.append((direction, code, reason))

    # private

    def _answered(self) -> None:
        if not self.answered.done():
            self.answered.set_result(None)

    def _keep_head(self, data: bytes) -> None:
        self.head += data[: max(0, KEPT_HEAD - len(self.head))]
        if not self.head_at and b"\r\n\r\n" in self.head:
            self.head_at = self._at

    def _wait_for_body(self) -> None:
        """A refusal's body: until a KiB of it came, for half a second at most."""
        if self._body_wait is None:
            self._body_wait = self.later(BODY_WAIT_S, self._answered)
        answer = read_answer(bytes(self.head))
        if answer is not None and len(answer.body) == KEPT_BODY:
            self._answered()

    def _control(self, direction: Direction, frame: WireFrame, data: bytes, at: int) -> None:
        code, reason = close_body(data) if frame.opcode is Opcode.CLOSE else (None, "")
        if frame.opcode is Opcode.CLOSE:
            self.note_close(direction, code, reason)
        self.recorder.frame(self.name, direction, name_of(frame.opcode), data, at, code=code, reason=reason)

    def _message(self, data: bytes, fragments: int) -> None:
        self.recorder.frame(self.name, Direction.RECEIVED, self._kind, data, self._at, fragments=fragments)
        if self._kind == "text":
            # RFC 6455, 8.1: an endpoint that finds "that the byte stream is not, in fact, a valid UTF-8
            # stream" MUST fail the connection: on this exception the core does, with 1007.
            data.decode("utf-8")

    def _violation(self, error: Exception) -> None:
        if isinstance(error, PayloadTooBig):
            self.recorder.mark("oversize", self.name, at=self._at, limit=self.core.limit)
        elif not isinstance(error, EOFError):
            code = self.core.close_sent.code if self.core.close_sent else 1002
            self.recorder.mark("violation", self.name, at=self._at, code=int(code), reason=str(error))

    def _closed(self, exc: Exception | None) -> None:
        received = [close for close in self._closes if close[0] is Direction.RECEIVED]
        code, reason = 1006, ""
        if received:
            # RFC 6455, 7.1.5: without a code in the Close frame, the connection's close code "is
            # considered to be 1005"; without a Close frame "to be 1006".
            code, reason = (1005 if received[0][1] is None else received[0][1]), received[0][2]
        how = "aborted" if self.cut_because else ("reset" if exc is not None else "eof")
        self.recorder.mark(
            "closed",
            self.name,
            code=code,
            reason=reason or self._why(how, bool(received)),
            by=self._by(),
            how=how,
        )

    def _why(self, how: str, clean: bool) -> str:
        if how == "aborted":
            return self.cut_because
        if clean or self._closes:
            return ""
        if how == "reset":
            return "the peer reset the connection"
        return "the peer ended the connection without a Close frame"

    def _by(self) -> str:
        """Who closed: whose Close came first. Ours, then an answer with a code of its own: both did."""
        if not self._closes:
            return "us" if self.cut_because else "peer"
        (first, ours, _), *rest = self._closes
        if first is Direction.RECEIVED:
            return "peer"
        theirs = [code for direction, code, _ in rest if direction is Direction.RECEIVED]
        # RFC 6455, 5.5.1: in response "the endpoint typically echos the status code it received"; many
        # answer 1000 or nothing whatever they received.
        return "both" if theirs and theirs[0] not in (ours, 1000, None) else "us"

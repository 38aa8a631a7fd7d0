"""The frames of one connection, over the Sans-I/O protocol."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from conformance.reference.behaviour import Behaviour


class Hearing(Protocol):
    """Who hears of frames."""

    def frame_received(self, frame: Frame) -> None:
        """A frame is whole; called while parsing."""

    def later(self, secs: float, action: Callable[[], None]) -> None:
        """Do something later, unless the connection is gone by then."""

    def flush(self) -> None:
        """Write what the protocol wants written."""


class Framing(ServerProtocol):
    """Hands data frames on while parsing, and lets the behaviour choose pongs and close codes."""

    def __init__(self, wire: Hearing, behaviour: Behaviour) -> None:
        super().__init__(extensions=behaviour.extensions(), max_size=behaviour.message_limit())
        self._wire = wire
        self._behaviour = behaviour
        self.torn = b""
        """What came last and was no whole frame."""
        self._whole = False

    def receive_data(self, data: bytes | bytearray) -> None:
        """Parse what came."""
        self._whole = self.state is not State.OPEN
        super().receive_data(data)
        self.torn = b"" if self._whole else bytes(data)

    def recv_frame(self, frame: Frame) -> None:
        """A frame came; a Close may have to wait."""
        self._whole = True
        wait = self._behaviour.close_waits() if frame.opcode is Opcode.CLOSE else 0.0
        if wait:
            self._wire.later(wait, partial(self._heed, frame))
        else:
            self._hear(frame)

    def _hear(self, frame: Frame) -> None:
        super().recv_frame(frame)
        alone = self._behaviour.limits_fragments_alone()
        if alone is not None and not frame.fin:
            self.max_message_size, self.current_size = alone, 0
        self._wire.frame_received(frame)

    def _heed(self, frame: Frame) -> None:
        self._hear(frame)
        self._wire.flush()

    def send_frame(self, frame: Frame) -> None:
        """A frame of the protocol's own leaves, as the behaviour wants it."""
        if frame.opcode is Opcode.PONG:
            answer = self._behaviour.pong(bytes(frame.data))
            if answer is None:
                return
            frame = Frame(Opcode.PONG, answer)
        if frame.opcode is Opcode.CLOSE and self.close_rcvd and not self._behaviour.answers_closes():
            return
        if self._behaviour.masks():
            self.writes.append(frame.serialize(mask=True, extensions=self.extensions))
        else:
            super().send_frame(frame)

    def fail(self, code: int, reason: str = "") -> None:
        """The connection fails, with the code that the behaviour chooses."""
        chosen = self._behaviour.close_code(code)
        if chosen is not None:
            super().fail(chosen, self._behaviour.close_reason(reason))

"""What comes off the wire, taken apart at the ends of frames.

A stream is mostly messages of one frame each, many in one read: those are told at once. All else — fragments,
control frames, whatever breaks RFC 6455 — the core reads, which is given whole frames one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from websockets.protocol import State

from conformance.session.core import Core

# RFC 6455, 5.2: FIN and an opcode, no reserved bit; fragments of data frames may lack FIN.
_WHOLE: Final = {0x81: "text", 0x82: "binary"}
_LEGAL: Final = frozenset({0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A})

_END_OF_HEAD: Final = b"\r\n\r\n"

MOST_HELD: Final = 32 * 1024
"""A frame that is not longer waits here until it is whole; a longer one goes to the core in pieces."""


class Intake:
    """Feeds one core; ``told`` is given the kind and the data of each message of one frame."""

    def __init__(self, core: Core, told: Callable[[str, bytes], None]) -> None:
        self._core = core
        self._told = told
        self._held = b""
        self._owed = 0  # bytes to come of a frame that the core has begun to read
        self._gave_up = False
        self._line = b""  # the last bytes of a head that is not whole yet

    def feed(self, data: bytes) -> None:
        """These bytes have come."""
        if self._core.state is State.CONNECTING:
            data = self._head(data)
            if not data:
                return
        if self._held:
            data, self._held = self._held + data, b""
        if self._owed and not self._by_hand():
            begun, data = data[: self._owed], data[self._owed :]
            self._owed -= len(begun)
            self._core.receive_data(begun)
        at = 0 if self._by_hand() else self._frames(data)
        if self._by_hand():
            if at < len(data):
                self._core.receive_data(data[at:])
        else:
            self._held = data[at:]

    def end(self) -> None:
        """Nothing more can come: what is held is no whole frame, and the core is to say so."""
        if self._held:
            held, self._held = self._held, b""
            self._core.receive_data(held)

    def over(self) -> None:
        """Nothing comes any more."""
        self._told = _nobody

    def _head(self, data: bytes) -> bytes:
        """Gives the core what is of the handshake's answer; what follows it."""
        seen = self._line + data
        end = seen.find(_END_OF_HEAD)
        size = len(data) if end < 0 else end + len(_END_OF_HEAD) - len(self._line)
        self._line = seen[-3:]
        self._core.receive_data(data[:size])
        self._gave_up = end < 0 and self._core.state is not State.CONNECTING
        return data[size:]

    def _by_hand(self) -> bool:
        """Whether all that comes is for the core: an extension, a refusal, a connection that ends."""
        return self._gave_up or self._core.state is not State.OPEN or bool(self._core.extensions)

    def _frames(self, data: bytes) -> int:
        """Goes through the frames; how many bytes of them are dealt with."""
        core, told, limit = self._core, self._told, self._core.limit
        at, size = 0, len(data)
        while size - at >= 2:
            first, length = data[at], data[at + 1]
            if first not in _LEGAL or length > 127:  # a server "MUST NOT mask any frames" (5.1)
                self._gave_up = True
                return at
            start = at + 2
            if length > 125:
                start += 2 if length == 126 else 8
                if start > size:
                    return at
                length = int.from_bytes(data[at + 2 : start])
            end = start + length
            kind = _WHOLE.get(first)
            if kind is None or core.fragmented or length > limit:
                self._owed = max(0, end - size)
                core.receive_data(data[at:end])
            elif end > size:
                if length <= MOST_HELD:
                    return at
                self._owed = end - size
                core.receive_data(data[at:])
            else:
                message = data[start:end]
                if kind == "text" and not _is_text(message):
                    core.receive_data(data[at:end])  # which fails the connection
                else:
                    told(kind, message)
            at = min(end, size)
            if self._by_hand():
                return at
        return at


def _nobody(kind: str, data: bytes) -> None:
    pass


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

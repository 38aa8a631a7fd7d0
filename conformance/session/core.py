"""The protocol core (RFC 6455 without any I/O): the library's, telling a listener of all that passes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.extensions import ClientExtensionFactory
from websockets.frames import Frame as WireFrame
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from conformance.session.frames import CONTROL

# A logger of nobody: at DEBUG the library would write credentials into a log.
_SILENT = logging.getLogger(f"{__name__}.silent")
_SILENT.setLevel(logging.CRITICAL + 1)


class Listener(Protocol):
    """What a core tells, in the order of the wire."""

    def upgrade_accepted(self, response: Response) -> None:
        """The 101 is correct; frames follow."""

    def frame_received(self, frame: WireFrame) -> None:
        """One legal frame arrived."""

    def frame_sent(self, frame: WireFrame) -> None:
        """One frame is about to be written, be it asked for or automatic."""


class _Nobody:
    def upgrade_accepted(self, response: Response) -> None:
        pass

    def frame_received(self, frame: WireFrame) -> None:
        pass

    def frame_sent(self, frame: WireFrame) -> None:
        pass


_NOBODY = _Nobody()


class Core(ClientProtocol):
    """The library's client protocol with a ``listener``, which its owner sets before any byte is fed."""

    listener: Listener

    def __init__(
        self,
        uri: WebSocketURI,
        *,
        extensions: Sequence[ClientExtensionFactory] | None = None,
        subprotocols: Sequence[Subprotocol] | None = None,
        max_size: int,
    ) -> None:
        super().__init__(
            uri, extensions=extensions, subprotocols=subprotocols, max_size=max_size, logger=_SILENT
        )
        self.response: Response | None = None
        self.limit = max_size
        self.fragmented = False
        """Whether a message has begun whose last fragment is still to come."""

    def over(self) -> None:
        """The connection is gone: nobody is told anything any more, and nobody is kept in memory by us."""
        self.parser.close()
        self.listener = _NOBODY

    def process_response(self, response: Response) -> None:
        """Called before the first frame is parsed, also when both came in one piece."""
        self.response = response
        super().process_response(response)
        self.listener.upgrade_accepted(response)

    def recv_frame(self, frame: WireFrame) -> None:
        """Control frames are told first, so that the automatic answer comes after what it answers."""
        if frame.opcode in CONTROL:
            self.listener.frame_received(frame)
            super().recv_frame(frame)
        else:
            super().recv_frame(frame)
            self.fragmented = not frame.fin
            self.listener.frame_received(frame)
        self.events.clear()

    def send_frame(self, frame: WireFrame) -> None:
        """Every frame that the core writes, its own pongs and Close echoes among them."""
        self.listener.frame_sent(frame)
        super().send_frame(frame)

"""One message as frames: its fragments, and the control frames among them."""

from collections.abc import Iterable

from websockets.protocol import Protocol

from conformance.reference.manner import Control


def post(protocol: Protocol, parts: Iterable[bytes | Control], is_text: bool) -> None:
    """Put the frames of one message on the way."""
    waiting = list(parts)
    left = sum(isinstance(part, bytes) for part in waiting)
    begun = False
    for part in waiting:
        if isinstance(part, Control):
            send = protocol.send_ping if part.kind == "ping" else protocol.send_pong
            send(part.payload)
            continue
        left -= 1
        if begun:
            protocol.send_continuation(part, fin=not left)
        elif is_text:
            protocol.send_text(part, fin=not left)
        else:
            protocol.send_binary(part, fin=not left)
        begun = True

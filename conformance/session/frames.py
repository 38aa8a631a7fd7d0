"""WebSocket frames by hand: names of opcodes, close bodies, and frames that a correct client cannot send."""

from __future__ import annotations

import itertools
import secrets
import struct

from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

NAMES: dict[int, str] = {
    0x0: "continuation",
    0x1: "text",
    0x2: "binary",
    0x8: "close",
    0x9: "ping",
    0xA: "pong",
}
OPCODES: dict[str, int] = {name: opcode for opcode, name in NAMES.items()}
CONTROL = frozenset({Opcode.CLOSE, Opcode.PING, Opcode.PONG})


def name_of(opcode: int) -> str:
    """``binary`` for 2; reserved opcodes are ``opcode 0xb``."""
    return NAMES.get(opcode, f"opcode 0x{opcode:x}")


def close_body(data: bytes) -> tuple[int | None, str]:
    """Code and reason of a close frame's body; (None, '') when it is too short to hold a code."""
    # RFC 6455, 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned
    # integer (in network byte order)".
    if len(data) < 2:
        return None, ""
    return int.from_bytes(data[:2], "big"), data[2:].decode("utf-8", "backslashreplace")


def pieces(data: bytes, count: int) -> list[bytes]:
    """``data`` in ``count`` parts of nearly equal size; parts may be empty."""
    # RFC 6455, 5.4 sets no least size for a fragment.
    bounds = [len(data) * index // count for index in range(count + 1)]
    return [data[start:end] for start, end in itertools.pairwise(bounds)]


def raw_frame(
    opcode: str | int, data: bytes, *, fin: bool = True, rsv1: bool = False, masked: bool = True
) -> bytes:
    """The bytes of one frame (RFC 6455, 5.2), whether or not a client may send such a frame."""
    number = OPCODES[opcode] if isinstance(opcode, str) else opcode
    head = bytes([(0x80 if fin else 0) | (0x40 if rsv1 else 0) | (number & 0x0F)])
    mask_bit = 0x80 if masked else 0
    if len(data) < 126:
        head += struct.pack("!B", mask_bit | len(data))
    elif len(data) < 1 << 16:
        head += struct.pack("!BH", mask_bit | 126, len(data))
    else:
        head += struct.pack("!BQ", mask_bit | 127, len(data))
    if not masked:
        return head + data
    # RFC 6455, 5.3: the mask "MUST be derived from a strong source of entropy".
    mask = secrets.token_bytes(4)
    stream = mask * (len(data) // 4 + 1)
    size = len(data)
    scrambled = int.from_bytes(data, "big") ^ int.from_bytes(stream[:size], "big")
    return head + mask + scrambled.to_bytes(size, "big")


def data_frame(opcode: int, data: bytes, fin: bool) -> WireFrame:
    """One frame of a data message for the protocol to mask, and to compress when that was agreed."""
    return WireFrame(Opcode(opcode), data, fin)

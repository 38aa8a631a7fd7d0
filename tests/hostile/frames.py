"""What a server can do once it is connected: with frames, with messages, and with the end of both."""

from __future__ import annotations

import itertools
import os
import struct
from collections.abc import Iterator
from functools import cache

import msgpack

from tests.hostile.opening import NASTY, always, ending, endless
from tests.hostile.servers import BINARY, CLOSE, FIN, PING, TEXT, Act, Moment, Peer, frame, message

GIGA = 1 << 30
DEEP = 100_000
MILLION = 1_000_000
BOMB = b"\x62\x60\x18\x05\xa3\x60\x14" * 9000


def saying(**more: object) -> Moment:
    """The reply to the poke with something else in it."""

    async def do(peer: Peer) -> None:
        await peer.say(peer.poked(**more))
        peer.goes_on()

    return do


def packed(value: bytes, after: bytes = b"") -> Moment:
    """The reply to the poke with these bytes for its ``size``, and some behind all of it."""

    async def do(peer: Peer) -> None:
        body = {key: one for key, one in peer.poked().items() if key != "size"}
        data = bytes([0x80 | len(body) + 1]) + msgpack.packb(body)[1:] + msgpack.packb("size") + value
        await peer.write(frame(FIN | BINARY, data + after))
        peer.goes_on()

    return do


def writing(data: bytes) -> Moment:
    """Writes these bytes; what follows is honest."""

    async def do(peer: Peer) -> None:
        await peer.write(data)
        peer.goes_on()

    return do


def _events() -> Iterator[bytes]:
    for first in itertools.count(0, 100):
        yield b"".join(message({"type": "tick", "n": number}) for number in range(first, first + 100))


async def events(peer: Peer) -> None:
    """Documented events without end, and never the reply."""
    await peer.forever(_events())


async def noise(peer: Peer) -> None:
    """Whole messages without end, of which none can be decoded."""
    await peer.forever(frame(FIN | BINARY, b"\xc1" + os.urandom(200)) * 50 for _ in itertools.repeat(None))


async def large_messages(peer: Peer) -> None:
    """Decodable messages without end, each nearly as large as is taken."""
    whole = message({"type": "tick", "n": 1, "more": b"m" * (7 << 20)})
    await peer.forever(itertools.repeat(whole))


@cache
def keys(many: int) -> bytes:
    """Up to 16**5 keys and their nils; made in no time, for a reply is waited for."""
    block = b"".join(b"\xa5??%03x\xc0" % low for low in range(16**3))
    return b"".join(block.replace(b"??", b"%02x" % high) for high in range(16**2))[: 7 * many]


def keyed(many: int) -> Moment:
    """A map of so many keys, none of them twice."""

    async def do(peer: Peer) -> None:
        await packed(b"\xdf" + struct.pack("!I", many) + keys(many))(peer)

    return do


async def often(peer: Peer) -> None:
    """The right reply, 10 000 times."""
    await peer.write(message(peer.poked()) * 10_000)
    peer.goes_on()


async def nobody(peer: Peer) -> None:
    """No badge is good enough."""
    await peer.say({"type": "denied", "id": peer.command["id"], "why": "stranger"})
    peer.goes_on()


async def everybody(peer: Peer) -> None:
    """Any badge will do."""
    await peer.say({"type": "entered", "id": peer.command["id"]})
    peer.goes_on()


async def telltale(peer: Peer) -> None:
    """Tells everybody the badge: in a message, then in the reason of a Close."""
    badge = peer.command["badge"]
    await peer.say({"type": "entered", "id": peer.command["id"], "badge": badge, badge: [badge.encode()]})
    await peer.write(frame(FIN | CLOSE, struct.pack("!H", 4000) + badge.encode()[:120]))
    peer.end()


async def silent_close(peer: Peer) -> None:
    """Our Close is read, and not answered."""
    await peer.hold()


async def lingering(peer: Peer) -> None:
    """Our Close is answered; the TCP connection stays."""
    await peer.write(frame(FIN | CLOSE, b"\x03\xe8"))
    await peer.hold()


async def deaf(peer: Peer) -> None:
    """Takes nothing from the socket any more."""
    peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await peer.writer.wait_closed()


def close_with(body: bytes) -> Moment:
    """A Close with this body in place of the reply."""
    return ending(frame(FIN | CLOSE, body))


HALF = frame(FIN | BINARY, b"\x81\xa4", announced=60)
FRAGMENT = frame(BINARY, b"\x81\xa4")

FRAMES: dict[str, Act] = {
    "events-without-end-at-once": {"open": events},
    "garbage-at-once": {"open": endless(b"", b"\xf7garbage" * 8000)},
    "one-gigabyte-announced-at-once": {"open": always(frame(FIN | BINARY, b"\x81", announced=GIGA))},
    "silence-after-a-command": {"poke": always(b"")},
    "endless-valid-events": {"poke": events},
    "endless-noise-in-messages": {"poke": noise},
    "endless-large-messages": {"poke": large_messages},
    "endless-garbage": {"poke": endless(b"", b"\xf7garbage" * 8000)},
    "one-endless-frame": {"poke": endless(frame(FIN | BINARY, announced=(1 << 63) - 1), b"e" * 65536)},
    "one-frame-just-within-the-limit-and-silence": {
        "poke": always(frame(FIN | BINARY, b"d" * 64, announced=(8 << 20) - 1))
    },
    "one-gigabyte-announced": {"poke": always(frame(FIN | BINARY, b"\x81", announced=GIGA))},
    "deflate-bomb": {"poke": always(frame(0xC0 | BINARY, BOMB))},
    "endless-fragments": {"poke": endless(frame(BINARY, b"f"), frame(0, b"f" * 1000) * 60)},
    "endless-empty-fragments": {"poke": endless(frame(BINARY), frame(0) * 20_000)},
    "ping-flood": {"poke": endless(b"", frame(FIN | PING, b"p" * 125) * 100)},
    "answers-ten-thousand-times": {"poke": often},
    "nested-100000-deep": {"poke": packed(b"\x91" * DEEP + b"\x01")},
    "nested-maps-100000-deep": {"poke": packed(b"\x81\xa1k" * DEEP + b"\x01")},
    "map-of-40000-keys": {"poke": keyed(40_000)},
    "map-of-a-million-keys": {"poke": keyed(MILLION)},
    "array-of-a-million": {"poke": packed(b"\xdd" + struct.pack("!I", MILLION) + b"\xc0" * MILLION)},
    "array-of-4-giga-announced": {"poke": packed(b"\xdd\xff\xff\xff\xff")},
    "map-of-4-giga-announced": {"poke": packed(b"\xdf\xff\xff\xff\xff")},
    "str-of-4-giga-announced": {"poke": packed(b"\xdb\xff\xff\xff\xff")},
    "bin-of-4-giga-announced": {"poke": packed(b"\xc6\xff\xff\xff\xff")},
    "invalid-utf8-in-a-str": {"poke": packed(b"\xa4\xff\xfe\xc0\xaf")},
    "invalid-utf8-in-a-text-frame": {"poke": writing(frame(FIN | TEXT, b"\xff\xfe"))},
    "largest-integer": {"poke": saying(size=(1 << 64) - 1)},
    "not-a-number": {"poke": saying(size=float("nan"))},
    "infinity": {"poke": saying(size=float("-inf"))},
    "nasty-words-in-every-string": {"poke": saying(note=NASTY, list=[NASTY, NASTY * 999], **{NASTY: NASTY})},
    "nasty-message-type": {"poke": saying(type=NASTY)},
    "nasty-close-reason": {"poke": close_with(struct.pack("!H", 4000) + NASTY.encode()[:120])},
    "close-with-an-invalid-code": {"poke": close_with(struct.pack("!H", 1005))},
    "close-with-half-a-code": {"poke": close_with(b"\x03")},
    "close-with-invalid-utf8": {"poke": close_with(struct.pack("!H", 1000) + b"\xff\xfe\x1b[2J")},
    "reserved-bit": {"poke": writing(frame(0x90 | BINARY, b"\x80"))},
    "reserved-opcode": {"poke": writing(frame(FIN | 0xB, b"\x80"))},
    "masked-frame": {"poke": writing(b"\x82\x81\x00\x00\x00\x00\x80")},
    "control-frame-too-long": {"poke": writing(frame(FIN | PING, b"p" * 126))},
    "control-frame-in-fragments": {"poke": writing(frame(PING, b"p"))},
    "continuation-of-nothing": {"poke": writing(frame(FIN, b"\x80"))},
    "closes-inside-a-frame": {"poke": ending(HALF)},
    "closes-inside-a-fragmented-message": {"poke": ending(FRAGMENT)},
    "resets-after-a-command": {"poke": ending(reset=True)},
    "resets-inside-a-frame": {"poke": ending(HALF, reset=True)},
    "resets-inside-a-fragmented-message": {"poke": ending(FRAGMENT, reset=True)},
    "half-closes-after-a-command": {"poke": ending(listens=True)},
    "reads-nothing-more": {"poke": deaf},
    "close-never-answered": {"close": silent_close},
    "connection-kept-after-the-close": {"close": lingering},
    "lets-nobody-in": {"enter": nobody},
    "lets-everybody-in": {"enter": everybody},
    "tells-the-badge": {"enter": telltale},
}

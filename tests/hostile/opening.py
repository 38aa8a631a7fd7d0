"""What a server can do to who wants to talk with it, until the upgrade is done, and how it can go away."""

from __future__ import annotations

import itertools
import ssl

from tests.hostile.servers import CLOSE, FIN, Act, Moment, Peer, frame

NASTY = "\x1b]0;owned\x07\x1b[2J\x1b[31m<script>alert(1)</script>&\r\n\x00‮\u2028]]>--> 'quoted\" %s"
"""Moves cursors, breaks lines, reorders letters, closes elements: each report has to make it harmless."""

ON_ONE_LINE = NASTY.replace("\r\n", "").replace("\x00", "").encode()


def always(data: bytes) -> Moment:
    """Writes these bytes, and then listens."""

    async def do(peer: Peer) -> None:
        await peer.write(data)
        await peer.hold()

    return do


def ending(data: bytes = b"", reset: bool = False, listens: bool = False) -> Moment:
    """Writes these bytes, and goes: with a FIN or a reset; or it only says that it will say no more."""

    async def do(peer: Peer) -> None:
        await peer.write(data)
        if reset:
            peer.reset()
        elif listens:
            peer.writer.write_eof()
            await peer.hold()
        else:
            peer.end()

    return do


def endless(first: bytes, piece: bytes) -> Moment:
    """Writes ``first``, then ``piece`` for as long as the client takes it."""

    async def do(peer: Peer) -> None:
        await peer.write(first)
        await peer.forever(itertools.repeat(piece))

    return do


def answering(change: tuple[bytes, bytes]) -> Moment:
    """The right 101 with one thing in it that is wrong."""

    async def do(peer: Peer) -> None:
        await peer.write(peer.answer().replace(*change))
        await peer.hold()

    return do


async def byte_by_byte(peer: Peer) -> None:
    """All that an honest kiosk writes, in as many pieces as it has bytes."""
    whole = peer.write

    async def write(data: bytes) -> None:
        for one in data:
            await whole(bytes([one]))

    peer.write = write  # type: ignore[method-assign]
    peer.goes_on()


async def dripping(peer: Peer) -> None:
    """A correct answer of which no client will see the end."""
    await peer.drip(peer.answer().replace(b"Upgrade: websocket\r\n", b"Upgrade: websocket\r\n" * 99), 0.1)


async def redirecting(peer: Peer) -> None:
    """Sends whoever comes to somebody else."""
    scheme = b"ws" if b"pgrade" in peer.request else b"http"
    head = b"HTTP/1.1 302 Found\r\nLocation: %s://%s/\r\nContent-Length: 0\r\n\r\n"
    await peer.write(head % (scheme, peer.trap.encode()))
    await peer.hold()


async def bomb_in_an_extension(peer: Peer) -> None:
    """An extension that nobody offered, and a message that would be large with it."""
    accepted = peer.answer()[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    await peer.write(accepted + frame(0xC2, b"\x62\x60\x18\x05\xa3\x60\x14" * 9000))
    await peer.hold()


def unwelcoming(first: int) -> Moment:
    """Takes so many connections; who comes later is shown the door."""

    async def do(peer: Peer) -> None:
        if peer.number <= first:
            peer.goes_on()
        else:
            peer.reset()

    return do


async def hello_and_goodbye(peer: Peer) -> None:
    """Reads what a TLS client says first, and leaves."""
    await peer.reader.read(65536)
    peer.end()


async def hello_and_garbage(peer: Peer) -> None:
    """A TLS record that looks like a handshake."""
    await peer.reader.read(65536)
    await peer.write(b"\x16\x03\x03\x00\x20\x02\x00\x00\x1c" + b"\x00" * 28)
    await peer.hold()


async def hello_and_alert(peer: Peer) -> None:
    """A TLS alert: handshake failure."""
    await peer.reader.read(65536)
    await peer.write(b"\x15\x03\x03\x00\x02\x02\x28")
    await peer.hold()


def asks_for_a_certificate(context: ssl.SSLContext) -> None:
    """A TLS 1.3 client learns of this only when its own part of the handshake is over."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED


def as_it_is(context: ssl.SSLContext) -> None:
    """TLS with a certificate that nobody trusts."""


REFUSAL = b"HTTP/1.1 403 " + ON_ONE_LINE + b"\r\nX-Why: " + ON_ONE_LINE + b"\r\nContent-Length: 5000\r\n\r\n"

OPENING: dict[str, Act] = {
    "answers-byte-by-byte": {"tcp": byte_by_byte},
    "never-answers-the-upgrade": {"head": always(b"")},
    "answers-the-upgrade-in-drips": {"head": dripping},
    "upgrade-of-endless-headers": {
        "head": endless(b"HTTP/1.1 101 Switching Protocols\r\n", b"X-More: and more\r\n" * 100)
    },
    "upgrade-of-one-endless-line": {"head": endless(b"HTTP/1.1 101 ", b"S" * 65536)},
    "refusal-of-endless-body": {"head": endless(b"HTTP/1.1 403 No\r\n\r\n", b"<h1>no</h1>" * 6000)},
    "refusal-with-nasty-words": {"head": always(REFUSAL + (NASTY * 99).encode())},
    "upgrade-answered-with-status-999": {"head": always(b"HTTP/1.1 999 Beyond\r\nContent-Length: 0\r\n\r\n")},
    "endless-100-continue": {"head": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)},
    "upgrade-redirected": {"head": redirecting},
    "wrong-accept": {"head": answering((b"Accept: ", b"Accept: x"))},
    "unasked-subprotocol": {"head": answering((b"\r\n\r\n", b"\r\nSec-WebSocket-Protocol: other\r\n\r\n"))},
    "upgrade-with-nasty-words": {
        "head": answering((b"\r\n\r\n", b"\r\nX-Words: " + ON_ONE_LINE + b"\r\n\r\n"))
    },
    "bomb-in-an-unasked-extension": {"head": bomb_in_an_extension},
    "speaks-garbage-at-once": {"tcp": endless(b"", b"\x00\xff\x1b[2J\r\n" * 8000)},
    "refuses-with-more-than-it-announced": {
        "head": endless(b"HTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\n", b"n" * 65536)
    },
    "closes-before-the-upgrade": {"tcp": ending()},
    "resets-before-the-upgrade": {"tcp": ending(reset=True)},
    "closes-inside-the-upgrade": {"head": ending(b"HTTP/1.1 101 Switching Protocols\r\nUpgra")},
    "resets-inside-the-upgrade": {"head": ending(b"HTTP/1.1 101 Switching Protocols\r\nUpgra", reset=True)},
    "closes-right-after-the-upgrade": {"open": ending(frame(FIN | CLOSE, b"\x03\xe9" + b"going away"))},
    "resets-right-after-the-upgrade": {"open": ending(reset=True)},
    "valid-upgrade-then-silence": {"open": always(b"")},
    "half-closes-after-the-upgrade": {"open": ending(listens=True)},
    "takes-a-few-connections-only": {"tcp": unwelcoming(4)},
}

TLS: dict[str, Act] = {
    "plain-http-on-a-tls-port": {"tcp": always(b"HTTP/1.1 400 Bad Request\r\n\r\n")},
    "tls-handshake-never-answered": {"tcp": always(b"")},
    "tls-handshake-dropped": {"tcp": hello_and_goodbye},
    "tls-handshake-of-garbage": {"tcp": hello_and_garbage},
    "tls-alert": {"tcp": hello_and_alert},
    "tls-untrusted-certificate": {},
    "tls-wants-our-certificate": {},
}

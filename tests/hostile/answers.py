"""What an HTTP server can do to who asks it one plain question."""

from __future__ import annotations

import gzip
import json
from functools import cache

from tests.hostile.opening import NASTY, ON_ONE_LINE, always, ending, endless, redirecting
from tests.hostile.servers import Act, Moment, Peer

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = json.dumps({"open": True, "note": "as always"}).encode()
LONG = 16 << 20


def body(data: bytes, head: bytes = OK, length: int | None = None) -> bytes:
    """A whole answer; ``length`` need not be that of ``data``."""
    size = len(data) if length is None else length
    return head + b"Content-Length: %d\r\n\r\n" % size + data


def noted(**more: object) -> bytes:
    """A documented answer with something else in it."""
    return body(json.dumps({"open": True, "note": "as always", **more}).encode())


@cache
def bomb() -> bytes:
    """A small member of a gzip file that would be large."""
    return gzip.compress(bytes(LONG), 9)


def zipped() -> Moment:
    """A few kilobytes that would be a gigabyte, made when they are asked for."""

    async def do(peer: Peer) -> None:
        await peer.write(body(bomb() * 64, OK + b"Content-Encoding: gzip\r\n"))
        peer.end()

    return do


async def dripping(peer: Peer) -> None:
    """A body that comes, and does not end."""
    await peer.write(OK + b"Content-Length: 100000\r\n\r\n")
    await peer.drip(b'{"open":' + b" " * 99_000, 0.1)


def two_faced(moment: Moment) -> Moment:
    """Honest to a plain question; this to whoever asks many."""

    async def do(peer: Peer) -> None:
        if b"schemathesis" in peer.request.lower():
            await moment(peer)
        else:
            await peer.write(body(b"" if peer.request.startswith(b"HEAD") else BODY, length=len(BODY)))
            peer.end()

    return do


NASTY_HEAD = (
    b"HTTP/1.1 200 "
    + ON_ONE_LINE
    + b"\r\nX-Words: "
    + ON_ONE_LINE
    + b"\r\nContent-Type: application/json\r\n"
)

ANSWERS: dict[str, Act] = {
    "http-never-answers": {"http": always(b"")},
    "http-endless-headers": {"http": endless(OK, b"X-More: and more\r\n" * 100)},
    "http-endless-status-line": {"http": endless(b"HTTP/1.1 200 ", b"O" * 65536)},
    "http-endless-body": {"http": endless(OK + b"\r\n", b" " * 65536)},
    "http-endless-chunks": {
        "http": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 10_000)
    },
    "http-chunks-of-garbage": {"http": ending(OK + b"Transfer-Encoding: chunked\r\n\r\n-1;\x1b[2J\r\n\r\n")},
    "http-dripping-body": {"http": dripping},
    "http-length-too-long": {"http": ending(body(BODY, length=999))},
    "http-length-too-short": {"http": ending(body(BODY, length=5))},
    "http-length-of-words": {"http": ending(OK + b"Content-Length: plenty\r\n\r\n" + BODY)},
    "http-gzip-bomb": {"http": zipped()},
    "http-endless-100-continue": {"http": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)},
    "http-status-999": {
        "http": ending(body(BODY, b"HTTP/1.1 999 Beyond\r\nContent-Type: application/json\r\n"))
    },
    "http-redirected": {"http": redirecting},
    "http-nasty-words": {
        "http": ending(body(json.dumps({NASTY: NASTY, "note": NASTY}).encode(), NASTY_HEAD))
    },
    "http-nested-100000-deep": {"http": ending(body(b"[" * 100_000))},
    "http-integer-of-a-million-digits": {"http": ending(body(b'{"open": ' + b"9" * 1_000_000 + b"}"))},
    "http-not-a-number": {"http": ending(body(b'{"open": NaN, "note": -Infinity}'))},
    "http-invalid-utf8": {"http": ending(body(b'{"open": true, "note": "\xff\xfe"}'))},
    "http-resets-inside-the-body": {"http": ending(body(BODY, length=999), reset=True)},
    "http-two-faced-endless-body": {"http": two_faced(endless(OK + b"\r\n", b" " * 65536))},
    "http-two-faced-endless-100-continue": {
        "http": two_faced(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100))
    },
    "http-two-faced-endless-headers": {"http": two_faced(endless(OK, b"X-More: and more\r\n" * 100))},
    "http-two-faced-redirect": {"http": two_faced(redirecting)},
    "http-closes-without-an-answer": {"http": ending()},
}

"""One HTTP exchange: exact bytes and times, and a sentence for every way in which it can fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.session import tls
from conformance.session.http import request
from conformance.transcript.model import Exchange
from conformance.transcript.recorder import Recorder
from tests.ports import free_port

from . import peers
from .peers import Handler


def saying(answer: bytes, end: bool = True, seen: list[bytes] | None = None) -> Handler:
    """A peer with one fixed answer to any request without a body."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(head)
        writer.write(answer)
        if end:
            writer.close()
        else:
            await peers.until_end(reader)

    return handler


def asked(handler: Handler, method: str = "GET", path: str = "/", **options: object) -> Exchange:
    """The exchange with a raw peer, as the recorder has it."""

    async def play() -> Exchange:
        recorder = Recorder("case")
        async with peers.listening(handler) as port:
            url = f"http://127.0.0.1:{port}{path}"
            exchange = await request(recorder, "health", url, method, **options)  # type: ignore[arg-type]
        assert list(recorder.transcript().exchanges()) == [exchange]
        return exchange

    return asyncio.run(play())


def test_answer() -> None:
    """Status, headers as they were written, and the body's bytes are recorded, with growing times."""
    exchange = asked(saying(b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-one: b\r\nContent-Length: 3\r\n\r\na\xffc"))
    assert exchange.status == 200
    assert exchange.headers == (("X-One", "a"), ("x-one", "b"), ("Content-Length", "3"))
    assert exchange.header("x-ONE") == "a"
    assert exchange.body == b"a\xffc"
    assert exchange.failure == ""
    assert exchange.sent_at < exchange.received_at


def test_request_as_sent() -> None:
    """The request is what was asked for, no more than Host and Connection added, and recorded as sent."""
    seen: list[bytes] = []
    exchange = asked(
        saying(b"HTTP/1.1 204 No\r\n\r\n", seen=seen), path="/a%2Fb?c=d e", headers=[("X-Key", "k")]
    )
    host = exchange.request_headers[0][1]
    assert seen == [
        f"GET /a%2Fb?c=d%20e HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Key: k\r\n\r\n".encode()
    ]
    assert exchange.request_headers == (("Host", host), ("Connection", "close"), ("X-Key", "k"))


def test_given_headers_replace() -> None:
    """A given Host or Connection replaces ours."""
    seen: list[bytes] = []
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    asked(
        saying(answer, end=False, seen=seen), headers=[("host", "else.where"), ("connection", "keep-alive")]
    )
    assert seen == [b"GET / HTTP/1.1\r\nhost: else.where\r\nconnection: keep-alive\r\n\r\n"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_methods_and_bodies(method: str) -> None:
    """Any method can be used, with a body."""
    seen: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        seen.append(await reader.readexactly(4))
        writer.write(b"HTTP/1.1 405 No\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    exchange = asked(handler, method, body=b"body")
    assert seen[0].startswith(method.encode() + b" / HTTP/1.1\r\n")
    assert seen[1] == exchange.request_body == b"body"
    assert (exchange.status, exchange.header("allow")) == (405, "GET")


@pytest.mark.parametrize("end", [True, False])
def test_head(end: bool) -> None:
    """The answer to HEAD has no body, whatever its Content-Length says, and is not waited for."""
    exchange = asked(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", end), "HEAD")
    assert (exchange.status, exchange.body, exchange.failure) == (200, b"", "")


@pytest.mark.parametrize(("method", "status"), [("HEAD", "200"), ("GET", "204"), ("GET", "304")])
def test_forbidden_body(method: str, status: str) -> None:
    """A body where none may be is seen: it is recorded for a verdict to judge."""
    exchange = asked(saying(f"HTTP/1.1 {status} X\r\n\r\nabc".encode()), method)
    assert (exchange.status, exchange.body) == (int(status), b"abc")


def test_chunked() -> None:
    """A chunked body is recorded decoded, and ends the exchange although the peer stays."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
    assert asked(saying(answer, end=False)).body == b"abcd"


def test_interim_answers() -> None:
    """An interim answer is not taken for the answer."""
    assert asked(saying(b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx")).status == 200


def test_redirect_is_not_followed() -> None:
    """A redirect is an answer like any other."""
    exchange = asked(saying(b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"))
    assert (exchange.status, exchange.failure) == (307, "")


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (b"", 0, "the peer closed the connection without an answer"),
        (b"SSH-2.0\r\n\r\n", 0, "the answer is not HTTP/1.1: illegal status line"),
        (b"HTTP/1.1 200 OK\r\nConte", 0, "the answer is not HTTP/1.1"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            200,
            "the answer broke off or broke HTTP in its body",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000, 200, "the answer's body is larger than 1000 bytes"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, 0, "the answer is not HTTP/1.1"),
    ],
    ids=["nothing", "other protocol", "half head", "half body", "large body", "endless head"],
)
def test_broken_answers(answer: bytes, status: int, sentence: str) -> None:
    """An answer that is not a whole one fails with a sentence; what did come is kept."""
    exchange = asked(saying(answer), limit=1000)
    assert exchange.status == status
    assert exchange.failure.startswith(sentence)
    assert len(exchange.body) <= 1000


@pytest.mark.parametrize(
    "piece", [b"1\r\n \r\n", b"HTTP/1.1 100 Continue\r\n\r\n"], ids=["small chunks", "interim answers"]
)
def test_what_is_no_body_is_bounded_too(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that never comes to its end for all that is beside its body is cut off."""
    monkeypatch.setattr("conformance.session.http.MOST_BESIDE", 100_000)
    chunked = piece[:1] == b"1"

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if chunked:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(piece * 100)
            await writer.drain()

    exchange = asked(endless, limit=200_000)
    assert exchange.status == (200 if chunked else 0)
    pieces = "the answer's body came in more than 10000 pieces"
    assert exchange.failure == (pieces if chunked else "the answer is larger than 300000 bytes")


def test_silence() -> None:
    """A peer that says nothing fails after the time limit."""
    exchange = asked(saying(b"", end=False), timeout_s=0.05)
    assert (exchange.status, exchange.failure) == (0, "the whole answer did not come within 0.05 s")


def test_closed_port() -> None:
    """A port where nothing listens fails with that sentence."""

    async def play() -> Exchange:
        return await request(Recorder("case"), "h", f"http://127.0.0.1:{free_port()}/")

    assert asyncio.run(play()).failure.endswith(": connection refused")


def test_tls(tmp_path: Path) -> None:
    """TLS verifies by default and says what is wrong; with a context that trusts the peer it answers."""
    cert, key = peers.certificate(tmp_path)

    async def play() -> tuple[Exchange, Exchange]:
        handler = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        async with peers.listening(handler, peers.server_context(cert, key)) as port:
            url = f"https://localhost:{port}/"
            context = tls.context_trusting(str(cert))
            recorder = Recorder("case")
            return await request(recorder, "h", url), await request(recorder, "h", url, ssl=context)

    untrusted, trusted = asyncio.run(play())
    assert untrusted.status == 0
    assert untrusted.failure.startswith("the certificate is self-signed, so it is not trusted (host local")
    assert (trusted.status, trusted.body) == (200, b"ok")


@pytest.mark.parametrize("url", ["ws://127.0.0.1/", "http://", "http://host:port/", "/path"])
def test_unusable_address(url: str) -> None:
    """An address that is not one of HTTP is wrong usage."""
    with pytest.raises(UsageError, match="is not an HTTP address"):
        asyncio.run(request(Recorder("case"), "h", url))


def test_unusable_method() -> None:
    """A method that HTTP cannot carry is wrong usage, not a peer's failure."""
    with pytest.raises(UsageError, match=r"cannot be sent over HTTP/1\.1"):
        asyncio.run(request(Recorder("case"), "h", "http://127.0.0.1:1/", "GET /x\r\n"))

"""Opening a session: every way in which a peer can answer, or not, becomes a mark."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.session import tls
from conformance.session.websocket import Session
from conformance.transcript.model import Frame, Mark, Transcript
from conformance.transcript.recorder import Recorder
from tests.ports import free_port

from . import peers
from .peers import Handler


def opened(url: str, timeout_s: float = 5.0, **options: object) -> tuple[Session, Transcript]:
    """A session opened to ``url``, and the transcript of that."""

    async def play() -> tuple[Session, Transcript]:
        recorder = Recorder("case")
        session = await Session.open(recorder, "a", url, timeout_s=timeout_s, **options)  # type: ignore[arg-type]
        session.abort()
        await session.gone()
        return session, recorder.transcript()

    return asyncio.run(play())


def answered(
    handler: Handler, timeout_s: float = 5.0, headers: tuple[tuple[str, str], ...] = ()
) -> Transcript:
    """The transcript of opening a session to a raw peer."""

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with peers.listening(handler) as port:
            session = await Session.open(
                recorder, "a", f"ws://127.0.0.1:{port}/", timeout_s=timeout_s, headers=headers
            )
            session.abort()
            await session.gone()
        return recorder.transcript()

    return asyncio.run(play())


def saying(answer: bytes, end: bool = True) -> Handler:
    """A peer with one fixed answer to the upgrade request."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.upgrade_request(reader)
        writer.write(answer)
        if end:
            writer.close()
        else:
            await peers.until_end(reader)

    return handler


def failure(transcript: Transcript) -> Mark:
    """The one mark ``failed``; there is no ``connected`` and no ``closed`` beside it."""
    assert not list(transcript.marks("connected"))
    assert not list(transcript.marks("closed"))
    (mark,) = transcript.marks("failed")
    return mark


def kinds(transcript: Transcript) -> list[str]:
    """The kinds of marks and the opcodes of frames, in their order."""
    return [
        entry.kind if isinstance(entry, Mark) else entry.opcode
        for entry in transcript.entries
        if isinstance(entry, Mark | Frame)
    ]


def test_closed_port() -> None:
    """A port where nothing listens fails at stage tcp, and the session is not open."""
    port = free_port()
    session, transcript = opened(f"ws://127.0.0.1:{port}/")
    assert not session.is_open
    assert session.is_gone
    mark = failure(transcript)
    assert mark.data["stage"] == "tcp"
    assert mark.data["reason"] == f"no TCP connection to 127.0.0.1:{port}: connection refused"


def test_unknown_host() -> None:
    """A host name that does not exist fails at stage resolve."""
    mark = failure(opened("ws://no-such-host.invalid/")[1])
    assert mark.data["stage"] == "resolve"
    assert str(mark.data["reason"]).startswith("the host name no-such-host.invalid cannot be resolved")


def test_silent_peer() -> None:
    """A peer that says nothing fails at stage timeout, which says what was awaited."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.until_end(reader)

    mark = failure(answered(silent, timeout_s=0.1))
    assert mark.data["stage"] == "timeout"
    assert mark.data["reason"] == "the answer to the upgrade request did not come within 0.1 s"


def test_http_refusal() -> None:
    """An HTTP answer instead of the upgrade is kept: status, headers as sent, the body's first KiB."""
    head = b"HTTP/1.1 403 Forbidden\r\nX-Why: a\r\nx-why: b\r\nContent-Length: 2000\r\n\r\n"
    transcript = answered(saying(head + b"n" * 2000))
    (mark,) = transcript.marks("refused")
    assert mark.data["status"] == 403
    assert mark.data["headers"] == (("X-Why", "a"), ("x-why", "b"), ("Content-Length", "2000"))
    assert mark.data["body"] == b"n" * 1024
    assert not list(transcript.marks("failed"))


def test_chunked_refusal() -> None:
    """A refusal's chunked body is kept decoded."""
    head = b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    (mark,) = answered(saying(head, end=False)).marks("refused")
    assert mark.data["body"] == b"abc"


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("body", [b"no", b"n" * 1024])
def test_refusal_without_length(version: bytes, body: bytes) -> None:
    """A refusal whose body never ends is told all the same, long before the deadline."""
    answer = b"HTTP/" + version + b" 400 Bad\r\n\r\n" + body
    (mark,) = answered(saying(answer, end=False), timeout_s=30).marks("refused")
    assert (mark.data["status"], mark.data["body"]) == (400, body)


def test_refusal_that_times_out() -> None:
    """A refusal that is still being written at the deadline is a refusal, not a timeout."""
    transcript = answered(saying(b"HTTP/1.1 400 Bad\r\n\r\nno", end=False), timeout_s=0.1)
    assert not list(transcript.marks("failed"))
    assert [mark.data["body"] for mark in transcript.marks("refused")] == [b"no"]


def test_redirect_is_not_followed() -> None:
    """A redirect is a refusal: no host is contacted that the user did not name."""
    called: list[bool] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.append(True)

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with peers.listening(elsewhere) as other:
            answer = f"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:{other}/\r\nContent-Length: 0\r\n\r\n"
            async with peers.listening(saying(answer.encode())) as port:
                await Session.open(recorder, "a", f"ws://127.0.0.1:{port}/")
        return recorder.transcript()

    (mark,) = asyncio.run(play()).marks("refused")
    assert mark.data["status"] == 302
    assert not called


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "the peer closed the connection without an answer to the upgrade request"),
        (b"HTTP/1.1 101 Swi", "the connection ended in the middle of the answer, after 16 bytes"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "the answer is not HTTP/1.1: it starts with b'SSH-2.0-OpenSSH_9"),
        (b"HTTP/1.1 101 Hi\r\n\r\n", "the 101 answer is not a correct upgrade: missing Connection header"),
        (
            b"HTTP/1.1 101 Hi\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: x\r\n\r\n",
            "the 101 answer is not a correct upgrade: invalid Sec-WebSocket-Accept header: x",
        ),
    ],
)
def test_broken_answer(answer: bytes, sentence: str) -> None:
    """An answer that is no upgrade fails at stage upgrade with a sentence that says what it is."""
    mark = failure(answered(saying(answer)))
    assert mark.data["stage"] == "upgrade"
    assert str(mark.data["reason"]).startswith(sentence)


def test_upgrade_byte_by_byte() -> None:
    """A 101 that comes byte by byte opens the session; a frame in its last piece comes after it."""

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = peers.upgrade_answer(await peers.upgrade_request(reader))
        for at in range(len(answer) - 1):
            writer.write(answer[at : at + 1])
            await writer.drain()
        writer.write(answer[-1:] + peers.frame(0x82, b"first"))
        await peers.until_end(reader)

    transcript = answered(slow)
    assert kinds(transcript)[:3] == ["connecting", "connected", "binary"]
    (connected,) = transcript.marks("connected")
    (connecting,) = transcript.marks("connecting")
    assert connected.at > connecting.at
    assert connected.data["status"] == 101


def test_headers_replace_and_add() -> None:
    """A given header replaces ours of the same name, and others are added as they are."""
    seen: list[bytes] = []

    async def look(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await peers.upgrade_request(reader))
        writer.close()

    answered(look, headers=(("sec-websocket-version", "12"), ("X-Key", "one"), ("X-Key", "two")))
    assert b"sec-websocket-version: 12\r\n" in seen[0]
    assert b"Sec-WebSocket-Version: 13" not in seen[0]
    assert b"X-Key: one\r\nX-Key: two\r\n" in seen[0]


def test_header_with_line_break() -> None:
    """A header that would smuggle another is refused as wrong usage."""
    with pytest.raises(UsageError, match="line break"):
        opened("ws://127.0.0.1:1/", headers=[("X", "a\r\nY: b")])


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ws://", "127.0.0.1:80", "ws://host:port/"])
def test_unusable_address(url: str) -> None:
    """An address that is not one of WebSocket is wrong usage, with the form that is expected."""
    with pytest.raises(UsageError, match="is not a WebSocket address"):
        opened(url)


def test_untrusted_certificate(tmp_path: Path) -> None:
    """A self-signed certificate fails at stage tls and says why; a context that trusts it connects."""
    cert, key = peers.certificate(tmp_path)

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with peers.listening(peers.accept, peers.server_context(cert, key)) as port:
            await Session.open(recorder, "untrusted", f"wss://localhost:{port}/")
            context = tls.context_trusting(str(cert))
            await Session.open(recorder, "other name", f"wss://127.0.0.1:{port}/", ssl=context)
            trusted = await Session.open(recorder, "trusted", f"wss://localhost:{port}/", ssl=context)
            assert trusted.is_open
            trusted.abort()
            await trusted.gone()
        return recorder.transcript()

    transcript = asyncio.run(play())
    reasons = {mark.session: (mark.data["stage"], mark.data["reason"]) for mark in transcript.marks("failed")}
    untrusted = "the certificate is self-signed, so it is not trusted"
    assert reasons == {
        "untrusted": ("tls", f"{untrusted} (host localhost; SSL_CERT_FILE names a PEM file to trust)"),
        "other name": ("tls", "the certificate is for another IP address (host 127.0.0.1)"),
    }
    assert [mark.session for mark in transcript.marks("connected")] == ["trusted"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the peer does not speak TLS on this port"),
        (b"", "the peer dropped the connection during the TLS handshake"),
    ],
)
def test_no_tls(answer: bytes, sentence: str) -> None:
    """A port without TLS fails at stage tls with that sentence, not with a library's code."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with peers.listening(plain) as port:
            await Session.open(recorder, "a", f"wss://127.0.0.1:{port}/", timeout_s=5)
        return recorder.transcript()

    mark = failure(asyncio.run(play()))
    assert (mark.data["stage"], mark.data["reason"]) == ("tls", sentence)


def test_cancelled_while_opening() -> None:
    """A cancelled opening leaves no connection behind."""
    ended = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.until_end(reader)
        ended.set()

    async def play() -> None:
        recorder = Recorder("case")
        async with peers.listening(silent) as port:
            opening = asyncio.create_task(Session.open(recorder, "a", f"ws://127.0.0.1:{port}/"))
            await recorder.news(0)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            async with asyncio.timeout(5):
                await ended.wait()

    asyncio.run(play())


def test_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables of the environment change nothing."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    transcript = answered(peers.accept)
    assert list(transcript.marks("connected"))
    assert not [entry for entry in transcript.entries if isinstance(entry, Frame)]


def test_peer_speaks_first() -> None:
    """What a peer says before it was asked is not lost: the failure names it."""

    async def banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await peers.until_end(reader)

    mark = failure(answered(banner))
    assert (mark.data["stage"], mark.data["reason"]) == (
        "upgrade",
        "the answer is not HTTP/1.1: it starts with b'220 mail.example ESMTP\\r\\n\\r\\n'",
    )


def test_values_of_the_query_are_encoded_behind_what_is_there() -> None:
    """Nothing in a name or a value ends it; what stands in the address stays as it is."""
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await peers.upgrade_request(reader))
        writer.close()

    async def play() -> None:
        recorder = Recorder("case")
        async with peers.listening(handler) as port:
            url = f"ws://127.0.0.1:{port}/a?b=%20c"
            session = await Session.open(recorder, "a", url, query=[("k&y", "é +/?#&=\r\n")])
            session.abort()
            await session.gone()

    asyncio.run(play())
    assert heads[0].split(b"\r\n")[0] == (b"GET /a?b=%20c&k%26y=%C3%A9%20%2B%2F%3F%23%26%3D%0D%0A HTTP/1.1")


@pytest.mark.parametrize("header", [("X", "zz\r\nY: b"), ("X\nY", "zz"), ("X", "zz\0"), ("X", "zzé")])
def test_a_header_that_would_break_out_is_never_sent(header: tuple[str, str]) -> None:
    """It is refused before anything is dialled, and its value is not repeated."""
    with pytest.raises(UsageError) as refused:
        opened("ws://127.0.0.1:1/", headers=[header])
    assert "zz" not in str(refused.value)

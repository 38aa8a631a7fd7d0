"""What goes over an open session: each message and control frame once, in order, with its bytes and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from websockets.asyncio.server import ServerConnection, serve

from conformance.session.websocket import Session
from conformance.transcript.model import Direction, Frame, Transcript
from conformance.transcript.recorder import Recorder

from . import peers
from .peers import Handler

Script = Callable[[Session, Recorder], Awaitable[None]]


async def arrived(recorder: Recorder, opcode: str, count: int = 1) -> None:
    """Waits until ``count`` received frames of an opcode are recorded."""
    async with asyncio.timeout(5):
        while True:
            seen = recorder.version
            received = [one for one in frames(recorder.transcript()) if one[0] == "<<" and one[1] == opcode]
            if len(received) >= count:
                return
            await recorder.news(seen)


def frames(transcript: Transcript) -> list[tuple[str, str, bytes, int]]:
    """Direction, opcode, data and fragments of every frame."""
    return [
        (">>" if one.direction is Direction.SENT else "<<", one.opcode, one.data, one.fragments)
        for one in transcript.frames()
    ]


def with_server(script: Script, **options: object) -> Transcript:
    """Plays ``script`` against a correct server that echoes messages and answers pings."""

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            session = await Session.open(recorder, "a", f"ws://127.0.0.1:{port}/", **options)  # type: ignore[arg-type]
            await script(session, recorder)
            await session.close()
        return recorder.transcript()

    return asyncio.run(play())


def with_peer(handler: Handler, recorder: Recorder | None = None, max_size: int = 1 << 20) -> Transcript:
    """The transcript of a session that only listens to a raw peer until the connection is gone."""

    async def accepting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.accept(reader, writer)
        await handler(reader, writer)

    async def play() -> Transcript:
        record = recorder or Recorder("case")
        async with peers.listening(accepting) as port:
            session = await Session.open(record, "a", f"ws://127.0.0.1:{port}/", max_size=max_size)
            async with asyncio.timeout(5):
                await session.gone()
        return record.transcript()

    return asyncio.run(play())


def writing(*pieces: bytes) -> Handler:
    """A peer that writes these bytes and waits for the end."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(pieces))
        await reader.readuntil(b"\x88")
        writer.close()

    return handler


def test_echo() -> None:
    """Binary and text, whole and in fragments, are sent and recorded as one message each."""

    async def script(session: Session, recorder: Recorder) -> None:
        assert await session.send(b"\x00\xff")
        assert await session.send("ö".encode(), opcode="text", fragments=3)
        assert await session.send(b"", fragments=2)
        await arrived(recorder, "binary", 2)

    assert [one for one in frames(with_server(script)) if one[1] != "close"] == [
        (">>", "binary", b"\x00\xff", 1),
        (">>", "text", "ö".encode(), 3),
        (">>", "binary", b"", 2),
        ("<<", "binary", b"\x00\xff", 1),
        ("<<", "text", "ö".encode(), 1),
        ("<<", "binary", b"", 1),
    ]


def test_times_grow() -> None:
    """Entries of one session are in the order of their times."""

    async def script(session: Session, recorder: Recorder) -> None:
        for _ in range(20):
            await session.send(b"x")
        await arrived(recorder, "binary", 20)

    times = [entry.at for entry in with_server(script).frames()]
    assert times == sorted(times)


def test_compression() -> None:
    """With ``compression`` messages are recorded as they were before it and after it."""

    async def script(session: Session, recorder: Recorder) -> None:
        await session.send(b"a" * 5000, fragments=2)
        await arrived(recorder, "binary")

    transcript = with_server(script, compression="deflate")
    (connected,) = transcript.marks("connected")
    assert "permessage-deflate" in str(connected.data["headers"])
    assert ("<<", "binary", b"a" * 5000, 1) in frames(transcript)


def test_our_ping() -> None:
    """Our ping and the peer's pong are recorded with their data."""

    async def script(session: Session, recorder: Recorder) -> None:
        assert await session.ping(b"are you there")
        await arrived(recorder, "pong")

    assert frames(with_server(script))[:2] == [
        (">>", "ping", b"are you there", 1),
        ("<<", "pong", b"are you there", 1),
    ]


def test_pings_between_fragments() -> None:
    """A ping between fragments is answered and recorded where it came, the message when it is whole."""
    transcript = with_peer(
        writing(
            peers.frame(0x02, b"one"),
            peers.frame(0x89, b"ping"),
            peers.frame(0x00, b"two"),
            peers.frame(0x8A, b"unasked"),
            peers.frame(0x80, b"three"),
            peers.close_frame(1000),
        )
    )
    assert frames(transcript) == [
        ("<<", "ping", b"ping", 1),
        (">>", "pong", b"ping", 1),
        ("<<", "pong", b"unasked", 1),
        ("<<", "binary", b"onetwothree", 3),
        ("<<", "close", b"\x03\xe8", 1),
        (">>", "close", b"\x03\xe8", 1),
    ]


def test_invalid_utf8_sent() -> None:
    """Invalid UTF-8 can be sent in a text frame; a correct server answers with 1007."""

    async def script(session: Session, recorder: Recorder) -> None:
        assert await session.send_frame("text", b"\xc3\x28")
        await arrived(recorder, "close")

    closes = [one for one in with_server(script).frames() if one.opcode == "close"]
    assert [(one.direction, one.code) for one in closes] == [
        (Direction.RECEIVED, 1007),
        (Direction.SENT, 1007),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"opcode": 0x3, "data": b"reserved opcode"},
        {"opcode": "binary", "data": b"reserved bit", "rsv1": True},
        {"opcode": "binary", "data": b"no mask", "masked": False},
        {"opcode": "continuation", "data": b"of nothing"},
        {"opcode": "ping", "data": b"long" * 40},
        {"opcode": "ping", "data": b"in fragments", "fin": False},
        {"opcode": "close", "data": b"\x03"},
    ],
    ids=lambda broken: str(broken["data"]),
)
def test_broken_frames(broken: dict[str, object]) -> None:
    """Frames that no correct client sends reach the server as they are: it closes with 1002."""

    async def script(session: Session, recorder: Recorder) -> None:
        assert await session.send_frame(**broken)  # type: ignore[arg-type]
        await arrived(recorder, "close")

    transcript = with_server(script)
    received = [one for one in transcript.frames() if one.direction is Direction.RECEIVED]
    assert [(one.opcode, one.code) for one in received] == [("close", 1002)]
    sent = next(one for one in transcript.frames() if one.direction is Direction.SENT)
    assert sent.data == broken["data"]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_hand_made_frames_are_correct(size: int) -> None:
    """A hand-made frame with nothing broken is understood, at every form of the length field."""
    data = bytes(range(256)) * (size // 256 + 1)

    async def script(session: Session, recorder: Recorder) -> None:
        await session.send_frame("binary", data[:size])
        await arrived(recorder, "binary")

    assert frames(with_server(script))[1] == ("<<", "binary", data[:size], 1)


def test_raw_bytes() -> None:
    """Bytes that are no frame at all are sent as they are, and recorded as raw."""

    async def script(session: Session, recorder: Recorder) -> None:
        assert await session.send_raw(b"GET / HTTP/1.1\r\n\r\n")
        await arrived(recorder, "close")

    assert frames(with_server(script))[0] == (">>", "raw", b"GET / HTTP/1.1\r\n\r\n", 1)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (peers.frame(0x83, b"reserved opcode"), 1002),
        (peers.frame(0xC2, b"reserved bit"), 1002),
        (b"\x82\x81\x00\x00\x00\x00x", 1002),
        (peers.frame(0x80, b"continues nothing"), 1002),
        (peers.frame(0x02, b"a") + peers.frame(0x82, b"b"), 1002),
        (peers.frame(0x81, b"\xff"), 1007),
        (peers.close_frame(1005), 1002),
    ],
    ids=["opcode", "rsv", "masked", "continuation", "interleaved", "utf-8", "close-code"],
)
def test_violations(sent: bytes, code: int) -> None:
    """A peer that breaks RFC 6455 gets the RFC's code, and the mark ``violation`` says what it did."""
    transcript = with_peer(writing(sent))
    (mark,) = transcript.marks("violation")
    assert mark.data["code"] == code
    assert mark.data["reason"]
    closes = [one for one in transcript.frames() if one.opcode == "close" and one.direction is Direction.SENT]
    assert [one.code for one in closes] == [code]


def test_invalid_text_is_kept() -> None:
    """A text message that is not UTF-8 is recorded with its bytes before the connection is failed."""
    assert frames(with_peer(writing(peers.frame(0x81, b"\xff"))))[0] == ("<<", "text", b"\xff", 1)


@pytest.mark.parametrize("fragmented", [False, True])
def test_oversize(fragmented: bool) -> None:
    """A message beyond ``max_size`` ends the connection with 1009 and a mark, and is not collected."""
    half = peers.frame(0x02, b"x" * 600) + peers.frame(0x80, b"x" * 600)
    transcript = with_peer(writing(half if fragmented else peers.frame(0x82, b"x" * 1200)), max_size=1000)
    (mark,) = transcript.marks("oversize")
    assert mark.data["limit"] == 1000
    assert [(one.opcode, one.code) for one in transcript.frames()] == [("close", 1009)]


@pytest.mark.parametrize("limits", [{"max_entries": 100}, {"max_bytes": 10_000}])
def test_flood(limits: dict[str, int]) -> None:
    """An endless stream is cut off at the recorder's limit, with the marks ``flooded`` and ``closed``."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(peers.frame(0x82, b"x" * 100) * 50)
            await writer.drain()

    transcript = with_peer(endless, Recorder("case", **limits))
    assert len(list(transcript.frames())) == 100
    assert len(list(transcript.marks("flooded"))) == 1
    (closed,) = transcript.marks("closed")
    assert (closed.data["by"], closed.data["how"]) == ("us", "aborted")


@pytest.mark.parametrize("size", [0, 30])
def test_fragments_without_end(size: int) -> None:
    """Fragments of one message, without an end, are a flood, however small they are."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(peers.frame(0x02, b""))
        while True:
            writer.write(peers.frame(0x00, b"x" * size) * 1000)
            await writer.drain()

    transcript = with_peer(endless)
    assert len(list(transcript.marks("flooded"))) == 1
    assert list(transcript.frames()) == []


def test_other_connections_have_their_turn() -> None:
    """However much a peer sends at once, the loop comes round in between."""
    turns = 0

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(peers.frame(0x82, b"x") * 100_000)
        await peers.until_end(reader)

    async def play() -> None:
        nonlocal turns
        recorder = Recorder("case", max_entries=50_000)

        async def accepting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peers.accept(reader, writer)
            await peer(reader, writer)

        async with peers.listening(accepting) as port:
            await Session.open(recorder, "a", f"ws://127.0.0.1:{port}/")
            while not recorder.flooded:
                before = recorder.version
                await asyncio.sleep(0)
                assert recorder.version - before <= 16 * 1024 // 3 + 1
                turns += 1

    asyncio.run(play())
    assert turns >= 50_000 // (16 * 1024 // 3 + 1)


def test_unsent() -> None:
    """Sending on a closed session raises nothing: the mark ``unsent`` says so, and no frame is recorded."""

    async def script(session: Session, recorder: Recorder) -> None:
        await session.close()
        assert not await session.send(b"late")
        assert not await session.ping(b"late")
        assert not await session.send_raw(b"late")
        assert not await session.send_frame("binary", b"late")

    transcript = with_server(script)
    assert len(list(transcript.marks("unsent"))) == 4
    assert {one.opcode for one in transcript.frames()} == {"close"}


def test_two_sessions_in_one_recorder() -> None:
    """Two sessions of a conversation keep apart by name and share one clock."""

    async def play() -> Transcript:
        recorder = Recorder("case")

        async def echo(connection: ServerConnection) -> None:
            async for message in connection:
                await connection.send(message)

        async with serve(echo, "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            one, two = await asyncio.gather(
                Session.open(recorder, "1", url), Session.open(recorder, "2", url)
            )
            await asyncio.gather(one.send(b"1"), two.send(b"2"))
            await arrived(recorder, "binary", 2)
            await asyncio.gather(one.close(), two.close())
        return recorder.transcript()

    transcript = asyncio.run(play())
    for name in ("1", "2"):
        data = [one.data for one in transcript.frames(name) if one.opcode == "binary"]
        assert data == [name.encode()] * 2
    received = [one for one in transcript.frames() if isinstance(one, Frame)]
    assert len(received) == 8

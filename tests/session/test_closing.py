"""The end of a session: who closed it, with which code, and how; whatever the peer does, it ends."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable

import pytest

from conformance.session import wire
from conformance.session.websocket import Session
from conformance.transcript.model import Direction, Mark, Transcript
from conformance.transcript.recorder import Recorder

from . import peers
from .peers import Handler

Script = Callable[[Session], Awaitable[None]]


async def listen(session: Session) -> None:
    """The script of a client that does nothing until the connection is gone."""
    async with asyncio.timeout(5):
        await session.gone()


def played(handler: Handler, script: Script = listen) -> Transcript:
    """The transcript of ``script`` against a raw peer that accepts the upgrade."""

    async def accepting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.accept(reader, writer)
        await handler(reader, writer)

    async def play() -> Transcript:
        recorder = Recorder("case")
        async with peers.listening(accepting) as port:
            session = await Session.open(recorder, "a", f"ws://127.0.0.1:{port}/")
            await script(session)
            assert session.is_gone
            assert not session.is_open
        return recorder.transcript()

    return asyncio.run(play())


def closed(transcript: Transcript) -> Mark:
    """The one mark ``closed``, which is the last entry."""
    (mark,) = transcript.marks("closed")
    assert transcript.entries[-1] is mark
    return mark


def closing(*sent: bytes) -> Handler:
    """A peer that writes these bytes, reads our Close and ends the connection."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(sent))
        await reader.readuntil(b"\x88")
        writer.close()

    return handler


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [(1000, b"", 1000), (1008, b"too slow", 1008), (4001, "für".encode(), 4001), (None, b"", 1005)],
)
def test_peer_closes(code: int | None, reason: bytes, told: int) -> None:
    """The peer's Close is recorded with code and reason and echoed; no code at all is told as 1005."""
    transcript = played(closing(peers.close_frame(code, reason)))
    theirs, ours = transcript.frames()
    assert (theirs.direction, theirs.opcode, theirs.code) == (Direction.RECEIVED, "close", code)
    assert theirs.reason == reason.decode()
    assert (ours.direction, ours.opcode, ours.data) == (Direction.SENT, "close", theirs.data)
    mark = closed(transcript)
    assert (mark.data["code"], mark.data["reason"], mark.data["by"], mark.data["how"]) == (
        told,
        reason.decode(),
        "peer",
        "eof",
    )


def test_end_without_close() -> None:
    """A connection that ends without a Close frame is 1006, by the peer, with that sentence."""

    async def ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(peers.frame(0x82, b"last"))
        writer.close()

    transcript = played(ends)
    assert [one.data for one in transcript.frames()] == [b"last"]
    mark = closed(transcript)
    assert (mark.data["code"], mark.data["by"], mark.data["how"]) == (1006, "peer", "eof")
    assert mark.data["reason"] == "the peer ended the connection without a Close frame"


def test_reset() -> None:
    """A reset connection is 1006, by the peer, and says that it was reset."""

    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.transport.abort()

    async def sends(session: Session) -> None:
        # Bytes that the peer's socket never reads turn its close into a reset.
        await session.send(b"x" * 4_000_000)
        await listen(session)

    mark = closed(played(resets, sends))
    assert (mark.data["code"], mark.data["by"], mark.data["how"]) == (1006, "peer", "reset")
    assert mark.data["reason"] == "the peer reset the connection"


def test_we_close() -> None:
    """Our Close is answered; what arrives before the peer's Close is still recorded; we closed."""

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x88")
        writer.write(peers.frame(0x82, b"late") + peers.frame(0x89, b"") + peers.close_frame(1000))
        writer.close()

    async def closes(session: Session) -> None:
        assert await session.close(1000, "done")
        assert await session.close()

    transcript = played(answers, closes)
    assert [(one.direction.value, one.opcode) for one in transcript.frames()] == [
        ("sent", "close"),
        ("received", "binary"),
        ("received", "ping"),
        ("sent", "pong"),
        ("received", "close"),
    ]
    mark = closed(transcript)
    assert (mark.data["code"], mark.data["by"], mark.data["how"]) == (1000, "us", "eof")


def test_closes_cross() -> None:
    """A Close of the peer's own that crosses ours has a code of its own: both closed."""
    transcript = played(closing(), closes_with_answer)
    assert closed(transcript).data["by"] == "us"

    async def crosses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x88")
        writer.write(peers.close_frame(1008))
        writer.close()

    mark = closed(played(crosses, closes_with_answer))
    assert (mark.data["code"], mark.data["by"]) == (1008, "both")


def test_answer_with_1000() -> None:
    """A peer that answers every Close with 1000 has not closed of its own."""

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x88")
        writer.write(peers.close_frame(1000))
        writer.close()

    async def closes(session: Session) -> None:
        assert await session.close(4000, "our own")

    mark = closed(played(answers, closes))
    assert (mark.data["code"], mark.data["by"]) == (1000, "us")


async def closes_with_answer(session: Session) -> None:
    """Closes, whatever comes back."""
    await session.close()


def test_peer_ignores_our_close() -> None:
    """A peer that does not answer our Close is cut off in time: 1006, by us, with the reason."""

    async def ignores(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.until_end(reader)

    async def closes(session: Session) -> None:
        assert not await session.close(timeout_s=0.05)

    mark = closed(played(ignores, closes))
    assert (mark.data["code"], mark.data["by"], mark.data["how"]) == (1006, "us", "aborted")
    assert mark.data["reason"] == "the peer did not finish the closing handshake within 0.05 s"


def test_peer_leaves_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that sends a Close and leaves TCP open is cut off after a while; its code stays."""
    monkeypatch.setattr(wire, "LINGER_S", 0.05)

    async def lingers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(peers.close_frame(1001))
        await peers.until_end(reader)

    mark = closed(played(lingers))
    assert (mark.data["code"], mark.data["by"], mark.data["how"]) == (1001, "peer", "aborted")
    assert mark.data["reason"] == "the peer left the connection open after the Close"


def test_abort() -> None:
    """Our abort is 1006, by us, with our reason; the session is not open from that moment."""

    async def ignores(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peers.until_end(reader)

    async def aborts(session: Session) -> None:
        before = session.is_open
        session.abort("enough")
        assert (before, session.is_open) == (True, False)
        await listen(session)

    mark = closed(played(ignores, aborts))
    assert (mark.data["code"], mark.data["by"], mark.data["reason"]) == (1006, "us", "enough")


def test_frames_after_close_are_ignored() -> None:
    """What a peer sends after its Close is no part of the conversation (RFC 6455, 1.4)."""
    transcript = played(closing(peers.close_frame(1000), peers.frame(0x82, b"after")))
    assert {one.opcode for one in transcript.frames()} == {"close"}


def test_end_inside_a_frame() -> None:
    """A connection that ends inside a frame is 1006, and the half frame is no message."""

    async def stops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(peers.frame(0x82, b"half")[:-2])
        writer.close()

    transcript = played(stops)
    assert not list(transcript.frames())
    assert closed(transcript).data["code"] == 1006


def test_hand_made_close() -> None:
    """A Close that was made by hand starts our side of the closing handshake: no second Close follows it."""

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\x88")
        writer.write(peers.close_frame(1000))
        writer.close()

    async def closes(session: Session) -> None:
        await session.send_frame("close", b"\x03\xe8bye")
        assert not session.is_open
        await listen(session)

    transcript = played(answers, closes)
    assert [(one.direction.value, one.code) for one in transcript.frames()] == [
        ("sent", 1000),
        ("received", 1000),
    ]
    assert closed(transcript).data["by"] == "us"


def test_nothing_is_left_behind() -> None:
    """When a connection is gone and nobody looks at it any more, its memory is free at once."""
    held: list[weakref.ref[object]] = []

    async def play() -> None:
        recorder = Recorder("case")

        async def accepting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peers.accept(reader, writer)
            await closing(peers.frame(0x82, b"last"))(reader, writer)

        async with peers.listening(accepting) as port:
            session = await Session.open(recorder, "a", f"ws://127.0.0.1:{port}/")
            held.append(weakref.ref(recorder))
            await session.close()
            assert b"last" in [frame.data for frame in recorder.transcript().frames()]

    gc.disable()
    try:
        asyncio.run(play())
        assert held[0]() is None
    finally:
        gc.enable()

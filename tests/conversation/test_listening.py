"""Sessions that are listened to for long: all that comes is judged, in order, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from conformance.cases.reading import Reader
from conformance.conversation.listening import Listening, Tally
from conformance.errors import DocumentError
from conformance.verdict.frames import FrameJudge
from conformance.verdict.live import Desk, Live
from tests.session.peers import accept, frame, listening
from tests.verdict.stage import library

SERVICE = library().services["library"]
READER = Reader(SERVICE)
CODEC = READER.codec_for("")
HEAD = [["watching", "a"], ["shelf", "a", 1, ["x"]]]


def stream(count: int, size: int = 0) -> bytes:
    """The frames of a shelf's stream."""
    rest = [["moved", "a", number, number] for number in range(2, count)]
    pads = [["shelf", "b" * size, 0, []]] if size else []
    return b"".join(frame(0x82, CODEC.encode(value)) for value in [*HEAD, *rest, *pads])


Script = Callable[[Listening[Live], str], Awaitable[Tally]]


def listen(sent: bytes, script: Script, make: Callable[[], Live] | None = None, **limits: Any) -> Tally:
    """Plays a script against a server that sends the same bytes to whoever connects, then waits."""
    desk = Desk(READER, FrameJudge(SERVICE, library().clauses))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(sent)
        await reader.read(-1)

    async def play() -> Tally:
        async with asyncio.timeout(120), listening(serve) as port:
            return await script(
                Listening("case", make or (lambda: Live(desk)), **limits), f"ws://127.0.0.1:{port}/"
            )

    return asyncio.run(play())


async def received(listener: Listening[Live], count: int) -> None:
    """Waits until so many messages have come."""
    while listener.recorder.received < count:
        await listener.more()


async def came(listener: Listening[Live], count: int) -> None:
    """Waits until so many messages have come and none waits."""
    await received(listener, count)
    await listener.judged()


def test_every_session_gets_every_message_judged() -> None:
    """Forty sessions, each with 500 messages more than once around: received and judged are the same."""

    async def script(listener: Listening[Live], url: str) -> Tally:
        sessions = await asyncio.gather(*(listener.open(f"s{number}", url) for number in range(40)))
        await came(listener, 40 * 500)
        assert all(live.judged == 500 and not live.broken for live in listener.lives.values())
        assert len(listener.lives) == 40
        for session in sessions:
            session.abort()
        return listener.tally()

    tally = listen(stream(500), script)
    assert (tally.received, tally.judged, tally.waiting, tally.dropped) == (20_000, 20_000, 0, 0)
    assert tally.stops == 0


class Slow(Live):
    """A judge that needs a while."""

    def take(self, number: int, at: int, opcode: str, data: bytes) -> None:
        for _ in range(2000):
            pass
        super().take(number, at, opcode, data)


def test_where_judging_is_slower_reading_waits_for_it() -> None:
    """More than may wait: sessions stop reading, which is told; nothing is lost or out of order."""
    desk = Desk(READER, FrameJudge(SERVICE, library().clauses))

    async def script(listener: Listening[Live], url: str) -> Tally:
        for number in range(3):
            await listener.open(f"s{number}", url)
        await came(listener, 3 * 3000)
        assert all(live.judged == 3000 and not live.broken for live in listener.lives.values())
        return listener.tally()

    tally = listen(stream(3000), script, lambda: Slow(desk), most_waiting=500)
    assert tally.dropped == 0
    assert tally.stops >= 2
    assert tally.stopped_ms > 0
    assert 500 < tally.most_waiting < 9_000


def test_bytes_that_wait_are_bounded_too() -> None:
    """A few long messages stop the reading as many short ones do."""
    desk = Desk(READER, FrameJudge(SERVICE, library().clauses))

    async def script(listener: Listening[Live], url: str) -> Tally:
        await listener.open("s", url)
        await came(listener, 41)
        return listener.tally()

    tally = listen(stream(20, 60_000) + stream(20), script, lambda: Slow(desk), most_bytes=10_000)
    assert (tally.stops > 0, tally.dropped) == (True, 0)


class Failing(Live):
    """A judge that cannot go on."""

    def take(self, number: int, at: int, opcode: str, data: bytes) -> None:
        if number == 3:
            raise DocumentError("x", "a pattern takes too long")
        super().take(number, at, opcode, data)


def test_a_judge_that_fails_is_told_and_nothing_hangs() -> None:
    """Who waits for the judgement gets the error, now and later; the message counts as dropped."""
    desk = Desk(READER, FrameJudge(SERVICE, library().clauses))

    async def script(listener: Listening[Live], url: str) -> Tally:
        session = await listener.open("s", url)
        await received(listener, 50)
        for _ in range(2):
            with pytest.raises(DocumentError, match="takes too long"):
                await listener.judged()
        session.abort()
        return listener.tally()

    tally = listen(stream(50), script, lambda: Failing(desk))
    assert (tally.judged, tally.dropped, tally.received) == (3, 1, 50)

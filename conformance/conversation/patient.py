"""Playing long waits: a connection on which nothing is said, and a reader that stops reading."""

from __future__ import annotations

import asyncio
from functools import partial

from conformance.cases.filling import sourced_names
from conformance.cases.steps import Idle, Stall
from conformance.conversation.floor import MS, Floor, Stop
from conformance.transcript import Direction, Frame

ANSWER_MS = 2000
LINGER_MS = 10
ENOUGH = 1024 * 1024
"""So many bytes are more than what the buffers between two kernels hold, and a target behind them."""
COMMANDS = 4000
TOGETHER = 16
PAUSE_S = 0.001
MARGIN_MS = 500
"""How much longer than promised we read nothing: the target's clock began when it noticed."""
READING_MS = 1000
"""So long after we read again, all that was left unread has come, and a close behind it."""


async def idle(floor: Floor, index: int, step: Idle) -> None:
    """Says nothing; pings are answered."""
    floor.around.settle()
    session = await floor.session(step.session, index)
    await floor.wait(lambda: None, floor.recorder.now() + step.for_ms * MS, step.session)
    floor.ended("satisfied" if session.is_open else "expired", step.session, index)
    if not session.is_open:
        raise Stop


async def stall(floor: Floor, index: int, step: Stall) -> None:
    """Asks for much while nothing is read."""
    session = await floor.session(step.session, index)
    await floor.resolve(sourced_names(step.asks))
    codec = floor.readers[step.session].codec

    async def ask(row: tuple[object, ...], times: int = 1) -> None:
        filled = (floor.filler.fill(payload, floor.ledger.saved) for _ in range(times) for payload in row)
        await session.send_all([codec.encode(command) for command in filled], opcode=codec.opcode)

    sizes: list[int] = []
    # Twice, for an event or an answer that comes late looks like more than a row really brings.
    for at, each in (*enumerate(step.asks), *enumerate(step.asks)):
        begun = len(floor.recorder.entries)
        await ask(each)
        await floor.wait(partial(_some, floor, step.session, begun), _in(floor, ANSWER_MS), step.session)
        await floor.wait(lambda: None, _in(floor, LINGER_MS), step.session)
        size = _received(floor, step.session, begun)
        sizes[at : at + 1] = [min([size, *sizes[at : at + 1]])]
    size, row = max(zip(sizes, step.asks, strict=True), key=lambda pair: pair[0] / len(pair[1]))
    if not size:
        reason = "the target sent nothing that could be left unread"
        floor.recorder.mark("unplayable", step.session, index, reason=reason)
        raise Stop
    rounds = min(COMMANDS // len(row), ENOUGH // size + 1)
    # Few targets take all the time that a reply may take, or bring less when much is asked at once: that is
    # made up for where the connection was not closed.
    for longer in (MARGIN_MS, MARGIN_MS + step.reply_ms) if step.reply_ms else (MARGIN_MS,):
        before = len(floor.recorder.entries)
        session.stop_reading()
        try:
            for begun in range(0, rounds, TOGETHER):
                await ask(row, min(TOGETHER, rounds - begun))
                await asyncio.sleep(PAUSE_S)
            floor.recorder.mark("unread", step.session, index, bytes=rounds * size)
            floor.around.settle()
            until = floor.until(floor.recorder.now(), step.for_ms, longer)
            await floor.wait(lambda: None, until, step.session)
        finally:
            session.read_again()
        if longer == MARGIN_MS and step.reply_ms:
            await floor.wait(lambda: not session.is_open or None, _in(floor, READING_MS), step.session)
            if not session.is_open:
                break
            came = max(1, _received(floor, step.session, before))
            rounds = min(COMMANDS // len(row), max(rounds, rounds * ENOUGH // came + 1))
    floor.ended("satisfied", step.session, index)


def _in(floor: Floor, milliseconds: int) -> int:
    return floor.recorder.now() + milliseconds * MS


def _some(floor: Floor, session: str, begun: int) -> bool | None:
    return bool(_received(floor, session, begun)) or None


def _received(floor: Floor, session: str, begun: int) -> int:
    """How many bytes of messages came behind that entry."""
    return sum(
        len(entry.data)
        for entry in floor.recorder.entries[begun:]
        if isinstance(entry, Frame)
        and (entry.session, entry.direction) == (session, Direction.RECEIVED)
        and entry.opcode in ("text", "binary")
    )

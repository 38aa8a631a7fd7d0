"""Playing long waits: a connection on which nothing is said, and a reader that stops reading."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from math import ceil

from conformance.cases.filling import sourced_names
from conformance.cases.steps import Idle, Reading, Stall
from conformance.conversation.floor import MS, Floor, Stop

ANSWER_MS = 2000
LINGER_MS = 10
ENOUGH = 1024 * 1024
"""So many bytes are more than what the buffers between two hosts hold at first, and a target behind them."""
MOST = 5 * ENOUGH
"""So many bytes no kernel holds by itself, on one host neither: Linux lets 4 MiB wait at a sender
(``tcp_wmem``), and on our side hardly any wait. Who said them all kept some of them itself."""
MORE = 6 * ENOUGH
COMMANDS = 4000
MANY = 5 * COMMANDS
"""Commands where so many bytes have to be brought."""
TOGETHER = 16
"""Rows in one go."""
PAUSE_S = 0.001
MARGIN_MS = 500
"""How much longer than promised we read nothing: the target's clock began when it noticed."""
ALL = 0.9
"""What a row brings varies: with this part of what the rows should have brought, nothing was left out."""
READING_MS = 1000
"""So long after we read again, more of what was left unread has come, or a close behind it."""
READINGS = 15
"""So often more may come."""

Ask = Callable[[tuple[object, ...], int], Awaitable[None]]


async def idle(floor: Floor, index: int, step: Idle) -> None:
    """Says nothing; pings are answered."""
    floor.around.settle()
    session = await floor.session(step.session, index)
    begun = floor.base(step.session, step.since)
    until = floor.until(begun, step.for_ms) if step.since == "overdue" else begun + step.for_ms * MS
    await floor.wait(lambda: None, until, step.session)
    floor.ended("satisfied" if session.is_open else "expired", step.session, index)
    if not session.is_open:
        raise Stop


async def reading(floor: Floor, index: int, step: Reading) -> None:
    """Leaves unread what comes from now on, or reads it, and all that was left."""
    session = await floor.session(step.session, index)
    if step.on:
        session.read_again()
    else:
        session.stop_reading()


async def stall(floor: Floor, index: int, step: Stall) -> None:
    """Asks for much while nothing is read."""
    session = await floor.session(step.session, index)
    await floor.resolve(sourced_names(step.asks))
    for each in (payload for row in step.asks for payload in row):
        await floor.admitted(index, step.session, "", floor.filler.fill(each, floor.ledger.saved))
    codec = floor.readers[step.session].codec

    async def ask(row: tuple[object, ...], times: int) -> None:
        filled = (floor.filler.fill(payload, floor.ledger.saved) for _ in range(times) for payload in row)
        await session.send_all([codec.encode(command) for command in filled], opcode=codec.opcode)

    brought = [await _brought(floor, step.session, ask, row) for row in step.asks]
    size, row = max(zip(brought, step.asks, strict=True), key=lambda pair: pair[0] / len(pair[1]))
    if not size:
        reason = "the target sent nothing that could be left unread"
        floor.recorder.mark("unplayable", step.session, index, reason=reason)
        raise Stop
    rounds = min(COMMANDS // len(row), ENOUGH // size + 1)
    came, whole = 0, False
    for longer in (MARGIN_MS, MARGIN_MS + step.reply_ms):
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
        # What the network had no room for is sent again at intervals that double: the next one is as long as
        # we read nothing.
        told, calm, patience = 0, 0, ceil((step.for_ms + longer) / READING_MS) + 1
        for _ in range(READINGS + patience):
            await floor.wait(lambda: not session.is_open or None, _in(floor, READING_MS), step.session)
            came, replies = _received(floor, step.session, before), _replies(floor, step.session, before)
            told, calm = replies, calm + 1 if replies == told else 0
            if not session.is_open or calm >= patience or came >= rounds * size * ALL:
                break
        going_on = calm < patience
        # What takes its time has lost nothing, nor has it left anything unread.
        whole = going_on or came >= rounds * size * ALL
        if not session.is_open:
            break
        # What the buffers between held was never left unread. And few targets take all the time that a reply
        # may take, or bring less when much is asked at once. Both are made up for, once.
        if came >= rounds * size * ALL:
            rounds = min(MANY // len(row), MORE // size + 1)
            if rounds * size < MORE:
                break
        elif whole or not step.reply_ms:
            break
        else:
            rounds = min(COMMANDS // len(row), max(rounds, rounds * ENOUGH // max(1, came) + 1))
    if session.is_open and whole and came < MOST:
        reason = f"the target said no more than {came} bytes, all of which came: too few to be left unread"
        floor.recorder.mark("unplayable", step.session, index, reason=reason)
        raise Stop
    floor.ended("satisfied", step.session, index)


def _in(floor: Floor, milliseconds: int) -> int:
    return floor.recorder.now() + milliseconds * MS


async def _brought(floor: Floor, session: str, ask: Ask, row: tuple[object, ...]) -> int:
    """How many bytes a row of commands brings.

    Several at once: a late event, or one of a stream that runs, looks like more than a single row brings.
    """
    begun = len(floor.recorder.entries)
    await ask(row, TOGETHER)
    before, replies = -1, 0
    while before < replies < TOGETHER * len(row):
        before = replies
        await floor.wait(partial(_more, floor, session, begun, before), _in(floor, ANSWER_MS), session)
        replies = _replies(floor, session, begun)
    await floor.wait(lambda: None, _in(floor, LINGER_MS), session)
    rows = max(1, min(TOGETHER, replies // len(row)))
    return _received(floor, session, begun) // rows


def _more(floor: Floor, session: str, begun: int, than: int) -> bool | None:
    return _replies(floor, session, begun) > than or None


def _replies(floor: Floor, session: str, begun: int) -> int:
    """How many messages came behind that entry which are no mere events."""
    refusals = floor.ledger.services[session].rules.refusals
    return sum(
        any(not each.event or (refusals and each.name == refusals.message) for each in seen.messages)
        for seen in floor.ledger.seen.get(session, ())
        if seen.index >= begun
    )


def _received(floor: Floor, session: str, begun: int) -> int:
    """How many bytes of messages came behind that entry which commands brought.

    Where no stream can be begun, an event is not what a command brings: others of the account cause it.
    """
    streams = floor.ledger.services[session].rules.streams
    return sum(
        len(seen.data)
        for seen in floor.ledger.seen.get(session, ())
        if seen.index >= begun
        and (streams or not seen.messages or not all(each.event for each in seen.messages))
    )

"""Playing silence, closing and pings: steps that wait for what is no message, or for none."""

from __future__ import annotations

from collections.abc import Callable

from conformance.cases.conditions import unmet
from conformance.cases.probing import probed
from conformance.cases.reading import Seen
from conformance.cases.steps import Close, Ping, Send, Silence
from conformance.conversation.around import LATE_MS
from conformance.conversation.commands import send
from conformance.conversation.floor import MS, Floor, Stop

PONG_MS = 2000
LINGER_MS = 50


async def silence(floor: Floor, index: int, step: Silence) -> None:
    """Waits for the witness (or the window), then for the barrier that proves the connection alive."""
    floor.around.settle()
    seen = None
    if step.witness:
        begun = await _begun(floor, index, step)
        until = floor.recorder.now() + step.witness_ms * MS
        seen = await floor.wait(_witnessed(floor, step, begun), until, step.witness)
        if seen is None:
            floor.recorder.mark("unwitnessed", step.session, index)
            raise Stop
        floor.recorder.mark("witnessed", step.session, index, entry=seen.index)
    # What reaches the witness need not reach this session at the same time: each may have a clock of its own.
    since, pause_ms = (seen.at, LINGER_MS) if seen else (floor.recorder.now(), step.for_ms)
    await floor.wait(lambda: None, since + pause_ms * MS, step.session)
    if step.ends:
        over = floor.until(floor.recorder.now(), step.witness_ms)
        await floor.wait(lambda: not floor.sessions[step.session].is_open or None, over, step.session)
        floor.ended("satisfied", step.session, index)
        return
    await _barrier(floor, index, step)


async def _begun(floor: Floor, index: int, step: Silence) -> int:
    """The index of the entry behind which the witness's message proves a stimulus.

    That is the last command of a step, when it was sent since the silence began: it is the stimulus. Where
    none was, what the witness sees may have been on its way since before; so its connection is asked for a
    pong first, and only what it sees behind that counts.
    """
    settled = floor.ledger.settled(step.session)
    if floor.stimulus > settled:
        return floor.stimulus
    session = await floor.session(step.witness, index)
    data = b"fence %d" % index
    pong = floor.frame(step.witness, "pong", data)
    await session.ping(data)
    answer = await floor.wait(pong, floor.until(floor.recorder.now(), PONG_MS, LATE_MS), step.witness)
    return floor.recorder.entries.index(answer) if answer is not None else settled


def _witnessed(floor: Floor, step: Silence, begun: int) -> Callable[[], Seen | None]:
    looked = 0

    def look() -> Seen | None:
        nonlocal looked
        messages = floor.ledger.seen.get(step.witness, [])
        news, looked = messages[looked:], len(messages)
        for seen in news:
            fits = not step.messages or bool(set(step.messages) & set(seen.names))
            if not fits or seen.index <= begun:
                continue
            if unmet(step.witness_where or step.where, seen.value, floor.ledger.saved, seen.names) is None:
                return seen
        return None

    return look


async def _barrier(floor: Floor, index: int, step: Silence) -> None:
    """A probe that is answered behind the window: the silent connection was alive, and listening."""
    service = floor.ledger.services[step.session]
    harmless = floor.around.probing.probe(service)
    session = await floor.session(step.session, index)
    answer: object
    floor.recorder.mark("barrier", step.session, index)
    if harmless is None:
        data = b"still there %d" % index
        pong = floor.frame(step.session, "pong", data)
        await session.ping(data)
        until = floor.until(floor.recorder.now(), PONG_MS, LATE_MS)
        answer = await floor.wait(pong, until, step.session)
    else:
        operation, payload = harmless
        stimulus = floor.stimulus
        await send(floor, index, Send(step.session, operation.name, payload))
        floor.stimulus = stimulus  # a probe causes nothing
        waiting = probed(step.session, operation, service, step.clause, index)
        until = floor.until(floor.recorder.now(), waiting.within_ms, LATE_MS)
        seen = await floor.wait(floor.match(waiting), until, step.session)
        if seen is not None:
            floor.ledger.use(waiting, seen)
        answer = seen
    floor.recorder.mark("expired" if answer is None else "satisfied", step.session, index)
    if answer is None:
        raise Stop


async def close(floor: Floor, index: int, step: Close) -> None:
    """Waits until the target has closed."""
    if step.not_before_ms:
        floor.around.settle()
    until = floor.until(floor.base(step.session, step.since), step.within_ms, LATE_MS)
    session = floor.sessions[step.session]
    # A Close is the close, even where the peer takes its time to end the TCP connection behind it.
    closed = await floor.wait(lambda: not session.is_open or None, until, step.session)
    floor.ended("satisfied" if closed else "expired", step.session, index)
    if not closed:
        raise Stop


async def ping(floor: Floor, index: int, step: Ping) -> None:
    """Sends a ping and waits for its pong, unless it is given no time."""
    session = await floor.session(step.session, index)
    look = floor.frame(step.session, "pong", step.data)
    await session.ping(step.data)
    if not step.within_ms:
        floor.ended("satisfied", step.session, index)
        return
    until = floor.until(floor.recorder.now(), step.within_ms, LATE_MS)
    pong = await floor.wait(look, until, step.session)
    floor.ended("expired" if pong is None else "satisfied", step.session, index)
    if pong is None:
        raise Stop

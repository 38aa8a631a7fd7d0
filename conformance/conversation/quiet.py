"""Playing silence, closing and pings: steps that wait for what is no message, or for none."""

from __future__ import annotations

from conformance.cases.conditions import unmet
from conformance.cases.probing import probed
from conformance.cases.reading import Seen
from conformance.cases.steps import Close, Ping, Send, Silence
from conformance.conversation.around import LATE_MS
from conformance.conversation.commands import send
from conformance.conversation.floor import MS, Floor, Stop
from conformance.transcript import Direction, Frame

PONG_MS = 2000


async def silence(floor: Floor, index: int, step: Silence) -> None:
    """Waits for the witness (or the window), then for the barrier that proves the connection alive."""
    floor.around.settle()
    if step.witness:
        begun = floor.ledger.settled(step.session)
        seen = await floor.wait(
            lambda: _witnessed(floor, step, begun), floor.recorder.now() + step.witness_ms * MS, step.witness
        )
        if seen is None:
            floor.recorder.mark("unwitnessed", step.session, index)
            raise Stop
        floor.recorder.mark("witnessed", step.session, index, entry=seen.index)
    else:
        await floor.wait(lambda: None, floor.recorder.now() + step.for_ms * MS, step.session)
    await _barrier(floor, index, step)


def _witnessed(floor: Floor, step: Silence, begun: int) -> Seen | None:
    for seen in floor.ledger.seen.get(step.witness, ()):
        fits = not step.messages or bool(set(step.messages) & set(seen.names))
        if fits and seen.index > begun and unmet(step.where, seen.value, floor.ledger.saved) is None:
            return seen
    return None


async def _barrier(floor: Floor, index: int, step: Silence) -> None:
    """A probe that is answered behind the window: the silent connection was alive, and listening."""
    service = floor.ledger.services[step.session]
    harmless = floor.around.probing.probe(service)
    session = await floor.session(step.session, index)
    answer: object
    floor.recorder.mark("barrier", step.session, index)
    if harmless is None:
        data = b"still there"
        await session.ping(data)
        until = floor.until(floor.recorder.now(), PONG_MS, LATE_MS)
        answer = await floor.wait(lambda: _pong(floor, step.session, data), until, step.session)
    else:
        operation, payload = harmless
        await send(floor, index, Send(step.session, operation.name, payload))
        waiting = probed(step.session, operation, service, step.clause, index)
        until = floor.until(floor.recorder.now(), waiting.within_ms, LATE_MS)
        seen = await floor.wait(lambda: floor.ledger.match(waiting), until, step.session)
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
    await floor.wait(lambda: None, until, step.session)
    gone = floor.sessions[step.session].is_gone
    floor.ended("satisfied" if gone else "expired", step.session, index)
    if not gone:
        raise Stop


async def ping(floor: Floor, index: int, step: Ping) -> None:
    """Sends a ping and waits for its pong."""
    session = await floor.session(step.session, index)
    await session.ping(step.data)
    until = floor.until(floor.recorder.now(), step.within_ms, LATE_MS)
    pong = await floor.wait(lambda: _pong(floor, step.session, step.data), until, step.session)
    floor.recorder.mark("expired" if pong is None else "satisfied", step.session, index)
    if pong is None:
        raise Stop


def _pong(floor: Floor, session: str, data: bytes) -> Frame | None:
    for entry in floor.recorder.entries:
        if (
            isinstance(entry, Frame)
            and entry.session == session
            and entry.opcode == "pong"
            and entry.direction is Direction.RECEIVED
            and entry.data == data
        ):
            return entry
    return None

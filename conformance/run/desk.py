"""One session of an account that is kept open beside the cases: it asks, one question at a time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace

from conformance.cases.facts import PATIENCE_MS
from conformance.cases.reading import Seen, refuses
from conformance.cases.steps import As, Connect, Expect, Send
from conformance.cases.target import Credentials
from conformance.contract import Operation, Service, find
from conformance.conversation import Around, Unavailable
from conformance.conversation.around import LATE_MS
from conformance.conversation.commands import connect, send
from conformance.conversation.floor import MS, Floor, Stop
from conformance.errors import ConformanceError

MAIN = "main"
MOST_ENTRIES = 8000
"""A session that has recorded so much is replaced by a new one, whose transcript begins again."""
LONG_MS = 24 * 3600 * 1000
BUSY_S = 60.0
"""So long a target may be too busy for a command: limits are rarely counted over more than a minute."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0


class Silent(Exception):
    """There is no answer to be had; ``reason`` says why in a few words. ``busy``: the target had no time."""

    def __init__(self, reason: str, *, busy: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.busy = busy

    def __str__(self) -> str:
        return self.reason


class Desk:
    """Asks as ``who`` (None: as nobody). ``around`` has the guard that hears all that comes meanwhile.

    With ``listening`` what comes is read at once, not only when something is asked.
    """

    def __init__(
        self, service: Service, around: Around, who: Credentials | None, *, listening: bool = False
    ) -> None:
        self.service = service
        self.who = who
        self._around = replace(
            around, target=replace(around.target, credentials=(who,) if who is not None else ())
        )
        self._listening = listening
        self._floor: Floor | None = None
        self._steps = 0
        self._busy: dict[str, tuple[float, float]] = {}
        """Of each command that the target is too busy for: since when, and when it said so last."""
        self._turn = asyncio.Lock()
        self._ear: asyncio.Task[None] | None = None

    async def ask(self, operation: Operation, payload: object) -> Seen:
        """The answer, a refusal among them. Raises ``Silent``.

        A target that is busy is asked again, at longer and longer intervals. Where that was in vain for
        ``BUSY_S`` it is asked once each time, until it answers: whoever has much to ask comes to an end.
        """
        pause = FIRST_PAUSE_S
        while True:
            try:
                seen = await self._asked(operation, payload)
            except Silent as silent:
                left = self._patience(operation.name) if silent.busy else 0.0
                if left <= 0:
                    raise
            else:
                self._busy.pop(operation.name, None)
                return seen
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _patience(self, name: str) -> float:
        """How long (s) it is worth to go on asking for something that the target is too busy for."""
        now = time.monotonic()
        since, last = self._busy.get(name, (now, now))
        if now - last > BUSY_S:
            since = now
        self._busy[name] = since, now
        return since + BUSY_S - now

    async def _asked(self, operation: Operation, payload: object) -> Seen:
        async with self._turn:
            floor = await self._opened()
            refusals = self.service.rules.refusals
            replies = (*operation.replies, *((refusals.message,) if refusals else ()))
            floor.ledger.seen.clear()
            floor.ledger.sent.clear()
            floor.ledger.claimed.clear()
            self._steps += 1
            step = self._steps
            try:
                await send(floor, step, Send(MAIN, operation.name, payload))
            except Stop:
                raise Silent(_why(floor)) from None
            waiting = Expect(
                MAIN,
                tuple(dict.fromkeys(replies)),
                "",
                reply_to=step,
                within_ms=operation.within_ms or PATIENCE_MS,
            )
            until = floor.until(floor.recorder.now(), waiting.within_ms, LATE_MS)
            seen = await floor.wait(floor.match(waiting), until, MAIN)
            if seen is None:
                why = _why(floor) if floor.sessions[MAIN].is_gone else "no answer came in time"
                await self._left()
                raise Silent(why)
            if refuses(self.service, seen, "busy"):
                raise _too_busy(self.service, seen)
            return seen

    async def close(self) -> None:
        """Ends the session."""
        async with self._turn:
            await self._left()

    async def _opened(self) -> Floor:
        floor = self._floor
        if floor is not None:
            if floor.sessions[MAIN].is_open and len(floor.recorder.entries) < MOST_ENTRIES:
                return floor
            await self._left()
        floor = Floor("desk", self._around)
        who = As((self.who.scheme,)) if self.who is not None else None
        try:
            await connect(floor, 0, Connect(MAIN, self.service.name, who))
        except Stop:
            for session in floor.sessions.values():
                session.abort()
            last = floor.ledger.seen.get(MAIN, ())[-1:]
            if last and refuses(self.service, last[0], "busy"):
                raise _too_busy(self.service, last[0]) from None
            raise Silent(_why(floor)) from None
        except (Unavailable, ConformanceError) as failure:
            raise Silent(str(failure)) from None
        self._floor = floor
        if self._listening:
            self._ear = asyncio.create_task(_listen(floor), name="a desk listens")
        return floor

    async def _left(self) -> None:
        floor, self._floor = self._floor, None
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ear
        if floor is not None:
            session = floor.sessions[MAIN]
            if not await session.close(timeout_s=1.0):
                session.abort()


async def _listen(floor: Floor) -> None:
    await floor.wait(lambda: None, floor.recorder.now() + LONG_MS * MS, MAIN)


def _too_busy(service: Service, seen: Seen) -> Silent:
    refusals = service.rules.refusals
    codes = [str(code) for _path, code in find(seen.value, refusals.code)] if refusals is not None else []
    return Silent(f"{' '.join(('a refusal', *codes))}, again and again for {BUSY_S:g} s", busy=True)


def _why(floor: Floor) -> str:
    """Why the last thing that was tried came to nothing."""
    marks = floor.recorder.transcript().marks
    for mark in marks("skipped"):
        return str(mark.data.get("reason"))
    for mark in marks("failed"):
        return str(mark.data.get("reason"))
    for mark in marks("refused"):
        return f"answered HTTP {mark.data.get('status')} instead of a WebSocket upgrade"
    if any(True for _ in marks("expired")):
        return "no answer came in time"
    for mark in marks("closed"):
        return f"the connection was closed ({mark.data.get('code')})"
    return "the target refused the credential"

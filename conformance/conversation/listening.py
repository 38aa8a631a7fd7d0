"""Listening to many sessions for long: reading goes first, judging in short slices between the reads.

So the stamps of messages stay true while there is time for both. Where messages come faster than they can be
judged they wait; where too many wait, the sessions stop reading until they have been judged: TCP holds the
rest back and nothing is lost. How often and for how long that was is told, for then it was the suite that
was slow, not the target.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from conformance.session import Session
from conformance.transcript import Recorder
from conformance.transcript.passing import Passing
from conformance.validation import Finding

SLICE_NS: Final = 1_000_000
"""How long is judged before the sessions have their turn again."""
IN_A_ROW: Final = 16
"""Messages that are judged between two looks at the clock."""

MOST_WAITING: Final = 50_000
MOST_BYTES: Final = 16 * 1024 * 1024
"""Where more wait, reading stops; what one more read of each session brings may be added to it."""


class Ear(Protocol):
    """Who judges what one session receives: ``verdict.live.Live``, or who passes it on to one."""

    @property
    def judged(self) -> int:
        """How many messages have been judged."""

    @property
    def unjudged(self) -> int:
        """How many came behind what can be followed."""

    def take(self, number: int, at: int, opcode: str, data: bytes) -> None:
        """The session's next message."""


class Judging(Ear, Protocol):
    """An ear that judges, and can tell what it found: as ``verdict.live.Live`` does."""

    told: list[tuple[Finding, bytes]]
    broken: Counter[str]

    @property
    def exercised(self) -> frozenset[str]:
        """The clauses that the messages so far put to the test."""

    @property
    def overrun(self) -> bool:
        """Whether more streams came than are followed."""


EarT = TypeVar("EarT", bound=Ear)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the messages that came. ``dropped`` are those that were neither judged nor wait.

    ``stops``: how often reading was stopped because too many waited, ``stopped_ms`` for how long in all,
    ``most_waiting`` how many waited at most.
    """

    received: int
    judged: int
    unjudged: int
    waiting: int
    stops: int
    stopped_ms: float
    most_waiting: int

    @property
    def dropped(self) -> int:
        """Messages that the suite lost."""
        return self.received - self.judged - self.unjudged - self.waiting


class Listening(Generic[EarT]):
    """Sessions that record into ``recorder``, each judged by an ``Ear`` of its own, which ``make`` makes.

    ``behind``: who keeps all that is recorded but the messages of the target.
    """

    def __init__(
        self,
        case: str,
        make: Callable[[], EarT],
        *,
        behind: Recorder | None = None,
        most_waiting: int = MOST_WAITING,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.recorder = Passing(case, self._come, behind)
        self.lives: dict[str, EarT] = {}
        self.sessions: list[Session] = []
        self._make = make
        self._limits = most_waiting, most_bytes
        self._judging: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stops = 0
        self._stopped_at = 0
        self._stopped_ns = 0
        self._most = 0

    async def open(self, name: str, url: str, **options: object) -> Session:
        """Opens a session that is listened to: as ``Session.open``."""
        session = await Session.open(self.recorder, name, url, **options)  # type: ignore[arg-type]
        self.sessions.append(session)
        if self._stopped_at:
            session.stop_reading()
        return session

    async def judged(self) -> None:
        """Waits until no message waits: all that has been read is judged. Raises what a judge raises."""
        while self._judging is not None:
            await asyncio.shield(self._judging)

    async def more(self) -> None:
        """Waits until more messages have come than now, and some of them are judged, or none can be."""
        await self._news.wait()

    def tally(self) -> Tally:
        """What has become of the messages so far."""
        return Tally(
            received=self.recorder.received,
            judged=sum(live.judged for live in self.lives.values()),
            unjudged=sum(live.unjudged for live in self.lives.values()),
            waiting=len(self.recorder.waiting),
            stops=self._stops,
            stopped_ms=(self._stopped_ns + self._stopping()) / 1e6,
            most_waiting=self._most,
        )

    def _come(self) -> None:
        if self._judging is None:
            self._judging = asyncio.get_running_loop().create_task(self._judge())

    async def _judge(self) -> None:
        """Judges until no message waits, in slices."""
        try:
            while self.recorder.waiting:
                self._most = max(self._most, len(self.recorder.waiting))
                self._hold_back()
                self._slice(time.monotonic_ns() + SLICE_NS)
                self._go_on()
                self._tell()
                await asyncio.sleep(0)
        except BaseException:
            self._stop()  # nobody takes what comes
            self._tell()
            raise
        self._judging = None

    def _slice(self, until: int) -> None:
        waiting, take, lives = self.recorder.waiting, self.recorder.take, self.lives
        while waiting and time.monotonic_ns() < until:
            for _ in range(min(IN_A_ROW, len(waiting))):
                session, number, at, opcode, data = take()
                live = lives.get(session)
                if live is None:
                    live = lives[session] = self._make()
                live.take(number, at, opcode, data)

    def _tell(self) -> None:
        self._news.set()
        self._news.clear()

    def _hold_back(self) -> None:
        most, size = self._limits
        if not self._stopped_at and (len(self.recorder.waiting) > most or self.recorder.size > size):
            self._stops += 1
            self._stop()

    def _stop(self) -> None:
        self._stopped_at = self._stopped_at or time.monotonic_ns()
        for session in self.sessions:
            session.stop_reading()

    def _go_on(self) -> None:
        most, size = (limit // 2 for limit in self._limits)
        if self._stopped_at and len(self.recorder.waiting) <= most and self.recorder.size <= size:
            self._stopped_ns += self._stopping()
            self._stopped_at = 0
            for session in self.sessions:
                session.read_again()

    def _stopping(self) -> int:
        return time.monotonic_ns() - self._stopped_at if self._stopped_at else 0

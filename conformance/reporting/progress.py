"""While a run goes: a live line on a terminal, a plain one now and then in a log; failures as they happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TextIO

from conformance.record import CaseLine
from conformance.reporting.paper import Paper, cells

EVERY_S = 5.0
AT_LEAST_S = 1.0
EVERY_PART = 0.1
LIVE_S = 0.1
# A target that is all wrong is told in the summary, clause by clause, not in a thousand lines here.
MOST_TOLD = 20

_CLEAR = "\r\x1b[K"


class Progress:
    """Tells a user how far a run is.

    Call ``started`` and ``finished`` as cases do, and ``tick`` now and then (``ticking`` does so from an
    asyncio loop), so that the line moves while a run only waits. ``finished`` takes lines as they landed in
    the run file: without secrets. Where cases are played again and again, ``plays`` is how often at least.
    """

    def __init__(
        self,
        total: int,
        stream: TextIO,
        paper: Paper | None = None,
        clock: Callable[[], float] = time.monotonic,
        plays: int = 0,
    ) -> None:
        self.total = total
        self.paper = Paper.of(stream) if paper is None else paper
        self.done = 0
        self.plays = 0
        self.least = plays
        self.failed = 0
        self.broken = 0
        self._stream = stream
        self._clock = clock
        self._began = clock()
        self._told_at = self._began
        self._told_done = 0
        self._live = ""
        self._waiting: dict[str, None] = {}
        self._reasons: set[tuple[str, str]] = set()
        self._told = 0

    def started(self, case: str) -> None:
        """A case is being put to the target."""
        self._waiting[case] = None
        self._later()

    def finished(self, line: CaseLine) -> None:
        """A case ended. The first that breaks a promise is printed at once, and the others are counted; that
        something could not be judged is printed once a reason.
        """
        self._waiting.pop(line.id, None)
        self.done += 1
        if line.outcome == "failed":
            self.failed += 1
            first = line.findings[0] if line.findings else None
            if self._news("", first.clause if first is not None and first.clause else line.id):
                often = f"{line.repeats}: " if line.repeats is not None else ""
                self._tell(line, f"{often}{first}" if first else line.reason, "red")
        elif line.outcome == "broken":
            self.broken += 1
            if self._news(line.blame, line.reason):
                self._tell(line, f"{line.blame}: {line.reason}", "yellow")
        self._later()

    def played(self) -> None:
        """A case that is played again and again was played once more."""
        self.plays += 1
        self._later()

    def notice(self, text: str) -> None:
        """Prints a sentence about the run itself."""
        self._print("\n".join(self.paper.wrapped(text, label="! ", most=3)))

    def tick(self) -> None:
        """Brings what is shown up to date."""
        now = self._clock()
        if self.paper.live:
            if now - self._told_at >= LIVE_S or not self._live:
                self._told_at = now
                self._rewrite()
            return
        waited = now - self._told_at
        news = self.done - self._told_done
        if waited >= EVERY_S or (waited >= AT_LEAST_S and news >= max(1, self.total * EVERY_PART)):
            self._told_at, self._told_done = now, self.done
            self._print(self.paper.fitted(self._state()))

    async def ticking(self) -> None:
        """Ticks until it is cancelled."""
        while True:
            await asyncio.sleep(LIVE_S)
            self.tick()

    def close(self) -> None:
        """Takes the live line away."""
        if self._live:
            self._write(_CLEAR)
            self._live = ""

    def _news(self, blame: str, why: str) -> bool:
        """Whether nothing of the kind was told before."""
        news = (blame, why) not in self._reasons
        self._reasons.add((blame, why))
        return news

    def _later(self) -> None:
        if not self.paper.live or self._clock() - self._told_at >= LIVE_S:
            self.tick()

    def _state(self) -> str:
        parts = [f"{self.done}/{self.total} cases"]
        if self.plays:
            of = f" of {self.least}" if self.plays < self.least else ""
            parts.append(f"{self.plays}{of} plays")
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.broken:
            parts.append(f"{self.broken} broken")
        parts.append(f"{self._clock() - self._began:.0f} s")
        state = " · ".join(parts)
        if self._waiting:
            state += f" · {len(self._waiting)} open: {next(iter(self._waiting))}"
        return state

    def _tell(self, line: CaseLine, what: str, colour: str) -> None:
        self._told += 1
        if self._told > MOST_TOLD:
            if self._told == MOST_TOLD + 1:
                self._print(self.paper.safe("… more of them are counted here, and told at the end"))
            return
        mark = "✗ " if line.outcome == "failed" else "! "
        head = self.paper.styled(self.paper.fitted(mark + line.id), colour)
        self._print("\n".join([head, *self.paper.wrapped(what, indent=2, most=2)]))

    def _print(self, text: str) -> None:
        if not self.paper.live:
            self._write(text + "\n")
            return
        self._write((_CLEAR if self._live else "") + text + "\n")
        self._live = ""
        self._rewrite()

    def _rewrite(self) -> None:
        text = self.paper.fitted(self._state(), self.paper.width - 1)
        if text != self._live:
            self._write("\r" + self.paper.styled(text, "dim") + ("\x1b[K" if cells(text) else ""))
            self._live = text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

"""How far a proof is: one line that is written over on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from conformance.proof.prover import Told
from conformance.proof.record import CAUGHT, INCONCLUSIVE, FaultLine
from conformance.reporting.paper import Paper, count

LIVE_S = 0.2
EVERY_S = 10.0
MOST_TOLD = 20
_CLEAR = "\r\x1b[K"


class Counting(Told):
    """Counts faults; tells at once of one that was not caught, of the first few of them."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.paper = Paper.of(stream)
        self.total = 0
        self.outcomes: Counter[str] = Counter()
        self._stream = stream
        self._clock = clock
        self._began = self._told_at = clock()
        self._live = False
        self._bad = 0

    def honest(self) -> None:
        """The reference without any fault comes first."""
        self._write("the honest reference first: every case must pass\n")

    def begun(self, total: int, done: int) -> None:
        """So many faults, some of them known from the journal."""
        self.total = total
        self.outcomes[CAUGHT] += done
        known = f", {done} of them known already" if done else ""
        self._write(f"{count(total, 'fault')}{known}\n")

    def ended(self, line: FaultLine) -> None:
        """How one fault fared."""
        self.outcomes["excused" if line.pardoned else line.outcome] += 1
        if line.outcome != CAUGHT and not line.excused:
            self._bad += 1
            if self._bad <= MOST_TOLD:
                colour = "yellow" if line.outcome == INCONCLUSIVE else "red"
                self.close()
                told = self.paper.fitted(f"{line.outcome}: {line.name}")
                self._write(self.paper.styled(told, colour) + "\n")
        now = self._clock()
        if now - self._told_at >= (LIVE_S if self.paper.live else EVERY_S):
            self._told_at = now
            state = self.paper.fitted(self._state(now), self.paper.width - 1)
            self._write((_CLEAR + state) if self.paper.live else state + "\n")
            self._live = self.paper.live

    def close(self) -> None:
        """Takes the live line away."""
        if self._live:
            self._write(_CLEAR)
            self._live = False

    def _state(self, now: float) -> str:
        done = sum(self.outcomes.values())
        others = [f"{number} {word}" for word, number in self.outcomes.items() if word != CAUGHT]
        return " · ".join([f"{done}/{self.total} faults", *others, f"{now - self._began:.0f} s"])

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

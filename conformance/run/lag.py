"""How late the suite's own event loop was: a timing verdict finer than that would be about us."""

from __future__ import annotations

import asyncio
import time
from collections import deque

BEAT_S = 0.02
KEPT = 6000  # two minutes of beats; no conversation is older


class Lag:
    """Beats on the loop and records by how much each beat came late."""

    def __init__(self) -> None:
        self._late: deque[tuple[int, float]] = deque(maxlen=KEPT)
        self._task: asyncio.Task[None] | None = None
        self._last = 0

    def start(self) -> None:
        """Begins to beat on the running loop."""
        self._last = time.monotonic_ns()
        self._task = asyncio.get_running_loop().create_task(self._beat(), name="lag")

    async def stop(self) -> None:
        """Stops beating."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def since(self, moment: int) -> float:
        """The worst lateness (ms) since a moment (monotonic ns), a beat that is overdue now included."""
        worst = 0.0
        for at, late in reversed(self._late):
            if at < moment:
                break
            worst = max(worst, late)
        if self._task is not None and not self._task.done():
            overdue = (time.monotonic_ns() - self._last) / 1e6 - BEAT_S * 1000
            worst = max(worst, overdue)
        return worst

    async def _beat(self) -> None:
        while True:
            before = time.monotonic_ns()
            await asyncio.sleep(BEAT_S)
            now = time.monotonic_ns()
            self._last = now
            self._late.append((now, max(0.0, (now - before) / 1e6 - BEAT_S * 1000)))

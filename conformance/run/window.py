"""How many conversations may be busy at once: as many as the suite's own loop keeps up with.

A loop that lags stamps answers late and lets the target's clocks run on before the next command goes out.
So the window narrows when the loop lags, and widens, up to a limit, while it does not. A conversation that
settles down to a long wait gives its place back: waits overlap without limit here.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

FIRST = 8.0
LEAST = 4.0
LAGS_MS = 25.0
KEEPS_UP_MS = 8.0


class Window:
    """Places for busy conversations. ``lag`` gives the loop's recent lag (ms), ``most`` the upper limit."""

    def __init__(self, lag: Callable[[], float], most: int) -> None:
        self.size = min(FIRST, most)
        self._lag = lag
        self._most = most
        self._busy = 0
        self._waiting: list[tuple[bool, int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    async def place(self, patience_ms: int = 0, *, ahead: bool = False) -> Place:
        """Waits for a place and takes it: first those on whom somebody waits (``ahead``), then the longest
        wait, else first come, first served."""
        if self._waiting or self._busy >= int(self.size):
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (not ahead, -patience_ms, next(self._numbers), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave()
                raise
        else:
            self._busy += 1
        return Place(self._given_back)

    def _given_back(self) -> None:
        lag = self._lag()
        if lag > LAGS_MS:
            self.size = max(min(LEAST, self._most), self.size * 0.8)
        elif lag < KEEPS_UP_MS:
            self.size = min(float(self._most), self.size + 0.25)
        self._leave()

    def _leave(self) -> None:
        self._busy -= 1
        while self._waiting and self._busy < int(self.size):
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._busy += 1
                turn.set_result(None)


class Place:
    """One place in the window; given back once, by whoever is first: a long wait, or the end."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *exception: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Gives the place back; a second call does nothing."""
        if self._give_back is not None:
            give_back, self._give_back = self._give_back, None
            give_back()

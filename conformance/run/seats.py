"""How many sessions may be open at once to one service: a first come, first served count of seats."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from conformance.cases.case import Case
from conformance.cases.steps import Connect


class Seats:
    """Seats for sessions, the longest wait first.

    A case takes all of its seats at once, so that no two wait for each other's.

    Who wants more seats than there are gets all of them: such a case is played alone.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def taken(self, wanted: int, patience_ms: int = 0) -> AsyncIterator[None]:
        """Waits for that many seats, and gives them back behind the block."""
        number = min(wanted, self.count)
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-patience_ms, next(self._numbers), number, turn))
        self._next()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += number
            self._next()
            raise
        try:
            yield
        finally:
            self._free += number
            self._next()

    def _next(self) -> None:
        while self._waiting and (self._waiting[0][3].done() or self._waiting[0][2] <= self._free):
            *_, number, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._free -= number
                turn.set_result(None)


def sessions_of(case: Case) -> Mapping[str, int]:
    """How many sessions a case may have open at once to each service that it needs."""
    names: dict[str, set[str]] = {service: set() for service in case.needs.services}
    for step in (*case.steps, *case.cleanup):
        if isinstance(step, Connect):
            names.setdefault(step.service, set()).add(step.session)
    return {service: max(1, len(sessions)) for service, sessions in names.items()}

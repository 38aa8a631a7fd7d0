"""How many sessions may be open at once to one service: a count of seats, the longest wait first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from conformance.cases.case import Case
from conformance.cases.steps import Connect, Gather

LOOKS = 8
"""How many that want too many seats are looked at before the search for one that fits ends."""


@dataclass(slots=True, eq=False)
class _Guest:
    """Who wants, or has, ``number`` seats for about ``patience`` seconds; has them once ``turn`` is done."""

    number: int
    patience: float
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    leaves: float = 0.0

    @property
    def waits(self) -> bool:
        return not self.turn.done()


_Place = tuple[bool, float, int, _Guest]


class Seats:
    """Seats for sessions, the longest wait first.

    Before all others go those on whom somebody waits: ``ahead``.

    A case takes all of its seats at once, so that no two wait for each other's. While the first in the queue
    waits for more seats than are free, others may have those, if they are back before it could begin anyway:
    a reservation with backfilling (Lifka, "The ANL/IBM SP scheduling system", 1995). When a case will be over
    is only estimated, from its longest wait; where that was too little nobody passes the first one any more.

    Who wants more seats than there are gets all of them: such a case is played alone.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._inside: set[_Guest] = set()
        self._numbers = itertools.count()
        self._longest: list[_Place] = []
        self._shortest: list[_Place] = []

    @asynccontextmanager
    async def taken(self, wanted: int, patience_ms: int = 0, *, ahead: bool = False) -> AsyncIterator[None]:
        """Waits for that many seats, and gives them back behind the block."""
        guest = _Guest(min(wanted, self.count), patience_ms / 1000)
        number = next(self._numbers)
        heapq.heappush(self._longest, (not ahead, -guest.patience, number, guest))
        heapq.heappush(self._shortest, (not ahead, guest.patience, number, guest))
        self._next()
        try:
            await guest.turn
            yield
        finally:
            if guest in self._inside:
                self._inside.remove(guest)
                self._free += guest.number
            self._next()

    def _next(self) -> None:
        while (first := _first(self._longest)) is not None and first.number <= self._free:
            self._seat(first)
        if first is None or not self._free:
            return
        now = asyncio.get_running_loop().time()
        begins = self._begins(first, now)
        passed = []
        while (other := _first(self._shortest)) is not None and now + other.patience <= begins:
            if other.number <= self._free:
                self._seat(other)
            else:
                passed.append(heapq.heappop(self._shortest))
                if len(passed) == LOOKS:
                    break
        for each in passed:
            heapq.heappush(self._shortest, each)

    def _begins(self, first: _Guest, now: float) -> float:
        """When, at the earliest, enough seats will be free for it; ``-inf`` when that should have been."""
        free = self._free
        for guest in sorted(self._inside, key=lambda each: each.leaves):
            free += guest.number
            if free >= first.number:
                return guest.leaves if guest.leaves > now else float("-inf")
        return float("-inf")

    def _seat(self, guest: _Guest) -> None:
        self._free -= guest.number
        self._inside.add(guest)
        guest.leaves = asyncio.get_running_loop().time() + guest.patience
        guest.turn.set_result(None)


def _first(queue: list[_Place]) -> _Guest | None:
    """The first of those who still wait."""
    while queue and not queue[0][-1].waits:
        heapq.heappop(queue)
    return queue[0][-1] if queue else None


def sessions_of(case: Case) -> Mapping[str, int]:
    """How many sessions a case may have open at once to each service that it needs."""
    names: dict[str, set[str]] = {service: set() for service in case.needs.services}
    for step in (*case.steps, *case.cleanup):
        if isinstance(step, Connect):
            names.setdefault(step.service, set()).add(step.session)
        elif isinstance(step, Gather):
            names.setdefault(step.service, set()).update(step.names)
    return {service: max(1, len(sessions)) for service, sessions in names.items()}

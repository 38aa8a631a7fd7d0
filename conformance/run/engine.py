"""The engine: schedules conversations, keeps their waits overlapping, and owns the run's clock.

It knows neither pytest nor the command line; both fronts submit cases and await results. One asyncio loop
plays everything: a sliding window of sessions an address, one case at a time for each mutable resource.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from random import Random

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.conversation import Around, Conversation
from conformance.run.fitness import unfit
from conformance.run.lag import Lag
from conformance.run.preflight import Health, preflight
from conformance.run.values import Values
from conformance.run.window import Window
from conformance.session import Generator
from conformance.transcript import Transcript
from conformance.verdict import Blame, Judge, Outcome, Tolerances, Verdict

JOBS = 32
STOP_S = 5.0
LAG_WINDOW_NS = 100_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """One case, played and judged. Times are monotonic nanoseconds."""

    case: Case
    verdict: Verdict
    transcript: Transcript
    started: int
    ended: int

    @property
    def ms(self) -> float:
        """How long it took."""
        return (self.ended - self.started) / 1e6


class Engine:
    """Plays the cases of one run against one target.

    Use as an asynchronous context manager; ``play`` (all, longest wait first) or ``submit`` (one). ``jobs``
    is the window: how many sessions may be open at once to one service.
    """

    def __init__(
        self,
        contract: Contract,
        catalogue: Catalogue,
        target: Target,
        *,
        jobs: int = JOBS,
        seed: int = 0,
        finished: Callable[[Result], None] = lambda result: None,
        started: Callable[[Case], None] = lambda case: None,
    ) -> None:
        self.contract = contract
        self.catalogue = catalogue
        self.target = target
        self.jobs = jobs
        self.seed = seed
        self.judge = Judge(
            contract, catalogue.clauses, Tolerances(target.tolerance_ms), own_credentials=target.embedded
        )
        self._finished = finished
        self._started = started
        self._lag = Lag()
        self._generator = Generator()
        self._numbers = itertools.count(1)
        self._tag = f"oc{Random(seed).randrange(16**4):04x}{int(time.time()) % 16**6:06x}"
        self._window = Window(lambda: self._lag.since(time.monotonic_ns() - LAG_WINDOW_NS), jobs)
        self._windows = {name: asyncio.Semaphore(jobs) for name in contract.services}
        self._resources: dict[str, asyncio.Lock] = {}
        self._health: asyncio.Task[Health] | None = None
        self._values: Values | None = None
        self._tasks: dict[str, asyncio.Task[Result]] = {}

    async def __aenter__(self) -> Engine:
        self._lag.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    def submit(self, case: Case) -> asyncio.Task[Result]:
        """Starts a case (once) as soon as the window allows; its task gives the result."""
        task = self._tasks.get(case.id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._play(case), name=case.id)
            self._tasks[case.id] = task
        return task

    async def play(self, cases: Iterable[Case]) -> list[Result]:
        """Plays all cases, longest wait first, the rest in an order that the seed decides."""
        order = list(cases)
        Random(self.seed).shuffle(order)
        order.sort(key=lambda case: -(case.patience_ms // 100))
        return [await task for task in [self.submit(case) for case in order]]

    async def stop(self) -> None:
        """Cancels what still plays; each such case ends as skipped (stopped). Closes what the engine
        opened."""
        pending = [task for task in self._tasks.values() if not task.done()]
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=STOP_S)
        if self._health is not None and not self._health.done():
            self._health.cancel()
        await self._generator.close()
        await self._lag.stop()

    async def _play(self, case: Case) -> Result:
        started = time.monotonic_ns()
        transcript = Transcript(case.id, ())
        try:
            verdict = unfit(case, self.target)
            if verdict is None:
                health = await self.health()
                verdict = health.verdict(case) or unfit(case, health.target)
                if verdict is None:
                    transcript, started = await self._converse(case, health.target)
                    verdict = self.judge.judge(case, transcript)
        except asyncio.CancelledError:
            verdict = Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, "stopped")
        result = Result(case, verdict, transcript, started, time.monotonic_ns())
        self._finished(result)
        return result

    async def health(self) -> Health:
        """What the preflight found: asked once, before the first case."""
        if self._health is None:
            self._health = asyncio.get_running_loop().create_task(
                preflight(self.contract, self.target, self.judge, self.around(self.target)), name="preflight"
            )
        return await asyncio.shield(self._health)

    def around(self, target: Target) -> Around:
        """The surroundings of this run's conversations."""
        return Around(
            contract=self.contract,
            probing=self.judge.probing,
            target=target,
            value=self._value,
            fresh=lambda: next(self._numbers),
            tag=self._tag,
            generator=self._generator,
            lag=self._lag.since,
            seed=self.seed,
        )

    async def _value(self, name: str) -> object:
        if self._values is None:
            health = await self.health()
            self._values = Values(self.contract, health.target, self.judge, self.around(health.target))
        return await self._values.get(name)

    async def _converse(self, case: Case, target: Target) -> tuple[Transcript, int]:
        async def within(names: list[str], inner: Callable[[], Awaitable[Transcript]]) -> Transcript:
            if not names:
                return await inner()
            async with self._windows[names[0]]:
                return await within(names[1:], inner)

        begun = time.monotonic_ns()

        async def converse() -> Transcript:
            nonlocal begun
            place = await self._window.place()
            begun = time.monotonic_ns()
            self._started(case)
            try:
                return await Conversation(case, replace(self.around(target), settle=place.leave)).play()
            finally:
                place.leave()

        async def alone() -> Transcript:
            # Sorted names, and the resource last: no two cases can wait for each other.
            if not case.resource:
                return await converse()
            async with self._resources.setdefault(case.resource, asyncio.Lock()):
                return await converse()

        return await within(sorted(set(case.needs.services)), alone), begun

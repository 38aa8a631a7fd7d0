"""The engine: schedules conversations, keeps their waits overlapping, and owns the run's clock.

It knows neither pytest nor the command line; both fronts submit cases and await results. One asyncio loop
plays everything: a sliding window of sessions an address, one case at a time for each mutable resource.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from random import Random
from secrets import token_hex
from typing import Any

from conformance.cases.carrying import Unopenable
from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.filling import sourced_names
from conformance.cases.opening import asked
from conformance.cases.steps import Send
from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.conversation import Around, Conversation, Unavailable
from conformance.errors import ConformanceError
from conformance.run.endstate import look_behind
from conformance.run.fitness import unfit
from conformance.run.lag import Lag
from conformance.run.preflight import Health, preflight
from conformance.run.repeating import repeat
from conformance.run.result import Result
from conformance.run.safety import Safety
from conformance.run.seats import Seats, sessions_of
from conformance.run.shrinking import Shrinker, as_it_is
from conformance.run.values import Values
from conformance.run.window import Window
from conformance.session import Generator
from conformance.statistics.sequential import Plan
from conformance.transcript import Transcript
from conformance.verdict import Blame, Judge, Outcome, Tolerances, Verdict
from conformance.verdict.overtaken import TRIES

JOBS = 32
STOP_S = 5.0
CUT_S = 0.5
AGAIN_S = 0.4
MANY = 1000
LAG_WINDOW_NS = 100_000_000
SEEDS = 1_000_003
"""How far the seeds of two plays of a case lie apart."""

__all__ = ["Engine", "Result"]


class Engine:
    """Plays the cases of one run against one target.

    ``judge``: one that is at hand; engines of one contract may share it.

    Use as an asynchronous context manager; ``play`` (all, longest wait first) or ``submit`` (one). ``jobs``
    is the window: how many sessions may be open at once to one service. Without ``keep`` a result's
    transcript is gone once ``finished`` has seen it: those of a run would fill the memory.

    ``plan``: each case is played again and again, until its answer is there; ``played`` is told of each play.
    ``safety`` decides what is traded.
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
        keep: bool = True,
        plan: Plan | None = None,
        played: Callable[[Result], None] = lambda result: None,
        judge: Judge | None = None,
        safety: Safety | None = None,
        shrinker: Shrinker | None = None,
    ) -> None:
        self.contract = contract
        self.catalogue = catalogue
        self.target = target
        self.jobs = jobs
        self.seed = seed
        self.judge = judge or Judge(
            contract, catalogue.clauses, Tolerances(target.tolerance_ms), own_credentials=target.embedded
        )
        self._finished = finished
        self._started = started
        self._keep = keep
        self._plan = plan
        self._played = played
        self._safety = safety
        self._shrinker = shrinker
        self._lag = Lag()
        self._generator = Generator()
        self._numbers = itertools.count(1)
        self._tag = f"oc{token_hex(2)}{int(time.time()) % 16**6:06x}"  # no two runs have the same
        self._window = Window(lambda: self._lag.since(time.monotonic_ns() - LAG_WINDOW_NS), jobs)
        self._seats = {name: Seats(jobs) for name in contract.services}
        self._resources: dict[str, asyncio.Lock] = {}
        self._health: asyncio.Task[Health] | None = None
        self._values: Values | None = None
        self._tasks: dict[str, asyncio.Task[Result]] = {}
        self._stopped = False

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
        # Who needs every seat begins: later it would have to wait until the longest wait is over.
        order.sort(key=lambda case: (case.sessions <= self.jobs, -(case.patience_ms // 100)))
        return list(await asyncio.gather(*(self.submit(case) for case in order)))

    async def stop(self) -> None:
        """Cancels what still plays; each such case ends as skipped (stopped). Closes what the engine
        opened.

        The first cancellation leaves time for clean-up steps and closing handshakes, the second none.
        """
        self._stopped = True
        await asyncio.sleep(0)  # a task that never began could not tell how it ended
        tasks: list[asyncio.Task[Any]] = [
            *self._tasks.values(),
            *(self._values.tasks if self._values else ()),
            *([self._health] if self._health else ()),
        ]
        for seconds in (STOP_S - CUT_S, CUT_S):
            pending = [task for task in tasks if not task.done()]
            for task in pending:
                task.cancel()
            if pending:
                await asyncio.wait(pending, timeout=seconds)
        await self._generator.close()
        await self._lag.stop()

    async def _play(self, case: Case) -> Result:
        if self._plan is None:
            told = self._shrinker.played if self._shrinker is not None else as_it_is
            result = await told(case, lambda one: self._once(one, 1))
        else:
            result = await repeat(case, self._plan, lambda number: self._once(case, number), self._played)
        self._finished(result)
        return result if self._keep else replace(result, transcript=Transcript(case.id, ()))

    async def _once(self, case: Case, number: int) -> Result:
        """The ``number``-th play of a case."""
        started = time.monotonic_ns()
        conversation: Conversation | None = None

        def begun(playing: Conversation) -> None:
            nonlocal started, conversation
            started, conversation = time.monotonic_ns(), playing
            self._started(case)

        try:
            verdict = await self._verdict(case, begun, number)
        except asyncio.CancelledError:
            verdict = Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, "stopped")
        except ConformanceError:
            raise
        except Exception as bug:  # noqa: BLE001 - our own bug is one case's, not the end of the run
            reason = f"the suite itself failed: {type(bug).__name__}: {bug}"
            verdict = Verdict(case.id, Outcome.BROKEN, Blame.SUITE, reason[:300])
        transcript = conversation.transcript if conversation else Transcript(case.id, ())
        return Result(case, verdict, transcript, started, time.monotonic_ns())

    async def _verdict(self, case: Case, begun: Callable[[Conversation], None], number: int) -> Verdict:
        if self._stopped:
            raise asyncio.CancelledError
        # What a credential may do is not known before the target has said it, when its user does not.
        if all(one.permissions for one in self.target.credentials):
            verdict = unfit(case, self.target, self.contract.services)
            if verdict is not None:
                return verdict
        health = await self.health()
        verdict = health.verdict(case) or unfit(case, health.target, self.contract.services)
        if verdict is not None:
            return verdict
        if self._safety is not None:
            self._safety.begin(self.around(health.target))
            if case.needs.trading and self._safety.stopped:
                why = f"trading has stopped: {self._safety.stopped}"
                return Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, why)
        await self._ask_values(case)
        around = replace(self.around(health.target), seed=self.seed + SEEDS * (number - 1))
        for attempt in range(1, TRIES + 1):
            transcript = await self._converse(case, replace(around, attempt=attempt), begun)
            judged = await self._judged(case, transcript)
            if not judged.overtaken or attempt == TRIES:
                break
            # It proves nothing and has to be held again: a little later, for a target that counts commands.
            await asyncio.sleep(AGAIN_S * attempt)
        return judged

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
            ears=self.judge.ears,
            guard=self._safety.guard(None) if self._safety is not None else None,
            lag=self._lag.since,
        )

    async def _value(self, name: str) -> object:
        return await (await self._sources()).get(name)

    async def _sources(self) -> Values:
        health = await self.health()
        if self._values is None:
            around = self.around(health.target)
            self._values = Values(self.contract, health.target, self.judge, around, self._seated)
        return self._values

    async def _ask_values(self, case: Case) -> None:
        """Asks for what the case will need before it takes a seat: who asks needs a seat too, and a
        conversation that waits for a value has deadlines of the target running."""
        names = dict.fromkeys(case.needs.values)
        for step in (*case.steps, *case.cleanup):
            if isinstance(step, Send):
                names |= dict.fromkeys(sourced_names(step.payload))
        for service in case.needs.services:
            harmless = self.judge.probing.probe(self.contract.services[service])
            names |= dict.fromkeys(sourced_names(harmless[1]) if harmless else ())
            with suppress(Unopenable):
                known = self.contract.services
                names |= dict.fromkeys(asked(known[service], self.target, known))
        for name in names:
            with suppress(Unavailable):
                await self._value(name)

    @asynccontextmanager
    async def _seated(self, case: Case) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for service, number in sorted(sessions_of(case).items()):
                seats = self._seats[service].taken(number, case.patience_ms, ahead=bool(case.resource))
                await stack.enter_async_context(seats)
            yield

    async def _judged(self, case: Case, transcript: Transcript) -> Verdict:
        """The verdict; on a long transcript it is made beside the loop, which has others to attend to."""
        if len(transcript.entries) > MANY:
            return await asyncio.to_thread(self.judge.judge, case, transcript)
        return self.judge.judge(case, transcript)

    async def _converse(
        self, case: Case, around: Around, begun: Callable[[Conversation], None]
    ) -> Transcript:
        guard = self._safety.guard(case) if self._safety is not None else None
        # The resource first, then seats by name: no two cases wait for each other, and who waits for a
        # resource keeps nobody else from playing. Who has it goes ahead: the others take turns behind it, and
        # their turns, one after the other, are the longest wait of all. What it leaves they would trade with.
        lock = self._resources.setdefault(case.resource, asyncio.Lock()) if case.resource else nullcontext()
        async with lock:
            async with self._seated(case):
                with await self._window.place(case.patience_ms, ahead=bool(case.resource)) as place:
                    conversation = Conversation(case, replace(around, settle=place.leave, guard=guard))
                    begun(conversation)
                    await conversation.play()
            if guard is not None and self._safety is not None:
                await look_behind(self._safety, guard, conversation)
        return conversation.transcript

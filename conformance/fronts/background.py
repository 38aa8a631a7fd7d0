"""An engine on a loop of its own in a thread, for a front that asks for one verdict after the other."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Iterable

from conformance.cases.case import Case
from conformance.fronts.artefacts import KEPT, Artefacts, weight
from conformance.fronts.drawing import drawn_ahead
from conformance.fronts.options import Wish, plan
from conformance.fronts.playing import opened
from conformance.fronts.prepare import Prepared
from conformance.fronts.secrets import Harvest, known, learn
from conformance.fronts.trading import ending, safety
from conformance.run import Engine, Result
from conformance.run.engine import JOBS, STOP_S
from conformance.run.shrinking import Shrinker
from conformance.verdict import Outcome

END_S = STOP_S + 10


class Background:
    """Plays cases in a thread: ``start``, ``submit`` as many as wanted, ``result`` of each, ``stop``.

    ``gate`` is that of the contract as the target states it.
    """

    def __init__(self, prepared: Prepared, wish: Wish, artefacts: Artefacts | None = None) -> None:
        self.prepared = prepared
        self.wish = wish
        self.artefacts = artefacts
        self.secrets = artefacts.secrets if artefacts is not None else known(wish)
        self.gate = prepared.gate
        self.began = False
        self.told: list[str] = []
        """What is to be told of the trading."""
        self._thread = threading.Thread(target=self._run, name="conformance", daemon=True)
        self._ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._enough: asyncio.Event | None = None
        self._engine: Engine | None = None
        self._harvest = Harvest(prepared.contract, self.secrets)
        self._cases: dict[str, Case] = {}
        self._results: dict[str, concurrent.futures.Future[Result]] = {}
        self._untold: dict[str, tuple[int, Result]] = {}

    def start(self) -> None:
        """Returns when the target is there to be asked; raises what kept it from being there."""
        self._thread.start()
        self._ready.result()

    def submit(self, case: Case) -> None:
        """Lets a case start as soon as the engine's window allows; asking again is no harm."""
        if case.id not in self._results:
            assert self._loop is not None
            self._results[case.id] = asyncio.run_coroutine_threadsafe(self._play(case), self._loop)

    def unfinished(self, cases: Iterable[Case]) -> int:
        """How many of these, which were submitted, still play or wait for their turn."""
        return sum(not self._results[case.id].done() for case in cases)

    def result(self, case: Case) -> Result:
        """Waits for the result of a case.

        Its transcript is there once, and for what did not pass: those of a run would fill the memory.
        """
        self.submit(case)
        result = self._results[case.id].result()
        return self._untold.pop(case.id, (0, result))[1]

    def stop(self) -> None:
        """Cancels what still plays, and ends the thread with all that it opened."""
        if self._loop is not None and self._enough is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._enough.set)
            self._thread.join(END_S)

    async def _play(self, case: Case) -> Result:
        assert self._engine is not None
        return await self._engine.submit(self._cases.get(case.id, case))

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as failure:  # noqa: BLE001 - it is told to the thread that waits
            if not self._ready.done():
                self._ready.set_exception(failure)

    async def _main(self) -> None:
        self._loop, self._enough = asyncio.get_running_loop(), asyncio.Event()
        async with opened(self.prepared, self.wish) as (target, obituary):
            prepared = self.prepared.at(target)
            drawn_ahead(prepared.cases, target)
            self._cases = {case.id: case for case in prepared.cases}
            self.gate = prepared.gate
            learn(self.secrets, prepared.contract, target.credentials)
            if self.artefacts is not None:
                self.artefacts.begin(prepared)
                self.began = True
            watch = safety(prepared, self.artefacts, self.told.append)
            async with Engine(
                prepared.contract,
                prepared.catalogue,
                target,
                jobs=self.wish.jobs or JOBS,
                seed=self.wish.seed or 0,
                finished=self._finished,
                keep=False,
                plan=plan(self.wish),
                played=self._played,
                safety=watch,
                shrinker=Shrinker(prepared.contract),
            ) as engine:
                self._engine = engine
                self._ready.set_result(None)
                await self._enough.wait()
                await engine.stop()
                await ending(watch, self.artefacts, self.told.append, STOP_S)
            if obituary() and self.artefacts is not None:
                self.artefacts.notice(obituary())

    def _played(self, result: Result) -> None:
        self._harvest.look(result.case, result.transcript)

    def _finished(self, result: Result) -> None:
        if self.artefacts is not None:
            self.artefacts.finished(result)
        else:
            self._harvest.look(result.case, result.transcript)
        if result.verdict.outcome in (Outcome.FAILED, Outcome.BROKEN):
            size = weight(result.transcript)
            if size + sum(held for held, _ in list(self._untold.values())) <= KEPT:
                self._untold[result.case.id] = size, result

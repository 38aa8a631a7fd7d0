"""One run from its first connection to its last line, with what Ctrl-C means."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType

from conformance.cases.target import Target
from conformance.fronts.artefacts import Artefacts
from conformance.fronts.drawing import drawn_ahead
from conformance.fronts.options import Wish, plan
from conformance.fronts.prepare import Prepared, given
from conformance.fronts.trading import END_S, ending, safety
from conformance.record import RunRecord
from conformance.reporting.progress import Progress
from conformance.run import Engine, Result
from conformance.run.embedded import Embedded
from conformance.run.engine import JOBS, STOP_S
from conformance.run.shrinking import Shrinker

INTERRUPTED = 130
COLLECTED = (50_000, 10, 10)
"""What may gather before it is collected: a conversation leaves little behind."""
LEAST_S = 1.0


@asynccontextmanager
async def opened(prepared: Prepared, wish: Wish) -> AsyncIterator[tuple[Target, Callable[[], str]]]:
    """The target, started when it is the embedded reference, and what can be said of its death."""
    if not prepared.target.embedded:
        yield prepared.target, lambda: ""
        return
    embedded = Embedded(
        prepared.contract,
        prepared.target,
        seed=wish.seed or 0,
        faults=wish.fault,
        variations=wish.variation,
    )
    async with embedded as target:
        values = MappingProxyType({**target.values, **given(wish).values})  # the user's own go first
        yield replace(target, values=values), lambda: embedded.obituary


async def play(prepared: Prepared, wish: Wish, artefacts: Artefacts, progress: Progress) -> RunRecord:
    """Plays all cases. The first Ctrl-C stops what still plays and writes all; the second stops at once."""
    interrupted = asyncio.Event()
    with _signals(interrupted):
        async with opened(prepared, wish) as (target, obituary):
            prepared = prepared.at(target)
            drawn_ahead(prepared.cases, target)
            artefacts.begin(prepared)
            gc.freeze()  # what there is by now stays to the end: it need not be looked at again and again
            gc.set_threshold(*COLLECTED)
            gc.enable()

            def played(result: Result) -> None:
                artefacts.played(result)
                progress.played()

            def finished(result: Result) -> None:
                progress.finished(artefacts.finished(result))

            watch = safety(prepared, artefacts, progress.notice)
            async with Engine(
                prepared.contract,
                prepared.catalogue,
                prepared.target,
                jobs=wish.jobs or JOBS,
                seed=wish.seed or 0,
                finished=finished,
                started=lambda case: progress.started(case.id),
                keep=False,
                plan=plan(wish),
                played=played,
                safety=watch,
                shrinker=Shrinker(prepared.contract),
            ) as engine:
                ticking = asyncio.create_task(progress.ticking(), name="progress")
                try:
                    left_s = await _until(engine, prepared, interrupted)
                    if not interrupted.is_set():
                        for notice in (await engine.health()).notices:
                            progress.notice(artefacts.notice(notice))
                finally:
                    ticking.cancel()
                await ending(watch, artefacts, progress.notice, left_s)
            if obituary():
                progress.notice(artefacts.notice(obituary()))
    return artefacts.end(interrupted=interrupted.is_set())


async def _until(engine: Engine, prepared: Prepared, interrupted: asyncio.Event) -> float:
    """Until all cases have been played, or somebody wants it to stop; how many seconds are left then."""
    playing = asyncio.ensure_future(engine.play(prepared.cases))
    stopping = asyncio.ensure_future(interrupted.wait())
    try:
        await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if interrupted.is_set() and not playing.done():
            begun = time.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(engine.stop(), STOP_S)
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            return max(LEAST_S, STOP_S - (time.monotonic() - begun))
        await playing
        return END_S
    finally:
        stopping.cancel()
        playing.cancel()


@contextlib.contextmanager
def _signals(interrupted: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask for an orderly end, and the second time for an end at once.

    Each line of the run file is on the disk when its case has ended, and the embedded reference ends with
    us: there is nothing that an end at once would have to wait for.
    """
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        if interrupted.is_set():
            os._exit(INTERRUPTED)
        interrupted.set()

    for number in numbers:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)

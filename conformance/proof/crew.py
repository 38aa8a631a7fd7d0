"""The workers of a proof: as many child processes as there are cores, each with some trials at a time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence

from conformance.proof.asking import Asking, HostError
from conformance.run.embedded import child

WORKER = "conformance.proof.worker"

AT_ONCE = 24
"""Trials that a worker is given at a time, at most: it begins one when it keeps up with the others."""


class Worker:
    """One worker's parent side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._asking = Asking(process, "a worker", "job")
        self._numbers = itertools.count(1)

    async def ask(self, order: Mapping[str, object]) -> Mapping[str, object]:
        """Gives it a job, and waits for what comes of it. Raises HostError when nothing does."""
        said = await self._asking.ask(next(self._numbers), order)
        if "failure" in said:
            raise HostError(f"{order.get('fault') or 'the honest reference'}: {said['failure']}")
        return said

    async def stop(self) -> None:
        """Closes its input, which ends it."""
        await self._asking.stop()


class Crew:
    """``async with Crew(2) as crew``: the workers, and who is free."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.workers: list[Worker] = []

    async def __aenter__(self) -> Crew:
        try:
            for _ in range(self.size):
                self.workers.append(Worker(await child(WORKER)))
        except OSError as error:
            await self.__aexit__()
            raise HostError(f"a worker cannot be started: {error}") from error
        return self

    async def __aexit__(self, *exception: object) -> None:
        await asyncio.gather(*(worker.stop() for worker in self.workers))

    async def honest(self, cases: Sequence[str], seed: int) -> dict[str, Sequence[object]]:
        """How all cases end against an honest reference; each worker plays some."""
        shares = [list(cases[number :: self.size]) for number in range(self.size)]
        told = await asyncio.gather(
            *(
                worker.ask({"cases": share, "seed": seed})
                for worker, share in zip(self.workers, shares, strict=True)
            )
        )
        made: dict[str, Sequence[object]] = {}
        for each in told:
            found = each["honest"]
            assert isinstance(found, Mapping)
            made.update(found)
        return made

    async def trial(
        self, worker: Worker, fault: str, cases: Sequence[str], seed: int
    ) -> Mapping[str, object]:
        """The line of one fault, as plain data."""
        line = (await worker.ask({"fault": fault, "cases": list(cases), "seed": seed}))["line"]
        assert isinstance(line, Mapping)
        return line

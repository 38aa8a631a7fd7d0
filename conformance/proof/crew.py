"""The workers of a proof: as many child processes as there are cores, each with some trials at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Mapping, Sequence

from conformance.proof.hosting import GRACE_S, HostError
from conformance.run.embedded import child

AT_ONCE = 24
"""Trials that a worker is given at a time, at most: it begins one when it keeps up with the others."""


class Worker:
    """One worker's parent side."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.last_words = ""
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Mapping[str, object]]] = {}
        self.tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._hear_complaints())]

    async def ask(self, order: Mapping[str, object]) -> Mapping[str, object]:
        """Gives it a job, and waits for what comes of it. Raises HostError when nothing does."""
        assert self.process.stdin is not None
        job = next(self._numbers)
        answer: asyncio.Future[Mapping[str, object]] = asyncio.get_running_loop().create_future()
        self._asked[job] = answer
        try:
            self.process.stdin.write(json.dumps({"job": job, **order}).encode() + b"\n")
            await self.process.stdin.drain()
        except OSError as failure:
            raise HostError(f"a worker is gone: {self.last_words}") from failure
        said = await answer
        if "failure" in said:
            raise HostError(f"{order.get('fault') or 'the honest reference'}: {said['failure']}")
        return said

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        while line := await _line(self.process.stdout):
            said = json.loads(line)
            self._asked.pop(said["job"]).set_result(said)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(HostError(f"a worker ended: {self.last_words}"))

    async def _hear_complaints(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.last_words = line.decode("utf-8", "backslashreplace").rstrip() or self.last_words

    async def stop(self) -> None:
        """Closes its input, which ends it."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), GRACE_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """A line of any length."""
    parts = []
    while True:
        try:
            parts.append(await stream.readuntil(b"\n"))
            break
        except asyncio.LimitOverrunError as longer:
            parts.append(await stream.readexactly(longer.consumed))
        except asyncio.IncompleteReadError as last:
            parts.append(last.partial)
            break
    return b"".join(parts)


class Crew:
    """``async with Crew(2) as crew``: the workers, and who is free."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.workers: list[Worker] = []

    async def __aenter__(self) -> Crew:
        for _ in range(self.size):
            self.workers.append(Worker(await child("conformance.proof.worker")))
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

"""References with faults on demand: the parent's side of a host, a child process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from conformance.cases.target import Target
from conformance.errors import ConformanceError
from conformance.proof.ground import Stage
from conformance.run.embedded import child, introduced

GRACE_S = 5.0


class HostError(ConformanceError):
    """The host of the references did not do what it was asked for."""

    exit_code = 4


@dataclass
class Hosted:
    """A reference that is up.

    Known once it is down: ``applied``, how often its faults were applied, and ``lag_ms``, by how much its
    loop was late at worst.
    """

    target: Target
    applied: int | None = None
    lag_ms: float = 0.0


class Hosting:
    """``async with Hosting(…) as hosting``, then ``async with hosting.reference(stage, […]) as it``."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Mapping[str, object]]] = {}
        self._child: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._last_words = ""

    async def __aenter__(self) -> Hosting:
        self._child = await child("conformance.faults.host")
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._hear_complaints())]
        return self

    async def __aexit__(self, *exception: object) -> None:
        process = self._child
        assert process is not None
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), GRACE_S)
        except TimeoutError:
            process.kill()
            await process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @asynccontextmanager
    async def reference(self, stage: Stage, faults: Sequence[str], seed: int = 0) -> AsyncIterator[Hosted]:
        """A fresh reference with these faults, for the length of the block."""
        number = next(self._numbers)
        said = await self._ask(
            {"id": number, "faults": list(faults), "seed": seed, "deadlines": dict(stage.deadlines)}
        )
        hosted = Hosted(introduced(stage.contract, stage.target, said))
        try:
            yield hosted
        finally:
            said = await self._ask({"id": number, "stop": True})
            applied = said.get("applied")
            hosted.applied = applied if isinstance(applied, int) else None
            hosted.lag_ms = float(str(said.get("lag_ms", 0)))

    async def lag(self) -> float:
        """By how much the host is late just now (ms)."""
        return float(str((await self._ask({"id": next(self._numbers), "pulse": True}))["lag_ms"]))

    async def _ask(self, order: Mapping[str, object]) -> Mapping[str, object]:
        assert self._child is not None
        assert self._child.stdin is not None
        answer = asyncio.get_running_loop().create_future()
        self._asked[int(str(order["id"]))] = answer
        try:
            self._child.stdin.write(json.dumps(order).encode() + b"\n")
            await self._child.stdin.drain()
        except OSError as failure:
            raise HostError(f"the host of the references is gone: {self._last_words}") from failure
        said: Mapping[str, object] = await answer
        if "failure" in said:
            raise HostError(f"a reference with {order.get('faults')} could not be had: {said['failure']}")
        return said

    async def _listen(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        while line := await self._child.stdout.readline():
            said = json.loads(line)
            self._asked.pop(said["id"]).set_result(said)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(HostError(f"the host of the references ended: {self._last_words}"))

    async def _hear_complaints(self) -> None:
        assert self._child is not None
        assert self._child.stderr is not None
        while line := await self._child.stderr.readline():
            self._last_words = line.decode("utf-8", "backslashreplace").rstrip() or self._last_words

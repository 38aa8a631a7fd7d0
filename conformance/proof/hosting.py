"""References with faults on demand: the parent's side of a host, a child process of its own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from conformance.cases.target import Target
from conformance.proof.asking import Asking, HostError
from conformance.proof.ground import Stage
from conformance.run.embedded import child, introduced

HOST = "conformance.faults.host"


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
        self._asking: Asking | None = None

    async def __aenter__(self) -> Hosting:
        try:
            self._asking = Asking(await child(HOST), "the host of the references", "id")
        except OSError as error:
            raise HostError(f"the host of the references cannot be started: {error}") from error
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._asking is not None
        await self._asking.stop()

    @asynccontextmanager
    async def reference(self, stage: Stage, faults: Sequence[str], seed: int = 0) -> AsyncIterator[Hosted]:
        """A fresh reference with these faults, for the length of the block."""
        number = next(self._numbers)
        said = await self._ask(
            number, {"faults": list(faults), "seed": seed, "deadlines": dict(stage.deadlines)}
        )
        hosted = Hosted(introduced(stage.contract, stage.target, said))
        try:
            yield hosted
        finally:
            said = await self._ask(number, {"stop": True})
            applied = said.get("applied")
            hosted.applied = applied if isinstance(applied, int) else None
            hosted.lag_ms = float(str(said.get("lag_ms", 0)))

    async def lag(self) -> float:
        """By how much the host is late just now (ms)."""
        return float(str((await self._ask(next(self._numbers), {"pulse": True}))["lag_ms"]))

    async def _ask(self, number: int, order: Mapping[str, object]) -> Mapping[str, object]:
        assert self._asking is not None
        said = await self._asking.ask(number, order)
        if "failure" in said:
            raise HostError(f"a reference with {order.get('faults')} could not be had: {said['failure']}")
        return said

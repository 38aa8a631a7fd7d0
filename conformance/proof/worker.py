"""A child process that holds trials: one JSON object a line in, one a line out, in any order.

``{"job": 1, "fault": name, "cases": [ids], "seed": 0}`` is answered with ``{"job": 1, "line": {…}}``, the
fault's line; without a fault the cases are put to an honest reference, and the answer says how each ended.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Mapping

from conformance.proof.ground import Ground, ground
from conformance.proof.hosting import Hosting
from conformance.proof.journal import plain
from conformance.proof.playing import play
from conformance.proof.trial import trial
from conformance.run.lag import Lag

LAGS_MS = 20.0
LOOKS_BACK_NS = 50_000_000
ALWAYS = 4
"""So many trials are held at a time, whatever the lag."""


class Admission:
    """Lets a trial begin as soon as the worker keeps up with those that it holds: most of them only wait."""

    def __init__(self, hosting: Hosting) -> None:
        self.held = 0
        self._hosting = hosting
        self._lag = Lag()
        self._turn = asyncio.Lock()
        self._lag.start()

    async def __aenter__(self) -> None:
        async with self._turn:
            while await self._busy():  # noqa: ASYNC110 - nobody tells of a lag: it is looked at
                await asyncio.sleep(0.01)
            self.held += 1

    async def _busy(self) -> bool:
        """Whether this process, or the host of its references, is late."""
        if self.held < ALWAYS:
            return False
        if self._lag.since(time.monotonic_ns() - LOOKS_BACK_NS) > LAGS_MS:
            return True
        return await self._hosting.lag() > LAGS_MS

    async def __aexit__(self, *exception: object) -> None:
        self.held -= 1


async def honest(ground: Ground, hosting: Hosting, cases: list[str], seed: int) -> dict[str, object]:
    """How these cases end against a reference without any fault: outcome, reason, exercised clauses."""
    played = await play(ground, hosting, [], cases, seed)
    return {
        result.case.id: [
            result.verdict.outcome.value,
            result.verdict.reason,
            sorted(result.verdict.exercised),
        ]
        for result in played.results
    }


async def work() -> None:
    """Holds trials until standard input closes."""
    loop = asyncio.get_running_loop()
    stands = ground()
    gc.freeze()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()

    async with Hosting() as hosting:
        admission = Admission(hosting)

        async def answer(said: Mapping[str, object]) -> None:
            job, seed, cases = said["job"], int(str(said["seed"])), said["cases"]
            assert isinstance(cases, list)
            told: dict[str, object] = {"job": job}
            try:
                if said.get("fault"):
                    async with admission:
                        line = await trial(stands, hosting, str(said["fault"]), cases, seed)
                    told["line"] = plain(line)
                else:
                    told["honest"] = await honest(stands, hosting, cases, seed)
            except Exception as failure:  # noqa: BLE001 - told to whoever asked
                told["failure"] = f"{type(failure).__name__}: {failure}"
            print(json.dumps(told, separators=(",", ":")), flush=True)

        while text := await reader.readline():
            task = loop.create_task(answer(json.loads(text)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    sys.stderr.write(f"worker: {time.process_time():.1f} s of CPU\n")


if __name__ == "__main__":
    asyncio.run(work())

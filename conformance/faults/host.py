"""A child process that hosts references, each with faults of its own, as its parent asks on standard input.

One JSON object a line. ``{"id": 1, "faults": [names], "seed": 0, "deadlines": {name: ms}}`` opens one and
is answered with its introduction; ``{"id": 1, "stop": true}`` stops it and is answered with ``applied``: how
often its faults were applied (null where they do not count), and ``lag_ms``, by how much the host was late
meanwhile; so is ``{"id": 1, "pulse": true}``, for the last moments. It ends when standard input closes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections import deque
from collections.abc import Mapping

from conformance.contract import load
from conformance.documents.find import find
from conformance.faults.catalogue import catalogue
from conformance.faults.fault import Derived, Fault, combined
from conformance.reference.introduction import introduction
from conformance.reference.server import Reference
from conformance.reference.settings import Settings

BEAT_SECS = 0.02


class Host:
    """The references that are up, and how late their loop was."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = faults
        self.up: dict[int, Reference] = {}
        self.late: dict[int, float] = {}
        self.lately: deque[float] = deque([0.0], maxlen=4)

    async def beat(self) -> None:
        """Takes note of the loop's lag."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECS
            await asyncio.sleep(BEAT_SECS)
            late = (loop.time() - due) * 1000
            self.lately.append(late)
            for number, worst in self.late.items():
                self.late[number] = max(worst, late)

    async def order(self, said: Mapping[str, object]) -> dict[str, object]:
        """Does what a line asks for; gives what to answer."""
        number = int(str(said["id"]))
        if said.get("pulse"):
            return {"id": number, "lag_ms": max(self.lately)}
        if said.get("stop"):
            reference = self.up.pop(number)
            await reference.stop()
            behaviour = reference.behaviour
            applied = behaviour.applied if isinstance(behaviour, Derived) else None
            return {"id": number, "applied": applied, "lag_ms": self.late.pop(number)}
        names = said.get("faults")
        behaviour = combined(self.faults[str(name)] for name in (names if isinstance(names, list) else ()))
        free = ("127.0.0.1", 0)
        settings = Settings(
            aliases=True,
            gateway=free,
            gateway_health=free,
            market_data=free,
            seed=int(str(said.get("seed", 0))),
        )
        deadlines = said.get("deadlines")
        if isinstance(deadlines, dict):
            settings = settings.within(deadlines)
        reference = self.up[number] = Reference(settings, behaviour)
        await reference.start()
        self.late[number] = 0.0
        return {"id": number, **introduction(reference)}


async def serve() -> None:
    """Hosts references until standard input closes."""
    loop = asyncio.get_running_loop()
    host = Host(catalogue(load(find())))
    gc.freeze()  # the catalogue stays: it need not be looked at again
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()
    beating = loop.create_task(host.beat())

    async def answer(line: bytes) -> None:
        said = json.loads(line)
        try:
            told = await host.order(said)
        except Exception as failure:  # noqa: BLE001 - one reference that cannot be had is its asker's matter
            told = {"id": said["id"], "failure": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(told), flush=True)

    while line := await reader.readline():
        task = loop.create_task(answer(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    beating.cancel()


if __name__ == "__main__":
    asyncio.run(serve())

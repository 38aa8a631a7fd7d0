"""A child process that hosts references, each with faults of its own, as its parent asks on standard input.

One JSON object a line. ``{"id": 1, "faults": [names], "seed": 0, "auth_secs": 0.3}`` opens a reference and is
answered with its introduction; ``{"id": 1, "stop": true}`` stops it and is answered with ``applied``: how
often its faults were applied, null where they do not count. It ends when standard input closes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Mapping

from conformance.contract import load
from conformance.documents.find import find
from conformance.faults.catalogue import catalogue
from conformance.faults.fault import Derived, Fault, combined
from conformance.reference.introduction import introduction
from conformance.reference.server import Reference
from conformance.reference.settings import Settings


class Host:
    """The references that are up."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        self.faults = faults
        self.up: dict[int, Reference] = {}

    async def order(self, said: Mapping[str, object]) -> dict[str, object]:
        """Does what a line asks for; gives what to answer."""
        number = int(str(said["id"]))
        if said.get("stop"):
            reference = self.up.pop(number)
            await reference.stop()
            behaviour = reference.behaviour
            return {"id": number, "applied": behaviour.applied if isinstance(behaviour, Derived) else None}
        names = said.get("faults")
        behaviour = combined(self.faults[str(name)] for name in (names if isinstance(names, list) else ()))
        free = ("127.0.0.1", 0)
        settings = Settings(
            gateway=free,
            gateway_health=free,
            market_data=free,
            seed=int(str(said.get("seed", 0))),
            auth_secs=float(str(said.get("auth_secs", Settings.auth_secs))),
        )
        reference = self.up[number] = Reference(settings, behaviour)
        await reference.start()
        return {"id": number, **introduction(reference)}


async def serve() -> None:
    """Hosts references until standard input closes."""
    loop = asyncio.get_running_loop()
    host = Host(catalogue(load(find())))
    gc.freeze()  # the catalogue stays: it need not be looked at again
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks: set[asyncio.Task[None]] = set()

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


if __name__ == "__main__":
    asyncio.run(serve())

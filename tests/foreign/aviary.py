"""The invented aviary, live: it numbers the watches itself, no two alike, and takes the number to end one."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

ASYNCAPI = Path(__file__).parent / "aviary.asyncapi.yaml"
BEAT = 0.02

Message = dict[str, Any]


class Aviary:
    """On a free port. ``fault`` names the promise that it breaks."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self._numbers = count(7)
        self._server: Server | None = None

    async def __aenter__(self) -> Aviary:
        self._server = await serve(self._visit, "127.0.0.1", 0, close_timeout=0.2)
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Its address."""
        assert self._server is not None
        return f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}/"

    async def _visit(self, socket: ServerConnection) -> None:
        watches: dict[int, str] = {}
        tasks: list[asyncio.Task[None]] = []
        try:
            with suppress(ConnectionClosed):
                async for data in socket:
                    await self._answer(socket, json.loads(data), watches, tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _answer(
        self,
        socket: ServerConnection,
        asked: Message,
        watches: dict[int, str],
        tasks: list[asyncio.Task[None]],
    ) -> None:
        async def say(**told: Any) -> None:
            await socket.send(json.dumps({**told, "ref": asked["ref"]}))

        match asked["do"]:
            case "call":
                await say(**{"is": "echo"})
            case "watch" if asked["nest"] in watches.values() and self.fault != "watches-twice":
                await say(**{"is": "hush", "why": "twice"})
            case "watch" if watches and self.fault != "bottomless":
                await say(**{"is": "hush", "why": "enough"})
            case "watch":
                number = next(self._numbers)
                watches[number] = asked["nest"]
                if self.fault == "event-first":
                    await socket.send(json.dumps(_bird(number, 0)))
                await say(**{"is": "watching", "watch": {"number": number}})
                tasks.append(asyncio.create_task(self._sightings(socket, number, watches)))
            case "leave":
                (number,) = asked["which"]["watches"]
                if number not in watches and self.fault != "lets-strangers-go":
                    await say(**{"is": "hush", "why": "stranger"})
                    return
                watches.pop(number, None)
                await say(**{"is": "gone", "left": number})

    async def _sightings(self, socket: ServerConnection, number: int, watches: dict[int, str]) -> None:
        turns = count(1)
        with suppress(ConnectionClosed):
            if self.fault != "no-snapshot":
                nest = {"is": "nest", "watch": number, "turn": next(turns), "eggs": 3}
                await socket.send(json.dumps(nest))
            while True:
                await asyncio.sleep(BEAT)
                if number not in watches and self.fault != "never-ends":
                    return
                turn = next(turns)
                if self.fault == "gap" and turn == 3:
                    turn = next(turns)
                await socket.send(json.dumps(_bird(number, turn)))


def _bird(number: int, turn: int) -> Message:
    return {"is": "bird", "of": {"watch": number, "turn": turn}, "eggs": 3}

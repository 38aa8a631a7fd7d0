"""The invented parcel depot, live: three addresses, of which two are served, in two encodings."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgpack
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

ASYNCAPI = Path(__file__).parent / "depot.asyncapi.yaml"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


class Depot:
    """On a free port. ``fault`` names the promise that it breaks; ``asked`` the paths of all requests."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.asked: set[str] = set()
        self._server: Server | None = None

    async def __aenter__(self) -> Depot:
        self._server = await serve(self._visit, "127.0.0.1", 0, close_timeout=0.2, max_size=None)
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The base of all its addresses."""
        assert self._server is not None
        return f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}/v1"

    async def _visit(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        path = socket.request.path
        self.asked.add(path)
        with suppress(ConnectionClosed):
            if path == "/v1/desk":
                async for data in socket:
                    await socket.send(self.answer(data))
            while path.startswith("/v1/belt/"):
                line = path.rpartition("/")[2]
                parcel = "" if self.fault == "nameless" else "p1"
                await socket.send(json.dumps({"line": line, "parcel": parcel}))
                await asyncio.sleep(0.03)

    def answer(self, data: str | bytes) -> str | bytes:
        """The answer to one frame: weights are MessagePack in binary frames, all else is JSON."""
        try:
            if isinstance(data, bytes):
                raise ValueError("commands are text")
            command = json.loads(data, object_pairs_hook=_once, parse_constant=lambda name: 1 / 0)
            do = command["do"]
            if not isinstance(do, str):
                raise TypeError("no command")
        except (ValueError, TypeError, KeyError, ZeroDivisionError):
            return json.dumps({"what": "sorry", "why": "garbled"})
        number = command.get("n")
        sound = type(number) is int and 0 <= number <= 999
        if do not in ("weigh", "greet"):
            return json.dumps({"what": "sorry", "why": "unknown"})
        if do == "weigh" and (not isinstance(command.get("parcel"), str) or len(command) != 3):
            sound = False
        if not sound:
            return json.dumps({"what": "sorry", "why": "invalid"})
        if do == "greet":
            return json.dumps({"what": "greeting", "n": number, "text": "Good day."})
        label: str | bytes = "label" if self.fault == "text-label" else b"label"
        made = {"what": "weight", "n": number, "grams": 250, "label": label}
        if self.fault == "weight-as-text":
            return json.dumps({**made, "label": "label"})
        return bytes(msgpack.packb(made))

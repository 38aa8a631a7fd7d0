"""An invented lighthouse that looks at what the opening of a session carries, and the documents of it."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

Map = dict[str, Any]
Door = Callable[[Request], HTTPStatus | None]

LAMP: Map = {
    "type": "object",
    "required": ["say", "id"],
    "additionalProperties": False,
    "properties": {"say": {"const": "lamp"}, "id": {"type": "integer", "minimum": 0}},
}
LIT: Map = {
    "type": "object",
    "required": ["told", "id", "lit"],
    "additionalProperties": False,
    "properties": {"told": {"const": "lit"}, "id": {"type": "integer"}, "lit": {"type": "boolean"}},
}
OUT: Map = {
    "type": "object",
    "required": ["told", "id", "why"],
    "additionalProperties": False,
    "properties": {"told": {"const": "out"}, "id": {"type": ["integer", "null"]}, "why": {"type": "string"}},
}


def document(
    schemes: Mapping[str, Map] | None = None,
    asked: list[Any] | None = None,
    *,
    command: list[Any] | None = None,
    binding: Map | None = None,
    server: Map | None = None,
    address: str = "/lamp",
) -> Map:
    """An AsyncAPI 3.0 document, the caller's own in every part.

    ``asked`` is the security of its server, ``command`` of its one command.
    """

    def named(names: list[Any]) -> list[Any]:
        return [
            {"$ref": f"#/components/securitySchemes/{each}"} if isinstance(each, str) else each
            for each in names
        ]

    channel = "#/channels/lamp"
    ask: Map = {
        "action": "receive",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/lamp"}],
        "reply": {"messages": [{"$ref": f"{channel}/messages/lit"}, {"$ref": f"{channel}/messages/out"}]},
        "x-conformance": {"changes_state": False},
    }
    if command:
        ask["security"] = named(command)
    host: Map = {"host": "127.0.0.1:9", "protocol": "ws", **(server or {})}
    if asked:
        host["security"] = named(asked)
    lamp: Map = {
        "address": address,
        "messages": {
            "lamp": {"payload": copy.deepcopy(LAMP), "correlationId": {"location": "$message.payload#/id"}},
            "lit": {"payload": copy.deepcopy(LIT), "correlationId": {"location": "$message.payload#/id"}},
            "out": {"payload": copy.deepcopy(OUT), "correlationId": {"location": "$message.payload#/id"}},
        },
    }
    if binding:
        lamp["bindings"] = {"ws": binding}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Beacon", "version": "1"},
        "defaultContentType": "application/json",
        "servers": {"rock": host},
        "channels": {"lamp": lamp},
        "operations": {"askLamp": ask},
        "components": {"securitySchemes": dict(schemes or {})},
        "x-conformance": {
            "refusals": {"message": "out", "code": "/why", "codes": {"unauthenticated": "stranger"}}
        },
    }


def written(folder: Path, made: Map, name: str = "beacon.json") -> str:
    """The document as a file."""
    path = folder / name
    path.write_text(json.dumps(made), "utf-8")
    return str(path)


def query(request: Request, name: str) -> str:
    """A query parameter of the request, decoded; '' without one."""
    return parse_qs(urlsplit(request.path).query).get(name, [""])[0]


class Beacon:
    """The lighthouse on a free port. ``door`` gives the status that refuses an upgrade, or None.

    ``asked`` are the requests that came; ``knows`` says whether a session may ask for the lamp.
    ``echo``: refusals say what was asked, in their body, their headers and close reasons.
    """

    def __init__(
        self,
        door: Door = lambda request: None,
        *,
        knows: Callable[[Request], bool] = lambda request: True,
        subprotocols: tuple[str, ...] = (),
        echo: bool = False,
        moved: str = "",
    ) -> None:
        self.door, self.knows, self.echo, self.moved = door, knows, echo, moved
        self.asked: list[Request] = []
        self._server: Server = serve(
            self._session,
            "127.0.0.1",
            0,
            process_request=self._look,
            subprotocols=[Subprotocol(each) for each in subprotocols] or None,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Beacon:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join(5)

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self._server.socket.getsockname()[1]}"

    def _look(self, socket: ServerConnection, request: Request) -> Response | None:
        self.asked.append(request)
        status = self.door(request)
        if status is None:
            return None
        told = f"{request.path} {list(request.headers.raw_items())}" if self.echo else "no"
        headers = Headers({"Content-Length": str(len(told.encode())), "Connection": "close"})
        if self.echo:
            headers["X-Asked"] = request.path
            headers["X-Authorization"] = request.headers.get("Authorization", "-")
        if self.moved:
            headers["Location"] = f"{self.moved}?from={request.path}"
        return Response(status.value, status.phrase, headers, told.encode())

    def _session(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        with suppress(ConnectionClosed):
            for data in socket:
                self._hear(socket, socket.request, data)

    def _hear(self, socket: ServerConnection, request: Request, data: str | bytes) -> None:
        try:
            said = json.loads(data)
        except ValueError:
            said = {}
        number = said.get("id") if isinstance(said, dict) else None
        if self.echo:
            told: Map = {"told": "out", "id": number, "why": str(list(request.headers.raw_items()))}
            socket.send(json.dumps(told))
            socket.close(1008, request.path[:100])
        elif not self.knows(request):
            socket.send(json.dumps({"told": "out", "id": number, "why": "stranger"}))
        elif isinstance(data, bytes) or not isinstance(said, dict) or said.get("say") != "lamp":
            socket.send(json.dumps({"told": "out", "id": None, "why": "garbled"}))
        else:
            socket.send(json.dumps({"told": "lit", "id": number, "lit": True}))

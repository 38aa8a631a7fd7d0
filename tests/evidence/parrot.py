"""A peer that says back all that it was told, in every way that it can think of."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from ..foreign.beacon import document
from .spelled import compressed, octets, texts

Map = dict[str, Any]


class Parrot:
    """On a free port: sessions, and a health for who asks plainly. ``heard`` are the secrets it was told."""

    def __init__(self) -> None:
        self.heard: set[str] = set()
        self._server: Server = serve(self._session, "127.0.0.1", 0, process_request=self._look)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Parrot:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join(5)

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self._server.socket.getsockname()[1]}"

    def _told(self, request: Request) -> list[str]:
        """The secrets that a request carries."""
        told = [
            request.headers.get("X-Key", ""),
            request.headers.get("Authorization", "").removeprefix("Bearer "),
            *parse_qs(urlsplit(request.path).query).get("key", []),
        ]
        self.heard |= {one for one in told if one}
        return [one for one in told if one]

    def _look(self, socket: ServerConnection, request: Request) -> Response | None:
        told = self._told(request)
        if not request.path.startswith("/health"):
            return None
        spelled = [text for one in told for text in texts(one).values()]
        body = json.dumps({"well": "no", "path": request.path, "said": spelled}).encode()
        body += b"".join(data for one in told for data in octets(one).values())
        headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
        headers["Connection"] = "close"
        for number, text in enumerate(spelled):
            if text.isascii():
                headers[f"X-Said-{number}"] = text
        return Response(HTTPStatus.UNAUTHORIZED.value, f"Who is {''.join(told)[:40]}?", headers, body)

    def _session(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        told = self._told(socket.request)
        with suppress(ConnectionClosed):
            for number, data in enumerate(socket):
                for one in told:
                    self._say(socket, one, data)
                socket.close(1008, "".join(told)[: 120 if number % 2 else 60])

    def _say(self, socket: ServerConnection, secret: str, data: str | bytes) -> None:
        try:
            said = json.loads(data)
        except ValueError:
            said = None
        number = said.get("id") if isinstance(said, dict) else None
        for text in texts(secret).values():
            socket.send(text)
            socket.send(json.dumps({"told": "out", "id": number, "why": text}))
        socket.send(json.dumps({secret: {"told": secret}, "id": number, "lit": [secret]}))
        for packed in (*octets(secret).values(), *compressed(secret).values()):
            socket.send(packed)
        socket.send(data)


def lamp(stated: str, written: str) -> Map:
    """Sessions that carry one secret in a header and one in the query; two more stand in the document."""
    key = {
        "type": "object",
        "required": ["key"],
        "properties": {"key": {"type": "string", "format": "password"}},
    }
    server = {"x-conformance": {"credentials": [{"scheme": "pass", "label": "demo", "value": stated}]}}
    made = document(
        {"pass": {"type": "httpApiKey", "in": "header", "name": "X-Key"}},
        ["pass"], binding={"query": key}, server=server,
    )  # fmt: skip
    made["info"]["description"] = f"Do not write it down: {written}"
    return made


def health() -> Map:
    """A health that is for who has a credential."""
    schema = {"type": "object", "required": ["well"], "properties": {"well": {"type": "boolean"}}}
    answer = {"description": "well", "content": {"application/json": {"schema": schema}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Parrot health", "version": "1"},
        "security": [{"token": []}],
        "paths": {"/health": {"get": {"operationId": "getHealth", "responses": {"200": answer}}}},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }

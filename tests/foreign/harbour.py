"""The invented harbour hub, live: a small server that keeps its documents' promises, or breaks one."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, validators
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

HERE = Path(__file__).parent
ASYNCAPI = HERE / "harbour.asyncapi.yaml"
OPENAPI = HERE / "harbour.openapi.yaml"
TOKEN = "low-water-mark"
REPLIES = {
    "sign-in": "signed-in",
    "list-gauges": "gauge-list",
    "tide-table": "tides",
    "follow": "following",
    "unfollow": "unfollowed",
    "calibrate": "calibrated",
}
REASONS = {
    "garbled": 40,
    "no_such_op": 41,
    "bad_field": 42,
    "sign_in_first": 43,
    "bad_token": 44,
    "already_following": 45,
    "not_following": 46,
}
Map = dict[str, Any]

STRICT = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


def _validators() -> dict[str, Any]:
    components = yaml.safe_load(ASYNCAPI.read_text("utf-8"))["components"]
    schemas = components["schemas"]
    commands = {
        each["properties"].get("op", {}).get("const"): name
        for name, each in schemas.items()
        if "properties" in each
    }
    return {
        op: STRICT({"$ref": f"#/components/schemas/{name}", "components": components})
        for op, name in commands.items()
        if op
    }


VALIDATORS = _validators()


class Refused(Exception):
    """A command that is not taken."""


def _no_twins(pairs: list[tuple[str, Any]]) -> Map:
    if len(dict(pairs)) != len(pairs):
        raise Refused("garbled")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise Refused("garbled")


class Line:
    """One connection: who it is, and what it follows."""

    def __init__(self, socket: ServerConnection, hub: Hub) -> None:
        self.socket, self.hub = socket, hub
        self.known = False
        self.feeds: dict[str, asyncio.Task[None]] = {}

    async def say(self, value: object) -> None:
        """Sends a message."""
        text = json.dumps(value)
        await self.socket.send(text.encode() if self.hub.fault == "binary" else text)

    async def hear(self, data: str | bytes) -> None:
        """Answers one frame."""
        ref: object = None
        try:
            command = self._read(data)
            meta = command.get("meta")
            said = meta.get("ref") if isinstance(meta, dict) else None
            ref = said if isinstance(said, str) and 0 < len(said) <= 64 else None
            await self._answer(command, ref)
        except Refused as refused:
            reason = str(refused)
            if self.hub.fault == "wrong-code" and reason == "bad_field":
                reason = "garbled"
            why = {"reason": REASONS[reason]}
            await self.say({"kind": "trouble", "meta": {"ref": ref}, "why": why})

    def _read(self, data: str | bytes) -> Map:
        try:
            command = json.loads(data, object_pairs_hook=_no_twins, parse_constant=_no_constant)
        except ValueError:
            raise Refused("garbled") from None
        if isinstance(data, bytes) or not isinstance(command, dict) or not isinstance(command.get("op"), str):
            raise Refused("garbled")
        return command

    async def _answer(self, command: Map, ref: object) -> None:
        op, fault = command["op"], self.hub.fault
        if op not in VALIDATORS:
            raise Refused("no_such_op")
        if op == "calibrate" and not self.known and fault != "open-door":
            raise Refused("sign_in_first")
        if not VALIDATORS[op].is_valid(command) and fault != "takes-anything":
            raise Refused("bad_field")
        reply: Map = {"kind": REPLIES[op], "meta": {"ref": ref}}
        match op:
            case "sign-in":
                if command["proof"]["token"] != TOKEN:
                    raise Refused("bad_token")
                self.known = True
                reply["until"] = 1_900_000_000
            case "list-gauges":
                reply["gauges"] = [{"name": "north-quay", "depth": 7.5}, {"name": "south-quay", "buoy": 4}]
                if fault == "wrong-type":
                    reply["gauges"][1]["buoy"] = "4"
                if fault == "missing-field":
                    del reply["gauges"]
                if fault == "wrong-correlation":
                    reply["meta"]["ref"] = "another"
                if fault == "unknown-message":
                    reply["kind"] = "gauges"
            case "tide-table":
                days = command["days"] if isinstance(command.get("days"), int) else 1
                reply["table"] = [[86_400 * day, 1.25 + day] for day in range(min(days, 7))]
                if fault == "longer-sample":
                    reply["table"][0].append("m")
            case "follow":
                await self._follow(command["feed"], reply)
                return
            case "unfollow":
                task = self.feeds.pop(command["feed"], None)
                if task is None:
                    raise Refused("not_following")
                if fault != "never-ends":
                    task.cancel()
                reply["feed"] = command["feed"]
            case _:
                pass
        if op == "calibrate" and fault in ("late", "mute"):
            await asyncio.sleep(1.3 if fault == "late" else 9)
        await self.say(reply)

    async def _follow(self, feed: str, reply: Map) -> None:
        if feed in self.feeds and self.hub.fault != "follows-twice":
            raise Refused("already_following")
        snapshot = {"kind": "levels", "feed": feed, "n": 1, "samples": [[0, 1.5]]}
        messages = [{**reply, "feed": feed}, snapshot]
        if self.hub.fault == "event-first":
            messages.reverse()
        for message in messages[: 1 if self.hub.fault == "no-snapshot" else 2]:
            await self.say(message)
        self.feeds[feed] = asyncio.get_running_loop().create_task(self.push(feed))

    async def push(self, feed: str) -> None:
        """Sends the events of a feed."""
        number = 1
        fault = self.hub.fault
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(0.03)
                number += 2 if fault == "gap" and number == 3 else 1
                at = 100 - number if fault == "time-runs-back" else number
                shown = str(number) if fault == "pushes-nonsense" else number
                await self.say({"kind": "level", "feed": feed, "n": shown, "sample": [at, 1.5]})


class Hub:
    """The hub on a free port, its health beside the socket. ``fault`` names the promise that it breaks."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self._server: Server | None = None

    async def __aenter__(self) -> Hub:
        self._server = await serve(
            self._line, "127.0.0.1", 0, close_timeout=0.2, process_request=self._health, max_size=None
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def place(self) -> str:
        """Its host and port."""
        assert self._server is not None
        return f"127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"

    def _health(self, socket: ServerConnection, request: Request) -> Response | None:
        if request.path == "/gauges":
            return None
        status = HTTPStatus.OK if request.path == "/healthz" else HTTPStatus.NOT_FOUND
        body = {"status": "ok", "gauges": "2" if self.fault == "sick-health" else 2, "note": None}
        data = json.dumps(body).encode()
        kinds = Headers(
            {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
        )
        return Response(status.value, status.phrase, kinds, data)

    async def _line(self, socket: ServerConnection) -> None:
        line = Line(socket, self)
        if self.fault.startswith("pushes"):
            line.feeds["north-quay"] = asyncio.get_running_loop().create_task(line.push("north-quay"))
        try:
            async for data in socket:
                await line.hear(data)
        except ConnectionClosed:
            pass
        finally:
            for task in line.feeds.values():
                task.cancel()

"""The invented service of `docs/adopt.md`, live: `python lamps.py PORT [FAULT]`. The key is `dusk`.

Faults: wrong-type (watts as text), wrong-code (another code for an invalid field), mute (no answer to list).
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

FIELDS = {"ping": {}, "login": {"key": str}, "list": {"lit?": bool}, "switch": {"lamp": int, "lit": bool}}
LAMPS = {each: {"number": each, "lit": each % 2 == 0, "watts": 40 + each / 4} for each in range(1, 7)}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A map without a key twice."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def no_number(text: str) -> None:
    """NaN and the infinities are no JSON."""
    raise ValueError(text)


def refused(code: str, command: object) -> dict[str, Any]:
    """An error, with the id of the command where it has one."""
    number = command.get("id") if isinstance(command, dict) else None
    known = type(number) is int and 1 <= number < 2**32
    return {"is": "error", "code": code} | ({"id": number} if known else {})


def answer(data: str | bytes, line: set[str], fault: str) -> dict[str, Any] | None:
    """The answer to one frame; ``line`` remembers whether somebody has logged in."""
    try:
        command = json.loads(data, object_pairs_hook=once, parse_constant=no_number)
    except ValueError:
        return refused("bad_json", None)
    do = command.get("do") if isinstance(command, dict) else None
    if isinstance(data, bytes) or not isinstance(do, str):
        return refused("bad_json", command)
    if do not in FIELDS:
        return refused("unknown_do", command)
    if do == "switch" and not line:
        return refused("login_first", command)
    fields = {"id": int, **FIELDS[do]}
    known = {name.rstrip("?") for name in fields} | {"do"}
    right = command.keys() <= known and all(
        (name.endswith("?") and name[:-1] not in command) or type(command.get(name.rstrip("?"))) is kind
        for name, kind in fields.items()
    )
    right = right and 1 <= command["id"] < 2**32 and command.get("key") != ""
    if not right or not 1 <= command.get("lamp", 1) <= 500:
        return refused("bad_json" if fault == "wrong-code" else "invalid_field", command)
    reply: dict[str, Any] = {"id": command["id"]}
    match do:
        case "ping":
            return {"is": "pong", **reply}
        case "login":
            if command["key"] != "dusk":
                return refused("bad_key", command)
            line.add("in")
            return {"is": "welcome", **reply, "name": "warden"}
        case "list":
            if fault == "mute":
                return None
            lamps = [lamp for lamp in LAMPS.values() if command.get("lit", lamp["lit"]) == lamp["lit"]]
            if fault == "wrong-type":
                lamps = [{**lamp, "watts": str(lamp["watts"])} for lamp in lamps]
            return {"is": "lamps", **reply, "lamps": lamps}
        case _:
            if command["lamp"] not in LAMPS:
                return refused("no_such_lamp", command)
            lamp = {**LAMPS[command["lamp"]], "lit": command["lit"]}
            return {"is": "switched", **reply, "lamp": lamp}


async def main(port: int, fault: str) -> None:
    """Serve until stopped."""

    async def serving(socket: ServerConnection) -> None:
        line: set[str] = set()
        async for data in socket:
            reply = answer(data, line, fault)
            if reply is not None:
                await socket.send(json.dumps(reply))

    async with serve(serving, "127.0.0.1", port) as server:
        print(f"lamps at ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/lamps", flush=True)
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))

"""Payloads in one bounded line: decoded where they can be, else as hexadecimal octets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from conformance.codec import JSON, MESSAGEPACK, MISSING, Ext, Pairs, Path

LONGEST = 48
SHORTEST = 16
"""Characters of a string that are shown, at most and at least: half of what a line has room for."""

DEEPEST = 8


def decoder(budget: int, path: Path = ()) -> Callable[[bytes], str]:
    """A function that renders a payload in about ``budget`` characters; see ``rendered`` for ``path``."""
    return lambda data: payload(data, budget, path)


def payload(data: bytes, budget: int, path: Path = ()) -> str:
    """One payload: a MessagePack or JSON value, or its octets and what is wrong with them."""
    if not data:
        return "0 bytes"
    decoded = MESSAGEPACK.decode(data)
    if decoded.ok:
        return fitted(decoded.value, budget, path)
    text = JSON.decode(data)
    if text.ok:
        return fitted(text.value, budget, path)
    size = "1 byte" if len(data) == 1 else f"{len(data)} bytes"
    front = f"{size} ({decoded.problems[0]})"
    shown = max(0, (budget - len(front)) // 3 - 1)
    if not shown:
        return front
    return f"{front} {data[:shown].hex(' ')}" + (" …" if len(data) > shown else "")


def fitted(value: object, room: int, path: Path = ()) -> str:
    """``rendered`` so that it fits into ``room`` characters, if leaving out more of it can do that."""
    text = ""
    for tenths in range(10, 1, -1):
        text = rendered(value, room * tenths // 10, path)
        if len(text) <= room:
            break
    return text


def rendered(value: object, budget: int, path: Path = ()) -> str:
    """A value in one line of about ``budget`` characters.

    What stands at ``path`` is written whatever stands before it; of the rest, what fits.
    """
    return _Renderer(budget, path).value(value, (), 0)


def at(value: object, path: Path) -> object:
    """What stands at ``path``, or ``MISSING``."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step, MISSING)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return MISSING
    return value


class _Renderer:
    def __init__(self, budget: int, path: Path) -> None:
        self.left = budget
        self.path = path
        self.longest = max(SHORTEST, min(LONGEST, budget // 2))

    def value(self, value: object, place: Path, depth: int) -> str:
        if isinstance(value, list):
            parts = ((None, one, (*place, number)) for number, one in enumerate(value))
            return self.container("[", parts, "]", depth)
        if isinstance(value, Mapping):
            pairs = ((self.key(key), one, (*place, key)) for key, one in value.items())
            return self.container("{", pairs, "}", depth)
        if isinstance(value, Pairs):
            odd = ((self.scalar(key), one, (*place, "")) for key, one in value.items)
            return self.container("{", odd, "}", depth)
        room = self.longest if place == self.path else max(SHORTEST, min(self.longest, self.left))
        text = self.scalar(value, room)
        self.left -= len(text)
        return text

    def container(
        self, opening: str, parts: Iterator[tuple[str | None, object, Path]], closing: str, depth: int
    ) -> str:
        shown: list[str] = []
        self.left -= 2
        for key, one, place in parts:
            wanted = self.path[: len(place)] == place
            if not wanted and (self.left <= 0 or depth >= DEEPEST):
                if shown[-1:] != ["…"]:
                    shown.append("…")
                continue
            label = "" if key is None else f"{key}: "
            self.left -= len(label) + 2
            shown.append(label + self.value(one, place, depth + 1))
        return opening + ", ".join(shown) + closing

    def key(self, key: object) -> str:
        text = str(key)
        return text if text.isidentifier() and len(text) <= LONGEST else self.scalar(text)

    def scalar(self, value: object, longest: int = LONGEST) -> str:
        if isinstance(value, str):
            more = f"…(+{len(value) - longest})" if len(value) > longest else ""
            return json.dumps(value[:longest], ensure_ascii=False) + more
        if isinstance(value, bytes):
            shown = longest // 2
            return f"bin({len(value)}) {value[:shown].hex()}" + ("…" if len(value) > shown else "")
        if isinstance(value, Ext):
            return f"ext({value.code}) {value.data[: longest // 2].hex()}"
        if value is None:
            return "nil"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and value.bit_length() > 256:
            return f"an integer of {value.bit_length()} bits"
        return repr(value)[: 2 * LONGEST]

"""Values and places in words. What a target sends is hostile: it is shown escaped and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from conformance.codec import MISSING, Ext, Pairs, wire_type

LONGEST: Final = 60
"""Characters of a value that are shown."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,40}")


def quote(text: str) -> str:
    """A string in quotes, control and other unprintable characters escaped, at most ``LONGEST`` characters
    of it.
    """
    if len(text) <= LONGEST:
        return repr(text)
    return f"{text[:LONGEST]!r}… ({len(text)} characters)"


@lru_cache(maxsize=1024)
def expression(pattern: str) -> str:
    """A document's pattern as it stands there, at most twice ``LONGEST`` characters of it."""
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in pattern)
    return shown if len(shown) <= 2 * LONGEST else shown[: 2 * LONGEST] + "…"


def literal(value: object) -> str:
    """A value as a document would name it, without its wire type: ``'red'``, ``5``, ``nil``."""
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**LONGEST else "a huge integer"
        return text
    if isinstance(value, (Mapping, list, tuple)):
        text = repr(value)
        return text if len(text) <= LONGEST else show(value)
    return show(value)


def show(value: object) -> str:
    """A value with its wire type: ``float 1.5``, ``str '1.50'``, ``bin of 3 bytes``, ``nil``; absent:
    ``nothing``.
    """
    if value is MISSING:
        return "nothing"
    if isinstance(value, bytes):
        return f"bin of {_count(len(value), 'byte')}"
    if isinstance(value, Ext):
        return f"ext {value.code} of {_count(len(value.data), 'byte')}"
    if isinstance(value, Pairs):
        return f"map of {_count(len(value.items), 'entry')}"
    if isinstance(value, Mapping):
        return f"map of {_count(len(value), 'entry')}"
    if isinstance(value, (list, tuple)):
        return f"array of {_count(len(value), 'item')}"
    if value is None:
        return "nil"
    return f"{wire_type(value)} {literal(value)}"


def _count(number: int, what: str) -> str:
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{number} {what if number == 1 else plural}"


def items(number: int) -> str:
    """A number of array items: ``1 item``, ``3 items``."""
    return _count(number, "item")


def one_of(values: Sequence[object]) -> str:
    """Alternatives: ``one of 'red', 'blue'``; a single one is itself."""
    if len(values) == 1:
        return literal(values[0])
    shown = ", ".join(literal(value) for value in values[:8])
    return f"one of {shown}" + (f", … ({len(values)} in all)" if len(values) > 8 else "")


def place(trail: Iterable[tuple[str | int, str]]) -> str:
    """A place in words: ``order.price``, ``[4] rows[0][1] size``; the root is ``payload``.

    Each step is a segment of the instance path and, for a named array position, its name.
    """
    text = ""
    for segment, name in trail:
        if isinstance(segment, int):
            text += f"[{segment}]" + (f" {name}" if name else "")
        elif _PLAIN_KEY.fullmatch(segment):
            text += ("." if text else "") + segment
        else:
            text += f"[{quote(segment)}]"
    return text or "payload"

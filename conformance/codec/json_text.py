"""JSON text (RFC 8259): bytes to values and back, as strict as the wire codec beside it.

Duplicate keys are problems, ``NaN`` and ``Infinity`` are no JSON, integers are exact, 1 and 1.0 differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Never

from conformance.codec.item import MAX_DEPTH, MAX_VALUES, Decoded, Path, assemble, spans
from conformance.codec.json_walk import walk
from conformance.codec.messagepack import too_deep
from conformance.codec.values import Pairs


class _IrregularError(ValueError):
    """Something that only the walker reads rightly."""


def _plain_map(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _IrregularError
    return result


def _no_constant(name: str) -> Never:
    raise _IrregularError(name)


def _may_be_many(data: bytes) -> bool:
    """Whether the text may hold more than ``MAX_VALUES`` values: each but the first follows one of these."""
    if len(data) <= MAX_VALUES:
        return False
    empty = data.count(b"[]") + data.count(b"{}")
    return sum(data.count(mark) for mark in b",:[{") - empty >= MAX_VALUES


def decode(data: bytes) -> Decoded:
    """The one value of a JSON text in UTF-8. Never raises, whatever the bytes."""
    if _may_be_many(data):
        return assemble(walk(data))
    try:
        text = data.decode("utf-8")
        if "\\u" in text:
            raise _IrregularError  # may hold a lone surrogate: the walker looks
        value: object = json.loads(text, object_pairs_hook=_plain_map, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return assemble(walk(data))
    if len(data) <= MAX_DEPTH or not too_deep(value):
        return Decoded(value)
    return assemble(walk(data))


_SCALAR = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""One for all: ``json.dumps`` makes a new one each time."""


def encode(value: object) -> bytes:
    """The compact UTF-8 text of a value; ``Pairs`` as written. Raises ``ValueError`` for what JSON cannot
    hold: bin, ext, NaN, keys that are no strings.
    """
    return "".join(_parts(value)).encode("utf-8")


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, (Pairs, dict)):
        pairs = value.items if isinstance(value, Pairs) else tuple(value.items())
        yield "{"
        for number, (key, item) in enumerate(pairs):
            if not isinstance(key, str):
                raise ValueError(f"not a JSON key: {type(key).__name__}")
            yield ("," if number else "") + _SCALAR(key) + ":"
            yield from _parts(item)
        yield "}"
    elif isinstance(value, (list, tuple)):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield ","
            yield from _parts(item)
        yield "]"
    elif value is None or isinstance(value, (bool, int, float, str)):
        yield _SCALAR(value)
    else:
        raise ValueError(f"not a JSON value: {type(value).__name__}")


def locate(data: bytes, path: Path) -> tuple[int, int] | None:
    """(offset, length) in bytes of the value at an instance path, the last one where it is written twice."""
    found = spans(walk(data), path)
    return found[-1] if found else None


def locate_all(data: bytes, path: Path) -> tuple[tuple[int, int], ...]:
    """(offset, length) of each value written at an instance path."""
    return spans(walk(data), path)

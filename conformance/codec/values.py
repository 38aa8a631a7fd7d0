"""Wire values: what a frame holds once decoded, with nothing of the wire's types lost.

A decoded value is made of ``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes`` (bin), ``list``,
``dict`` with string keys, and the types below for what Python has no word for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import isnan
from typing import Final


@dataclass(frozen=True, slots=True)
class Ext:
    """A MessagePack extension value: an application type (-128…127) and its bytes (spec: Extension types)."""

    code: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map written with exactly these pairs, in this order: duplicate keys and keys that are no strings."""

    items: tuple[tuple[object, object], ...]


@dataclass(frozen=True, slots=True)
class Wide:
    """An integer in a MessagePack format that could hold larger ones: the format's first byte, and how many
    bytes follow it (spec: int format family)."""

    value: int
    head: int
    size: int


class Missing(Enum):
    """The type of ``MISSING``: no value at all, which is not nil."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

WIRE_TYPES: Final[dict[type, str]] = {
    type(None): "nil",
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    bytes: "bin",
    list: "array",
    tuple: "array",
    dict: "map",
    Pairs: "map",
    Ext: "ext",
}


def wire_type(value: object) -> str:
    """The wire type of a decoded value: nil, bool, int, float, str, bin, array, map or ext.

    Raises ``TypeError`` for what no codec gives, ``MISSING`` among it.
    """
    try:
        return WIRE_TYPES[type(value)]
    except KeyError:
        raise TypeError(f"no wire value: {type(value).__name__}") from None


def same(a: object, b: object) -> bool:
    """Whether two values are the same on the wire: 1, 1.0 and True are three values, bin is never str.

    Maps are equal whatever the order of their keys; ``Pairs`` only with equal pairs in equal order. NaN
    equals NaN, and 0.0 equals -0.0: what is asked is whether a reader would take one for the other.
    """
    todo = [(a, b)]
    while todo:
        a, b = todo.pop()
        if WIRE_TYPES.get(type(a)) != WIRE_TYPES.get(type(b)):
            return False
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            todo.extend((item, b[key]) for key, item in a.items())
        elif isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            if len(a) != len(b):
                return False
            todo.extend(zip(a, b, strict=True))
        elif isinstance(a, Pairs) and isinstance(b, Pairs):
            todo.append(([list(pair) for pair in a.items], [list(pair) for pair in b.items]))
        elif a != b and not (isinstance(a, float) and isinstance(b, float) and isnan(a) and isnan(b)):
            return False
    return True

"""The encodings that MessagePack has of one value, all of which a reader has to take.

The specification lets a writer choose: it "SHOULD use the format which represents the data in the smallest
number of bytes" (spec: Serialization), and a reader takes every one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from conformance.codec.messagepack import encode, widths
from conformance.codec.values import Ext, Pairs

SPELLINGS: Final = ("widest", "mixed")
"""Ways to write a whole command: each value in its widest format; each in the next one of those it has."""

_SIZES: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "str": ((0xD9, 1), (0xDA, 2), (0xDB, 4)),
    "bin": ((0xC4, 1), (0xC5, 2), (0xC6, 4)),
    "array": ((0xDC, 2), (0xDD, 4)),
    "map": ((0xDE, 2), (0xDF, 4)),
    "ext": ((0xC7, 1), (0xC8, 2), (0xC9, 4)),
}
"""Of each family with a length: the first byte and the bytes that the length takes (spec: Formats)."""
_FIXED: Final = {"str": (0xA0, 32), "array": (0x90, 16), "map": (0x80, 16)}
_FIXEXT: Final = {1: 0xD4, 2: 0xD5, 4: 0xD6, 8: 0xD7, 16: 0xD8}


def heads(family: str, length: int) -> tuple[bytes, ...]:
    """Every first part of a ``str``, ``bin``, ``array``, ``map`` or ``ext`` of that length, the shortest
    first."""
    fixed, below = _FIXED.get(family, (0, 0))
    made = [bytes([fixed + length])] if length < below else []
    if family == "ext" and length in _FIXEXT:
        made.append(bytes([_FIXEXT[length]]))
    made += [
        bytes([head]) + length.to_bytes(size, "big")
        for head, size in _SIZES[family]
        if length < 1 << (8 * size)
    ]
    return tuple(made)


def numbers(number: int | float) -> tuple[bytes, ...]:
    """Every encoding of an integer or a float, the shortest first, unsigned ones before signed ones.

    A float is never an integer; one that 32 bits hold exactly has two encodings. Raises ``ValueError`` for
    integers outside -2**63…2**64-1.
    """
    if isinstance(number, float):
        short = _single(number)
        return ((short,) if short else ()) + (struct.pack(">Bd", 0xCB, number),)
    wide = [encode(each) for each in widths(number)] if number >= 0 else []
    if number < 0:
        wide = [
            bytes([0xD0 + power]) + number.to_bytes(1 << power, "big", signed=True)
            for power in range(4)
            if number >= -1 << ((8 << power) - 1)
        ]
    shortest = encode(number)
    return (shortest, *(each for each in wide if each != shortest))


def _single(number: float) -> bytes:
    """The float in 32 bits, b'' where they do not hold it."""
    try:
        made = struct.pack(">Bf", 0xCA, number)
    except OverflowError:
        return b""
    (back,) = struct.unpack(">f", made[1:])
    return made if struct.pack(">d", back) == struct.pack(">d", number) else b""


def spelled(value: object, spelling: str) -> bytes:
    """The bytes of a value in one of ``SPELLINGS``, or ('') in the shortest encoding.

    ``mixed`` goes round: of values with as many encodings the first is in the second one, the next in the
    third, and so on.
    Raises ``ValueError`` for what MessagePack cannot hold, and for no spelling.
    """
    if not spelling:
        return encode(value)
    if spelling not in SPELLINGS:
        raise ValueError(f"no spelling: {spelling!r}")
    turns: dict[int, int] = {}

    def choose(options: tuple[bytes, ...]) -> bytes:
        turn = turns[len(options)] = turns.get(len(options), 0) + 1
        return options[-1 if spelling == "widest" else turn % len(options)]

    return b"".join(_parts(value, choose, spelling == "widest"))


def _parts(value: object, choose: Callable[[tuple[bytes, ...]], bytes], unsigned: bool) -> Iterator[bytes]:
    """``unsigned``: of two formats of one width the one without a sign is taken for the wider."""
    if isinstance(value, bool) or value is None:
        yield encode(value)
    elif isinstance(value, int | float):
        options = numbers(value)
        if unsigned and isinstance(value, int) and value >= 0:
            options = tuple(each for each in options if each[0] not in range(0xD0, 0xD4))
        yield choose(options)
    elif isinstance(value, str | bytes):
        try:
            data = value.encode() if isinstance(value, str) else value
        except UnicodeEncodeError as error:
            raise ValueError(f"not a MessagePack value: {error}") from error
        yield choose(heads("str" if isinstance(value, str) else "bin", len(data)))
        yield data
    elif isinstance(value, Ext):
        yield choose(heads("ext", len(value.data))) + struct.pack("b", value.code)
        yield value.data
    elif isinstance(value, dict | Pairs):
        pairs = value.items if isinstance(value, Pairs) else tuple(value.items())
        yield choose(heads("map", len(pairs)))
        for pair in pairs:
            for each in pair:
                yield from _parts(each, choose, unsigned)
    elif isinstance(value, list | tuple):
        yield choose(heads("array", len(value)))
        for each in value:
            yield from _parts(each, choose, unsigned)
    else:
        yield encode(value)

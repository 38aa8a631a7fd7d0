"""MessagePack: bytes to values and back, with the wire's types kept.

Decoding is ``msgpack``'s as long as all is well; whatever it refuses, or would read too kindly, the byte
walker reads again and explains (duplicate keys, keys that are no strings, trailing bytes, ext timestamps,
depth).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgpack

from conformance.codec.item import MAX_DEPTH, MAX_VALUES, Decoded, assemble
from conformance.codec.values import Ext, Pairs, Wide
from conformance.codec.walk import walk

# msgpack turns ext type -1 into its own Timestamp, whose encoding is lost: such frames go to the walker.
_TIMESTAMP = re.compile(
    rb"\xd6\xff|\xd7\xff|\xc7[\x04\x08\x0c]\xff|\xc8\x00[\x04\x08\x0c]\xff|\xc9\0\0\0[\x04\x08\x0c]\xff"
)

# msgpack reserves memory for what a head announces, and hands a container over when it is complete: nested
# heads would add up. So many entries may be announced in all; longer containers go to the walker.
_RESERVED = 2_000_000
_NESTED = 1024
"""Deeper msgpack itself does not go."""
_HEADS = bytes(range(0xDC, 0xE0))
"""The first bytes of containers of more than 15 entries."""
_CONTAINERS = bytes(range(0x80, 0xA0)) + _HEADS
"""The first bytes of all containers: so many there are at most, and so deep they can be nested."""


class _IrregularError(Exception):
    """What only the walker reads rightly."""


class _Bounded:
    """Counts what msgpack has read: many values cost much, even where each of them is a few bytes."""

    def __init__(self) -> None:
        self.containers = 0
        self.values = 1

    def array(self, entries: list[object]) -> list[object]:
        self._count(len(entries))
        return entries

    def map(self, pairs: list[tuple[object, object]]) -> dict[object, object]:
        self._count(2 * len(pairs))
        return _plain_map(pairs)

    def _count(self, values: int) -> None:
        self.containers += 1
        self.values += values
        if max(self.containers, self.values) > MAX_VALUES:
            raise _IrregularError


def _plain_map(pairs: list[tuple[object, object]]) -> dict[object, object]:
    result = dict(pairs)
    if len(result) != len(pairs) or not all(type(key) is str for key in result):
        raise _IrregularError
    return result


def _longest(data: bytes) -> int:
    """How many entries a container may have that msgpack is to read."""
    if len(data) <= _RESERVED // _NESTED:
        return len(data)  # however many heads there are
    heads = len(data) - len(data.translate(None, _HEADS))
    return min(MAX_VALUES, len(data), _RESERVED // max(1, min(heads, _NESTED)))


def too_deep(value: object) -> bool:
    """Whether containers are nested deeper than ``MAX_DEPTH``. Level by level, without recursion."""
    level = [value] if type(value) in (list, dict) else []
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)  # type: ignore[attr-defined]
            if type(child) in (list, dict)
        ]
    return False


def decode(data: bytes) -> Decoded:
    """The one value of a frame. Never raises, whatever the bytes; time and memory are linear in their
    number, and no more than ``MAX_VALUES`` values are looked at one by one.
    """
    if b"\xff" not in data or not _TIMESTAMP.search(data):
        bounded = None if len(data) <= MAX_VALUES else _Bounded()
        most = _longest(data)
        try:
            value: object = msgpack.unpackb(
                data,
                raw=False,
                strict_map_key=True,
                object_pairs_hook=_plain_map if bounded is None else bounded.map,
                list_hook=None if bounded is None else bounded.array,
                ext_hook=Ext,
                max_array_len=most,
                max_map_len=most,
            )
        except (ValueError, TypeError, RecursionError, _IrregularError):
            return assemble(walk(data))
        containers = len(data) - len(data.translate(None, _CONTAINERS))
        if containers <= MAX_DEPTH or not too_deep(value):
            return Decoded(value)
    return assemble(walk(data))


def encode(value: object) -> bytes:
    """The bytes of a value, in the shortest forms; floats as float 64, ``bytes`` as bin, ``Pairs`` as
    written.

    Raises ``ValueError`` for what MessagePack cannot hold: integers outside -2**63…2**64-1, lone surrogates,
    types that are no wire values.
    """
    try:
        whole = msgpack.Packer().pack(value)
    except Exception:  # noqa: BLE001 - what it cannot hold, or what only we can write: looked at part by part
        whole = None
    if whole is not None and type(whole) is bytes:
        return whole
    try:
        return b"".join(_parts(value))
    except (OverflowError, TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"not a MessagePack value: {error}") from error


def widths(number: int) -> tuple[Wide, ...]:
    """A number of 0 or more in each format of MessagePack that can hold it, but for the shortest (spec: int
    format family): a reader has to take them all."""
    unsigned = [Wide(number, 0xCC + power, 1 << power) for power in range(4) if number < 1 << (8 << power)]
    signed = [
        Wide(number, 0xD0 + power, 1 << power) for power in range(4) if number < 1 << ((8 << power) - 1)
    ]
    return tuple(unsigned if number < 128 else unsigned[1:]) + tuple(signed)


def _parts(value: object) -> Iterator[bytes]:
    packer = msgpack.Packer()
    if isinstance(value, Wide):
        yield bytes([value.head]) + value.value.to_bytes(value.size, "big")
    elif isinstance(value, Ext):
        yield packer.pack_ext_type(value.code, value.data) or packer.bytes()
    elif isinstance(value, (Pairs, dict)):
        pairs = value.items if isinstance(value, Pairs) else tuple(value.items())
        yield packer.pack_map_header(len(pairs))
        for key, item in pairs:
            yield from _parts(key)
            yield from _parts(item)
    elif isinstance(value, (list, tuple)):
        yield packer.pack_array_header(len(value))
        for item in value:
            yield from _parts(item)
    else:
        yield packer.pack(value)

"""MessagePack: bytes to values and back, with the wire's types kept.

Decoding is ``msgpack``'s as long as all is well; whatever it refuses, or would read too kindly, the byte
walker reads again and explains (duplicate keys, keys that are no strings, trailing bytes, ext timestamps,
depth).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgpack

from conformance.codec.item import MAX_DEPTH, Decoded, assemble
from conformance.codec.values import Ext, Pairs
from conformance.codec.walk import walk

# msgpack turns ext type -1 into its own Timestamp, whose encoding is lost: such frames go to the walker.
_TIMESTAMP = re.compile(
    rb"\xd6\xff|\xd7\xff|\xc7[\x04\x08\x0c]\xff|\xc8\x00[\x04\x08\x0c]\xff|\xc9\0\0\0[\x04\x08\x0c]\xff"
)

# msgpack reserves memory for what a head announces; nested heads would add up. Longer containers go to the
# walker.
_FAST_SIZE = 16_384


class _IrregularError(Exception):
    """A map that only the walker reads rightly."""


def _plain_map(pairs: list[tuple[object, object]]) -> dict[object, object]:
    result = dict(pairs)
    if len(result) != len(pairs) or not all(type(key) is str for key in result):
        raise _IrregularError
    return result


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
    number.
    """
    if not _TIMESTAMP.search(data):
        try:
            value: object = msgpack.unpackb(
                data,
                raw=False,
                strict_map_key=True,
                object_pairs_hook=_plain_map,
                ext_hook=Ext,
                max_array_len=_FAST_SIZE,
                max_map_len=_FAST_SIZE,
            )
        except (ValueError, TypeError, RecursionError, _IrregularError):
            return assemble(walk(data))
        if len(data) <= MAX_DEPTH or not too_deep(value):
            return Decoded(value)
    return assemble(walk(data))


def encode(value: object) -> bytes:
    """The bytes of a value, in the shortest forms; floats as float 64, ``bytes`` as bin, ``Pairs`` as
    written.

    Raises ``ValueError`` for what MessagePack cannot hold: integers outside -2**63…2**64-1, lone surrogates,
    types that are no wire values.
    """
    try:
        return b"".join(_parts(value))
    except (OverflowError, TypeError, UnicodeEncodeError) as error:
        raise ValueError(f"not a MessagePack value: {error}") from error


def _parts(value: object) -> Iterator[bytes]:
    packer = msgpack.Packer()
    if isinstance(value, Ext):
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

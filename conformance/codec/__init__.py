"""Bytes to values and back, wire-strict: MessagePack and JSON text, and walkers that explain the bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.codec import json_text, messagepack, walk
from conformance.codec.item import MAX_DEPTH, MAX_VALUES, Decoded, Item, Path, Problem
from conformance.codec.messagepack import widths
from conformance.codec.spellings import SPELLINGS, spelled
from conformance.codec.values import MISSING, Ext, Missing, Pairs, Wide, same, wire_type

__all__ = [
    "JSON",
    "MAX_DEPTH",
    "MAX_VALUES",
    "MESSAGEPACK",
    "MISSING",
    "SPELLINGS",
    "Codec",
    "Decoded",
    "Ext",
    "Item",
    "Missing",
    "Pairs",
    "Path",
    "Problem",
    "Wide",
    "codec_for",
    "same",
    "spelled",
    "widths",
    "wire_type",
]


@dataclass(frozen=True, slots=True)
class Codec:
    """One encoding of values: how it is called, which WebSocket frames carry it, and its functions.

    ``opcode`` is ``binary`` or ``text`` (RFC 6455, section 5.6). ``decode`` never raises; ``encode`` raises
    ``ValueError`` for a value that the encoding cannot hold; ``locate`` gives (offset, length) of the value
    at an instance path, ``locate_all`` of each time that it is written.
    """

    name: str
    opcode: str
    decode: Callable[[bytes], Decoded]
    encode: Callable[[object], bytes]
    locate: Callable[[bytes, Path], tuple[int, int] | None]
    locate_all: Callable[[bytes, Path], tuple[tuple[int, int], ...]]


MESSAGEPACK = Codec(
    "MessagePack", "binary", messagepack.decode, messagepack.encode, walk.locate, walk.locate_all
)
JSON = Codec("JSON", "text", json_text.decode, json_text.encode, json_text.locate, json_text.locate_all)

_SUBTYPES = {"msgpack": MESSAGEPACK, "messagepack": MESSAGEPACK, "json": JSON}


def codec_for(content_type: str) -> Codec | None:
    """The codec of a media type (RFC 6838), whatever its parameters; None for one that we do not speak.

    Known: ``msgpack`` and ``json`` as subtype, behind ``x-`` or ``vnd.``, or as structured suffix
    (``+msgpack``, ``+json``).
    """
    kind, _, subtype = content_type.split(";", 1)[0].strip().lower().partition("/")
    if kind not in ("application", "text"):
        return None
    name = subtype.rpartition("+")[2] if "+" in subtype else subtype.removeprefix("x-").removeprefix("vnd.")
    return _SUBTYPES.get(name)

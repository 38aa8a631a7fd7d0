"""Incoming frames, judged: exactly one MessagePack map, and nothing that the contract rules out inside it."""

from dataclasses import dataclass
from typing import Any

import msgpack
from msgpack.exceptions import ExtraData

MAX_UINT = 2**64 - 1


@dataclass(frozen=True)
class Judged:
    """What a frame holds, and what is wrong with it."""

    command: dict[str, Any] | None
    request_id: int | None
    """Set whenever the frame is one map that holds exactly one valid one, whatever else is wrong with it."""
    flaws: tuple[str, ...]
    """Kinds, in the order of FLAWS."""


FLAWS = {
    "text": "a text frame, where only binary frames carry commands",
    "undecodable": "bytes that are not exactly one MessagePack map",
    "not_a_map": "a MessagePack value that is not a map",
    "trailing": "bytes after the map",
    "duplicate": "a key that occurs twice",
    "key": "a key that is not a string",
    "ext": "an extension type",
    "utf8": "a string that is not valid UTF-8",
    "type": "no type, or one that is not a string",
}
"""Every kind of malformed frame, with the sentence that says so."""


class _Map(dict[str, Any]):
    """A decoded map that still knows its pairs."""

    pairs: list[tuple[Any, Any]]


class _Ext:
    """Stands where an extension type stood."""


class _Decoder:
    """Decodes leniently and takes notes, so that a flawed frame's request_id can still be echoed."""

    def __init__(self) -> None:
        self.flaws: set[str] = set()

    def decode(self, payload: bytes) -> Any:
        return msgpack.unpackb(
            payload,
            object_pairs_hook=self._map,
            list_hook=self._list,
            ext_hook=self._ext,
            strict_map_key=False,
            unicode_errors="surrogateescape",
        )

    def _map(self, pairs: list[tuple[Any, Any]]) -> _Map:
        found = _Map()
        found.pairs = pairs
        for key, value in pairs:
            self._note(key)
            self._note(value)
            if not isinstance(key, str):
                self.flaws.add("key")
            elif key in found:
                self.flaws.add("duplicate")
            else:
                found[key] = value
        return found

    def _list(self, items: list[Any]) -> list[Any]:
        for item in items:
            self._note(item)
        return items

    def _ext(self, code: int, data: bytes) -> _Ext:
        self.flaws.add("ext")
        return _Ext()

    def _note(self, value: Any) -> None:
        if isinstance(value, str):
            if not value.isascii() and any("\udc80" <= letter <= "\udcff" for letter in value):
                self.flaws.add("utf8")
        elif isinstance(value, msgpack.Timestamp):
            self.flaws.add("ext")


def is_request_id(value: Any) -> bool:
    """Whether a value is an unsigned integer on the wire."""
    return type(value) is int and 0 <= value <= MAX_UINT


def judge(payload: bytes, is_text: bool) -> Judged:
    """Read one whole message. (A text message of invalid UTF-8 never comes here: it closes with 1007.)"""
    if is_text:
        return Judged(None, None, ("text",))
    decoder = _Decoder()
    try:
        value = decoder.decode(payload)
    except ExtraData as extra:
        value = extra.unpacked
        decoder.flaws.add("trailing")
    except (ValueError, RecursionError):
        return Judged(None, None, ("undecodable",))
    if not isinstance(value, _Map):
        return Judged(None, None, ("not_a_map",))
    if not isinstance(value.get("type"), str):
        decoder.flaws.add("type")
    ids = [item for key, item in value.pairs if key == "request_id"]
    echo = ids[0] if len(ids) == 1 and is_request_id(ids[0]) and "trailing" not in decoder.flaws else None
    return Judged(value, echo, tuple(flaw for flaw in FLAWS if flaw in decoder.flaws))


def encode(value: Any) -> bytes:
    """The bytes of an outgoing value."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed

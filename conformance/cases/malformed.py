"""Frames that are not one well-formed command, one fault each. Only bytes: no session, no step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.codec import JSON, MESSAGEPACK, Codec, Ext, Pairs


@dataclass(frozen=True, slots=True)
class Frame:
    """A malformed frame: its name in case ids, one phrase for a reader, its bytes and opcode."""

    name: str
    says: str
    data: bytes
    opcode: str


def frames(codec: Codec, field: str, word: object) -> Iterator[Frame]:
    """Every kind of malformed frame that this encoding allows.

    ``field`` is the one that tells commands apart ('' when a service has none) and ``word`` a value that
    it may have: each frame is as close to a command as its fault permits so nothing else explains a refusal.
    """
    base: dict[str, object] = {field: word} if field else {"a": 1}
    yield from _any_encoding(codec, base)
    if codec is MESSAGEPACK:
        yield from _messagepack(base)
    elif codec is JSON:
        yield from _json(base)
    if field:
        yield from _discriminator(codec, field)


def _any_encoding(codec: Codec, base: dict[str, object]) -> Iterator[Frame]:
    whole = codec.encode(base)
    opcode = codec.opcode
    yield Frame("empty", "an empty frame", b"", opcode)
    yield Frame("truncated", "a frame that ends inside its value", whole[:-1], opcode)
    yield Frame("two-objects", "two values in one frame", whole + whole, opcode)
    for name, value in (
        ("array", [1]),
        ("integer", 1),
        ("nil", None),
        ("string", "command"),
        ("boolean", True),
    ):
        yield Frame(f"not-a-map-{name}", f"{name} where a map is promised", codec.encode(value), opcode)


def _messagepack(base: dict[str, object]) -> Iterator[Frame]:
    pack = MESSAGEPACK.encode
    pairs = tuple(base.items())
    # In JSON names only "SHOULD be unique" (RFC 8259, 4), and most readers take the last: no case there.
    yield Frame("duplicate-key", "a map with a key twice", pack(Pairs((pairs[0], pairs[0]))), "binary")
    # A map head for one pair more than base holds; the last value is then written by hand.
    one_more = bytes([0x80 + len(base) + 1]) + b"".join(pack(k) + pack(v) for k, v in pairs)
    yield Frame("json-text", "a text frame that holds JSON", JSON.encode(base), "text")
    yield Frame("reserved-byte", "the byte that MessagePack never uses", b"\xc1", "binary")
    yield Frame("trailing-byte", "a byte after the value", pack(base) + b"\xc0", "binary")
    yield Frame("integer-key", "a map with a key that is no string", pack(Pairs((*pairs, (1, 2)))), "binary")
    yield Frame("binary-key", "a map with a key that is bin", pack(Pairs((*pairs, (b"k", 2)))), "binary")
    yield Frame(
        "ext-value", "a map that holds an ext value", pack({**base, "extra": Ext(5, b"\x01")}), "binary"
    )
    yield Frame(
        "invalid-utf8", "a str that is not UTF-8", one_more + pack("extra") + b"\xa2\xc3\x28", "binary"
    )
    yield Frame("unannounced-size", "a map shorter than its head says", one_more, "binary")


def _json(base: dict[str, object]) -> Iterator[Frame]:
    text = JSON.encode(base)
    yield Frame("not-json", "text that is not JSON", b"command", "text")
    yield Frame("trailing-text", "text after the value", text + b" x", "text")
    yield Frame("trailing-comma", "a map that ends with a comma", text[:-1] + b",}", "text")
    yield Frame("not-a-number", "NaN, which JSON does not have", text[:-1] + b',"extra":NaN}', "text")


def _discriminator(codec: Codec, field: str) -> Iterator[Frame]:
    yield Frame("empty-map", "an empty map", codec.encode({}), codec.opcode)
    yield Frame(f"missing-{field}", f"a map without {field}", codec.encode({"extra": 1}), codec.opcode)
    for name, value in (("integer", 1), ("nil", None), ("array", []), ("map", {}), ("boolean", True)):
        yield Frame(f"{field}-is-{name}", f"{field} is {name}", codec.encode({field: value}), codec.opcode)


def unknown_command(codec: Codec, field: str, size: int = 0) -> bytes:
    """A well-formed command that no document knows; padded to exactly ``size`` bytes when that is given.

    Padding stands in a field of its own: no documented command can be made longer without breaking it.
    """
    value: dict[str, object] = {field: "no-such-command"}
    if not size:
        return codec.encode(value)
    padding = size - len(codec.encode({**value, "padding": ""}))
    # The head of a string grows with its length: shorten until the whole has the size that was asked for.
    for length in range(padding, max(padding - 8, 0), -1):
        data = codec.encode({**value, "padding": "x" * length})
        if len(data) == size:
            return data
    raise ValueError(f"no command of exactly {size} bytes")

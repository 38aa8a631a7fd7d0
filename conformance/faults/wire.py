"""Faults of the bytes: frames of the wrong kind, more or less than one object in each, keys that repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from conformance.cases.reading import codec_of
from conformance.codec import JSON, MESSAGEPACK, Codec, Pairs
from conformance.contract import Contract, Service
from conformance.faults.altered import reframing
from conformance.faults.fault import Fault, Kind
from conformance.faults.shadow import of_service
from conformance.reference.behaviour import OutFrame

FAMILY = "wire"

Rewrite = Callable[[Codec, bytes], list[bytes]]


def trailing_byte(codec: Codec, payload: bytes) -> list[bytes]:
    """A byte behind the object: nil in MessagePack, a letter in JSON."""
    return [payload + (b"x" if codec is JSON else b"\xc0")]


def two_objects(codec: Codec, payload: bytes) -> list[bytes]:
    """The object twice in one frame."""
    return [payload + payload]


def cut_short(codec: Codec, payload: bytes) -> list[bytes]:
    """Without the last byte."""
    return [payload[:-1]]


def in_two_frames(codec: Codec, payload: bytes) -> list[bytes]:
    """One object spread over two messages."""
    return [payload[:1], payload[1:]]


def no_object(codec: Codec, payload: bytes) -> list[bytes]:
    """What no object of the encoding begins with."""
    return [b"\xc1" if codec is MESSAGEPACK else b"?"]


def empty(codec: Codec, payload: bytes) -> list[bytes]:
    """A frame of no bytes."""
    return [b""]


def invalid_utf8(codec: Codec, payload: bytes) -> list[bytes]:
    """A string of bytes that are no UTF-8, in front of what is there or in its place."""
    return [b"\xa2\xff\xfe" if codec is MESSAGEPACK else b'"\xff\xfe"']


def repeated_key(codec: Codec, payload: bytes) -> list[bytes]:
    """A key twice in a map; where the message is none, in a map around it."""
    value = codec.decode(payload).value
    items = tuple(value.items()) if isinstance(value, dict) and value else (("a", value),)
    return [codec.encode(Pairs((*items, items[0])))]


def and_another(codec: Codec, payload: bytes) -> list[bytes]:
    """The message, and one that no document knows."""
    return [payload, codec.encode({"no-such-message": 1})]


BYTES: tuple[tuple[str, str, str, Rewrite], ...] = (
    ("trailing-byte", "wire/one-object", "a byte stands behind each object", trailing_byte),
    ("two-objects", "wire/one-object", "two objects stand in each frame", two_objects),
    ("cut-short", "wire/decodable", "the last byte of each object is missing", cut_short),
    ("in-two-frames", "wire/decodable", "each object is spread over two messages", in_two_frames),
    ("no-object", "wire/decodable", "frames hold what is no object", no_object),
    ("empty", "wire/decodable", "frames are empty", empty),
    ("invalid-utf8", "wire/decodable", "strings are not UTF-8", invalid_utf8),
    ("repeated-key", "wire/unique-keys", "a key stands twice in a map", repeated_key),
    ("and-another", "wire/known-message", "behind each message comes one that nobody knows", and_another),
)
"""Name, clause of the service, sentence, what is done to the bytes."""


def wire_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """Each way to spoil the frames of a WebSocket service."""
    for service in contract.services.values():
        codec = codec_of(service)
        shadow = of_service(contract, service)
        for name, clause, says, rewrite in BYTES:
            if clause in service.rules.clauses:
                change = partial(_rewritten, codec, rewrite)
                yield _fault(service, name, service.rules.clauses[clause], says, change, shadow)
        clause = f"wire/{codec.opcode}"
        if clause in service.rules.clauses:
            kind = "text" if codec.opcode == "binary" else "binary"
            says = f"messages come in {kind} frames"
            change = partial(_opcode, codec)
            yield _fault(service, f"{kind}-frames", service.rules.clauses[clause], says, change, shadow)


def _fault(
    service: Service,
    name: str,
    clause: str,
    says: str,
    change: Callable[[OutFrame], list[OutFrame]],
    shadow: frozenset[str],
) -> Fault:
    return Fault(
        f"{service.name}/wire/{name}",
        Kind.DERIVED,
        FAMILY,
        f"{service.name}: {says}",
        (clause,),
        shadow,
        partial(reframing, service, change),
    )


def _rewritten(codec: Codec, rewrite: Rewrite, frame: OutFrame) -> list[OutFrame]:
    return [replace(frame, payload=payload) for payload in rewrite(codec, frame.payload)]


def _opcode(codec: Codec, frame: OutFrame) -> list[OutFrame]:
    """The same value in the other kind of frame; a text frame has to be UTF-8."""
    if codec.opcode == "text":
        return [replace(frame, is_text=False)]
    value = codec.decode(frame.payload).value
    try:
        return [replace(frame, payload=JSON.encode(value), is_text=True)]
    except ValueError:
        return [replace(frame, payload=b"null", is_text=True)]

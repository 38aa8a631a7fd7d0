"""Faults of the bytes and of frames, seen by libraries that are not ours."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import msgpack
import pytest

from conformance.contract import identify
from conformance.faults.wire import BYTES
from conformance.reference.behaviour import OutFrame
from tests.faults.stage import behaviour, contract, faults, smallest

Check = Callable[[object, list[OutFrame]], None]


def unpacked(data: bytes) -> list[Any]:
    """All objects in the bytes."""
    stream = msgpack.Unpacker(io.BytesIO(data), strict_map_key=False)
    return list(stream)


def incomplete(data: bytes) -> None:
    """Neither one object nor several."""
    with pytest.raises(ValueError, match=r"."):
        msgpack.unpackb(data, strict_map_key=False)


def trailing_byte(value: object, frames: list[OutFrame]) -> None:
    assert unpacked(frames[0].payload) == [value, None]


def two_objects(value: object, frames: list[OutFrame]) -> None:
    assert unpacked(frames[0].payload) == [value, value]


def cut_short(value: object, frames: list[OutFrame]) -> None:
    incomplete(frames[0].payload)
    assert msgpack.packb(value).startswith(frames[0].payload)


def in_two_frames(value: object, frames: list[OutFrame]) -> None:
    first, second = (each.payload for each in frames)
    incomplete(first)
    incomplete(second)
    assert unpacked(first + second) == [value]


def no_object(value: object, frames: list[OutFrame]) -> None:
    with pytest.raises(msgpack.exceptions.FormatError):
        msgpack.unpackb(frames[0].payload)


def empty(value: object, frames: list[OutFrame]) -> None:
    assert frames[0].payload == b""


def invalid_utf8(value: object, frames: list[OutFrame]) -> None:
    with pytest.raises(UnicodeDecodeError):
        msgpack.unpackb(frames[0].payload)


def repeated_key(value: object, frames: list[OutFrame]) -> None:
    pairs = msgpack.unpackb(frames[0].payload, object_pairs_hook=list, strict_map_key=False)
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names) - 1
    assert pairs[0] == pairs[-1]


def and_another(value: object, frames: list[OutFrame]) -> None:
    first, second = (msgpack.unpackb(each.payload, strict_map_key=False) for each in frames)
    assert first == value
    assert not [each for service in contract().services.values() for each in identify(service, second)]


CHECKS: dict[str, Check] = {
    "trailing-byte": trailing_byte,
    "two-objects": two_objects,
    "cut-short": cut_short,
    "in-two-frames": in_two_frames,
    "no-object": no_object,
    "empty": empty,
    "invalid-utf8": invalid_utf8,
    "repeated-key": repeated_key,
    "and-another": and_another,
}
LENGTHS = {"in-two-frames": 2, "and-another": 2}


@pytest.mark.parametrize("word", CHECKS)
@pytest.mark.parametrize("name", ["gateway", "market-data"])
def test_bytes_are_spoilt(name: str, word: str) -> None:
    """Every message of the service, in the way that the fault says; none of the other service."""
    service = contract().services[name]
    one = behaviour(faults()[f"{name}/wire/{word}"])
    for message in service.from_target():
        value = smallest(service, message.name)
        frames = one.outgoing(name, value)
        assert len(frames) == LENGTHS.get(word, 1)
        assert not any(frame.is_text for frame in frames)
        CHECKS[word](value, frames)
    assert one.applied == len(list(service.from_target()))
    (frame,) = one.outgoing("another", {"a": 1})
    assert msgpack.unpackb(frame.payload) == {"a": 1}


def test_there_is_a_check_for_each() -> None:
    """No way to spoil bytes is left out here."""
    assert {word for word, *_ in BYTES} == set(CHECKS)


@pytest.mark.parametrize("name", ["gateway", "market-data"])
def test_messages_come_in_text_frames(name: str) -> None:
    """The same values as JSON, which is UTF-8 as a text frame has to be."""
    service = contract().services[name]
    one = behaviour(faults()[f"{name}/wire/text-frames"])
    for message in service.from_target():
        value = smallest(service, message.name)
        (frame,) = one.outgoing(name, value)
        assert frame.is_text
        assert json.loads(frame.payload.decode()) == value
    (frame,) = one.outgoing(name, {"a": b"\xff"})  # what JSON cannot hold
    assert (frame.is_text, frame.payload) == (True, b"null")

"""Frames of a service that speaks two encodings, and of one with messages that nobody here can read."""

from __future__ import annotations

import json

import msgpack
import pytest

from conformance.cases.reading import SHORT, Reader, codec_of, reader_of
from conformance.codec import JSON, MESSAGEPACK
from conformance.contract.model import Service
from conformance.verdict.frames import FrameJudge
from tests.contract.build import service_of

DOCUMENT = """\
asyncapi: 2.6.0
info: {title: T, version: '1'}
defaultContentType: application/json
channels:
  /:
    publish: {operationId: ask, message: {name: ask, contentType: CONTENT, payload: {type: object}}}
    subscribe:
      message:
        oneOf:
          - {name: told, payload: {type: object, required: [a], properties: {a: {const: 1}}}}
          - name: packed
            contentType: application/msgpack
            payload: {type: object, required: [b], properties: {b: {const: 2}}}
          - OTHER
"""
PLAIN = "{name: plain, contentType: text/plain, payload: {type: string}}"


def mixed(asked: str = "application/json", other: str = "{name: third, payload: {type: array}}") -> Service:
    return service_of(DOCUMENT.replace("CONTENT", asked).replace("OTHER", other))[0]


@pytest.mark.parametrize(
    ("opcode", "data", "names"),
    [
        ("text", json.dumps({"a": 1}).encode(), ("told",)),
        ("binary", msgpack.packb({"b": 2}), ("packed",)),
        ("text", json.dumps({"b": 2}).encode(), ()),
        ("binary", msgpack.packb({"a": 1}), ()),
    ],
)
def test_the_kind_of_frame_tells_the_encoding(opcode: str, data: bytes, names: tuple[str, ...]) -> None:
    """A message counts only in the encoding that it is promised in."""
    seen = Reader(mixed()).read(0, 0, opcode, data)
    assert (seen.names, seen.expected_opcode, seen.problems) == (names, opcode, ())


def test_bytes_of_the_other_encoding_are_told() -> None:
    """MessagePack in a text frame is not decoded as if it were in a binary one."""
    seen = Reader(mixed()).read(0, 0, "text", msgpack.packb({"b": 2}))
    assert not seen.readable
    assert seen.problems


def test_a_command_is_sent_in_its_own_encoding() -> None:
    """Whatever the other messages are in."""
    assert Reader(mixed()).codec_for("ask") is JSON
    assert Reader(mixed("application/x-msgpack")).codec_for("ask") is MESSAGEPACK
    assert codec_of(mixed("application/x-msgpack")) is MESSAGEPACK
    assert codec_of(mixed("application/x-msgpack"), "told") is JSON


def test_a_service_of_two_encodings_promises_neither_kind_of_frame() -> None:
    """Which one is right, the message tells."""
    _, book = service_of(DOCUMENT.replace("CONTENT", "application/json").replace("OTHER", "{name: third}"))
    assert "toy/wire/decodable" in book.clauses
    assert not {"toy/wire/text", "toy/wire/binary"} & book.clauses.keys()


@pytest.mark.parametrize(
    ("other", "unknown"), [("{name: third, payload: {type: array}}", True), (PLAIN, False)]
)
def test_any_bytes_may_be_what_cannot_be_read(other: str, unknown: bool) -> None:
    """No false alarm: a plain text that the document promises is no malformed JSON. Without it, it is one."""
    text = DOCUMENT.replace("CONTENT", "application/json").replace("OTHER", other)
    service, book = service_of(text)
    judge = FrameJudge(service, book.clauses)
    for data in (b"Good day.", b'{"c": 3}'):
        findings, exercised = judge.judge(Reader(service).read(0, 0, "text", data))
        assert bool(findings) is unknown
        assert bool(exercised) is unknown
    findings, exercised = judge.judge(Reader(service).read(0, 0, "text", b'{"a": 1}'))
    assert findings == []
    assert "toy/told/a/const" in exercised


def test_what_is_short_is_read_once() -> None:
    """All who read the messages of a service share what was read; the next message is its own."""
    service = mixed()
    reader = reader_of(service)
    assert reader_of(service) is reader
    assert reader_of(mixed()) is not reader
    text, other = json.dumps({"a": 1}).encode(), json.dumps({"a": 2}).encode()
    first, again = reader.read(0, 10, "text", text), reader.read(7, 90, "text", text)
    assert (again.index, again.at, again.names) == (7, 90, ("told",))
    assert again.value is first.value
    assert reader.value("text", text) is first.value
    assert reader.value("text", other) == {"a": 2}
    long = json.dumps({"a": 1, "more": "x" * SHORT}).encode()
    assert reader.read(0, 0, "text", long) == reader.read(0, 0, "text", long)
    assert reader.value("text", long) is not reader.value("text", long)

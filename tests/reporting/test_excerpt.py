"""The few lines around a finding, and payloads in one bounded line."""

from __future__ import annotations

from dataclasses import replace

import msgpack
import pytest

from conformance.codec import MESSAGEPACK
from conformance.record import FindingEntry
from conformance.reporting.excerpt import excerpt
from conformance.reporting.values import payload, rendered
from conformance.transcript import Transcript

from ..record import samples


def finding(seen: str, *path: str | int) -> FindingEntry:
    """A finding at a path."""
    return FindingEntry("c", "w", "e", seen, path, "d")


def test_the_frame_that_the_finding_is_about_is_marked() -> None:
    """Of many frames of a stream, the one that holds the value."""
    frames = tuple(samples.received(["level", number, "12", "3"], number) for number in range(500))
    bad = samples.received(["level", 500, 1.5, "3"], 600)
    later = tuple(samples.received(["level", number, "12", "3"], 700 + number) for number in range(500))
    lines = excerpt(Transcript("x", (*frames, bad, *later)), finding("float 1.5", 2), width=80)
    assert [(one.text, one.at_fault) for one in lines] == [
        ('    496.0 ms << ["level", 496, "12", "3"]', False),
        ('    497.0 ms << ["level", 497, "12", "3"]', False),
        ('    498.0 ms << ["level", 498, "12", "3"]', False),
        ('    499.0 ms << ["level", 499, "12", "3"]', False),
        ('    600.0 ms << ["level", 500, 1.5, "3"]', True),
        ('    700.0 ms << ["level", 0, "12", "3"]', False),
    ]


def test_a_missing_field_marks_what_should_hold_it() -> None:
    """``got nothing`` stands nowhere: its container does."""
    lines = excerpt(samples.conversation("x"), finding("nothing", "kind"), width=80)
    assert [one.text.split("<<")[-1] for one in lines if one.at_fault] == [' {type: "heartbeat"}']


def test_a_missing_field_marks_no_message_that_has_it_or_could_not() -> None:
    """Behind the message came another that has the field, and one that has no fields at all."""
    frames = (
        samples.received({"type": "reply"}, 1),
        samples.received({"type": "reply", "kind": "a"}, 2),
        samples.received(["level", 1, "12", "3"], 3),
    )
    lines = excerpt(Transcript("x", frames), finding("nothing", "kind"), width=80)
    assert [one.text.split("<<")[-1] for one in lines if one.at_fault] == [' {type: "reply"}']
    # A value that is too long to be told by its words is still somewhere in a map.
    lines = excerpt(Transcript("x", frames), finding("a map of many", "kind"), width=80)
    assert [one.text.split("<<")[-1] for one in lines if one.at_fault] == [' {type: "reply", kind: "a"}']


def test_a_finding_without_a_place_marks_the_last_thing_received() -> None:
    """A late or wrong reply is near the end."""
    lines = excerpt(samples.conversation("x"), finding("nothing"), width=80)
    assert [one.text for one in lines if one.at_fault] == ['     11.0 ms << {type: "heartbeat"}']


def test_an_answer_is_marked_not_its_request() -> None:
    """An HTTP exchange is two lines; what was seen is the second."""
    lines = excerpt(samples.health("x"), finding("str 'down'", "status"), width=80)
    assert [(one.text[12:], one.at_fault) for one in lines] == [
        (" >> GET http://127.0.0.1:4002/health", False),
        (' << 503 {status: "down"}', True),
    ]


def test_nothing_to_show() -> None:
    """An empty transcript, or one of marks that nobody reads, has no excerpt."""
    assert excerpt(Transcript("x", ()), None, width=80) == []
    assert excerpt(Transcript("x", (samples.mark("step", 1),)), None, width=80) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"type": "ask", "n": 2**64 - 1}, '{type: "ask", n: 18446744073709551615}'),
        ([None, True, False, 1.0, -5], "[nil, true, false, 1.0, -5]"),
        ({"odd key": 1, "": 2}, '{"odd key": 1, "": 2}'),
        (b"\x00\xff", "bin(2) 00ff"),
        (msgpack.ExtType(5, b"\x01"), "ext(5) 01"),
        ("x" * 100, '"' + "x" * 48 + '"…(+52)'),
        (float("nan"), "nan"),
        ([], "[]"),
    ],
)
def test_values_in_one_line(value: object, shown: str) -> None:
    """As one would write them down, wire types told apart."""
    assert payload(msgpack.packb(value), 100) == shown


def test_a_long_value_is_cut_but_not_where_the_finding_is() -> None:
    """What the finding is about is shown, however much stands before it."""
    value = {"bids": [[str(number), "1"] for number in range(500)], "sequence": -7}
    text = rendered(value, 40, ("bids", 321, 0))
    assert text == '{bids: [["0", "1"], ["1", "1"], …, ["321", …], …], …}'


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", "0 bytes"),
        (b'{"status": "up"}', '{status: "up"}'),
        (b"\xc1", "1 byte ("),
        (b"\x81\xa1a", "3 bytes ("),
        (b"\xc1" * 5000, "5000 bytes ("),
    ],
)
def test_what_cannot_be_decoded_is_octets(data: bytes, shown: str) -> None:
    """With what is wrong, and never all of them."""
    text = payload(data, 100)
    assert text.startswith(shown)
    assert len(text) < 200


@pytest.mark.parametrize(
    ("where", "seen", "marked"),
    [
        ("reply", "another one: `odd`", '<< {type: "odd"}'),
        ("reply", "after 3326 ms", '<< {type: "late"}'),
        ("close", "a close with 1011", "<< close 1011"),
        ("reply", "nothing", "-- expired"),
        ("pong", "nothing", "-- expired"),
        ("connection", "a close with 1011", "<< close 1011"),
    ],
)
def test_a_finding_without_a_place_marks_what_its_words_are_about(where: str, seen: str, marked: str) -> None:
    """The message, the close or the silence; never how we ended the conversation ourselves."""
    close = samples.received("", 5)
    entries = (
        samples.received({"type": "odd"}, 1),
        samples.received({"type": "late"}, 2),
        samples.mark("expired", 3),
        replace(close, opcode="close", data=b"", code=1011),
        replace(samples.sent("", 6), opcode="close", data=b"", code=1000),
        replace(close, opcode="close", data=b"", code=1000, at=7 * samples.MS),
    )
    entry = replace(finding(seen), where=where)
    lines = excerpt(Transcript("x", entries), entry, width=80)
    assert [one.text[13:] for one in lines if one.at_fault] == [marked]


ALIKE = (
    samples.received({"type": "a"}, 1),
    samples.mark("step", 2),
    samples.received({"type": "a"}, 3),
    samples.received({"type": "a"}, 3),
    samples.mark("satisfied", 4),
    samples.received({"type": "b"}, 5),
)


@pytest.mark.parametrize(
    ("entry", "marked"),
    [
        (0, 0),
        (2, 1),
        (3, 2),
        (4, 2),  # a mark that nobody reads stands behind what came before it
        (5, 3),
        (None, 3),  # a file of an older version: as far as the words tell
        (6, 3),  # a transcript that it does not belong to
        (-1, 3),
    ],
)
def test_the_entry_that_a_finding_names_is_marked(entry: int | None, marked: int) -> None:
    """Whatever its words are about, and though others are the same."""
    named = replace(finding("str 'b'", "type"), entry=entry)
    lines = excerpt(Transcript("x", ALIKE), named, width=80, before=9, after=9)
    assert [number for number, one in enumerate(lines) if one.at_fault] == [marked]
    assert [one.marked[:2] for one in lines] == ["✗ " if number == marked else "  " for number in range(4)]


def test_an_answer_that_a_finding_names_is_marked() -> None:
    """Of two exchanges, each of two lines, the answer of the first."""
    (one,) = samples.health("x").entries
    lines = excerpt(Transcript("x", (one, one)), replace(finding("nothing"), entry=0), width=80)
    assert [number for number, line in enumerate(lines) if line.at_fault] == [1]


def test_deep_and_huge_payloads_are_bounded() -> None:
    """A hostile frame costs a line, not a screen."""
    deep = b"\x91" * 60 + b"\x01"
    assert MESSAGEPACK.decode(deep).ok
    assert len(payload(deep, 60)) < 200
    wide = replace(samples.received("", 1), data=msgpack.packb([list(range(300))] * 300))
    (line,) = excerpt(Transcript("x", (wide,)), None, width=80)
    assert len(line.text) <= 80

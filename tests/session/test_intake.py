"""What the intake tells is what the protocol core alone would have told, however the bytes come."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame as WireFrame
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from conformance.session.core import Core
from conformance.session.frames import CONTROL, NAMES
from conformance.session.intake import MOST_HELD, Intake

LIMIT = 100_000


class Heard:
    """One client protocol, fed with or without the intake, and everything that it told."""

    def __init__(self, *, alone: bool) -> None:
        self.core = Core(parse_uri("ws://localhost/"), max_size=LIMIT)
        self.core.listener = self
        self.told: list[tuple[str, bytes, bool]] = []
        self.quick = 0
        request = self.core.connect()
        self.core.send_request(request)
        self.core.data_to_send()
        key = request.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.head = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(hashlib.sha1(key).digest()) + b"\r\n\r\n"
        )
        self.intake = None if alone else Intake(self.core, self.message)

    def feed(self, data: bytes) -> None:
        if self.intake is None:
            self.core.receive_data(data)
        else:
            self.intake.feed(data)

    def end(self) -> None:
        if self.intake is not None:
            self.intake.end()
        self.core.receive_eof()

    def message(self, kind: str, data: bytes) -> None:
        self.quick += 1
        self.told.append((kind, data, True))

    def upgrade_accepted(self, response: Response) -> None:
        self.told.append(("upgraded", b"", True))

    def frame_received(self, frame: WireFrame) -> None:
        data = bytes(frame.data)
        self.told.append((NAMES[frame.opcode], data, frame.fin))
        if frame.opcode not in CONTROL and frame.opcode == 1 and frame.fin:
            data.decode("utf-8")  # as the wire does

    def frame_sent(self, frame: WireFrame) -> None:
        self.told.append((f"sent {NAMES[frame.opcode]}", bytes(frame.data), frame.fin))

    def outcome(self) -> tuple[object, ...]:
        broken = self.core.parser_exc
        return (
            self.told,
            self.core.state,
            type(broken),
            str(broken),
            self.core.close_rcvd,
            self.core.close_sent,
        )


def frame(first: int, data: bytes, *, width: int = 0, mask: bool = False) -> bytes:
    """A frame, its length written in so many more bytes than one, or in as few as do."""
    width = width or (0 if len(data) < 126 else 2 if len(data) < 1 << 16 else 8)
    size = len(data) if not width else 126 if width == 2 else 127
    length = b"" if not width else len(data).to_bytes(width)
    return struct.pack("!BB", first, size | (0x80 if mask else 0)) + length + data


LEGAL = st.sampled_from([0x82, 0x82, 0x82, 0x81, 0x89, 0x8A])
SIZES = st.one_of(
    st.integers(0, 300), st.sampled_from([125, 126, 127, 65535, 65536, MOST_HELD + 1, MOST_HELD])
)
BODY = st.builds(lambda size, letter: letter * size, SIZES, st.sampled_from([b"a", b"\x00", b"\x82", b"~"]))
SMALL = st.binary(max_size=60)
GOOD: Any = st.one_of(
    st.builds(frame, LEGAL.filter(lambda first: first < 0x88), BODY),
    st.builds(frame, LEGAL, SMALL.filter(lambda data: data.isascii())),
    st.builds(
        lambda a, b, c: frame(0x02, a) + frame(0x89, b"?") + frame(0x00, b) + frame(0x80, c),
        SMALL,
        SMALL,
        SMALL,
    ),
)
BAD: Any = st.one_of(
    st.builds(frame, st.integers(0, 255), SMALL, width=st.sampled_from([0, 2, 8]), mask=st.booleans()),
    st.just(frame(0x81, b"\xff\xfe")),
    st.just(frame(0x82, b"")[:1]),
    st.just(struct.pack("!BBQ", 0x82, 127, LIMIT + 1) + b"xxx"),
    st.just(frame(0x88, b"\x03\xe8bye")),
    st.just(frame(0x01, b"a") + frame(0x81, b"b")),
    st.binary(max_size=20),
)
STREAM = st.builds(
    lambda good, bad, after: b"".join(good) + bad + b"".join(after),
    st.lists(GOOD, max_size=8),
    BAD | st.just(b""),
    st.lists(GOOD, max_size=3),
)


@settings(max_examples=400, deadline=None, database=None)
@given(STREAM, st.lists(st.integers(1, 400), min_size=1, max_size=12), st.booleans())
def test_any_bytes_in_any_pieces(stream: bytes, cuts: list[int], ends: bool) -> None:
    """The same messages, control frames, answers, failures and states after every single piece."""
    alone, ours = Heard(alone=True), Heard(alone=False)
    data = {each: each.head + stream for each in (alone, ours)}
    at = number = 0
    while at < len(data[ours]):
        size = cuts[number % len(cuts)] * (1 if number < 60 else 1000)
        for each in (alone, ours):
            each.feed(data[each][at : at + size])
        assert ours.core.state == alone.core.state
        at, number = at + size, number + 1
    if ends:
        for each in (alone, ours):
            each.end()
    assert ours.outcome() == alone.outcome()


def test_messages_of_one_frame_go_the_quick_way() -> None:
    """Also behind a fragmented one, a ping, and a message too long to be held, whatever the pieces."""
    ours = Heard(alone=False)
    long = frame(0x82, b"x" * (MOST_HELD + 5))
    many = b"".join(frame(0x82, bytes([number])) for number in range(50))
    stream = (
        ours.head
        + many
        + frame(0x02, b"a")
        + frame(0x80, b"b")
        + many
        + long
        + many
        + frame(0x89, b"")
        + many
    )
    for at in range(0, len(stream), 7):
        ours.feed(stream[at : at + 7])
    assert ours.quick == 200
    assert [data for kind, data, _ in ours.told if kind == "binary" and len(data) == 1][:51] == [
        *(bytes([number]) for number in range(50)), b"a"
    ]  # fmt: skip


@pytest.mark.parametrize("size", [LIMIT + 1, 2**62])
def test_a_message_beyond_the_limit_fails_at_its_head(size: int) -> None:
    """Nothing of it is waited for."""
    ours = Heard(alone=False)
    ours.feed(ours.head + struct.pack("!BBQ", 0x82, 127, size))
    assert isinstance(ours.core.parser_exc, PayloadTooBig)
    assert ours.core.state is State.CLOSING

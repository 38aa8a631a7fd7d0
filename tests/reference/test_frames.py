"""What counts as exactly one map, and which request_id is still echoed when it does not."""

import msgpack
import pytest

from conformance.reference.frames import judge

PING = {"type": "ping", "request_id": 7}


@pytest.mark.parametrize(
    ("payload", "flaws", "echo"),
    [
        (msgpack.packb(PING), (), 7),
        (b"", ("undecodable",), None),
        (b"\xc1", ("undecodable",), None),
        (msgpack.packb(PING)[:-1], ("undecodable",), None),
        (msgpack.packb([1, 2]), ("not_a_map",), None),
        (msgpack.packb(PING) + b"\xc0", ("trailing",), None),
        (msgpack.packb(PING) * 2, ("trailing",), None),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\xa1a\xa1\xff", ("utf8",), 7),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\xa4type\xa4ping", ("duplicate",), 7),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\xaarequest_id\x08", ("duplicate",), None),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\x01\x02", ("key",), 7),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\xa1a\xd4\x05\x00", ("ext",), 7),
        (b"\x83" + msgpack.packb(PING)[1:] + b"\xa1a\xd6\xff\x00\x00\x00\x01", ("ext",), 7),
        (msgpack.packb({"request_id": 7}), ("type",), 7),
        (msgpack.packb({"type": 5, "request_id": 7}), ("type",), 7),
        (msgpack.packb({"type": b"ping", "request_id": 7}), ("type",), 7),
        (msgpack.packb({"type": "ping", "request_id": True}), (), None),
        (msgpack.packb({"type": "ping", "request_id": -1}), (), None),
        (msgpack.packb({"type": "ping", "request_id": 7.0}), (), None),
        (msgpack.packb({"type": "ping", "request_id": 2**64 - 1}), (), 2**64 - 1),
        (b"\x91" * 2000 + b"\xc0", ("undecodable",), None),
    ],
)
def test_judge(payload: bytes, flaws: tuple[str, ...], echo: int | None) -> None:
    """Each kind of malformed frame is called by its name, and a valid request_id survives it."""
    judged = judge(payload, is_text=False)
    assert (judged.flaws, judged.request_id) == (flaws, echo)


def test_flaws_deep_inside() -> None:
    """A flaw in a nested map or list is a flaw of the frame."""
    nested = b"\x82\xa4type\xa1x\xa1a\x91\x82\xa1b\x01\xa1b\x02"
    assert judge(nested, is_text=False).flaws == ("duplicate",)


def test_text_is_never_a_command() -> None:
    """A text frame is malformed whatever it holds."""
    assert judge(msgpack.packb(PING), is_text=True).flaws == ("text",)

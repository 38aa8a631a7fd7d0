"""MessagePack decoding and encoding, against other libraries and against hostile bytes."""

import os
import random
import time

import msgpack
import msgspec
import ormsgpack
import pytest
import umsgpack
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.codec import MAX_DEPTH, MESSAGEPACK, MISSING, Decoded, Ext, Pairs, same
from conformance.codec.item import assemble
from conformance.codec.walk import walk

from .strategies import VALUES

decode, encode = MESSAGEPACK.decode, MESSAGEPACK.encode

SAMPLES = [
    {"kind": "alpha", "id": 2**64 - 1, "flags": [True, False, None], "ratio": 1.5, "raw": b"\x00\xff"},
    ["row", -(2**63), [["1.5", "2"], ["1.25", "7"]], {"deep": {"er": [1, 2, 300, 70_000]}}],
    [
        Ext(5, b"abcd"),
        Ext(-1, b"\0\0\0\1"),
        "ü" * 40,
        b"z" * 300,
        list(range(40)),
        {str(i): i for i in range(20)},
    ],
]


@given(VALUES)
def test_what_is_encoded_is_decoded(value: object) -> None:
    """Every wire value survives the round trip, with no problem reported and no type changed."""
    decoded = decode(encode(value))
    assert decoded.ok
    assert same(decoded.value, value)


@given(VALUES)
def test_the_walker_reads_what_msgpack_reads(value: object) -> None:
    """The fast path and the byte walker give the same value."""
    assert same(assemble(walk(encode(value))).value, value)


@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from([0x81, 0x92, 0xA1, 0x61, 0xC0, 0xC4, 1, 0xD6, 0xFF])).map(bytes)
)
@example(b"\xd6\xff\0\0\0\1")
def test_msgpack_and_the_walker_agree_on_validity(data: bytes) -> None:
    """A frame is free of problems exactly when a strict msgpack reads it, our own rules aside."""
    decoded = decode(data)
    walked = assemble(walk(data))
    assert decoded.problems == walked.problems
    assert same(decoded.value, walked.value)
    kinds = {problem.kind for problem in decoded.problems}
    try:
        msgpack.unpackb(data, raw=False, strict_map_key=False, object_pairs_hook=tuple, ext_hook=Ext)
    except (ValueError, TypeError):  # msgpack alone looks into timestamps (ext -1)
        assert kinds or b"\xff" in data
    else:
        assert kinds <= {"duplicate_key", "key_type", "too_deep"}


@pytest.mark.parametrize("sample", SAMPLES)
def test_other_libraries_read_what_we_write(sample: object) -> None:
    """msgspec, ormsgpack and u-msgpack agree with our encoder on values that they can hold."""
    plain = [item for item in sample if not isinstance(item, Ext)] if isinstance(sample, list) else sample
    data = encode(plain)
    assert same(msgspec.msgpack.decode(data), plain)
    assert same(ormsgpack.unpackb(data), plain)
    assert same(umsgpack.unpackb(data), plain)


@pytest.mark.parametrize("sample", SAMPLES)
def test_we_read_what_other_libraries_write(sample: object) -> None:
    """Frames of msgspec, ormsgpack and u-msgpack decode to the same values."""
    plain = [item for item in sample if not isinstance(item, Ext)] if isinstance(sample, list) else sample
    for data in (msgspec.msgpack.encode(plain), ormsgpack.packb(plain), umsgpack.packb(plain)):
        assert same(decode(data).value, plain)


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_truncation_raises_or_passes(sample: object) -> None:
    """Every proper prefix of a frame is a problem, with an offset inside it."""
    data = encode(sample)
    for end in range(len(data)):
        problems = decode(data[:end]).problems
        assert problems
        assert all(0 <= problem.offset <= end for problem in problems)


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_corruption_raises(sample: object) -> None:
    """Every single byte set to every value: no exception, and the walker agrees with the fast path."""
    data = encode(sample)
    for at in range(len(data)):
        for byte in range(0, 256, 1 if at < 30 else 17):
            broken = data[:at] + bytes([byte]) + data[at + 1 :]
            decoded, walked = decode(broken), assemble(walk(broken))
            assert decoded.problems == walked.problems
            assert same(decoded.value, walked.value)


@pytest.mark.parametrize("number", [0, 127, 128, 255, 256, 2**16, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1,
                                    -1, -32, -33, -128, -129, -(2**31), -(2**63)])  # fmt: skip
def test_boundary_integers_are_exact(number: int) -> None:
    """Integers keep all 64 bits, signed and unsigned."""
    decoded = decode(encode(number))
    assert same(decoded.value, number)


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800", object(), {"a": {1}}, MISSING])
def test_what_messagepack_cannot_hold_is_refused(value: object) -> None:
    """An impossible value is a ValueError, never other bytes."""
    with pytest.raises(ValueError, match="not a MessagePack value"):
        encode(value)


def test_pairs_are_written_as_they_stand() -> None:
    """Duplicate and non-string keys can be sent, and are seen when they arrive."""
    data = encode([Pairs((("a", 1), ("a", 2))), Pairs(((1, 2), ([3], 4)))])
    decoded = decode(data)
    assert decoded.value == [{"a": 2}, Pairs(((1, 2), ([3], 4)))]
    assert [str(problem) for problem in decoded.problems] == [
        "a map holds the key 'a' twice (byte 5)",
        "a map key is int, not str (byte 9)",
        "a map key is array, not str (byte 11)",
    ]
    assert [problem.path for problem in decoded.problems] == [(0, "a"), (1, "<int 1>"), (1, "<array None>")]


@pytest.mark.parametrize(
    ("data", "value", "problem"),
    [
        (b"", MISSING, "the frame is empty (byte 0)"),
        (b"\xc1", MISSING, "byte 0xc1 is never used in MessagePack (byte 0)"),
        (b"\x01\x02\x03", 1, "2 trailing bytes after the value (byte 1)"),
        (b"\x92\x01", [1], "the frame ends inside a container (byte 2)"),
        (b"\xa5ab", MISSING, "the frame ends inside a fixstr: 5 bytes announced, 2 left (byte 1)"),
        (
            b"\xc5\x01",
            MISSING,
            "the frame ends inside the size of a bin 16: 2 bytes announced, 1 left (byte 1)",
        ),
        (b"\xa2a\xff", "a\\xff", "a str holds invalid UTF-8 (byte 2)"),
        (b"\xdf\xff\xff\xff\xff", {}, "the frame ends inside a container (byte 5)"),
        (b"\x91" * 65, MISSING, "containers are nested more than 64 deep (byte 64)"),
    ],
)
def test_each_problem_has_its_sentence(data: bytes, value: object, problem: str) -> None:
    """What is wrong with a frame is said in one sentence, with the byte."""
    decoded = decode(data)
    if data[0:1] != b"\x91":
        assert same(decoded.value, value)
    assert [str(found) for found in decoded.problems] == [problem]


def test_the_depth_limit_is_exact() -> None:
    """MAX_DEPTH containers are read, one more is not, on the fast path and the slow one."""
    assert decode(b"\x91" * (MAX_DEPTH - 1) + b"\x90").ok
    assert [p.kind for p in decode(b"\x91" * MAX_DEPTH + b"\x90").problems] == ["too_deep"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x91" * 100_000,
        b"\xdd\x00\x00\x3f\xff" * 200_000,
        b"\xdf\xff\xff\xff\xff" * 200_000,
        b"\x82\xa1a\x01" * 250_000,
        random.Random(7).randbytes(1_000_000),
        b"\xdc\xff\xff" + random.Random(8).randbytes(1_000_000),
        b"\xdd\x00\x0f\x42\x40" + b"\xc0" * 1_000_000,
    ],
)
def test_hostile_frames_take_bounded_time(data: bytes) -> None:
    """Depth bombs, announced giants and a megabyte of garbage are read in seconds at most."""
    start = time.process_time()
    decode(data)
    assert time.process_time() - start < 10


def test_problems_are_limited() -> None:
    """A frame of ten thousand faults gives a list that a person can read."""
    assert len(decode(encode(Pairs(tuple((1, 1) for _ in range(10_000))))).problems) == 32


def test_random_bytes_never_raise() -> None:
    """Ten thousand short random frames: an answer each."""
    for _ in range(10_000):
        assert isinstance(decode(os.urandom(random.randrange(24))), Decoded)

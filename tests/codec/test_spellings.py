"""Every encoding that MessagePack has of a value is read, by us and by others; illegal ones have a byte."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgpack
import ormsgpack
import pytest
import umsgpack
from hypothesis import given
from hypothesis import strategies as st

from conformance.codec import MESSAGEPACK, MISSING, SPELLINGS, Ext, same, spelled, wire_type
from conformance.codec.item import assemble
from conformance.codec.spellings import heads, numbers
from conformance.codec.walk import walk

from .strategies import VALUES

decode, encode = MESSAGEPACK.decode, MESSAGEPACK.encode
INTEGERS = [
    each + off
    for power in (0, 5, 7, 8, 15, 16, 31, 32, 63, 64)
    for each in (1 << power, -(1 << power))
    for off in (-1, 0, 1)
    if -(2**63) <= each + off < 2**64
]
LENGTHS = (0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536)
PLAIN: st.SearchStrategy[object] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
    max_leaves=20,
)
"""Values of which all libraries have the same notion."""


def others(data: bytes) -> Iterator[object]:
    """What three other implementations read."""
    yield msgpack.unpackb(data, raw=False, strict_map_key=True)
    yield ormsgpack.unpackb(data)
    yield umsgpack.unpackb(data)


@pytest.mark.parametrize("number", INTEGERS)
def test_every_format_of_an_integer_is_read(number: int) -> None:
    """Fixint, and each width, signed and unsigned, that holds it: the shortest first, none twice."""
    made = numbers(number)
    assert made[0] == encode(number)
    assert len({each[0] for each in made}) == len(made)
    widths = [8 << power for power in range(4)]
    expected = sum(0 <= number < 1 << width for width in widths)
    expected += sum(-(1 << (width - 1)) <= number < 1 << (width - 1) for width in widths)
    assert len(made) == expected + (-32 <= number < 128)
    for data in made:
        assert same(decode(data).value, number)
        assert all(same(each, number) for each in others(data))


@pytest.mark.parametrize(
    "value", [0.0, -0.0, 1.5, 0.1, 1e300, -1e-300, float("inf"), float("-inf"), 16777217.0]
)
def test_both_formats_of_a_float_are_read(value: float) -> None:
    """In 32 bits only what they hold to the last bit; never an integer."""
    made = numbers(value)
    assert len(made) == 1 + (struct.pack(">d", value)[-4:] == bytes(4) and value not in (1e300, -1e-300))
    for data in made:
        found = decode(data)
        assert found.ok
        assert struct.pack(">d", found.value) == struct.pack(">d", value)
        assert all(wire_type(each) == "float" and each == value for each in others(data))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("family", ["str", "bin", "ext", "array", "map"])
def test_every_length_of_a_head_is_read(family: str, length: int) -> None:
    """Fix formats, 8, 16 and 32 bits of length, non-minimal ones too; ours and the walker's agree."""
    length = min(length, 300) if family == "map" else length  # longer ones have too many values for us
    body: dict[str, tuple[bytes, object]] = {
        "str": (b"x" * length, "x" * length),
        "bin": (b"x" * length, b"x" * length),
        "ext": (b"\x05" + b"x" * length, Ext(5, b"x" * length)),
        "array": (b"\xc0" * length, [None] * length),
        "map": (
            b"".join(encode(str(each)) + b"\xc3" for each in range(length)),
            {str(each): True for each in range(length)},
        ),
    }
    data, value = body[family]
    made = heads(family, length)
    assert len(made) >= (1 if length > 65_535 else 2)
    for head in made:
        found = decode(head + data)
        assert found.ok, head
        assert same(found.value, value)
        assert same(assemble(walk(head + data)).value, value)
        if family != "ext":
            assert all(same(each, value) for each in others(head + data))


@given(VALUES, st.sampled_from(SPELLINGS))
def test_what_is_spelled_is_decoded(value: object, spelling: str) -> None:
    """Every wire value survives each spelling, ext and all; no spelling is the shortest one."""
    assert same(decode(spelled(value, spelling)).value, value)
    assert spelled(value, "") == encode(value)


@given(PLAIN, st.sampled_from(SPELLINGS))
def test_others_read_what_we_spell(value: object, spelling: str) -> None:
    """Three other implementations read the same out of it."""
    data = spelled(value, spelling)
    assert all(same(each, value) for each in others(data))


@given(PLAIN)
def test_the_widest_is_as_wide_as_can_be(value: object) -> None:
    """Each item of it is in the format with the most bytes of its kind."""
    widest = {
        "uint 64",
        "int 64",
        "float 64",
        "str 32",
        "bin 32",
        "array 32",
        "map 32",
        "nil",
        "true",
        "false",
    }
    assert {item.form for item in walk(spelled(value, "widest"))} <= widest


def test_the_mixed_one_has_all_widths() -> None:
    """Of a command of some size, short and long formats stand beside each other."""
    forms = {item.form for item in walk(spelled({f"k{each}": each for each in range(15)}, "mixed"))}
    assert {"fixstr", "str 8", "str 16", "str 32", "positive fixint", "uint 64", "int 64"} <= forms


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800", {1}, MISSING])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_cannot_be_written_is_refused(value: object, spelling: str) -> None:
    """As by the encoder; so is a spelling that there is not."""
    with pytest.raises(ValueError, match="not a MessagePack value"):
        spelled([value], spelling)
    with pytest.raises(ValueError, match="no spelling"):
        spelled(1, "narrow")


# -- what is illegal ---------------------------------------------------------------------------------

WHOLE = [
    *(data for number in (5, -5, 200, -200, 2**20, -(2**20), 2**40, -(2**40)) for data in numbers(number)),
    *numbers(1.5),
    *(head + b"abcd" for head in heads("str", 4)),
    *(head + b"abcd" for head in heads("bin", 4)),
    *(head + b"\x05abcd" for head in heads("ext", 4)),
    *(head + b"\xc0\xc2" for head in heads("array", 2)),
    *(head + b"\xa1a\xc0\xa1b\xc3" for head in heads("map", 2)),
]
"""One value in each format that there is."""


@pytest.mark.parametrize("data", WHOLE, ids=lambda data: data[:2].hex())
def test_no_prefix_of_any_format_passes(data: bytes) -> None:
    """Cut at each byte, every format is undecodable (or empty), at a byte within what is left."""
    assert decode(data).ok
    for end in range(len(data)):
        (problem,) = decode(data[:end]).problems
        assert problem.kind == ("undecodable" if end else "empty")
        assert 0 <= problem.offset <= end


@pytest.mark.parametrize("data", WHOLE, ids=lambda data: data[:2].hex())
def test_nothing_may_stand_behind_any_format(data: bytes) -> None:
    """The first byte behind the value is named."""
    (problem,) = decode(data + b"\xc0").problems
    assert (problem.kind, problem.offset) == ("trailing", len(data))


@pytest.mark.parametrize("spelling", ["", *SPELLINGS])
def test_the_reserved_byte_is_named_wherever_it_stands(spelling: str) -> None:
    """In place of each value of a frame: at its own byte."""
    data = spelled({"a": [1, "b", {"c": None}], "d": b"e"}, spelling)
    for item in walk(data):
        problems = decode(data[: item.offset] + b"\xc1" + data[item.offset + item.length :]).problems
        assert (problems[0].kind, problems[0].offset) == ("undecodable", item.offset)


@pytest.mark.parametrize("head", heads("str", 2), ids=lambda head: head[:1].hex())
@pytest.mark.parametrize("text", [b"\xc3\x28", b"a\xff", b"\xed\xa0", b"\xc0\x80"])
def test_invalid_utf8_is_named_in_every_str(head: bytes, text: bytes) -> None:
    """Broken sequences, surrogates and overlong forms (RFC 3629, 3), at the first byte that is wrong."""
    (problem,) = decode(b"\x92\x01" + head + text).problems
    assert problem.kind == "undecodable"
    assert len(head) + 2 <= problem.offset < len(head) + 4


@pytest.mark.parametrize("head", heads("map", 2), ids=lambda head: head[:1].hex())
@pytest.mark.parametrize("first", heads("str", 1), ids=lambda head: head[:1].hex())
@pytest.mark.parametrize("second", heads("str", 1), ids=lambda head: head[:1].hex())
def test_a_key_twice_is_named_however_it_is_written(head: bytes, first: bytes, second: bytes) -> None:
    """The same key in two encodings is the same key."""
    begin = head + first + b"k\x01"
    (problem,) = decode(begin + second + b"k\x02").problems
    assert (problem.kind, problem.offset) == ("duplicate_key", len(begin))


@pytest.mark.parametrize("head", heads("map", 1), ids=lambda head: head[:1].hex())
@pytest.mark.parametrize("key", [*numbers(1), *numbers(-1), b"\xc0", b"\xc3", b"\xc4\x01a", b"\x90", b"\x80"])
def test_a_key_that_is_no_string_is_named(head: bytes, key: bytes) -> None:
    """Whatever else it is: integer, nil, bool, bin, array, map."""
    (problem,) = decode(head + key + b"\x01").problems
    assert (problem.kind, problem.offset) == ("key_type", len(head))


TIMESTAMPS = [
    b"\xd6\xff" + bytes(4),
    b"\xd7\xff" + bytes(8),
    b"\xc7\x0c\xff" + bytes(12),
    b"\xc8\x00\x04\xff" + bytes(4),
]


@pytest.mark.parametrize("data", [*TIMESTAMPS, *(head + b"\x05ab" for head in heads("ext", 2))])
def test_ext_is_ext_and_nothing_else(data: bytes) -> None:
    """Timestamps too: so no type of a schema is met by one, and its byte is known."""
    frame = b"\x92\x01" + data
    found = decode(frame)
    assert isinstance(found.value, list)
    assert wire_type(found.value[1]) == "ext"
    assert MESSAGEPACK.locate(frame, (1,)) == (2, len(data))

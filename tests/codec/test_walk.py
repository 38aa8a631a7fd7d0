"""The byte walker: offsets, encodings, places."""

import pytest
from hypothesis import given

from conformance.codec import JSON, MESSAGEPACK, Pairs, same
from conformance.codec.json_walk import walk as walk_json
from conformance.codec.walk import walk

from .strategies import JSON_VALUES, VALUES


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], object]]:
    """Every place of a value with what stands there."""
    found = [(path, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


@given(VALUES)
def test_each_value_is_found_in_messagepack(value: object) -> None:
    """The bytes that ``locate`` names decode to the value at that place."""
    data = MESSAGEPACK.encode(value)
    for path, item in places(value)[:30]:
        found = MESSAGEPACK.locate(data, path)
        assert found is not None
        assert same(MESSAGEPACK.decode(data[found[0] : found[0] + found[1]]).value, item)


@given(JSON_VALUES)
def test_each_value_is_found_in_json(value: object) -> None:
    """So in JSON text."""
    data = JSON.encode(value)
    for path, item in places(value)[:30]:
        found = JSON.locate(data, path)
        assert found is not None
        assert same(JSON.decode(data[found[0] : found[0] + found[1]]).value, item)


@given(VALUES)
def test_items_cover_every_byte_once(value: object) -> None:
    """The items of a walk follow each other without a gap, and our encodings are minimal."""
    at = 0
    data = MESSAGEPACK.encode(value)
    for item in walk(data):
        assert item.offset == at
        assert item.minimal
        at += item.length
    assert at == len(data)


def test_a_value_written_twice_hides_none() -> None:
    """Redaction sees both values of a duplicate key; decoding and locate take the last."""
    data = MESSAGEPACK.encode(Pairs((("key", "first"), ("key", "last"))))
    assert MESSAGEPACK.locate_all(data, ("key",)) == ((5, 6), (15, 5))
    assert MESSAGEPACK.locate(data, ("key",)) == (15, 5)
    assert JSON.locate_all(b'{"key": 1, "key": [2 ]}', ("key",)) == ((8, 1), (18, 4))


def test_what_is_not_there_is_not_found() -> None:
    """A place that the frame does not hold is None, in broken frames too."""
    assert MESSAGEPACK.locate(b"\x81\xa1a\x01", ("b",)) is None
    assert MESSAGEPACK.locate(b"", ()) is None
    assert JSON.locate(b"[1", (0,)) == (1, 1)
    assert JSON.locate(b"[1", (1,)) is None


@pytest.mark.parametrize(
    ("data", "form", "minimal"),
    [
        (b"\x05", "positive fixint", True),
        (b"\xcc\x05", "uint 8", False),
        (b"\xcc\x80", "uint 8", True),
        (b"\xd0\x05", "int 8", False),
        (b"\xd0\x80", "int 8", True),
        (b"\xd3" + b"\0" * 8, "int 64", False),
        (b"\xff", "negative fixint", True),
        (b"\xcf" + b"\xff" * 8, "uint 64", True),
        (b"\xd2\x00\x01\x00\x00", "int 32", True),
        (b"\xd9\x01a", "str 8", False),
        (b"\xd9\x20" + b"a" * 32, "str 8", True),
        (b"\xda\x00\x01a", "str 16", False),
        (b"\xdc\x00\x00", "array 16", False),
        (b"\xde\x00\x00", "map 16", False),
        (b"\xc4\x00", "bin 8", True),
        (b"\xc5\x00\x00", "bin 16", False),
        (b"\xca\x3f\x80\0\0", "float 32", True),
        (b"\xc7\x01\x05a", "ext 8", False),
        (b"\xd4\x05a", "fixext 1", True),
        (b"\xc7\x03\x05abc", "ext 8", True),
    ],
)
def test_the_encoding_is_named_and_measured(data: bytes, form: str, minimal: bool) -> None:
    """Each form has the specification's name; one that a shorter form could replace is not minimal."""
    (item,) = walk(data)
    assert (item.form, item.minimal, item.length) == (form, minimal, len(data))


def test_an_item_says_where_it_stands() -> None:
    """Offset, depth, path; a key has the path of its value."""
    items = list(walk(MESSAGEPACK.encode({"a": [7, "x"]})))
    assert [(i.offset, i.length, i.depth, i.type, i.path, i.key) for i in items] == [
        (0, 1, 0, "map", (), False),
        (1, 2, 1, "str", ("a",), True),
        (3, 1, 1, "array", ("a",), False),
        (4, 1, 2, "int", ("a", 0), False),
        (5, 2, 2, "str", ("a", 1), False),
    ]


def test_json_brackets_close() -> None:
    """JSON's containers end with an item of their own."""
    assert [(i.offset, i.type) for i in walk_json(b"[{} ]")] == [
        (0, "array"),
        (1, "map"),
        (2, "end"),
        (4, "end"),
    ]

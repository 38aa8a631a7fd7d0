"""Wire values: their types and their equality."""

import pytest

from conformance.codec import MISSING, Ext, Pairs, same, wire_type


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "nil"),
        (True, "bool"),
        (1, "int"),
        (1.0, "float"),
        ("1", "str"),
        (b"1", "bin"),
        ([], "array"),
        ((), "array"),
        ({}, "map"),
        (Pairs(()), "map"),
        (Ext(1, b""), "ext"),
    ],
)
def test_each_value_has_one_wire_type(value: object, expected: str) -> None:
    """A bool is a bool and never an int."""
    assert wire_type(value) == expected


@pytest.mark.parametrize("value", [MISSING, object(), {1, 2}])
def test_what_no_codec_gives_has_no_wire_type(value: object) -> None:
    """A missing value is not nil."""
    with pytest.raises(TypeError):
        wire_type(value)


DISTINCT = [
    None,
    False,
    True,
    0,
    1,
    0.5,
    1.0,
    "1",
    b"1",
    [],
    [1],
    [1.0],
    {},
    {"a": 1},
    {"a": 1.0},
    {"a": True},
    Ext(1, b""),
    Pairs((("a", 1),)),
    MISSING,
]


def test_values_are_the_same_only_on_the_wire() -> None:
    """1, 1.0 and True are three values; bin is never str; nested too."""
    for i, a in enumerate(DISTINCT):
        for j, b in enumerate(DISTINCT):
            assert same(a, b) == (i == j), (a, b)


def test_the_order_of_keys_does_not_matter() -> None:
    """Maps are the same with their keys in any order; NaN is the same as NaN."""
    assert same({"a": 1, "b": [float("nan")]}, {"b": [float("nan")], "a": 1})
    assert same((1, 2), [1, 2])
    assert same(Pairs(((1, [2]),)), Pairs(((1, [2]),)))

"""RFC 6901, and the star."""

from __future__ import annotations

import pytest

from conformance.documents.pointers import find, finder, get, has, join, put, remove, split

# RFC 6901 section 5
DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, " ": 7, "m~n": 8}
EXAMPLES = {
    "": DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/ ": 7,
    "/m~0n": 8,
}


@pytest.mark.parametrize(("pointer", "value"), EXAMPLES.items(), ids=repr)
def test_the_examples_of_the_specification(pointer: str, value: object) -> None:
    """Each example of RFC 6901 section 5 evaluates as printed there."""
    assert get(DOCUMENT, pointer) == value
    assert join(*split(pointer)) == pointer


@pytest.mark.parametrize(
    "pointer", ["/foo/2", "/foo/00", "/foo/-", "/foo/-1", "/nope", "/foo/bar", "/a~1b/x"]
)
def test_nothing_is_a_lookup_error(pointer: str) -> None:
    """What is not there is told apart from nil."""
    assert not has(DOCUMENT, pointer)
    with pytest.raises(LookupError):
        get(DOCUMENT, pointer)


def test_a_pointer_begins_with_a_slash() -> None:
    """Anything else is no pointer."""
    with pytest.raises(ValueError, match="not a JSON pointer: 'foo'"):
        split("foo")


def test_a_star_is_each() -> None:
    """Elements and members, with their pointers, in order."""
    value = {"rows": [["a", 1], ["b"], ["c", 3]], "map": {"x": {"n": 1}, "y": {"n": 2}}}
    assert find(value, "/rows/*/1") == [("/rows/0/1", 1), ("/rows/2/1", 3)]
    assert find(value, "/map/*/n") == [("/map/x/n", 1), ("/map/y/n", 2)]
    assert find(value, "/rows/9/*") == []
    assert find("text", "/*") == []


def test_put_copies() -> None:
    """The value that was given stays as it was."""
    value = {"a": [1, {"b": 2}]}
    assert put(value, "/a/1/b", 3) == {"a": [1, {"b": 3}]}
    assert put(value, "/a/-", 4) == {"a": [1, {"b": 2}, 4]}
    assert put(value, "/c", None) == {"a": [1, {"b": 2}], "c": None}
    assert put(value, "", 0) == 0
    assert value == {"a": [1, {"b": 2}]}
    with pytest.raises(LookupError):
        put(value, "/x/y", 1)


def test_remove_copies() -> None:
    """What is removed is absent; what is behind it in a list moves up."""
    value = {"a": [1, 2, 3], "b": 0}
    assert remove(value, "/a/1") == {"a": [1, 3], "b": 0}
    assert remove(value, "/b") == {"a": [1, 2, 3]}
    for nothing in ("/c", "/a/7", ""):
        with pytest.raises(LookupError):
            remove(value, nothing)


TABLE = {
    "rows": [["a", "1"], ["b"], {"0": "c", "1": "d"}, [], 7],
    "by": {"x": [1, 2], "y": {"z": 3}},
    "0": [[5]],
}
POINTERS = ["", "/rows", "/rows/*", "/rows/*/*", "/rows/*/0", "/rows/*/1", "/rows/0/1", "/rows/9", "/rows/00"]
POINTERS += ["/rows/-1", "/rows/x", "/rows/4/*", "/by/*/0", "/by/*/z", "/by/x/1/*", "/no/*/0"]
POINTERS += ["/*", "/*/*", "/0/*/0", "/*/*/0"]


@pytest.mark.parametrize("pointer", POINTERS)
@pytest.mark.parametrize("value", [TABLE, [TABLE], {}, [], "text", b"bytes", None, ([1], [2])], ids=repr)
def test_a_finder_finds_what_find_finds(pointer: str, value: object) -> None:
    """The same values in the same order, wherever rows are lists, maps, tuples, short or no rows at all."""
    assert finder(pointer)(value) == [found for _, found in find(value, pointer)]

"""Holes: values that are known only when a payload is sent."""

import pytest

from conformance.payloads import Hole, exemplified, fill, holes_in, mutants, place, valid
from tests.validation.build import build

TREE = {
    "type": "object",
    "required": ["code", "at", "own"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Z]{2}$", "x-conformance": {"source": "code"}},
        "at": {"type": "integer", "x-conformance": {"source": "now", "plus": -5}},
        "own": {"allOf": [{"type": "string", "minLength": 1}], "x-conformance": {"unique": True}},
    },
}


def test_hints_become_holes() -> None:
    """A source, an offset, a fresh value; each with an example that fits."""
    value = valid(build(TREE))
    assert value == {"code": Hole("source", "code", 0, ("code",)), "at": Hole("source", "now", -5, ("at",)),
                     "own": Hole("unique", "", 0, ("own",))}  # fmt: skip
    assert exemplified(value) == {"code": "AA", "at": 0, "own": "a"}
    assert [path for path, _ in holes_in(value)] == [("code",), ("at",), ("own",)]


def test_holes_are_filled() -> None:
    """Each hole is replaced by what its resolver gives; the rest is as it was."""
    value = ["x", {"a": Hole("source", "code")}, [Hole("unique")]]
    assert fill(value, lambda hole: hole.name or hole.kind) == ["x", {"a": "code"}, ["unique"]]


def test_other_places_keep_their_holes() -> None:
    """A mutant has its one fault; holes elsewhere stay, and the hole itself is mutated by its example."""
    found = {mutant.label: mutant for mutant in mutants(build(TREE))}
    assert found["missing-at"].value == {
        "code": Hole("source", "code", 0, ("code",)),
        "own": Hole("unique", "", 0, ("own",)),
    }
    broken = found["code-as-bin"].value
    assert isinstance(broken, dict)
    assert broken["code"] == b"AA"
    assert isinstance(broken["at"], Hole)


def test_anything_can_be_placed() -> None:
    """A hole, or any value, at a pointer; the original stays as it is."""
    base = {"a": [1, {"b/c": 2}]}
    assert place(base, "/a/1/b~1c", Hole("credential", "key")) == {
        "a": [1, {"b/c": Hole("credential", "key")}]
    }
    assert place(base, "/new", 3) == {"a": [1, {"b/c": 2}], "new": 3}
    assert place(base, "", 3) == 3
    assert base == {"a": [1, {"b/c": 2}]}


@pytest.mark.parametrize("pointer", ["a", "/a/9", "/a/x", "/z/b", "/a/0/b"])
def test_a_pointer_into_nowhere_is_refused(pointer: str) -> None:
    """A pointer that leads nowhere raises."""
    with pytest.raises(ValueError, match="pointer"):
        place({"a": [1]}, pointer, 0)

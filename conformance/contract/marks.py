"""A mark: something about a value that tells its message from others where constants do not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.documents.pointers import find, is_list

NOTHING = "nothing"
"""What stands at a place that is not there."""

KINDS = {
    type(None): "nil", bool: "bool", int: "int", float: "float", str: "str", bytes: "bin", list: "array",
    tuple: "array", dict: "map",
}  # fmt: skip
TYPES = {
    "null": frozenset({"nil"}),
    "boolean": frozenset({"bool"}),
    "integer": frozenset({"int"}),
    "number": frozenset({"int", "float"}),
    "string": frozenset({"str", "bin"}),
    "array": frozenset({"array"}),
    "object": frozenset({"map"}),
}
ANYTHING = frozenset({*KINDS.values(), NOTHING})


class Kind(StrEnum):
    """What of a place is looked at."""

    PRESENT = "present"
    TYPE = "type"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Mark:
    """At ``place`` a value of the message has this, and values of others do not.

    ``values``: of ``present``, ``(True,)`` or ``(False,)``; of ``type``, the wire types that may stand there,
    ``nothing`` where the place may be empty; of ``length``, the least and the most elements of an array
    (None: no end).
    """

    place: str
    kind: Kind
    values: tuple[object, ...]

    @property
    def positive(self) -> bool:
        """Whether it asks for something, and not only that something is not there."""
        return self.values != (False,) and NOTHING not in self.values

    def fits(self, value: object) -> bool:
        """Whether a decoded value has the mark."""
        found = find(value, self.place)
        if self.kind is Kind.PRESENT:
            return bool(found) is self.values[0]
        if self.kind is Kind.TYPE:
            return (kind_of(found[0][1]) if found else NOTHING) in self.values
        if not found or not is_list(found[0][1]):
            return True  # the length of what is no array tells nothing
        least, most = self.values
        size = len(found[0][1])
        return not (isinstance(least, int) and size < least) and not (isinstance(most, int) and size > most)


def kind_of(value: object) -> str:
    """The wire type of a decoded value; '' for what is none of them."""
    return KINDS.get(type(value)) or (
        "map" if isinstance(value, Mapping) else "array" if is_list(value) else ""
    )


def same(left: object, right: object) -> bool:
    """Equality on the wire: type and value, so 1, 1.0 and true are three different things."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def wire_key(value: object) -> Hashable:
    """The same for values that are the same on the wire, and for no others."""
    if type(value) is str:
        return (str, value)
    if isinstance(value, Mapping):
        return ("map", frozenset((key, wire_key(each)) for key, each in value.items()))
    if is_list(value):
        return ("array", tuple(map(wire_key, value)))
    return (type(value), value) if isinstance(value, Hashable) else (type(value), id(value))

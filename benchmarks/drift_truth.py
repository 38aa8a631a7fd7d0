"""What may have been done to an array: the judge of ``drift.py``, which shares no code with the diagnosis.

Values are held against plain JSON Schema by the ``jsonschema`` library, wire-strict. An edit is a label:
("inserted", index), ("appended",), ("dropped", position), ("swapped", position, position), ("moved",
position, index), ("changed", position): positions as promised, indexes as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft7Validator, validators

from conformance.contract import Schema

Label = tuple[Any, ...]
Labels = frozenset[Label]

STRICT = Draft7Validator.TYPE_CHECKER.redefine_many(
    {
        "integer": lambda _, value: type(value) is int,
        "number": lambda _, value: type(value) in (int, float),
        "array": lambda _, value: isinstance(value, list),
    }
)
Strict: Any = validators.extend(Draft7Validator, type_checker=STRICT)  # type: ignore[no-untyped-call]


def plain(schema: Schema) -> dict[str, Any]:
    """A schema as plain JSON Schema of draft 7, without what is judged elsewhere."""
    if schema.again is not None:
        return {}
    if schema.accepts is not None:
        return {} if schema.accepts else {"not": {}}
    tree: dict[str, Any] = {}
    if "not" in schema.others:
        tree |= schema.others["not"]  # type: ignore[call-overload]
    for key, value in schema.values.items():
        if key in ("items", "additionalItems"):
            tree["additionalItems"] = False
        elif key not in ("format", "contentEncoding"):
            tree[key] = list(value) if isinstance(value, tuple) else value
    if schema.properties:
        tree["properties"] = {name: plain(child) for name, child in schema.properties.items()}
    if schema.prefix:
        tree["items"] = [plain(child) for child in schema.prefix]
    if schema.rest is not None:
        tree["additionalItems" if schema.prefix else "items"] = plain(schema.rest)
    for key, parts in (("allOf", schema.all_of), ("anyOf", schema.any_of), ("oneOf", schema.one_of)):
        if parts:
            tree[key] = [plain(child) for child in parts]
    return tree


class Layout:
    """An array with positions: which value fits which, and how many there may be."""

    def __init__(self, schema: Schema) -> None:
        tree = plain(schema)
        self.schemas = schema.prefix
        self.trees = tree["items"]
        self.names = [_name(number, child) for number, child in enumerate(schema.prefix)]
        self.size = len(self.trees)
        rest = tree.get("additionalItems", {})
        closed = rest in (False, {"not": {}})
        self.least: int = tree.get("minItems", 0)
        self.most: int = min(tree.get("maxItems", 1 << 30), self.size if closed else 1 << 30)
        self._validators = [Strict(each) for each in self.trees]
        self._rest = Strict({} if closed else rest)
        self._known: dict[tuple[int, str], bool] = {}

    def fits(self, position: int, value: object) -> bool:
        """Whether a value may stand at a position."""
        position = min(position, self.size)
        key = position, repr(value)
        if key not in self._known:
            validator = self._validators[position] if position < self.size else self._rest
            self._known[key] = bool(validator.is_valid(value))
        return self._known[key]

    def allows(self, length: int) -> bool:
        """Whether an array may have this length."""
        return self.least <= length <= self.most

    def keeps(self, array: list[object]) -> bool:
        """Whether an array is valid."""
        return self.allows(len(array)) and all(self.fits(index, item) for index, item in enumerate(array))


def _name(number: int, child: Schema) -> str:
    name = child.words[-1] if child.words else child.name or child.title
    return f"{number}" if name in ("", str(number)) else f"{number} {name}"


def explanations(layout: Layout, array: list[object], at_once: int) -> set[Labels]:
    """All sets of so many edits that lead from some valid array to this one."""
    found: set[Labels] = set()
    ways: list[Undone] = [tuple((index, "") for index in range(len(array)))]
    for _ in range(at_once):
        ways = [following for way in ways for following in _undone(way, layout.size)]
    for way in ways:
        if layout.allows(len(way)) and all(
            done in ("dropped", "changed") or layout.fits(position, array[index])
            for position, (index, done) in enumerate(way)
        ):
            found.add(_relabelled(way, len(array)))
    return found


Undone = tuple[tuple[int, str], ...]
"""An array with edits undone: the index at which each element came (-1: it did not), and what was undone."""


def _undone(way: Undone, size: int) -> Iterator[Undone]:
    """One more edit undone, in all ways."""
    for one, (index, done) in enumerate(way):
        if done:
            continue
        before, behind = way[:one], way[one + 1 :]
        yield before + behind
        yield (*before, (index, "changed"), *behind)
        rest = before + behind
        for other, (partner, busy) in enumerate(way):
            if other > one and not busy:
                between = way[one + 1 : other]
                pair = (partner, f"swapped {index}"), (index, f"swapped {partner}")
                yield (*before, pair[0], *between, pair[1], *way[other + 1 :])
            if abs(other - one) > 1:
                yield (*rest[:other], (index, "moved"), *rest[other:])
    for position in range(min(len(way) + 1, size)):
        yield (*way[:position], (-1, "dropped"), *way[position:])


def _relabelled(way: Undone, length: int) -> Labels:
    """The edits that were undone."""
    at = {index: position for position, (index, _) in enumerate(way) if index >= 0}
    labels: set[Label] = set()
    for index in range(length):
        if index not in at:
            behind = not any(each in at for each in range(index, length))
            labels.add(("appended",) if behind else ("inserted", index))
    for position, (index, done) in enumerate(way):
        if done in ("dropped", "changed"):
            labels.add((done, position))
        elif done == "moved":
            passed = [
                place for each, place in at.items() if (each < index) != (place < position) and each != index
            ]
            if len(passed) == 1:
                labels.add(("swapped", *sorted((position, passed[0]))))
            else:
                labels.add(("moved", position, index))
        elif done:
            labels.add(("swapped", *sorted((position, at[int(done.split()[1])]))))
    return frozenset(labels)

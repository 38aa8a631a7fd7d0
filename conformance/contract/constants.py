"""The constants of a schema: values that must be there and must be one of a few."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.marks import same
from conformance.contract.schema import Schema
from conformance.documents.pointers import join

SMALL = 16
Marks = dict[str, tuple[object, ...]]


def constants(schema: Schema, at: str = "", *, optional: bool = False) -> Marks:
    """Pointers of values that must be there (or, ``optional``, may be) and must be one of a few constants."""
    made: Marks = {}
    allowed = schema.values.get("enum")
    if "const" in schema.values:
        made[at] = (schema.values["const"],)
    elif isinstance(allowed, tuple) and len(allowed) <= SMALL:
        made[at] = allowed
    required = schema.values.get("required")
    for name, child in schema.properties.items():
        if optional or (isinstance(required, tuple) and name in required):
            made.update(constants(child, at + join(name), optional=optional))
    least = schema.values.get("minItems")
    for index, child in enumerate(schema.prefix):
        if optional or (isinstance(least, int) and index < least):
            made.update(constants(child, at + join(index), optional=optional))
    for part in schema.all_of:
        made.update(constants(part, at, optional=optional))
    for group in (schema.one_of, schema.any_of):
        made.update(_in_every([constants(branch, at, optional=optional) for branch in group]))
    return made


def _in_every(branches: list[Marks]) -> Marks:
    """What every alternative fixes, with the values of all of them."""
    shared = (
        [pointer for pointer in branches[0] if all(pointer in each for each in branches)] if branches else []
    )
    made: Marks = {}
    for pointer in shared:
        values: list[object] = []
        for branch in branches:
            values += [value for value in branch[pointer] if not among(value, values)]
        if len(values) <= SMALL:
            made[pointer] = tuple(values)
    return made


def among(value: object, values: Iterable[object]) -> bool:
    """Whether one of these values is the same on the wire."""
    return any(same(value, each) for each in values)

"""A schema in one normal form, so that what is written in another way is not told as a change.

``allOf``, references, a choice of one, ``const`` and ``enum``, exclusive and inclusive bounds: what comes to
the same is the same shape. Names that only a reader sees are kept beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from conformance.changes.forms import (
    ALL,
    ANYTHING,
    FEW,
    LEAST,
    MOST,
    NIL,
    NUMBER,
    Bound,
    Choice,
    Shape,
    every,
    signature,
)
from conformance.changes.texts import canonical, inlined
from conformance.contract.schema import Schema


def shape(schema: Schema) -> Shape:
    """The normal form of a schema at its use."""
    made = _own(schema)
    for branch in schema.all_of:
        made = both(made, shape(branch))
    for branches in (schema.any_of, schema.one_of):
        if len(branches) == 1:
            made = _with(made, shape(branches[0]))
    for choice in made.choices:
        if (other := _or_nil(choice, made.ids((choice.kind,)))) is not None:
            clauses = {key: each for key, each in made.clauses.items() if key != choice.kind}
            left = tuple(each for each in made.choices if each is not choice)
            made = _with(replace(made, choices=left, clauses=MappingProxyType(clauses)), other)
    return made


def _with(made: Shape, branch: Shape) -> Shape:
    """A shape and the only branch that it may take, whose words are others."""
    return replace(both(made, branch), ways=made.ways | branch.ways | {branch.words})


def _or_nil(choice: Choice, clauses: tuple[str, ...]) -> Shape | None:
    """A choice between something and nil as one shape of more types: ``type: [string, 'null']``."""
    nil = [each for each in choice.branches if signature(each) == NIL]
    rest = [each for each in choice.branches if each not in nil]
    if (len(nil), len(rest)) != (1, 1):
        return None
    made = rest[0]
    if "null" in made.types or made.never or made.again or made.choices or made.others:
        return None
    kept = {**made.clauses, "type": (*clauses, *made.ids(("type",)), *nil[0].ids(nil[0].clauses))}
    return replace(
        made,
        types=made.types | {"null"},
        values=None if made.values is None else made.values | FEW["null"],
        clauses=MappingProxyType(kept),
    )


def _own(schema: Schema) -> Shape:
    values = schema.values
    types = ALL if "type" not in values else frozenset(_types(values["type"]))
    choices = tuple(
        Choice(kind, tuple(map(shape, branches)))
        for kind, branches in (("anyOf", schema.any_of), ("oneOf", schema.one_of))
        if len(branches) > 1
    )
    allowed = [frozenset(map(canonical, _tuple(values[key]))) for key in ("enum",) if key in values]
    allowed += [frozenset({canonical(values["const"])})] if "const" in values else []
    made = Shape(
        where=schema.where,
        words=schema.words,
        title=schema.title,
        places=frozenset({schema.where}),
        clauses=MappingProxyType({key: (identity,) for key, identity in schema.clauses.items()}),
        never=schema.accepts is False,
        types=types,
        values=frozenset.intersection(*allowed) if allowed else None,
        lower=_bound(values, "minimum", "exclusiveMinimum", upwards=True),
        upper=_bound(values, "maximum", "exclusiveMaximum", upwards=False),
        multiples=frozenset({Fraction(str(values["multipleOf"]))} if "multipleOf" in values else ()),
        least=MappingProxyType({key: _whole(values[key]) for key in LEAST if values.get(key)}),
        most=MappingProxyType({key: _whole(values[key]) for key in MOST if key in values}),
        unique=values.get("uniqueItems") is True,
        patterns=frozenset({str(values["pattern"])} if "pattern" in values else ()),
        binary=values.get("format") == "binary",
        required=frozenset(map(str, _tuple(values.get("required", ())))),
        properties=MappingProxyType({key: shape(each) for key, each in schema.properties.items()}),
        named=MappingProxyType({key: shape(each) for key, each in schema.pattern_properties.items()}),
        additional=_open(schema.additional),
        closed=values.get("additionalProperties") is False or _never(schema.additional),
        prefix=tuple(map(shape, schema.prefix)),
        rest=_open(schema.rest),
        ended=values.get("items") is False or values.get("additionalItems") is False or _never(schema.rest),
        choices=choices,
        others=frozenset((key, canonical(inlined(each))) for key, each in schema.others.items()),
        again=schema.again,
    )
    return _settled(made)


def _settled(made: Shape) -> Shape:
    """The listed values that are of an allowed type, and the types of these alone. All values of types that
    have but few are no list: whether ``boolean`` or ``true`` and ``false`` is written is the same."""
    if made.values is None:
        return made
    kinds = {text: _type_of(json.loads(text)) for text in made.values}
    values = frozenset(text for text, kind in kinds.items() if kind in made.types)
    types = frozenset(kinds[text] for text in values)
    return replace(made, types=types, values=None if values == every(types) else values)


def _type_of(value: object) -> str:
    kinds = (("boolean", bool), ("integer", int), ("fraction", float), ("string", str), ("array", list))
    return next(
        (name for name, kind in kinds if isinstance(value, kind)), "null" if value is None else "object"
    )


def both(one: Shape, other: Shape) -> Shape:
    """What both let through. Members that one does not name are what it says of others."""
    if one.again is not None or other.again is not None:  # a repetition beside something else
        token = ("$again", canonical(str((one.again or other.again or one.where).pointer)))
        here = one if one.again is None else other
        return replace(here, others=here.others | {token})
    names = dict.fromkeys((*one.properties, *other.properties))
    clauses = {
        key: (*one.clauses.get(key, ()), *other.clauses.get(key, ()))
        for key in dict.fromkeys((*one.clauses, *other.clauses))
    }
    values = [each for each in (one.values, other.values) if each is not None]
    longest = max(len(one.prefix), len(other.prefix))
    made = replace(
        one,
        title=one.title or other.title,
        places=one.places | other.places,
        ways=one.ways | other.ways,
        clauses=MappingProxyType(clauses),
        never=one.never or other.never,
        types=one.types & other.types,
        values=frozenset.intersection(*values) if values else None,
        lower=max(filter(None, (one.lower, other.lower)), default=None),
        upper=min(filter(None, (one.upper, other.upper)), key=_highest, default=None),
        multiples=one.multiples | other.multiples,
        least=MappingProxyType(_merged(one.least, other.least, max)),
        most=MappingProxyType(_merged(one.most, other.most, min)),
        unique=one.unique or other.unique,
        patterns=one.patterns | other.patterns,
        binary=one.binary or other.binary,
        required=one.required | other.required,
        properties=MappingProxyType({name: _member(one, other, name) for name in names}),
        named=MappingProxyType({**one.named, **other.named}),
        additional=_either(one.additional, other.additional),
        closed=one.closed or other.closed,
        prefix=tuple(_position(one, other, index) for index in range(longest)),
        rest=_either(one.rest, other.rest),
        ended=one.ended or other.ended,
        choices=(*one.choices, *other.choices),
        others=one.others | other.others,
    )  # fmt: skip
    return _settled(made)


def _member(one: Shape, other: Shape, name: str) -> Shape:
    mine, yours = one.properties.get(name), other.properties.get(name)
    if mine is not None and yours is not None:
        return both(mine, yours)
    made = mine if mine is not None else yours
    assert made is not None
    outside = other if mine is not None else one
    if outside.closed:
        return replace(made, never=True)
    if outside.additional is None:
        return made
    return both(made, replace(outside.additional, ways=frozenset()))


def _position(one: Shape, other: Shape, index: int) -> Shape:
    parts = [each.prefix[index] if index < len(each.prefix) else each.rest for each in (one, other)]
    known = [each for each in parts if each is not None]
    return known[0] if len(known) == 1 else both(known[0], known[1])


def _either(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one if other is None else other
    return both(one, other)


def _highest(bound: Bound) -> tuple[Fraction, bool]:
    """Upper bounds in their order: one that is outside itself is the lower of two equals."""
    return bound[0], not bound[1]


def _types(value: object) -> Iterable[str]:
    for each in _tuple(value):
        yield from NUMBER if each == "number" else (str(each),)


def _tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _whole(value: object) -> int:
    return int(str(value)) if isinstance(value, int) else int(float(str(value)))


def _bound(values: Mapping[str, object], plain: str, sharp: str, *, upwards: bool) -> Bound | None:
    found = [
        (Fraction(str(values[key])), key == sharp)
        for key in (plain, sharp)
        if key in values and not isinstance(values[key], bool)
    ]
    if not found:
        return None
    return max(found) if upwards else min(found, key=_highest)


def _never(schema: Schema | None) -> bool:
    return schema is not None and schema.accepts is False


def _open(schema: Schema | None) -> Shape | None:
    if schema is None or schema.accepts is not None:
        return None
    made = shape(schema)
    return None if signature(made) == ANYTHING else made


def _merged(one: Mapping[str, int], other: Mapping[str, int], best: object) -> dict[str, int]:
    choose = max if best is max else min
    return {
        key: choose(each[key] for each in (one, other) if key in each)
        for key in dict.fromkeys((*one, *other))
    }

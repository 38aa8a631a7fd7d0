"""A schema in one normal form, so that what is written in another way is not told as a change.

``allOf``, references, a choice of one, ``const`` and ``enum``, exclusive and inclusive bounds: what comes to
the same is the same shape. Names that only a reader sees are kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from conformance.changes.texts import canonical, inlined
from conformance.contract.schema import Schema
from conformance.documents.where import Where

NUMBER = frozenset({"integer", "fraction"})
ALL = frozenset({"null", "boolean", "object", "array", "string"}) | NUMBER
LEAST = ("minLength", "minItems", "minProperties")
MOST = ("maxLength", "maxItems", "maxProperties")
Bound = tuple[Fraction, bool]  # the limit; whether it is outside itself


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """``oneOf`` or ``anyOf`` of more than one branch."""

    kind: str
    branches: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a schema lets through. None is: anything; ``closed`` maps have no other members, ``ended`` arrays
    no more elements. ``clauses``: keyword -> ids. ``places``: where it stands; ``again``: a place above that
    it repeats. ``multiples``, ``patterns`` and ``others`` all hold together."""

    where: Where
    words: tuple[str, ...]
    title: str = ""
    places: frozenset[Where] = frozenset()
    clauses: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    never: bool = False
    types: frozenset[str] = ALL
    values: frozenset[str] | None = None
    lower: Bound | None = None
    upper: Bound | None = None
    multiples: frozenset[Fraction] = frozenset()
    least: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    most: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    unique: bool = False
    patterns: frozenset[str] = frozenset()
    binary: bool = False
    required: frozenset[str] = frozenset()
    properties: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    named: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    additional: Shape | None = None
    closed: bool = False
    prefix: tuple[Shape, ...] = ()
    rest: Shape | None = None
    ended: bool = False
    choices: tuple[Choice, ...] = ()
    others: frozenset[tuple[str, str]] = frozenset()
    again: Where | None = None

    def ids(self, keywords: Iterable[str]) -> tuple[str, ...]:
        """The clauses of these keywords, here."""
        return tuple(each for key in dict.fromkeys(keywords) for each in self.clauses.get(key, ()))

    def children(self) -> Iterable[Shape]:
        """Every shape directly inside."""
        yield from self.properties.values()
        yield from self.named.values()
        yield from (each for each in (self.additional, self.rest) if each is not None)
        yield from self.prefix
        for choice in self.choices:
            yield from choice.branches


def shape(schema: Schema) -> Shape:
    """The normal form of a schema at its use."""
    made = _own(schema)
    for branch in schema.all_of:
        made = both(made, shape(branch))
    for branches in (schema.any_of, schema.one_of):
        if len(branches) == 1:
            made = both(made, shape(branches[0]))
    return made


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
    return Shape(
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
    return replace(
        one,
        title=one.title or other.title,
        places=one.places | other.places,
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


def _member(one: Shape, other: Shape, name: str) -> Shape:
    mine, yours = one.properties.get(name), other.properties.get(name)
    if mine is not None and yours is not None:
        return both(mine, yours)
    made = mine if mine is not None else yours
    assert made is not None
    outside = other if mine is not None else one
    if outside.closed:
        return replace(made, never=True)
    return made if outside.additional is None else both(made, outside.additional)


def _position(one: Shape, other: Shape, index: int) -> Shape:
    parts = [each.prefix[index] if index < len(each.prefix) else each.rest for each in (one, other)]
    known = [each for each in parts if each is not None]
    return known[0] if len(known) == 1 else both(known[0], known[1])


def _either(one: Shape | None, other: Shape | None) -> Shape | None:
    if one is None or other is None:
        return one if other is None else other
    return both(one, other)


def signature(made: Shape, blank: frozenset[str] = frozenset(), depth: int = 0) -> str:
    """What a shape lets through, as a text: equal texts, equal shapes. Words and places do not count.

    ``blank``: members of the outermost map whose constants do not count.
    """
    if made.again is not None:
        return "again"

    def within(each: Shape | None) -> str:
        return "" if each is None else signature(each, frozenset(), depth + 1)

    members = []
    for name, each in sorted(made.properties.items()):
        hidden = replace(each, values=None) if name in blank else each
        members.append((name, within(hidden)))
    parts = (
        made.never, sorted(made.types), sorted(made.values) if made.values is not None else None,
        made.lower, made.upper, sorted(made.multiples), sorted(made.least.items()), sorted(made.most.items()),
        made.unique, sorted(made.patterns), made.binary, sorted(made.required), members,
        sorted((name, within(each)) for name, each in made.named.items()), within(made.additional),
        made.closed, [within(each) for each in made.prefix], within(made.rest), made.ended,
        sorted((each.kind, sorted(map(within, each.branches))) for each in made.choices),
        sorted(made.others),
    )  # fmt: skip
    return repr(parts)


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


ANYTHING = signature(Shape(Where("", 0), ()))

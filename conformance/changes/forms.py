"""What a schema lets through: one form, however it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from conformance.documents.where import Where

NUMBER = frozenset({"integer", "fraction"})
ALL = frozenset({"null", "boolean", "object", "array", "string"}) | NUMBER
LEAST = ("minLength", "minItems", "minProperties")
MOST = ("maxLength", "maxItems", "maxProperties")
FEW = {"null": frozenset({"null"}), "boolean": frozenset({"true", "false"})}
"""Types whose values can be listed."""
Bound = tuple[Fraction, bool]  # the limit; whether it is outside itself


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """``oneOf`` or ``anyOf`` of more than one branch."""

    kind: str
    branches: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a schema lets through. None is: anything; ``closed`` maps have no other members, ``ended`` arrays
    no more elements. ``clauses``: keyword -> ids. ``places``: where it stands;
    ``ways``: other words that parts of it have; ``again``: a place above that
    it repeats. ``multiples``, ``patterns`` and ``others`` all hold together."""

    where: Where
    words: tuple[str, ...]
    title: str = ""
    places: frozenset[Where] = frozenset()
    ways: frozenset[tuple[str, ...]] = frozenset()
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


def every(types: frozenset[str]) -> frozenset[str] | None:
    """All values of these types, where they can be listed."""
    if not types or not types <= FEW.keys():
        return None
    return frozenset(text for each in types for text in FEW[each])


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
        hidden = replace(each, values=None, types=ALL) if name in blank else each
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


ANYTHING = signature(Shape(Where("", 0), ()))
NIL = signature(Shape(Where("", 0), (), types=frozenset({"null"})))

"""All schemas that bear on one place of a value, seen as one: a node, its allOf, the branches that were
chosen.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final

from conformance.codec import same
from conformance.validation.node import Node

_KEYWORD_TYPES: Final = (
    ("object", ("required", "minProperties", "maxProperties", "additionalProperties")),
    ("array", ("minItems", "maxItems", "uniqueItems", "additionalItems", "items")),
    ("string", ("pattern", "minLength", "maxLength", "format", "contentEncoding", "contentMediaType")),
    ("integer", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


class Facets:
    """The schemas of one place. Iterating gives them, the outermost first.

    What is asked of a place for each value that is made or broken there is worked out once.
    """

    __slots__ = ("_decide", "_listed", "_names", "_required", "_types", "nodes")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = _distinct(nodes)
        self._decide: bool | None = None
        self._listed: tuple[list[object] | None] | None = None
        self._names: list[str] | None = None
        self._required: list[str] | None = None
        self._types: list[str] | None = None

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def values(self, keyword: str) -> list[object]:
        """What the schemas say under a keyword."""
        return [node.schema.values[keyword] for node in self.nodes if keyword in node.schema.values]

    def numbers(self, keyword: str) -> list[int | float]:
        """The numbers under a keyword (a draft-04 boolean is none)."""
        found = self.values(keyword)
        return [each for each in found if isinstance(each, (int, float)) and not isinstance(each, bool)]

    def types(self) -> list[str]:
        """The JSON types that all schemas allow, in the document's order; guessed from keywords where none
        says.
        """
        if self._types is None:
            self._types = self._all_types()
        return self._types

    def _all_types(self) -> list[str]:
        allowed: list[str] | None = None
        for said in self.values("type"):
            names = [said] if isinstance(said, str) else [str(name) for name in said]  # type: ignore[attr-defined]
            if allowed is None:
                allowed = names
            else:
                both = [name for name in allowed if name in names]
                whole = "integer" in (*allowed, *names) and "number" in (*allowed, *names)
                allowed = [*both, *(["integer"] if whole and "integer" not in both else [])]
        if allowed is not None:
            return allowed
        for node in self.nodes:
            if node.properties or node.patterns or node.additional:
                return ["object"]
            if node.prefix or node.rest:
                return ["array"]
        for name, keywords in _KEYWORD_TYPES:
            if any(self.values(keyword) for keyword in keywords):
                return [name]
        return ["string"]

    def listed(self) -> list[object] | None:
        """The values of ``const`` and ``enum``, those that all lists hold; None where none is listed."""
        if self._listed is None:
            self._listed = (self._all_listed(),)
        return self._listed[0]

    def _all_listed(self) -> list[object] | None:
        lists: list[list[object]] = [[value] for value in self.values("const")]
        lists += [list(values) for values in self.values("enum")]  # type: ignore[call-overload]
        if not lists:
            return None
        first, *others = lists
        return [value for value in first if all(any(same(value, each) for each in other) for other in others)]

    def required(self) -> list[str]:
        """The names that must be there."""
        if self._required is None:
            self._required = list(dict.fromkeys(name for node in self.nodes for name in node.required))
        return self._required

    def names(self) -> list[str]:
        """The properties that are described and may be there."""
        if self._names is None:
            found = dict.fromkeys(name for node in self.nodes for name in node.properties)
            self._names = [name for name in found if not self.forbids(name)]
        return self._names

    def forbids(self, name: str) -> bool:
        """Whether a property may not be there."""
        return any(
            (name in node.properties and node.properties[name].schema.accepts is False)
            or (
                node.closed
                and name not in node.properties
                and not any(p.matches(name) for p, _ in node.patterns)
            )
            for node in self.nodes
        )

    def decide(self) -> bool:
        """Whether what is wrong below may be told otherwise here: alternatives, drift, the value as a
        whole."""
        if self._decide is None:
            self._decide = any(map(_decides, self.nodes))
        return self._decide

    def property(self, name: str) -> list[Node]:
        """The schemas of a property."""
        found: list[Node] = []
        for node in self.nodes:
            known = [node.properties[name]] if name in node.properties else []
            known += [child for pattern, child in node.patterns if pattern.matches(name)]
            found += known or ([node.additional] if node.additional else [])
        return found

    def position(self, index: int) -> list[Node]:
        """The schemas of an array element."""
        found: list[Node] = []
        for node in self.nodes:
            if index < len(node.prefix):
                found.append(node.prefix[index][1])
            elif node.rest is not None:
                found.append(node.rest)
        return found

    def position_name(self, index: int) -> str:
        """The name of an array position; '' where it has none."""
        for node in self.nodes:
            if index < len(node.prefix) and node.prefix[index][0]:
                return node.prefix[index][0]
        return ""

    def prefix(self) -> int:
        """How many positions are described."""
        return max((len(node.prefix) for node in self.nodes), default=0)


def _decides(node: Node) -> bool:
    if node.any_of or node.one_of or node.others or node.prefix or node.recursive:
        return True
    checks = (check.keyword for kind in ("map", "array") for check in node.checks.get(kind, ()))
    return any(keyword in ("const", "enum", "uniqueItems") for keyword in checks)


def steady(nodes: Sequence[Node]) -> Facets | None:
    """These schemas with all their parts, which are the same whatever the value; None where there are
    alternatives to choose from."""
    key = tuple(map(id, nodes))
    known = _steady.get(key)
    if known is None:
        known = _steady[key] = (tuple(nodes), _parts(nodes))
        if len(_steady) > _KEPT:
            _steady.popitem(last=False)
    return known[1]


def _parts(nodes: Sequence[Node]) -> Facets | None:
    found: dict[int, Node] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop(0)
        if node.one_of or node.any_of:
            return None
        if id(node) not in found:
            found[id(node)] = node
            todo = [*node.all_of, *todo]
    return Facets(list(found.values()))


_KEPT: Final = 4096
_steady: OrderedDict[tuple[int, ...], tuple[tuple[Node, ...], Facets | None]] = OrderedDict()
"""By the identity of the schemas, which are kept with them, so that no others get it."""


def _distinct(nodes: Sequence[Node]) -> list[Node]:
    found: dict[int, Node] = {}
    for node in nodes:
        found.setdefault(id(node), node)
    return list(found.values())

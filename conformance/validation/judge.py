"""The judge: a decoded wire value against a schema, wire-strict, in sentences that name positions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from conformance.codec import MISSING, Pairs
from conformance.codec.values import WIRE_TYPES
from conformance.contract.schema import Schema
from conformance.validation import branches, drift
from conformance.validation.compiled import quick
from conformance.validation.finding import Finding, Judgement
from conformance.validation.node import Node, build, is_named
from conformance.validation.show import place, show
from conformance.validation.walker import ALLOWANCE

_CACHE_SIZE = 1_024
_TEXT = frozenset({str})
_cache: OrderedDict[int, tuple[Schema, Node]] = OrderedDict()


def node_of(schema: Schema) -> Node:
    """The node of a schema, built once; ``DocumentError`` when a keyword of it cannot be used."""
    known = _cache.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    node = build(schema)
    _cache[id(schema)] = (schema, node)
    if len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return node


def judge(schema: Schema, value: object) -> Judgement:
    """All that is wrong with a decoded value, the most fundamental first, and the clauses that it exercised.

    ``MISSING`` is a finding. Raises ``DocumentError`` for a schema that cannot be used and ``TypeError``
    for what is no wire value.
    """
    node = node_of(schema)
    good = quick(node, value)
    if good is not None:
        return good
    return walked(node, value)


def walked(node: Node, value: object) -> Judgement:
    """The judgement by walking over the whole value, whatever is known of its schema."""
    walk = Walk()
    if value is MISSING:
        walk.add("type", node.expected, value, node)
    else:
        walk.visit(node, value)
    return Judgement(tuple(walk.findings), frozenset(walk.exercised))


def nearest(schemas: Sequence[Schema], value: Sequence[object]) -> list[int]:
    """Which of several arrays with positions a value is by the fewest edits: all that are as near."""
    walk = Walk()
    nodes = [node_of(schema) for schema in schemas]
    found = []
    for node in nodes:
        trial = walk.fork()
        trial.visit(node, value)
        found.append(trial.findings)
    return drift.nearest(walk, nodes, found, value)


def keeps(node: Node, value: object) -> bool:
    """Whether nothing is wrong with a decoded value: as ``judge``, told in no words."""
    walk = Walk(explain=False)
    walk.visit(node, value)
    return not walk.findings


class Walk:
    """One walk over a value and its schema. ``explain`` False: findings are but counted, drift is not
    sought.
    """

    allowance = ALLOWANCE

    def __init__(self, explain: bool = True, trail: list[tuple[str | int, str]] | None = None) -> None:
        self.findings: list[Finding] = []
        self.exercised: set[str] = set()
        self.explain = explain
        self.trail = trail if trail is not None else []
        self.inside: set[tuple[int, int]] = set()
        self.meant: int | None = None

    def fork(self) -> Walk:
        """A walk that goes on from here, for trial."""
        walk = Walk(False, list(self.trail))
        walk.inside = set(self.inside)
        return walk

    def add(
        self,
        keyword: str,
        expected: str,
        value: object,
        node: Node,
        *below: str | int,
        drift: str = "",
    ) -> None:
        """Note a finding here, or ``below`` here: what a keyword of the node asks is not so."""
        path = (*[segment for segment, _ in self.trail], *below)
        where = place([*self.trail, *((segment, "") for segment in below)]) if self.explain else ""
        seen = show(value) if self.explain else ""
        document = str(node.schema.at(keyword)) if self.explain else ""
        self.findings.append(Finding(node.clause(keyword), where, expected, seen, path, document, drift))

    def step(self, segment: str | int, name: str, node: Node, value: object) -> None:
        """Judge what stands one step below."""
        self.trail.append((segment, name))
        self.visit(node, value)
        self.trail.pop()

    def visit(self, node: Node, value: object) -> None:
        """Judge the value here."""
        try:
            kind = WIRE_TYPES[type(value)]
        except KeyError:
            raise TypeError(f"no wire value: {type(value).__name__}") from None
        if node.leaf and node.kinds is not None and kind in node.kinds:  # most values of most messages
            self.exercised |= node.exercises[kind]
            for check in node.checks[kind]:
                expected = check.function(check.limit, value)
                if expected:
                    self.add(check.keyword, self._named(node, expected, kind), value, node)
            return
        here = (id(node), len(self.trail))
        if node.recursive:
            if here in self.inside:
                return  # a schema that refers to itself without going deeper promises nothing new
            self.inside.add(here)
        if node.schema.accepts is False:
            self.exercised.add(node.clause("false"))
            self.add("false", "nothing here", value, node)
        elif node.kinds is not None and kind not in node.kinds:
            self.exercised.add(node.type_clause)
            self.add("type", node.expected, value, node)
        else:
            self._inner(node, value, kind)
        self.exercised.discard("")
        if node.recursive:
            self.inside.discard(here)

    def _inner(self, node: Node, value: object, kind: str) -> None:
        self.exercised |= node.exercises[kind]
        first = len(self.findings)
        counted = value.items if isinstance(value, Pairs) else value
        for check in node.checks[kind]:
            argument = value if check.keyword in ("enum", "const") else counted
            expected = check.function(check.limit, argument)
            if expected:
                self.add(check.keyword, self._named(node, expected, kind), value, node)
        for part in node.all_of:
            self.visit(part, value)
        if node.any_of:
            branches.any_of(self, node, value)
        if node.one_of:
            branches.one_of(self, node, value)
        for other in node.others:
            if kind in other.kinds and (broken := other.broken(value)):
                path, expected = broken
                self.add(other.keyword, expected, _at(value, path), node, *path)
        if kind == "map":
            self._map(node, value)
        elif isinstance(value, (list, tuple)):
            self._array(node, value, first)

    def _named(self, node: Node, expected: str, kind: str) -> str:
        if kind in ("array", "map") or not is_named(node.schema):
            return expected
        return f"{node.schema.name}, {expected}"

    def _map(self, node: Node, value: object) -> None:
        if type(value) is not dict or not _TEXT.issuperset(map(type, value)):
            value = self._entries(node, value)
        for name in node.required:
            if name not in value:
                child = node.properties.get(name)
                expected = child.expected if child else "a value"
                self.add("required", expected, MISSING, node, name)
        later: list[tuple[str, Node, object]] = []
        for name, item in value.items():
            described = node.properties.get(name)
            if described is not None:
                later.append((name, described, item))
            known = described is not None
            for pattern, child in node.patterns:
                if pattern.matches(name):
                    known = True
                    later.append((name, child, item))
            if not known and node.closed:
                self.add(node.closed, "no such field", item, node, name)
            elif not known and node.additional:
                later.append((name, node.additional, item))
        self.members(later)

    def members(self, described: list[tuple[str, Node, object]]) -> None:
        """Judge the members of a map, each by a schema."""
        for name, child, item in described:
            self.step(name, "", child, item)

    def _entries(self, node: Node, value: object) -> dict[str, object]:
        """The members of a map whose keys are text; others are findings."""
        pairs = value.items if isinstance(value, Pairs) else tuple(value.items())  # type: ignore[attr-defined]
        entries: dict[str, object] = {}
        for key, item in pairs:
            if isinstance(key, str):
                entries[key] = item
            else:
                self.add("type", "keys that are str", key, node)
        return entries

    def _array(self, node: Node, value: list[object] | tuple[object, ...], first: int) -> None:
        size = len(node.prefix)
        if node.ends and len(value) > size:
            self.add(node.ends, f"at most {size} items", value, node)
        for index, item in enumerate(value):
            if index < size:
                self.step(index, node.prefix[index][0], node.prefix[index][1], item)
            elif node.rest is not None:
                self.step(index, "", node.rest, item)
        if self.explain and len(self.findings) > first:
            drift.explain(self, node, value, first)


def _at(value: object, path: tuple[str | int, ...]) -> object:
    """What stands at a path below a value; ``MISSING`` when nothing does."""
    for segment in path:
        inside = isinstance(value, (list, tuple)) and isinstance(segment, int) and segment < len(value)
        if not inside and not (isinstance(value, Mapping) and segment in value):
            return MISSING
        value = value[segment]  # type: ignore[index]
    return value

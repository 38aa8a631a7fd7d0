"""Judging many values that differ from one good value in one place: what is as it was is not judged again."""

from __future__ import annotations

from conformance.validation.finding import Finding
from conformance.validation.judge import Walk
from conformance.validation.node import Node

Seen = dict[tuple[int, int], frozenset[str]]


class Good:
    """A value that keeps its schema. Findings on other values that share parts (the very objects) with it are
    those of ``judge``.
    """

    def __init__(self, node: Node, value: object) -> None:
        self.node, self.value = node, value  # kept alive: parts are known by their identity
        self.seen: Seen = {}
        _First(self.seen).visit(node, value)

    def findings(self, value: object) -> tuple[Finding, ...]:
        """All that is wrong with a value, the most fundamental first."""
        walk = _Again(self.seen)
        walk.visit(self.node, value)
        return tuple(walk.findings)


class _First(Walk):
    """Notes which part kept which schema, and the clauses that it exercised."""

    def __init__(
        self, seen: Seen, explain: bool = True, trail: list[tuple[str | int, str]] | None = None
    ) -> None:
        super().__init__(explain, trail)
        self.seen = seen

    def fork(self) -> Walk:
        walk = _First(self.seen, False, list(self.trail))
        walk.inside = set(self.inside)
        return walk

    def visit(self, node: Node, value: object) -> None:
        before, self.exercised = self.exercised, set()
        count = len(self.findings)
        super().visit(node, value)
        if len(self.findings) == count and not self.inside:
            self.seen[id(node), id(value)] = frozenset(self.exercised)
        self.exercised |= before


class _Again(_First):
    """Passes over the parts that have kept their schemas before."""

    def fork(self) -> Walk:
        walk = _Again(self.seen, False, list(self.trail))
        walk.inside = set(self.inside)
        return walk

    def visit(self, node: Node, value: object) -> None:
        known = self.seen.get((id(node), id(value)))
        if known is None or self.inside:
            Walk.visit(self, node, value)
        else:
            self.exercised |= known

    def step(self, segment: str | int, name: str, node: Node, value: object) -> None:
        known = self.seen.get((id(node), id(value)))
        if known is None or self.inside:
            super().step(segment, name, node, value)
        else:
            self.exercised |= known

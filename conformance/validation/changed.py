"""Judging many values that differ from one good value in one place: what is as it was is not judged again."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from conformance.validation.finding import Finding
from conformance.validation.judge import Walk
from conformance.validation.node import Node
from conformance.validation.standing import Standing, stands

Path = tuple[str | int, ...]
Seen = dict[tuple[int, int], frozenset[str]]


class Good:
    """A value that keeps its schema. Findings on other values that share parts (the very objects) with it are
    those of ``judge``.
    """

    def __init__(self, node: Node, value: object, positions: bool = True) -> None:
        self.node, self.value = node, value  # kept alive: parts are known by their identity
        self.positions = positions
        self.meant: int | None = None
        self.seen: Seen = {}
        self._members: list[dict[str, Hashable]] | None = None
        _First(self.seen).visit(node, value)

    def form(self, without: frozenset[str] = frozenset()) -> Hashable | None:
        """The same for good maps that take the same alternative in the same way.

        Where a member is the same in two of them, a fault in it has the same findings; so has one in which
        members there are. None where that cannot be told. ``without``: as if it had not these members.
        """
        if not isinstance(self.value, dict) or not self.node.one_of or self.node.any_of:
            return None
        if self._members is None:
            sides = [self.node, *self.node.one_of]
            if not all(_judges_members_alone(each, whole=each is self.node) for each in sides):
                return None
            self._members = [
                {
                    name: _told(side.properties[name], item)
                    for name, item in self.value.items()
                    if name in side.properties
                }
                for side in sides
            ]
        members = tuple(name for name in self.value if name not in without)
        return members, tuple(tuple(told[name] for name in members if name in told) for told in self._members)

    def standing(self) -> Standing | None:
        """Of a value that has a form: where it stands among the alternatives; None where that cannot be told
        without judging the whole again."""
        assert isinstance(self.value, dict), "a value that has a form is a map"
        return Standing(self.node, self.value, self.taken()[0]) if stands(self.node) else None

    def taken(self) -> tuple[int, frozenset[str]]:
        """Of a value that has a form: the alternative that it takes, and its members that no other knows.

        The more of these it has the farther it is from all others. So a fault in a value that is told as one
        of this alternative (``meant``) is told in the same way when there are more of them.
        """
        sides = self.node.one_of
        whole = id(self.value)
        number = next(each for each, side in enumerate(sides) if (id(side), whole) in self.seen)
        others = [side.properties for side in sides if side is not sides[number]]
        known = (name for name in self.value if name in sides[number].properties)  # type: ignore[attr-defined]
        return number, frozenset(name for name in known if not any(name in each for each in others))

    def findings(self, value: object) -> tuple[Finding, ...]:
        """All that is wrong with a value, the most fundamental first."""
        walk = _Again(self.seen)
        walk.positions = self.positions
        walk.visit(self.node, value)
        self.meant = walk.meant
        return tuple(walk.findings)

    def findings_at(self, path: Path, node: Node, value: object) -> tuple[Finding, ...]:
        """The findings on the whole with another value at a path, where only this schema judges it."""
        walk = _Again(self.seen, trail=[(segment, "") for segment in path])
        walk.positions = self.positions
        walk.visit(node, value)
        return tuple(walk.findings)


class Keeping:
    """Whether values keep a schema: of those that share parts (the very objects) each part is judged once."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._good: set[tuple[int, int]] = set()
        self._kept: list[object] = []  # parts are known by their identity

    def keeps(self, value: object) -> bool:
        """Whether nothing is wrong with a value, as ``judge.keeps``."""
        self._kept.append(value)
        walk = _Sharing(self._good)
        walk.visit(self.node, value)
        return not walk.findings


def _judges_members_alone(node: Node, *, whole: bool) -> bool:
    """Whether a map's findings are those on its members, one after the other, and on which there are."""
    more = node.all_of or node.any_of or node.others or node.recursive or node.patterns or node.additional
    apart = whole or (not node.one_of and node.kinds == _MAP)
    return apart and not more and not node.checks.get("map")


def _told(node: Node, value: object) -> Hashable:
    walk = Walk(explain=False)
    walk.visit(node, value)
    return tuple((each.clause, each.path) for each in walk.findings), frozenset(walk.exercised)


_MAP: Final = frozenset({"map"})


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


class _Sharing(Walk):
    """Passes over the parts that keep their schemas, and notes them. Nothing is told."""

    def __init__(self, good: set[tuple[int, int]], trail: list[tuple[str | int, str]] | None = None) -> None:
        super().__init__(False, trail)
        self.good = good

    def fork(self) -> Walk:
        walk = _Sharing(self.good, list(self.trail))
        walk.inside = set(self.inside)
        return walk

    def visit(self, node: Node, value: object) -> None:
        key = (id(node), id(value))
        if self.inside or key not in self.good:
            count = len(self.findings)
            super().visit(node, value)
            if len(self.findings) == count and not self.inside:
                self.good.add(key)

    def members(self, described: list[tuple[str, Node, object]]) -> None:
        if not self.inside:
            described = [each for each in described if (id(each[1]), id(each[2])) not in self.good]
        super().members(described)


class _Again(_First):
    """Passes over the parts that have kept their schemas before.

    Only the first finding is told in words, unless named ``positions`` may have moved: that is told last.
    """

    positions = False

    def add(
        self, keyword: str, expected: str, value: object, node: Node, *below: str | int, drift: str = ""
    ) -> None:
        if self.findings and not self.positions:
            self.explain = False
        super().add(keyword, expected, value, node, *below, drift=drift)

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

    def members(self, described: list[tuple[str, Node, object]]) -> None:
        if self.inside:
            super().members(described)
            return
        for name, child, item in described:  # nearly all of them are as they were
            known = self.seen.get((id(child), id(item)))
            if known is None:
                Walk.step(self, name, "", child, item)
            else:
                self.exercised |= known

    def step(self, segment: str | int, name: str, node: Node, value: object) -> None:
        known = self.seen.get((id(node), id(value)))
        if known is None or self.inside:
            super().step(segment, name, node, value)
        else:
            self.exercised |= known

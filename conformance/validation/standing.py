"""Where a good map stands among the alternatives of its schema: how much of one of its members may be wrong
while it is still told as the alternative that it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.validation.branches import Distance, distance
from conformance.validation.judge import Walk
from conformance.validation.node import Node

Wrong = tuple[int, bool]
"""How many findings there are on a member, and whether one of them is on the member itself."""

RIGHT: Final[Wrong] = (0, False)


class Standing:
    """A good map, and how far it is from each alternative.

    A fault in one member changes the distance from an alternative by what that alternative says of that
    member, and by nothing else: each judges its members one by one.
    """

    def __init__(self, node: Node, value: Mapping[str, object], taken: int) -> None:
        self._taken = node.one_of[taken]
        self._value = value
        walk = Walk(explain=False)
        self._far: list[tuple[Node, Distance]] = []
        for side in node.one_of:
            trial = walk.fork()
            trial.visit(side, value)
            self._far.append((side, distance(walk, side, trial, value)))

    def own(self, name: str, nodes: Sequence[Node]) -> bool:
        """Whether these are all the schemas of a member, and stand in the alternative that is taken."""
        return len(nodes) == 1 and nodes[0] is self._taken.properties.get(name)

    def others_know(self, name: str) -> bool:
        """Whether another alternative says anything of such a member."""
        return any(name in side.properties for side, _ in self._far if side is not self._taken)

    def keeps(self, name: str, member: object, wrong: Wrong) -> bool:
        """Whether the map is still closest to its alternative when this stands for a member, and that
        alternative finds so much wrong with it."""
        own = Distance()
        others = []
        for side, far in self._far:
            if side is self._taken:
                own = _moved(side, name, far, RIGHT, wrong)
            elif (node := side.properties.get(name)) is not None:
                if _say_the_same(node, self._taken.properties[name]):
                    others.append(_moved(side, name, far, RIGHT, wrong))
                else:
                    others.append(
                        _moved(side, name, far, _wrong(node, self._value[name]), _wrong(node, member))
                    )
            else:
                others.append(far)
        return all(own < each for each in others)


def stands(node: Node) -> bool:
    """Whether a map among these alternatives is a map for each of them whatever its members are: there is a
    promise on maps that it keeps or breaks beside its type."""
    return all(side.exercises["map"] - {side.type_clause} for side in node.one_of)


def _wrong(node: Node, value: object) -> Wrong:
    walk = Walk(explain=False)
    walk.visit(node, value)
    return len(walk.findings), any(not finding.path for finding in walk.findings)


def _say_the_same(one: Node, other: Node) -> bool:
    """Whether two nodes are uses of one schema of scalars: its keywords are then the very same object."""
    both = one.schema.values is other.schema.values and one.schema.raw == other.schema.raw
    return both and one.leaf and other.leaf


def _moved(side: Node, name: str, far: Distance, before: Wrong, after: Wrong) -> Distance:
    """The distance with other findings on a member."""
    fixed = side.outline().fields.count(name)
    missed = fixed * (after[1] - before[1])
    findings = far.findings + after[0] - before[0]
    return Distance(far.outright, far.missed + missed, far.unmet + missed, far.shape, findings, far.strange)

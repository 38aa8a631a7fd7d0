"""How well each element of an array fits each of its positions: what alignment is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from conformance.codec import Pairs
from conformance.codec.values import WIRE_TYPES
from conformance.validation.node import Node
from conformance.validation.walker import Walker

_HALF: Final = 0.49
"""The most that a container costs which is wrong in fewer than half of its values: it is in its place."""

_PROBES: Final[tuple[object, ...]] = (
    *(None, True, False, 0, 1, 42, -1, 1.5, 1_700_000_000_000, b"", b"abc", [], {}, "", "0", "42", "-1"),
    *("1.5", "a", "abc", "ABC", "Abc", "a b", "ab-12", "AB-12", "ab_12", "AB_12", "a.b", "a@b.c", "é"),
    *("text of some words", "2026-01-31", "2026-01-31T12:00:00Z", "00000000-0000-4000-8000-000000000000"),
)
"""Values of many kinds: a schema that takes none of them is a telling one."""


class Fits:
    """How badly an element (by index) fits a position: 0 where it does, 1 where it does not.

    In between: a container that is what was promised but for some of what stands in it. ``broken``: the same
    for each element at its own position, as it was judged already; elsewhere it is judged when asked for.
    """

    def __init__(
        self, walk: Walker, node: Node, value: Sequence[object], broken: Mapping[int, float]
    ) -> None:
        self.broken = broken
        self._walk, self._node, self._value = walk, node, value
        self._known: dict[tuple[int, int], float] = {}

    def __call__(self, position: int, index: int) -> float:
        """How badly the element at an index fits a position."""
        if position == index:
            return self.broken.get(index, 0.0)
        key = position, index
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judged(position, self._value[index])
        return known

    def _judged(self, position: int, value: object) -> float:
        prefix = self._node.prefix
        node = prefix[position][1] if position < len(prefix) else self._node.rest
        if node is None:
            return 0.0
        kind = WIRE_TYPES[type(value)]
        if node.kinds is not None and kind not in node.kinds:
            return 1.0
        if node.leaf:
            return float(any(check.function(check.limit, value) for check in node.checks[kind]))
        size = values_in(value, self._walk.allowance)
        self._walk.allowance -= size
        if self._walk.allowance <= 0:
            return 1.0  # not judged: no edit is built on it
        return share(_trial(self._walk, node, value), value, size)

    def is_telling(self, position: int) -> bool:
        """Whether hardly any other value than one that was meant for it fits a position."""
        node = self._node.prefix[position][1]
        return all(_trial(self._walk, node, probe) for probe in _PROBES)

    def is_type(self, position: int, index: int) -> bool:
        """Whether an element is not even of a type that the position takes."""
        node = self._node.prefix[position][1] if position < len(self._node.prefix) else self._node.rest
        kinds = _kinds(node) if node is not None else None
        return kinds is not None and WIRE_TYPES[type(self._value[index])] not in kinds


def _trial(walk: Walker, node: Node, value: object) -> int:
    trial = walk.fork()
    trial.trail.append((0, ""))  # one step below: a recursion is told by its depth
    trial.visit(node, value)
    return len(trial.findings)


def share(findings: int, value: object, size: int) -> float:
    """How badly a value fits on which there are so many findings; ``size``: the values in it."""
    if not findings:
        return 0.0
    if not isinstance(value, (list, tuple, dict, Pairs)):
        return 1.0
    part = findings / max(1.0, (size - 1) / 2)
    return _HALF * part if part < 1.0 else 1.0


def values_in(value: object, most: int) -> int:
    """The number of values in a value, itself included; not counted on beyond ``most``."""
    count, waiting = 0, [value]
    while waiting and count <= most:
        item = waiting.pop()
        count += 1
        inside: Iterable[object] = ()
        if isinstance(item, Pairs):
            inside = (each for _, each in item.items)
        elif isinstance(item, dict):
            inside = item.values()
        elif isinstance(item, (list, tuple)):
            inside = item
        for each in inside:
            if isinstance(each, (list, tuple, dict, Pairs)):
                waiting.append(each)
            else:
                count += 1
    return count


def _kinds(node: Node, depth: int = 4) -> frozenset[str] | None:
    """The wire types that a schema takes, as far as it says so; None: any."""
    found = [node.kinds] if node.kinds is not None else []
    constants = node.schema.values.get("enum")
    if "const" in node.schema.values:
        constants = (node.schema.values["const"],)
    if isinstance(constants, (list, tuple)):
        found.append(frozenset(WIRE_TYPES[type(each)] for each in constants if type(each) in WIRE_TYPES))
    if depth:
        found += [each for part in node.all_of if (each := _kinds(part, depth - 1)) is not None]
        for branches in (node.any_of, node.one_of):
            taken = [_kinds(branch, depth - 1) for branch in branches]
            if taken and None not in taken:
                found.append(frozenset().union(*(each for each in taken if each is not None)))
    return frozenset.intersection(*found) if found else None

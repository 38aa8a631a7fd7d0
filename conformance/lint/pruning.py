"""A document without one of its rules: the rest can then be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.documents.pointers import join, split
from conformance.documents.spots import Spot
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node, Tree

GROUPS = frozenset(
    {"roles", "trading", "connections", "market", "rules", "deadlines", "correlates", "sources"}
)
"""Keys of our extension that hold rules which know nothing of each other."""


def rule_at(tree: Tree, where: str) -> str:
    """The pointer of the rule of our extension that stands at ``file:line``, '' when none does."""
    for node in _extended(tree.root):
        if str(node.where) == where:
            segments = split(node.pointer)
            start = segments.index(EXTENSION) + 1
            end = start + (2 if segments[start : start + 1] and segments[start] in GROUPS else 1)
            return join(*segments[:end]) if len(segments) >= end else ""
    return ""


def _extended(root: Node) -> Iterator[Node]:
    """Everything inside our extensions."""
    todo = [(root, False)]
    while todo:
        node, inside = todo.pop()
        if inside:
            yield node
        todo += reversed([(child, inside or key == EXTENSION) for key, child in node.items()])
        todo += reversed([(child, inside) for child in node.elements()])


def without(tree: Tree, pointer: str) -> Tree:
    """The tree without what stands at a pointer, or what would be empty then; lines are as they were."""
    above = tree.node(pointer.rpartition("/")[0])
    while above is not None and isinstance(above.value, dict | list) and len(above.value) == 1:
        pointer = above.pointer
        above = tree.node(pointer.rpartition("/")[0])
    value, spot = _pruned(tree.value, tree.spot, split(pointer))
    assert isinstance(value, dict)
    return replace(tree, value=value, spot=spot)


def _pruned(value: object, spot: Spot, segments: Sequence[str]) -> tuple[object, Spot]:
    head, rest = segments[0], segments[1:]
    if isinstance(value, dict):
        members, keys, entries = dict(spot.members), dict(spot.keys), dict(value)
        if rest:
            entries[head], members[head] = _pruned(value[head], spot.members[head], rest)
        else:
            del entries[head], members[head], keys[head]
        return entries, replace(spot, members=members, keys=keys)
    assert isinstance(value, list)
    index, elements, items = int(head), list(spot.elements), list(value)
    if rest:
        items[index], elements[index] = _pruned(value[index], spot.elements[index], rest)
    else:
        del items[index], elements[index]
    return items, replace(spot, elements=elements)

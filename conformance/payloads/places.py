"""Each place of a valid value with the schemas that bear on it there."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator
from dataclasses import dataclass

from conformance.contract.marks import wire_key
from conformance.frozen import swift
from conformance.payloads.choices import Path
from conformance.payloads.facets import Facets, steady
from conformance.payloads.holes import Hole, exemplified
from conformance.validation.judge import Walk
from conformance.validation.node import Node


@swift
@dataclass(frozen=True, slots=True)
class Place:
    """A place: its path, its names in words, the value there (a hole's example; holes inside it stay), its
    schemas.
    """

    path: Path
    names: tuple[str, ...]
    value: object
    facets: Facets
    branches: tuple[Node, ...]  # those that the value does not take
    nodes: tuple[Node, ...] = ()  # the schemas that stand here, alternatives and parts not spread out

    def seen(self) -> Hashable:
        """The same for places where the same rules find the same to break."""
        nodes = tuple(map(id, self.facets)), tuple(map(id, self.branches))
        return *nodes, wire_key(self.value)


def places(node: Node, value: object, done: Container[Path] = ()) -> Iterator[Place]:
    """Every place, parents first; of a list of like elements only the first two. What is below a place that
    is ``done`` by the time that it would be next is left out."""
    yield from _places([node], value, (), (), done)


def place_at(node: Node, value: object, path: Path) -> Place | None:
    """One place; None when the value has none there."""
    nodes, names = [node], list[str]()
    for depth in range(len(path) + 1):
        value = value.example if isinstance(value, Hole) else value
        facets, left = _spread(nodes, value)
        if depth == len(path):
            return Place(path, tuple(names), value, facets, left, tuple(nodes))
        step = path[depth]
        if isinstance(value, dict) and isinstance(step, str) and step in value:
            nodes, value = facets.property(step), value[step]
            names.append(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            nodes, value = facets.position(step), value[step]
            names.append(facets.position_name(step) or str(step))
        else:
            return None
    raise AssertionError("unreachable")


def _places(
    nodes: list[Node], value: object, path: Path, names: tuple[str, ...], done: Container[Path]
) -> Iterator[Place]:
    value = value.example if isinstance(value, Hole) else value
    facets, left = _spread(nodes, value)
    yield Place(path, names, value, facets, left, tuple(nodes))
    if path in done:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _places(facets.property(name), item, (*path, name), (*names, name), done)
    elif isinstance(value, list):
        for index, item in enumerate(value[: max(facets.prefix(), 2)]):
            name = facets.position_name(index) or str(index)
            yield from _places(facets.position(index), item, (*path, index), (*names, name), done)


def _spread(nodes: list[Node], value: object) -> tuple[Facets, tuple[Node, ...]]:
    """The schemas that hold here (allOf, the branches that match), and the branches that do not."""
    known = steady(nodes)
    if known is not None:
        return known, ()
    value = exemplified(value)
    taken: list[Node] = []
    left: list[Node] = []
    seen: set[int] = set()
    todo = list(nodes)
    while todo:
        node = todo.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        taken.append(node)
        todo = [*node.all_of, *todo]
        for branch in (*node.one_of, *node.any_of):
            trial = Walk(explain=False)
            trial.visit(branch, value)
            (left if trial.findings else todo).append(branch)
    return Facets(taken), tuple(left)

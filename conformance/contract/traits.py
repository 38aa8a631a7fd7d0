"""An object of a document with its traits: a node of several layers that keeps each value's own place.

JSON Merge Patch (RFC 7386): maps are merged, anything else is replaced as a whole, null takes away. From
AsyncAPI 3.0 on a trait never overrides the object itself ("Traits Merge Mechanism"); in 2.x traits are
patches of it (2.6.0, "Operation Object" and "Message Object", ``traits``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.documents.references import References
from conformance.documents.tree import Node

MAX_LAYERED = 50


@dataclass(frozen=True, slots=True, eq=False)
class Layered(Node):
    """A map that several maps of the documents make together, the first of ``layers`` winning.

    What only one of them says is a node of that one, with its own file, line and pointer.
    """

    references: References
    layers: tuple[Node, ...]
    deep: int

    def _child(self, name: str, value: object) -> Node:
        return layered(_named(self.layers, name), self.references, self.deep - 1)


def with_traits(node: Node, references: References, *, own_wins: bool) -> Node:
    """The object with what its traits add. Raises DocumentError for a trait that is no map, or a circle."""
    given = node.get("traits")
    if given is None:
        return node
    traits = [_map(references.resolve(each), each) for each in given.elements()]
    if not traits:
        return node
    latest_first = [_without_own_traits(each) for each in reversed(traits)]
    made = layered([node, *latest_first] if own_wins else [*latest_first, node], references)
    # Whoever wins: it is that object, at its place.
    return replace(made, tree=node.tree, pointer=node.pointer, spot=node.spot, line=node.line)


def layered(layers: Sequence[Node], references: References, deep: int = MAX_LAYERED) -> Node:
    """One node of these, the first winning; ``deep`` is how far maps inside maps are merged.

    Where several say something, references are followed first. A node that wins alone stays what it is.
    """
    top = layers[0]
    if len(layers) == 1 or deep <= 0:
        return top
    maps: dict[tuple[str, str], Node] = {}
    for each in layers:
        here = references.resolve(each)
        if not isinstance(here.value, dict):
            break  # it replaces what is below it
        maps.setdefault((here.tree.file, here.pointer), here)
    if len(maps) < 2:
        return top
    first, *_ = parts = tuple(maps.values())
    value = _value(parts, references, deep)
    return Layered(first.tree, first.pointer, value, first.spot, first.line, references, parts, deep)


def _value(layers: Sequence[Node], references: References, deep: int) -> dict[str, object]:
    made: dict[str, object] = {}
    for name in dict.fromkeys(key for layer in layers for key, _ in layer.items()):
        child = layered(_named(layers, name), references, deep - 1)
        if child.value is not None:  # null takes away
            made[name] = child.value
    return made


def _named(layers: Iterable[Node], name: str) -> list[Node]:
    return [node for layer in layers if (node := layer.get(name)) is not None]


def _map(node: Node, named: Node) -> Node:
    if not isinstance(node.value, dict):
        raise named.refuse(f"{named.pointer} is not a trait", expected="a map")
    return node


def _without_own_traits(node: Node) -> Node:
    inner = node.get("traits")
    if inner is not None:
        raise inner.refuse("a trait has traits of its own", expected="traits on an operation or a message")
    return node

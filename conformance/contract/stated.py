"""Reading what an extension states: members that have to be there, numbers, plain values."""

from __future__ import annotations

from types import MappingProxyType

from conformance.documents.tree import Node


def plain(node: Node, key: str) -> MappingProxyType[str, object]:
    """The members of the map of that name as they are; empty when there is none."""
    return MappingProxyType({name: child.value for name, child in node.named(key)})


def need(node: Node, key: str) -> Node:
    """The member of that name. Raises DocumentError when there is none."""
    child = node.get(key)
    if child is None:
        raise node.refuse(f"{node.pointer} has no {key!r}", hint="it is required here")
    return child


def number(node: Node, *keys: str) -> int:
    """The member at these keys, 0 when it is no number or not there."""
    child = node.get(*keys)
    return child.value if child is not None and isinstance(child.value, int) else 0

"""What schemas are called: by their titles, the references that lead to them, their positions."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.contract.resources import Known
from conformance.contract.schema import Schema
from conformance.documents.pointers import split
from conformance.documents.references import is_reference
from conformance.documents.tree import Node


def position_words(nodes: list[Node]) -> list[str]:
    """The words of array positions and of branches: the title, else the name of the ``$ref`` when it tells
    them apart, else the index."""
    titles = [each.text("title") if not is_reference(each) else "" for each in nodes]
    names = [_fragment(each.text("$ref"))[-1:] for each in nodes]
    single = [name[0] if name else "" for name in names]
    words = []
    for index, (title, name) in enumerate(zip(titles, single, strict=True)):
        alone = name and single.count(name) == 1 and name not in titles
        words.append(title or (name if alone else str(index)))
    return words


def _fragment(reference: str) -> tuple[str, ...]:
    """The segments of a reference's pointer; of an anchor, its name."""
    pointer = reference.partition("#")[2]
    return split(pointer) if pointer.startswith("/") or not pointer else (pointer,)


def referred_name(links: Sequence[Node | Known]) -> str:
    """What a person calls the schema that a reference leads to: its key, else its file."""
    first = links[0]
    if isinstance(first, Known):
        return ""
    return split(first.pointer)[-1] if first.pointer else first.tree.path.stem


def listed(node: Node, key: str) -> list[Node]:
    """The elements of the list under a key; none when there is no list."""
    group = node.get(key)
    return list(group.elements()) if group is not None else []


def wrapped_name(node: Node, all_of: tuple[Schema, ...]) -> str:
    """Through ``{title, allOf: [{$ref}]}`` the name is that of the reference."""
    branches = listed(node, "allOf")
    return all_of[0].name if len(branches) == 1 and is_reference(branches[0]) else ""

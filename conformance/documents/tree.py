"""A document as a tree whose every value knows its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.documents.pointers import join, split, step
from conformance.documents.spots import Spot
from conformance.documents.where import Where
from conformance.errors import DocumentError
from conformance.frozen import swift


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A document: plain ``value`` (dicts, lists, scalars) and the lines beside it.

    ``file`` is the name for people, ``path`` the real file, ``sha256`` of its bytes. ``overlaid``: an overlay
    has changed it, so a value may come from another file than what is around it.
    """

    file: str
    path: Path
    value: dict[str, object]
    spot: Spot
    sha256: str
    overlaid: bool = False

    @property
    def root(self) -> Node:
        """The node of the whole document."""
        return Node(self, "", self.value, self.spot, self.spot.line)

    def node(self, pointer: str) -> Node | None:
        """The node at a pointer (RFC 6901), or None."""
        here: Node | None = self.root
        for segment in split(pointer):
            here = here.get(segment) if here is not None else None
        return here

    def where(self, pointer: str) -> Where:
        """The place of a pointer: the line of its key; of the nearest ancestor when it does not exist."""
        here = self.root
        for segment in split(pointer):
            deeper = here.get(segment)
            if deeper is None:
                break
            here = deeper
        return Where(here.where.file, here.line, pointer)


@swift
@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value of a tree. ``line`` is the line of its key, or of itself in a list."""

    tree: Tree
    pointer: str
    value: object
    spot: Spot
    line: int

    @property
    def where(self) -> Where:
        """Its place."""
        return Where(self.spot.source or self.tree.file, self.line, self.pointer)

    @property
    def key(self) -> str:
        """Its own key or index: the last segment of its pointer."""
        return split(self.pointer)[-1] if self.pointer else ""

    def get(self, *segments: str | int) -> Node | None:
        """The node that these keys and indices lead to, or None."""
        here = self
        for segment in segments:
            name = str(segment)
            if isinstance(here.value, dict):
                if name not in here.value:
                    return None
                here = here._child(name, here.value[name])
                continue
            present, value = step(here.value, name)
            if not present:
                return None
            here = here._child(name, value)
        return here

    def _child(self, name: str, value: object) -> Node:
        if isinstance(self.value, dict):
            spot, line = self.spot.members[name], self.spot.keys[name]
        else:
            spot = self.spot.elements[int(name)]
            line = spot.line
        segment = join(name) if "~" in name or "/" in name else "/" + name
        return Node(self.tree, self.pointer + segment, value, spot, line)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Members of a map with their keys; nothing when it is not a map."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, self._child(key, value)

    def named(self, *segments: str | int) -> list[tuple[str, Node]]:
        """Members of the map there, extensions (``x-…``) apart; empty when there is no map."""
        node = self.get(*segments)
        return (
            [] if node is None else [(key, child) for key, child in node.items() if not key.startswith("x-")]
        )

    def listed(self, *segments: str | int) -> list[Node]:
        """Elements of the list there; empty when there is no list."""
        node = self.get(*segments)
        return [] if node is None else list(node.elements())

    def elements(self) -> Iterator[Node]:
        """Elements of a list; nothing when it is not a list."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield self._child(str(index), value)

    def text(self, *segments: str | int, default: str = "") -> str:
        """The string there, or ``default`` when there is none."""
        node = self.get(*segments)
        return node.value if node is not None and isinstance(node.value, str) else default

    def word(self, *segments: str | int) -> str | int:
        """The string or the integer there, such as a code on the wire; '' when there is none."""
        node = self.get(*segments)
        value = node.value if node is not None else ""
        return value if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def refuse(self, what: str, *, expected: str = "", hint: str = "") -> DocumentError:
        """The error that says what is wrong here."""
        return DocumentError(str(self.where), what, expected=expected, hint=hint)

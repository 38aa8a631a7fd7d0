"""``$ref`` -> what it points at: inside the document, or in a file beside it; never over a network.

AsyncAPI 3.0.0 "Reference Object", OpenAPI 3.1 "Reference Object", RFC 6901 section 6 (URI fragments).
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from conformance.documents.allowed import NONE_ALLOWED, REMOTE, Allowed
from conformance.documents.loader import load_tree
from conformance.documents.notes import Note
from conformance.documents.pointers import join, split
from conformance.documents.tree import Node, Tree
from conformance.errors import DocumentError

MAX_CHAIN = 100
MAX_SHOWN = 100


def is_reference(node: Node) -> bool:
    """Whether the node is a Reference Object: a map with a string ``$ref``."""
    return isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str)


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint that names what exists: the closest spellings, else the first few."""
    existing = list(names)
    if not existing:
        return "there are none"
    close = difflib.get_close_matches(name, existing, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return "there is " + ", ".join(existing[:8]) + (" …" if len(existing) > 8 else "")


class References:
    """Follows references of one root document; loads each referenced file once.

    Files are read from ``folder`` and below: by default the document's own; others, and files that stand for
    addresses, where they are ``allowed``. ``trees`` are documents already read, by their real path: with
    their overlays. ``notes`` collects what is noticed while the document is read.
    """

    def __init__(
        self,
        root: Tree,
        folder: Path | None = None,
        allowed: Allowed = NONE_ALLOWED,
        trees: Mapping[Path, Tree] = MappingProxyType({}),
    ) -> None:
        own = root.path.resolve().parent
        self.folder = folder.resolve() if folder is not None and own.is_relative_to(folder.resolve()) else own
        self.allowed = allowed
        self.trees: dict[Path, Tree] = {**trees, root.path.resolve(): root}
        self.nested = 0
        self.known: dict[tuple[str, str], Node] = {}
        self.notes: list[Note] = []

    def resolve(self, node: Node) -> Node:
        """The node itself, or the end of its chain of references. Raises DocumentError when there is none."""
        first, seen = node, set[tuple[str, str]]()
        while is_reference(node):
            place = (node.tree.file, node.pointer)
            if place in seen:
                raise (first.get("$ref") or first).refuse(
                    f"the reference {first.text('$ref')} leads back to itself", expected="no circle"
                )
            seen.add(place)
            if len(seen) > MAX_CHAIN:
                raise endless(first.get("$ref") or first)
            node = self.target(node)
        return node

    def target(self, node: Node) -> Node:
        """What the ``$ref`` of this node points at, one step. Raises DocumentError when there is nothing."""
        return self.at(node.get("$ref") or node, node.text("$ref"))

    def at(self, reference: Node, text: str) -> Node:
        """What ``text`` points at when it is read as a ``$ref`` in the document of this node. Raises as
        ``target`` does.
        """
        known = (reference.tree.file, text)
        if known not in self.known:
            if self.nested > MAX_CHAIN:
                raise endless(reference)
            self.nested += 1
            try:
                self.known[known] = self._find(reference, text)
            finally:
                self.nested -= 1
        return self.known[known]

    def _find(self, reference: Node, text: str) -> Node:
        file, _, fragment = text.partition("#")
        tree = self._tree(reference, file) if file else reference.tree
        pointer = unquote(fragment)
        if pointer and not pointer.startswith("/"):
            raise reference.refuse(
                f"the reference {text} names an anchor",
                expected="a JSON pointer behind #",
                hint="such as #/components/…",
            )
        return self.inside(reference, tree.root, pointer)

    def inside(self, reference: Node, here: Node, pointer: str) -> Node:
        """What a pointer leads to from ``here``, through references on the way. Raises DocumentError, at
        ``reference``, when it leads to nothing.
        """
        text = str(reference.value)
        segments = split(pointer)
        for index, segment in enumerate(segments):
            deeper = here.get(segment)
            if deeper is None and is_reference(here):
                here = self.resolve(here)
                deeper = here.get(segment)
            if deeper is None:
                names = [key for key, _ in here.items()]
                raise reference.refuse(
                    f"the reference {text} points at nothing: "
                    f"{segment!r} is not in {here.pointer or 'the document'}",
                    hint=_slashed(here, segments[index:]) or nearest(segment, names),
                )
            here = deeper
        return here

    def _tree(self, reference: Node, file: str) -> Tree:
        path = self._path(reference, file)
        if path not in self.trees:
            shown = posixpath.normpath(posixpath.join(posixpath.dirname(reference.tree.file), unquote(file)))
            if REMOTE.match(file):
                shown = _relative(path)
            if not path.exists():
                raise reference.refuse(
                    f"the reference {_shown(reference.value)} points at a file that does not exist",
                    hint=nearest(path.name, _names(path.parent)),
                )
            try:
                self.trees[path] = load_tree(path, shown)
            except DocumentError as problem:
                problem.hint = problem.hint or f"referenced at {reference.where}"
                raise
        return self.trees[path]

    def _path(self, reference: Node, file: str) -> Path:
        """The real file. Raises DocumentError for one that may not be read."""
        text = _shown(reference.value)
        if REMOTE.match(file):
            found = self.allowed.file_for(file)
            if found is None:
                raise reference.refuse(
                    f"the reference {text} is remote and nothing is fetched",
                    expected="a file beside the document",
                    hint=f"download it and give --reference {file[:MAX_SHOWN]}=FILE",
                )
            return found
        relative = unquote(file)
        try:
            path = (reference.tree.path.resolve().parent / relative).resolve()
            path.exists()
        except (OSError, ValueError, RuntimeError):  # a NUL, a name too long, a circle of links
            raise reference.refuse(
                f"the reference {text} names no file", expected="the name of a file"
            ) from None
        outside = relative.startswith("/") or not path.is_relative_to(self.folder)
        if outside and not self.allowed.allows(path):
            raise reference.refuse(
                f"the reference {text} leaves the folder of the document",
                expected="a file in that folder or below",
                hint="--reference FILE, or its folder, allows it",
            )
        return path


def endless(reference: Node) -> DocumentError:
    """The error that a chain of references is longer than ``MAX_CHAIN``."""
    return reference.refuse(
        f"the reference {_shown(reference.value)} goes on through more than {MAX_CHAIN} others",
        expected="a reference that comes to an end",
    )


def _slashed(here: Node, segments: Sequence[str]) -> str:
    """What to write where the pointer's author took a slash in a name for itself; '' where that is not it."""
    for end in range(len(segments), 1, -1):
        found = here.get("/".join(segments[:end]))
        if found is not None and (end == len(segments) or found.get(*segments[end:]) is not None):
            return f"a / in a name is written ~1: …{join('/'.join(segments[:end]), *segments[end:])}"
    return ""


def _shown(text: object) -> str:
    return str(text) if len(str(text)) <= MAX_SHOWN else str(text)[:MAX_SHOWN] + "…"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir())
    except OSError:
        return []


def _relative(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)

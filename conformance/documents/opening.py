"""The documents of a contract, read, and changed by its overlays.

Which document an overlay is for, in this order:

1. the one that the command line names: ``--overlay NAME=FILE``, a document's name or its file's name;
2. the one that its ``extends`` names: a file relative to the overlay, or an address that ``--reference`` maps
   to a file. One that is no document of the contract is refused: an overlay that is silently left out would
   change what is tested. A scenario file is only ever meant by name;
3. the only AsyncAPI or OpenAPI document there is;
4. of several, those in which its targets select something. A target that selects something in all of them
   (``$``, ``$.info``) tells nothing, unless all are such. Which they were is told by every command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conformance.documents.allowed import REMOTE, Allowed, read_allowed
from conformance.documents.files import SourceFile, source_file
from conformance.documents.find import Sources
from conformance.documents.jsonpath import select
from conformance.documents.loader import load_tree
from conformance.documents.notes import Applied, Note
from conformance.documents.overlay import Overlay, Verb, read_overlay
from conformance.documents.overlaying import apply
from conformance.documents.tree import Tree
from conformance.errors import DocumentError

UNMATCHED = "overlay-target-matches-nothing"
UNCHANGED = "overlay-changes-nothing"
INERT = "overlay-action-does-nothing"
SPREAD = "overlay-names-no-document"


@dataclass(frozen=True, slots=True)
class Opened:
    """All documents, overlays applied, and what is worth telling of these.

    ``documents`` are (name given on the command line or None, tree); ``files`` all that were read.
    """

    documents: tuple[tuple[str | None, Tree], ...]
    scenarios: tuple[Tree, ...]
    overlays: tuple[Applied, ...]
    notes: tuple[Note, ...]
    allowed: Allowed
    files: tuple[SourceFile, ...] = ()

    @property
    def trees(self) -> dict[Path, Tree]:
        """The AsyncAPI and OpenAPI documents by their real paths."""
        return {tree.path.resolve(): tree for _, tree in self.documents}


def open_documents(sources: Sources, name_of: Callable[[Tree], str]) -> Opened:
    """Read what makes a contract. ``name_of`` is the name that a document gives itself.

    Raises DocumentError for a file that cannot be read, and for an overlay that cannot be applied; UsageError
    for a ``--reference`` that stands for nothing.
    """
    given = [*sources.asyncapi, *sources.openapi]
    trees = [load_tree(path, sources.shown(path)) for _, path in given]
    names = [name or name_of(tree) for (name, _), tree in zip(given, trees, strict=True)]
    trees += [load_tree(path, sources.shown(path)) for path in sources.scenarios]
    allowed = read_allowed(sources.references)
    bench = _Bench(trees, names, allowed)
    files = [source_file(tree) for tree in trees]
    overlays: list[Applied] = []
    for name, path in sources.overlays:
        overlay = read_overlay(path, sources.shown(path), name)
        files.append(source_file(overlay.tree))
        overlays.append(bench.lay(overlay))
    documents = [(name, tree) for (name, _), tree in zip(given, bench.trees, strict=False)]
    scenarios = tuple(bench.trees[len(given) :])
    return Opened(tuple(documents), scenarios, tuple(overlays), tuple(bench.notes), allowed, tuple(files))


class _Bench:
    """The trees under work: first the documents, which have names, then the scenario files."""

    def __init__(self, trees: Iterable[Tree], names: Sequence[str], allowed: Allowed) -> None:
        self.trees, self.names, self.allowed = list(trees), names, allowed
        self.notes: list[Note] = []

    def lay(self, overlay: Overlay) -> Applied:
        """Apply an overlay to what it is for."""
        meant = self.meant(overlay)
        matched: set[int] = set()
        for index in meant:
            self.trees[index], done = apply(self.trees[index], overlay)
            matched |= done
        files = tuple(self.trees[index].file for index in meant)
        self.tell(overlay, matched, files)
        version = overlay.tree.root.text("overlay")
        return Applied(overlay.title, overlay.tree.file, version, overlay.tree.sha256, files)

    def tell(self, overlay: Overlay, matched: set[int], files: tuple[str, ...]) -> None:
        where = " and ".join(files) or "any document"
        for index, action in enumerate(overlay.actions):
            if action.verb is Verb.NOTHING:
                says = "an action with one of update, copy and remove changes something; this one does not"
                self.notes.append(Note(INERT, action.node.where, says, loud=True))
            elif index not in matched:
                says = f"the target {str(action.target.value)[:80]} selects nothing in {where}"
                self.notes.append(Note(UNMATCHED, action.node.where, says, loud=bool(matched)))
        if not matched:
            says = f"no action of this overlay selects anything in {where}"
            self.notes.append(Note(UNCHANGED, overlay.tree.root.where, says, loud=True))

    def meant(self, overlay: Overlay) -> list[int]:
        """The indices of the trees that an overlay is for."""
        if overlay.name is not None:
            return [self.named(overlay, overlay.name)]
        if overlay.extends is not None:
            return [self.extended(overlay)]
        candidates = range(len(self.names))
        if len(candidates) <= 1:
            return list(candidates)
        selected = [
            frozenset(index for index in candidates if select(action.target, self.trees[index].value))
            for action in overlay.actions
            if action.verb is not Verb.NOTHING
        ]
        telling = [each for each in selected if len(each) < len(candidates)] or selected
        meant = sorted(frozenset[int]().union(*telling))
        if meant:
            files = " and ".join(self.trees[index].file for index in meant)
            says = f"this overlay does not say which document it is for: by its targets {files}"
            self.notes.append(Note(SPREAD, overlay.tree.root.where, says, loud=True))
        return meant

    def named(self, overlay: Overlay, name: str) -> int:
        found = [index for index, each in enumerate(self.names) if each == name]
        found = found or [index for index, tree in enumerate(self.trees) if tree.path.name == name]
        if len(found) != 1:
            raise DocumentError(
                overlay.tree.file,
                f"{name!r} names {'several documents' if found else 'no document'} of the contract",
                expected=f"one of {self.known()}",
            )
        return found[0]

    def extended(self, overlay: Overlay) -> int:
        node = overlay.extends
        assert node is not None
        address = str(node.value).partition("#")[0]
        path: Path | None
        if address.startswith("file:"):
            path = Path(unquote(urlsplit(address).path))
        elif REMOTE.match(address):
            path = self.allowed.file_for(address)
        else:
            path = overlay.tree.path.resolve().parent / unquote(address)
        try:
            real = path.resolve() if path is not None else None
        except (OSError, ValueError, RuntimeError):
            real = None
        found = [index for index, tree in enumerate(self.trees) if tree.path.resolve() == real]
        if len(found) != 1:
            raise node.refuse(
                f"the overlay extends {str(node.value)[:100]}, which is no document of the contract",
                expected=f"one of {self.known()}",
                hint=f"--overlay NAME={overlay.tree.file} says which one it is for",
            )
        return found[0]

    def known(self) -> str:
        files = [tree.file for tree in self.trees]
        named = [f"{name} ({file})" for name, file in zip(self.names, files, strict=False)]
        return ", ".join([*named, *files[len(named) :]]) or "none: there is no document"

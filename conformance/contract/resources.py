"""What a reference of a schema means: a resource by its identifier, an anchor, a pointer, a file.

JSON Schema core, sections 8.2 and 8.2.3 (``$ref``, ``$dynamicRef``), 2019-09 section 8.2.4.2
(``$recursiveRef``). A reference is read against the identifier of the schema around it. Where that leads to
nothing it is read against the document, as AsyncAPI and OpenAPI do, and a Note tells so. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from conformance.contract.dialects import Flavour, named
from conformance.contract.identifiers import RECURSIVE, Identifiers, Resource, joined
from conformance.contract.schema import Dialect
from conformance.documents.notes import Note
from conformance.documents.references import MAX_CHAIN, References, endless, is_reference, nearest
from conformance.documents.tree import Node, Tree
from conformance.errors import DocumentError

META = re.compile(r"https?://json-schema\.org/(draft-0[467]|draft/20(19-09|20-12))/(schema|meta/[a-z-]+)")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
RULE = "reference-base"


@dataclass(frozen=True, slots=True)
class Known:
    """A meta-schema of JSON Schema itself, or a part of it: the library that judges has it."""

    uri: str
    dialect: Dialect


Shared = tuple[dict[Tree, Identifiers], dict[str, tuple[Tree, Resource]], dict[str, Tree]]
_read: WeakKeyDictionary[References, Shared] = WeakKeyDictionary()  # documents are read through once


class Resources:
    """Follows the references of schemas, through all documents that they lead to."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.known, self.uris, self.files = _read.setdefault(references, ({}, {}, {}))
        self.start: Node | None = None
        self.inside: dict[tuple[Tree, str, str], Node] = {}

    def begin(self, node: Node, flavour: Flavour) -> None:
        """A payload or body is about to be read."""
        self.start = node
        self.identifiers(node.tree, flavour).reach(node, flavour)

    def identifiers(self, tree: Tree, flavour: Flavour, uri: str = "") -> Identifiers:
        """What a document's schemas are called."""
        if tree not in self.known:
            made = self.known[tree] = Identifiers(tree, flavour, uri)
            self.files[tree.file] = tree
            for resource in made.roots.values():
                if resource.uri:
                    self.uris.setdefault(resource.uri, (tree, resource))
        if uri:
            self.uris.setdefault(uri, (tree, self.known[tree].document))
        return self.known[tree]

    def entered(self, node: Node, flavour: Flavour) -> Flavour:
        """The flavour inside this schema: what it calls dynamic is fixed by the outermost that does so."""
        resource = self.identifiers(node.tree, flavour).around(node.pointer)
        if not resource.dynamic:
            return flavour
        fixed = {name for name, _, _ in flavour.scope}
        more = [
            (name, node.tree.file, pointer) for name, pointer in resource.dynamic.items() if name not in fixed
        ]
        return replace(flavour, scope=(*flavour.scope, *more)) if more else flavour

    def at(self, target: Node, flavour: Flavour) -> Flavour:
        """The flavour of what a reference leads to: what stands around it says so, else the reference's."""
        known = self.identifiers(target.tree, flavour)
        known.reach(target, flavour)
        declared = known.flavour_at(target.pointer)
        return declared.within(flavour) if declared is not None else flavour

    def links(self, node: Node, flavour: Flavour) -> list[Node | Known]:
        """What this schema refers to, one step. Raises DocumentError for what does not exist."""
        return list(self._links(node, flavour))

    def _links(self, node: Node, flavour: Flavour) -> Iterator[Node | Known]:
        if is_reference(node):
            yield self._resolve(node.get("$ref") or node, node, flavour)
        dynamic = node.get("$dynamicRef") if flavour.since(Dialect.DRAFT2020) else None
        if dynamic is not None and isinstance(dynamic.value, str):
            anchor = unquote(dynamic.value.partition("#")[2])
            yield self._outermost(self._resolve(dynamic, node, flavour), anchor, flavour)
        recursive = node.get("$recursiveRef") if flavour.dialect is Dialect.DRAFT2019 else None
        if recursive is not None and isinstance(recursive.value, str):
            yield self._outermost(self._resolve(recursive, node, flavour), RECURSIVE, flavour)

    def end(self, node: Node, flavour: Flavour) -> None:
        """Raises DocumentError where a chain of references alone leads nowhere, or back to itself."""
        first, seen = node, set[tuple[str, str]]()
        while links := self.links(node, flavour):
            place = (node.tree.file, node.pointer)
            if place in seen:
                at = first.get("$ref") or first.get("$dynamicRef") or first.get("$recursiveRef") or first
                raise at.refuse(f"the reference {at.value} leads back to itself", expected="no circle")
            seen.add(place)
            if len(seen) > MAX_CHAIN:
                raise endless(first.get("$ref") or first)
            if isinstance(links[0], Known):
                return
            node, flavour = links[0], self.at(links[0], flavour)
            flavour = self.entered(node, flavour)

    def _outermost(self, first: Node | Known, anchor: str, flavour: Flavour) -> Node | Known:
        """``$dynamicRef``: where the first target is dynamic, it is the outermost of that name."""
        if isinstance(first, Known):
            return first
        resource = self.identifiers(first.tree, flavour).around(first.pointer)
        if resource.dynamic.get(anchor) == first.pointer:
            for name, file, pointer in flavour.scope:
                if name == anchor:
                    return self.files[file].node(pointer) or first
        return first

    def _resolve(self, reference: Node, schema: Node, flavour: Flavour) -> Node | Known:
        text = str(reference.value)
        file, _, fragment = text.partition("#")
        own = self.identifiers(reference.tree, flavour)
        here = own.around(schema.pointer)
        if not file:
            return self._inside(reference, reference.tree, here, unquote(fragment))
        uri = joined(here.uri, file) if here.uri else file
        if uri == here.uri:
            return self._inside(reference, reference.tree, here, unquote(fragment))
        if uri not in self.uris and META.fullmatch(uri):
            return Known(f"{uri}#{fragment}" if fragment else uri, named(uri) or flavour.dialect)
        if uri not in self.uris:
            root = self._file(reference, file, uri)
            remote = uri if ABSOLUTE.match(uri) else ""
            known = self.identifiers(root.tree, flavour, remote)
            return self._inside(reference, root.tree, known.document, unquote(fragment))
        tree, resource = self.uris[uri]
        return self._inside(reference, tree, resource, unquote(fragment))

    def _file(self, reference: Node, file: str, uri: str) -> Node:
        """The document of that URI where a file stands for it, else the file beside the document."""
        if uri != file:
            try:
                return self.references.at(reference, uri)
            except DocumentError:
                pass
        return self.references.at(reference, file)

    def _inside(self, reference: Node, tree: Tree, resource: Resource, fragment: str) -> Node:
        root = tree.node(resource.root) or tree.root
        outer = self._outer(reference, tree, resource)
        if not fragment:
            if outer and self.known[tree].envelope and not resource.root:
                return self._note(reference, outer[-1])
            return root
        if not fragment.startswith("/"):
            if fragment not in resource.anchors:
                raise reference.refuse(
                    f"the reference {reference.value} names an anchor that does not exist",
                    expected="an $anchor of that schema, or a JSON pointer behind #",
                    hint=nearest(fragment, resource.anchors),
                )
            return tree.node(resource.anchors[fragment]) or root
        known = self.inside.get((tree, root.pointer, fragment))
        if known is not None:
            return known
        try:
            found = self.references.inside(reference, root, fragment)
            self.inside[tree, root.pointer, fragment] = found
            return found
        except DocumentError:
            for other in outer:
                try:
                    return self._note(reference, self.references.inside(reference, other, fragment))
                except DocumentError:
                    continue
            raise

    def _outer(self, reference: Node, tree: Tree, resource: Resource) -> list[Node]:
        """What a pointer may have been meant for that leads to nothing in its own resource: the document,
        and the payload that is being read."""
        if tree is not reference.tree:
            return []
        found = [tree.root] if resource.root else []
        start = self.start
        return [*found, start] if start is not None and start.tree is tree and start.pointer else found

    def _note(self, reference: Node, target: Node) -> Node:
        says = (
            f"the reference {reference.value} leads to nothing where its $id, or the document, places it, "
            f"and is read as {target.pointer or 'the document'}"
        )
        note = Note(RULE, reference.where, says)
        if note not in self.references.notes:
            self.references.notes.append(note)
        return target

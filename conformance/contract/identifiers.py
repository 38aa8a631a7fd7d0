"""The names that the schemas of one document give themselves: identifiers, anchors, dialects.

JSON Schema core, section 8.2 (``$id``, ``$anchor``, ``$dynamicAnchor``); draft-07, section 8.2 (``$id`` with
a fragment); draft-04, section 7.2 (``id``); 2019-09, section 8.2.4.2 (``$recursiveAnchor``). Only what stands
where a schema can stand counts: an ``$id`` in an example, in an ``enum`` or below an unknown keyword is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from conformance.contract import dialects
from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect
from conformance.documents.pointers import join, split
from conformance.documents.tree import Node, Tree
from conformance.errors import DocumentError

MAPS = frozenset(
    {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"}
)
"""Keywords whose argument maps names to schemas."""

SCHEMAS = frozenset(
    {"additionalProperties", "additionalItems", "items", "prefixItems", "allOf", "anyOf", "oneOf", "not",
     "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
     "contentSchema"}
)  # fmt: skip
"""Keywords whose argument is a schema, or a list of schemas."""

ENVELOPES = ("asyncapi", "openapi")
HOLDERS = frozenset({"payload", "schema", "query"})
DATA = frozenset({"examples", "example", "default", "const", "enum"})
RECURSIVE = "$recursiveAnchor"


@dataclass(slots=True, eq=False)
class Resource:
    """A schema with an identifier of its own, or the whole document. ``uri`` is '' when nobody named it.

    ``anchors`` and ``dynamic`` (``$dynamicAnchor``, ``$recursiveAnchor``) map names to pointers.
    """

    root: str
    uri: str
    anchors: dict[str, str] = field(default_factory=dict)
    dynamic: dict[str, str] = field(default_factory=dict)


class Identifiers:
    """The resources of one document, by the pointers of their roots. ``uri``: where it was got from."""

    def __init__(self, tree: Tree, flavour: Flavour, uri: str = "") -> None:
        self.tree = tree
        self.envelope = any(key in tree.value for key in ENVELOPES)
        self.document = Resource("", uri)
        self.roots: dict[str, Resource] = {"": self.document}
        self.declared: dict[str, Flavour] = {}
        self.scanned: set[str] = set()
        if self.envelope:
            for pointer, value, form in _schemas(tree.value, "asyncapi" in tree.value):
                self._scan(pointer, value, self.document, self._own(form))
        else:
            self._scan("", tree.value, self.document, flavour)

    @property
    def plain(self) -> bool:
        """Whether nothing in the document has a name of its own: then a reference is file and pointer."""
        root = self.document
        return len(self.roots) == 1 and not (root.uri or root.anchors or root.dynamic or self.declared)

    def around(self, pointer: str) -> Resource:
        """The resource that the value at this pointer belongs to."""
        if len(self.roots) == 1:
            return self.roots[""]
        return self.roots[next(each for each in _upwards(pointer) if each in self.roots)]

    def flavour_at(self, pointer: str) -> Flavour | None:
        """What the nearest schema at or around this pointer says that it is written in; None: nothing."""
        if not self.declared:
            return None
        return next((self.declared[each] for each in _upwards(pointer) if each in self.declared), None)

    def reach(self, node: Node, flavour: Flavour) -> None:
        """See to it that a schema that stands where none is expected (behind an unknown keyword of a file
        that holds several things) is known, too."""
        if self.envelope or not node.pointer or _is_schema_place(node.pointer):
            return
        if node.pointer not in self.scanned:
            self.scanned.add(node.pointer)
            self._scan(node.pointer, node.value, self.around(node.pointer), flavour)

    def _own(self, form: str) -> Flavour:
        """What a document's schemas are written in where they do not say so, but their message may."""
        version = self.tree.value.get("openapi")
        flavour = dialects.ASYNCAPI3 if version is None else dialects.OPENAPI31
        if str(version).startswith("3.0"):
            flavour = dialects.OPENAPI30
        stated = self.tree.node(form) if form else None
        if stated is None:
            return flavour
        try:
            return dialects.of_format(stated, flavour)
        except DocumentError:  # told where the message is read
            return flavour

    def _scan(self, pointer: str, value: object, around: Resource, flavour: Flavour) -> None:
        todo = [(pointer, value, around, flavour)]
        while todo:
            at, value, resource, flavour = todo.pop()
            if isinstance(value, list):
                todo += [(f"{at}/{index}", each, resource, flavour) for index, each in enumerate(value)]
            if not isinstance(value, dict):
                continue
            if "schemaFormat" in value and "schema" in value:
                form = self.tree.node(f"{at}/schemaFormat")
                try:
                    flavour = dialects.of_format(form or self.tree.root, flavour)
                except DocumentError:
                    continue  # told where the message is read
                self.declared[at] = flavour
                todo.append((f"{at}/schema", value["schema"], resource, flavour))
                continue
            dialect = dialects.named(str(value.get("$schema", "")))
            if dialect is not None:
                flavour = self.declared[at] = Flavour(dialect)
            if flavour.since(Dialect.DRAFT2019) or not isinstance(value.get("$ref"), str):
                resource = self._names(at, value, resource, flavour)
            for key, child in value.items():
                if key in SCHEMAS:
                    todo.append((at + join(key), child, resource, flavour))
                elif key in MAPS and isinstance(child, dict):
                    todo += [(at + join(key, name), each, resource, flavour) for name, each in child.items()]

    def _names(self, at: str, value: Mapping[str, object], resource: Resource, flavour: Flavour) -> Resource:
        identifier = value.get("id" if flavour.dialect is Dialect.DRAFT4 else "$id")
        if isinstance(identifier, str) and not flavour.openapi30:
            uri, _, anchor = identifier.partition("#")
            if uri:
                resource = self.roots[at] = Resource(at, joined(resource.uri, uri))
                if not at:
                    self.document = resource
            if anchor and not anchor.startswith("/"):
                resource.anchors[anchor] = at
        for key in ("$anchor", "$dynamicAnchor"):
            name = value.get(key)
            if isinstance(name, str):
                resource.anchors[name] = at
                if key == "$dynamicAnchor":
                    resource.dynamic[name] = at
        if value.get(RECURSIVE) is True and at == resource.root:
            resource.dynamic[RECURSIVE] = at
        return resource


def joined(base: str, reference: str) -> str:
    """A reference read against a base (RFC 3986, section 5); what is no URI stays what it is."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _upwards(pointer: str) -> Iterator[str]:
    """This pointer and those of everything around it, the nearest first."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
    yield ""


def _schemas(value: object, asyncapi: bool) -> Iterator[tuple[str, object, str]]:
    """Where the schemas of an AsyncAPI or OpenAPI document are, and the ``schemaFormat`` beside a payload."""
    todo = [("", value)]
    while todo:
        at, value = todo.pop()
        if isinstance(value, list):
            todo += [(f"{at}/{index}", each) for index, each in enumerate(value)]
        if not isinstance(value, dict):
            continue
        for key, child in value.items():
            below = at + join(key)
            if at == "/components" and key == "schemas" and isinstance(child, dict):
                yield from ((below + join(name), each, "") for name, each in child.items())
            elif key in HOLDERS or (key == "headers" and asyncapi):
                stated = key == "payload" and isinstance(value.get("schemaFormat"), str)
                yield below, child, f"{at}/schemaFormat" if stated else ""
            elif key not in DATA and isinstance(child, dict | list):
                todo.append((below, child))


def _is_schema_place(pointer: str) -> bool:
    """Whether known keywords alone lead there."""
    segments = list(split(pointer))
    while segments:
        keyword = segments.pop(0)
        if keyword in MAPS and segments:
            segments.pop(0)
        elif keyword not in SCHEMAS:
            return False
        elif segments and segments[0].isdigit():
            segments.pop(0)
    return True

"""Where schemas and messages stand in a document: each place once, however often it is referred to.

The walk knows the shapes that all versions of AsyncAPI and OpenAPI share: a schema is under ``payload``,
``headers``, ``schema`` or in ``components.schemas``, and everything else is looked through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.contract import dialects
from conformance.contract.dialects import Flavour
from conformance.contract.loading import Loaded
from conformance.contract.schema import Dialect
from conformance.documents.references import is_reference
from conformance.documents.tree import Node
from conformance.errors import DocumentError

NAMED = frozenset(
    {
        "channels", "messages", "operations", "servers", "schemas", "parameters", "securitySchemes",
        "replies", "correlationIds", "messageTraits", "operationTraits", "channelBindings",
        "operationBindings", "messageBindings", "serverBindings", "serverVariables", "variables",
        "replyAddresses", "tags", "paths", "responses", "requestBodies", "links", "callbacks",
        "pathItems", "webhooks", "content", "encoding",
    }
)  # fmt: skip
"""Keys whose members are called as their author likes."""
VALUES = frozenset({"examples", "example", "const", "enum"})
"""Keys that hold data. (``default`` may be a response, too.)"""
MAPS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = (
    "additionalItems", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
)  # fmt: skip
APART = frozenset({"properties", "definitions", "$defs", "prefixItems", "items", "additionalProperties"})
"""Keywords whose schemas are about another value than the schema around them, or about nobody's."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A schema object where it stands. ``key`` is the keyword that holds it, ``name`` the property that it
    describes; ``alone``: it is no part of another schema for the same value."""

    node: Node
    flavour: Flavour
    loaded: Loaded
    key: str = ""
    name: str = ""
    alone: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Carrier:
    """Something with a schema and examples: a message, a media type, a parameter, a header."""

    node: Node
    schema: Site | None
    headers: Site | None = None


@dataclass(slots=True)
class Places:
    """All that stands in one document and in the files that it refers to."""

    loaded: Loaded
    asyncapi: bool
    flavour: Flavour
    sites: list[Site] = field(default_factory=list)
    carriers: list[Carrier] = field(default_factory=list)
    seen: set[Place] = field(default_factory=set)
    schemas: set[Place] = field(default_factory=set)


def places(loaded: Loaded) -> Places:
    """The schemas and messages of a document. What cannot be followed is left out."""
    root = loaded.tree.root
    asyncapi = root.get("asyncapi") is not None
    flavour = dialects.ASYNCAPI3 if asyncapi else _openapi(root)
    found = Places(loaded, asyncapi, flavour)
    _walk(found, root)
    for _, node in root.named("components", "schemas"):
        _root(found, node, flavour, "schemas")
    return found


def _openapi(root: Node) -> Flavour:
    if root.text("openapi").startswith("3.0"):
        return dialects.OPENAPI30
    if "spec.openapis.org" in root.text("jsonSchemaDialect"):
        return dialects.OPENAPI31
    try:
        return dialects.of_schema(root, dialects.OPENAPI31, "jsonSchemaDialect")
    except DocumentError:
        return dialects.OPENAPI31


def _walk(found: Places, start: Node) -> None:
    todo = [(start, False)]
    while todo:
        node, names = todo.pop()
        node = _followed(found, node)
        spot = (str(node.tree.path), node.pointer)
        if spot in found.seen or not isinstance(node.value, dict | list):
            continue
        found.seen.add(spot)
        if isinstance(node.value, list):
            todo += [(each, False) for each in reversed(list(node.elements()))]
            continue
        if not names:
            _carrier(found, node)
        todo += list(reversed(list(_deeper(found, node, names))))


def _deeper(found: Places, node: Node, names: bool) -> Iterator[tuple[Node, bool]]:
    for key, child in node.items():
        if names:
            if not key.startswith("x-"):
                yield child, False
        elif key.startswith("x-") or key in VALUES or key in ("payload", "schema", "info"):
            continue
        elif key == "headers":
            if not found.asyncapi:
                yield child, True
        elif not (key == "schemas" and node.pointer == "/components"):
            yield child, key in NAMED


def _carrier(found: Places, node: Node) -> None:
    """Note the schemas that a node holds."""
    raw = node.value
    assert isinstance(raw, dict)
    if found.asyncapi:
        payload = _schema(found, node, "payload") or _schema(found, node, "schema")
        headers = _schema(found, node, "headers")
        query = _schema(found, node, "query")
        if payload or headers or query:
            found.carriers.append(Carrier(node, payload, headers or query))
    else:
        schema = _schema(found, node, "schema")
        if schema:
            found.carriers.append(Carrier(node, schema))


def _schema(found: Places, node: Node, key: str) -> Site | None:
    child = node.get(key)
    if child is None or not isinstance(child.value, dict):
        return None
    flavour = found.flavour
    form = node.get("schemaFormat")
    if key == "payload" and form is not None and isinstance(form.value, str):
        try:
            flavour = dialects.of_format(form, flavour)
        except DocumentError:
            return None
    return _root(found, child, flavour, key)


def _root(found: Places, node: Node, flavour: Flavour, key: str) -> Site | None:
    """Note a schema and all below it; the site of its own."""
    before = len(found.sites)
    todo = [Site(node, flavour, found.loaded, key)]
    own: Site | None = None
    while todo:
        site = _own_dialect(todo.pop())
        if site is None or not isinstance(site.node.value, dict):
            continue
        own = own or site
        spot = (str(site.node.tree.path), site.node.pointer)
        if spot in found.schemas:
            continue
        found.schemas.add(spot)
        found.sites.append(site)
        todo += reversed(list(_below(found, site)))
    return own if own is not None and (len(found.sites) > before or own.node.value) else None


def _own_dialect(site: Site) -> Site | None:
    """The site with the dialect that it names itself (``$schema``, ``schemaFormat``)."""
    node, flavour = site.node, site.flavour
    if not isinstance(node.value, dict):
        return site
    try:
        if "schemaFormat" in node.value and "schema" in node.value:
            flavour = dialects.of_format(node.get("schemaFormat") or node, flavour)
            node = node.get("schema") or node
        flavour = dialects.of_schema(node, flavour)
    except DocumentError:
        return None
    return Site(node, flavour, site.loaded, site.key, site.name, site.alone)


def _below(found: Places, site: Site) -> Iterator[Site]:
    node = site.node

    def one(child: Node, key: str, name: str = "") -> Site:
        alone = key in APART or (site.alone and key == "$ref")
        return Site(child, site.flavour, site.loaded, key, name, alone)

    if is_reference(node):
        target = _target(found, node)
        if target is not None:
            yield one(target, "$ref", site.name)
        if not site.flavour.since(Dialect.DRAFT2019):
            return
    for key, child in node.items():
        if key in MAPS:
            yield from (one(each, key, name) for name, each in child.items())
        elif key in LISTS:
            yield from (one(each, key, site.name) for each in child.elements())
        elif key == "items":
            inside = child.elements() if isinstance(child.value, list) else iter((child,))
            yield from (one(each, key, site.name) for each in inside)
        elif key in SINGLE:
            yield one(child, key, site.name)


def _target(found: Places, node: Node) -> Node | None:
    try:
        return found.loaded.references.target(node)
    except DocumentError:
        return None


def _followed(found: Places, node: Node) -> Node:
    try:
        return found.loaded.references.resolve(node)
    except DocumentError:
        return node

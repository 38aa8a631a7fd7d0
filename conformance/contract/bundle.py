"""A schema as one self-contained plain object, for keywords that a JSON Schema library judges as a whole.

What it refers to becomes definitions of its own; each of another dialect is a resource that says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract import dialects
from conformance.contract.binary import bytes_by, encoding_of
from conformance.contract.dialects import Flavour
from conformance.contract.identifiers import MAPS, SCHEMAS
from conformance.contract.resources import Known, Resources
from conformance.contract.schema import WIRE, Dialect
from conformance.documents.references import is_reference
from conformance.documents.regex import strict
from conformance.documents.tree import Node

DROPPED = frozenset(
    {"$id", "id", "$schema", "definitions", "$defs", "$anchor", "$dynamicAnchor", "$recursiveAnchor",
     "$vocabulary", "$ref", "$dynamicRef", "$recursiveRef", "nullable", "contentEncoding", "contentMediaType"}
)  # fmt: skip
URIS = {
    Dialect.DRAFT4: "http://json-schema.org/draft-04/schema#",
    Dialect.DRAFT6: "http://json-schema.org/draft-06/schema#",
    Dialect.DRAFT7: "http://json-schema.org/draft-07/schema#",
    Dialect.DRAFT2019: "https://json-schema.org/draft/2019-09/schema",
    Dialect.DRAFT2020: "https://json-schema.org/draft/2020-12/schema",
}


def bundle(
    node: Node, names: Iterable[str] | None, flavour: Flavour, resources: Resources
) -> dict[str, object]:
    """The schema made of these keywords of a schema alone (None: of all)."""
    copier = _Copier(flavour, resources)
    if names is None:
        made = copier.keywords(node, flavour)
    else:
        parts = ((name, node.get(name)) for name in names)
        made = {name: copier.keyword(name, part, flavour) for name, part in parts if part is not None}
    if copier.definitions:
        made[copier.home] = copier.definitions
    return made


class _Copier:
    def __init__(self, flavour: Flavour, resources: Resources) -> None:
        self.dialect, self.resources = flavour.dialect, resources
        self.home = "$defs" if flavour.since(Dialect.DRAFT2019) else "definitions"
        self.definitions: dict[str, object] = {}
        self.names: dict[tuple[object, ...], str] = {}

    def keyword(self, keyword: str, node: Node, flavour: Flavour) -> object:
        """The value of one keyword: data stays, maps of schemas keep their names, schemas are copied."""
        if keyword in MAPS and isinstance(node.value, dict):
            patterns = keyword == "patternProperties"
            return {
                strict(name) if patterns else name: self.schema(each, flavour) for name, each in node.items()
            }
        if keyword == "pattern" and isinstance(node.value, str):
            return strict(node.value)
        if keyword not in SCHEMAS:
            return node.value
        if isinstance(node.value, list):
            return [self.schema(each, flavour) for each in node.elements()]
        return self.schema(node, flavour)

    def schema(self, node: Node, flavour: Flavour) -> object:
        """A copy of one schema; a reference to its definition where it is of another dialect."""
        if not isinstance(node.value, dict):
            return node.value
        around = flavour.dialect
        flavour = self.resources.entered(node, dialects.of_schema(node, flavour))
        if "schemaFormat" in node.value and "schema" in node.value:
            form, inner = node.get("schemaFormat") or node, node.get("schema") or node
            return self.link(inner, dialects.of_format(form).within(flavour), around)
        if flavour.dialect is not around:
            return self.link(node, flavour, around)
        return self.keywords(node, flavour)

    def keywords(self, node: Node, flavour: Flavour) -> dict[str, object]:
        """A copy of all keywords of a schema object."""
        links = self.resources.links(node, flavour)
        made: dict[str, object] = {}
        own = node.value if isinstance(node.value, dict) else {}
        if wire := "bin" if bytes_by(own, flavour) else encoding_of(own, flavour):
            made[WIRE] = wire
        if not (is_reference(node) and not flavour.since(Dialect.DRAFT2019)):
            for key, each in node.items():
                if key not in DROPPED:
                    made[key] = self.keyword(key, each, flavour)
        if flavour.openapi30 and own.get("nullable") is True and isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        referred = [self.target(each, flavour) for each in links]
        if len(referred) == 1:
            made |= referred[0]
        elif referred:
            parts = made.get("allOf")
            made["allOf"] = [*(parts if isinstance(parts, list) else []), *referred]
        return made

    def target(self, target: Node | Known, flavour: Flavour) -> dict[str, object]:
        if isinstance(target, Known):
            return {"$ref": target.uri}
        return self.link(target, self.resources.at(target, flavour), flavour.dialect)

    def link(self, target: Node, flavour: Flavour, around: Dialect) -> dict[str, object]:
        """A reference to the definition of this schema. From and to another dialect it is by identifier."""
        if isinstance(target.value, dict):
            flavour = self.resources.entered(target, dialects.of_schema(target, flavour))
        apart = around is not self.dialect or flavour.dialect is not self.dialect
        place = (target.tree.file, target.pointer, flavour, apart)
        if place not in self.names:
            name = self.names[place] = f"d{len(self.names)}"
            self.definitions[name] = {}
            body = self.keywords(target, flavour) if isinstance(target.value, dict) else target.value
            if apart:
                key = "id" if flavour.dialect is Dialect.DRAFT4 else "$id"
                body = {key: f"urn:bundle:{name}", "$schema": URIS[flavour.dialect], "allOf": [body]}
            self.definitions[name] = body
        name = self.names[place]
        return {"$ref": f"urn:bundle:{name}" if apart else f"#/{self.home}/{name}"}

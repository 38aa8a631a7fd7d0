"""A schema as one self-contained plain object, for keywords that a JSON Schema library judges as a whole."""

from __future__ import annotations

from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect
from conformance.documents.references import References, is_reference
from conformance.documents.tree import Node

DATA = frozenset({"enum", "const", "examples", "example", "default"})
DROPPED = frozenset({"$id", "id", "$schema", "definitions", "$defs"})


def bundle(parts: dict[str, Node], flavour: Flavour, references: References) -> dict[str, object]:
    """The schema made of these keywords alone, what they refer to placed in its own definitions."""
    copier = _Copier(flavour, references)
    made: dict[str, object] = {keyword: copier.keyword(keyword, node) for keyword, node in parts.items()}
    if copier.definitions:
        made[copier.home] = copier.definitions
    return made


class _Copier:
    def __init__(self, flavour: Flavour, references: References) -> None:
        self.flavour, self.references = flavour, references
        self.home = "$defs" if flavour.since(Dialect.DRAFT2019) else "definitions"
        self.definitions: dict[str, object] = {}
        self.names: dict[tuple[str, str], str] = {}

    def keyword(self, keyword: str, node: Node) -> object:
        """The value of one keyword: data stays, maps of schemas keep their names, schemas are copied."""
        if keyword in DATA or not isinstance(node.value, dict | list):
            return node.value
        if keyword in ("properties", "patternProperties", "dependentSchemas", "dependencies"):
            return {name: self.schema(each) for name, each in node.items()}
        return self.schema(node)

    def schema(self, node: Node) -> object:
        if isinstance(node.value, list):
            return [self.schema(each) for each in node.elements()]
        if not isinstance(node.value, dict):
            return node.value
        if is_reference(node):
            link: dict[str, object] = {"$ref": f"#/{self.home}/{self.define(self.references.target(node))}"}
            if not self.flavour.since(Dialect.DRAFT2019):
                return link
            return link | {key: self.keyword(key, each) for key, each in node.items() if key != "$ref"}
        made = {key: self.keyword(key, each) for key, each in node.items() if key not in DROPPED}
        if (
            self.flavour.openapi30
            and made.pop("nullable", False) is True
            and isinstance(made.get("type"), str)
        ):
            made["type"] = [made["type"], "null"]
        return made

    def define(self, target: Node) -> str:
        place = (target.tree.file, target.pointer)
        if place not in self.names:
            name = self.names[place] = f"d{len(self.names)}"
            self.definitions[name] = {}
            self.definitions[name] = self.schema(target)
        return self.names[place]

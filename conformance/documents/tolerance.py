"""What real AsyncAPI documents do against the specification, and what they mean is clear all the same.

Such a defect is a Note, which lint explains; everything else that a meta-schema finds is an error. What
could hide a promise is never tolerated: a key that looks like a misspelt one is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import jsonschema_rs

from conformance.documents.keywords import NAMES, UNLISTED
from conformance.documents.notes import Note
from conformance.documents.pointers import split, step
from conformance.documents.sentences import spot
from conformance.documents.tree import Node
from conformance.errors import DocumentError

SPELLING = 0.8
ELSEWHERE = {
    "info": frozenset({"externalDocs", "tags"}),
    "parameters": frozenset(
        {"schema", "type", "format", "deprecated", "required", "name", "in", "title", "example"}
    ),
}
"""Keys that another version, or OpenAPI, has in the Info Object and the Parameter Object."""
BINDINGS = ("Server", "Channel", "Operation", "Message", "Binding")
LIKE_NAMES = re.compile(r"[A-Za-z0-9._ /-]+")
"""Names of components and servers with spaces or slashes: they are only looked up."""
WORDS = frozenset(
    {
        *("description", "summary", "title", "version", "name", "protocolVersion", "bindingVersion"),
        *("termsOfService", "bearerFormat", "operationId", "messageId"),
    }
)
VALUES = frozenset({"enum", "default", "examples"})


def tolerated(
    node: Node, error: jsonschema_rs.ValidationError, schema: Mapping[str, object], problem: DocumentError
) -> Iterator[DocumentError | Note]:
    """The error of a meta-schema at a node as what it is: an error, or a Note; unknown keys one by one."""
    if error.kind.name == "additionalProperties":
        yield from _unknown_keys(node, error, schema)
        return
    rule = _rule(node, error)
    says = problem.what + (f"; expected {problem.expected}" if problem.expected else "")
    yield Note(rule, spot(node, error).where, says, loud=True) if rule else problem


def _unknown_keys(
    node: Node, error: jsonschema_rs.ValidationError, schema: Mapping[str, object]
) -> Iterator[DocumentError | Note]:
    known = _known(error, schema)
    for key in error.kind.as_dict()["unexpected"]:
        at = node.get(key) or node
        says = f"unknown key {key!r} in {node.pointer or 'the document'}"
        if key in _elsewhere(node, schema):
            yield Note("unknown-key", at.where, says, loud=True)
        else:
            like = get_close_matches(key, known, n=1, cutoff=SPELLING)
            hint = f"did you mean {like[0]}?" if like else ""
            yield at.refuse(says, expected="only documented keys", hint=hint)


def _elsewhere(node: Node, schema: Mapping[str, object]) -> frozenset[str]:
    """The keys that such an object has elsewhere; a binding, those of its protocol's other bindings."""
    parts = ("", "", "", *split(node.pointer))
    if parts[-2] == "bindings" or parts[-3].endswith("Bindings"):
        names = ["session" if parts[-1] == "ws" else parts[-1]]
        names = [name + kind for name in names for kind in BINDINGS]
        found = [_step(schema, "$defs", name, *then) for name in names for then in (("then",), ("else",))]
        return frozenset(key for each in found if isinstance(each, Mapping) for key in each)
    return ELSEWHERE.get(parts[-1] if len(parts) == 4 else parts[-2], frozenset())


def _step(schema: object, *names: str) -> object:
    """The ``properties`` of what these keys lead to."""
    for name in (*names, "properties"):
        schema = schema.get(name) if isinstance(schema, Mapping) else None
    return schema


def _known(error: jsonschema_rs.ValidationError, schema: Mapping[str, object]) -> list[str]:
    """The keys that the meta-schema knows at this place."""
    here: object = schema
    for segment in list(error.schema_path)[:-1]:
        here = step(here, str(segment))[1]
    properties = here.get("properties") if isinstance(here, Mapping) else None
    return list(properties) if isinstance(properties, Mapping) else []


def _rule(node: Node, error: jsonschema_rs.ValidationError) -> str:
    """The rule of a defect that can be lived with, or ''."""
    kind, name, parts = error.kind.as_dict(), error.kind.name, split(node.pointer)
    key = parts[-1] if parts else ""
    match name:
        case "hasKeyword" if kind["message"] == NAMES:
            return "bare-properties"
        case "discriminates" if kind["message"] != UNLISTED:
            return "discriminator-not-required"
        case "propertyNames" if LIKE_NAMES.fullmatch(str(kind["error"].instance)):
            return "unusual-key"
        case "enum" if (
            "securitySchemes" in parts and key == "in" and node.value in ("query", "header", "cookie")
        ):
            return "api-key-place"
        case "pattern" if key == "host" and "servers" in parts:
            return "host-is-a-url"
        case "type" if kind["types"] == ["string"] and _is_text_meant(node.value, parts):
            return "not-a-text"
    return ""


def _is_text_meant(value: object, parts: tuple[str, ...]) -> bool:
    """YAML reads ``1.0``, ``8080`` and nothing at all as something else than text."""
    if isinstance(value, dict | list):
        return False
    given = ("variables" in parts or "parameters" in parts) and "schema" not in parts
    return parts[-1] in WORDS or (value is not None and given and bool(VALUES & set(parts[-2:])))

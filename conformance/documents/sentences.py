"""What a meta-schema finds, as one sentence at the line where it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

from conformance.documents.tree import Node
from conformance.errors import DocumentError

FORMATS = {"uri": "a URI", "email": "an email address"}
MAX_SHOWN = 60
NAME = "A-Z a-z 0-9 . _ -"
VERSION = "bindingVersion"


def sentence(node: Node, error: jsonschema_rs.ValidationError) -> DocumentError:
    """The error of a validator at a node as a DocumentError."""
    kind, name = error.kind.as_dict(), error.kind.name
    shown, here = show(node.value), node.pointer or "the document"
    if name in TELLING:
        return TELLING[name](node, here, kind)
    if name == "type" and node.key == "$ref" and isinstance(node.value, str) and "object" in kind["types"]:
        return _map_by_reference(node)
    sentences: Mapping[str, Callable[[], str]] = {
        "type": lambda: "a value of type " + " or ".join(kind["types"]),
        "enum": lambda: "one of " + ", ".join(map(str, kind["options"])),
        "const": lambda: show(kind["expected_value"]),
        "pattern": lambda: f"a match of {kind['pattern']}",
        "format": lambda: FORMATS.get(kind["format"], kind["format"]),
        "minimum": lambda: f"at least {kind['limit']}",
        "maximum": lambda: f"at most {kind['limit']}",
        "exclusiveMinimum": lambda: f"more than {kind['limit']}",
        "minItems": lambda: f"at least {kind['limit']} elements",
        "minLength": lambda: "a text that is not empty",
        "maxLength": lambda: f"at most {kind['limit']} characters",
        "uniqueItems": lambda: "each element once",
        "hasKeyword": lambda: "a schema: none of its keys is a keyword",
    }
    if name not in sentences:
        return node.refuse(f"{here} is {shown}: {error.message[:200]}")
    return node.refuse(f"{here} is {shown}", expected=sentences[name]())


def show(value: object) -> str:
    """A value in a few words."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


def spot(node: Node, error: jsonschema_rs.ValidationError) -> Node:
    """Where an error of this node is told: at the entry, where it is about a key of it."""
    if error.kind.name == "propertyNames":
        return node.get(str(error.kind.as_dict()["error"].instance)) or node
    return (node.get("discriminator") if error.kind.name == "discriminates" else None) or node


def _required(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    return node.refuse(f"{here} has no {kind['property']!r}", hint="it is required here")


def _unknown(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    unknown = kind["unexpected"]
    at = node.get(unknown[0]) or node
    return at.refuse(
        f"unknown key {', '.join(map(repr, unknown))} in {here}", expected="only documented keys"
    )


def _name(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    key = str(kind["error"].instance)
    at = node.get(key) or node
    return at.refuse(f"the key {key!r} in {here} has other characters than a name may have", expected=NAME)


def _nothing(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    return node.refuse(f"{here} is {show(node.value)}", expected="nothing")


def _not_yet(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    """A field of a binding that its version does not have: the only ``not`` of our meta-schemas."""
    above = node.tree.node(node.pointer.rpartition("/")[0])
    version = above.text(VERSION) if above is not None else ""
    hint = f"{VERSION} is {version}" if version else ""
    return node.refuse(f"{here} is {show(node.value)}", expected="nothing", hint=hint)


def _repeated(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    """A second element of the same name."""
    second = node.get(kind["message"])
    at = (second.get("name") or second) if second is not None else node
    return at.refuse(
        f"{at.pointer} is {show(at.value)}, as that of another before", expected="each name once"
    )


def _undemanded(node: Node, here: str, kind: Mapping[str, Any]) -> DocumentError:
    at = node.get("discriminator") or node
    return at.refuse(
        f"{at.pointer} is {show(at.value)}, which {node.pointer}/required does not list",
        expected="a required property",
        hint="list it under required",
    )


def _map_by_reference(node: Node) -> DocumentError:
    above = node.pointer.rpartition("/")[0]
    text = str(node.value)
    entry = f"{text}/NAME" if "#" in text else f"{text}#/NAME"
    return node.refuse(
        f"{above} is a $ref, which cannot stand for a whole map",
        expected="its entries by name",
        hint=f"give each a $ref of its own, such as NAME: {{$ref: '{entry}'}}",
    )


TELLING: Mapping[str, Callable[[Node, str, Mapping[str, Any]], DocumentError]] = {
    "required": _required,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "propertyNames": _name,
    "falseSchema": _nothing,
    "not": _not_yet,
    "uniqueBy": _repeated,
    "discriminates": _undemanded,
}

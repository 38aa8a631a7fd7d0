"""Keywords whose argument is a plain value, normalised; and which keywords a library judges as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.contract.binary import bytes_by, encoding_of
from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect
from conformance.documents.regex import strict
from conformance.documents.tree import Node

PLAIN = (
    "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "format",
)  # fmt: skip
SPEAKS_OF: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern"), frozenset({"string"})),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        frozenset({"number", "integer"}),
    ),
    **dict.fromkeys(
        ("minItems", "maxItems", "uniqueItems", "items", "additionalItems", "prefixItems", "contains"),
        frozenset({"array"}),
    ),
    **dict.fromkeys(
        (
            "minProperties", "maxProperties", "required", "properties", "patternProperties",
            "additionalProperties", "propertyNames", "dependentRequired", "dependentSchemas",
        ),
        frozenset({"object"}),
    ),
}  # fmt: skip
"""Keyword -> the types of which it says something."""
EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}

# keyword -> (first dialect that has it, first that no longer has it, keywords that go with it)
OTHERS: dict[str, tuple[Dialect, Dialect | None, tuple[str, ...]]] = {
    "not": (Dialect.DRAFT4, None, ()),
    "if": (Dialect.DRAFT7, None, ("then", "else")),
    "contains": (Dialect.DRAFT6, None, ("minContains", "maxContains")),
    "propertyNames": (Dialect.DRAFT6, None, ()),
    "dependencies": (Dialect.DRAFT4, Dialect.DRAFT2019, ()),
    "dependentRequired": (Dialect.DRAFT2019, None, ()),
    "dependentSchemas": (Dialect.DRAFT2019, None, ()),
    "unevaluatedItems": (Dialect.DRAFT2019, None, ()),
    "unevaluatedProperties": (Dialect.DRAFT2019, None, ()),
}


def plain_values(node: Node, flavour: Flavour) -> Mapping[str, object]:
    """The plain-valued keywords of a schema object, as the model defines them."""
    raw = node.value if isinstance(node.value, dict) else {}
    made: dict[str, object] = {}
    if "type" in raw:
        types = (raw["type"],) if isinstance(raw["type"], str) else tuple(raw["type"])
        if flavour.openapi30 and raw.get("nullable") is True and "null" not in types:
            types = (*types, "null")
        made["type"] = types
    if "enum" in raw:
        made["enum"] = tuple(raw["enum"])
    if "const" in raw and flavour.since(Dialect.DRAFT6):
        made["const"] = raw["const"]
    made.update((key, raw[key]) for key in PLAIN if key in raw and not beside_type(key, raw))
    if isinstance(made.get("pattern"), str):
        made["pattern"] = strict(str(made["pattern"]))
    for key in bytes_by(raw, flavour):
        made[key] = raw[key]
    if encoding := encoding_of(raw, flavour):
        made["contentEncoding"] = encoding
    _exclusive(node, flavour, made)
    if raw.get("required"):
        made["required"] = tuple(raw["required"])
    if raw.get("additionalProperties") is False:
        made["additionalProperties"] = False
    made.update(_closed_list(raw, flavour))
    return MappingProxyType(made)


def beside_type(keyword: str, raw: Mapping[str, object]) -> bool:
    """Whether no value of the schema's type can break a plain keyword."""
    types, about = raw.get("type"), SPEAKS_OF.get(keyword) if keyword in PLAIN else None
    if about is None or raw.get("exclusive" + keyword.capitalize()) is True:
        return False
    named = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return bool(named) and about.isdisjoint(map(str, named))


def _exclusive(node: Node, flavour: Flavour, made: dict[str, object]) -> None:
    """Up to draft-04 ``exclusiveMinimum: true`` sharpens ``minimum``; later it is a bound of its own."""
    for key, bound in EXCLUSIVE.items():
        child = node.get(key)
        if child is None:
            continue
        if not isinstance(child.value, bool):
            made[key] = child.value
        elif flavour.since(Dialect.DRAFT6):
            raise child.refuse(f"{key} is a boolean", expected=f"a number (JSON Schema {flavour.dialect})")
        elif child.value and bound in made:
            made[key] = made.pop(bound)


def _closed_list(raw: Mapping[str, object], flavour: Flavour) -> dict[str, object]:
    if raw.get("items") is False:
        return {"items": False}
    positions = isinstance(raw.get("items"), list) and not flavour.since(Dialect.DRAFT2020)
    return {"additionalItems": False} if positions and raw.get("additionalItems") is False else {}

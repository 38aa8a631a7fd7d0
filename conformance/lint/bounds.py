"""Schemas that contradict themselves: bounds that leave nothing, values that their own schema refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from conformance.codec import same
from conformance.contract.schema import Dialect, Schema
from conformance.documents.references import is_reference
from conformance.documents.tree import Node
from conformance.errors import DocumentError
from conformance.lint.desk import Desk
from conformance.lint.places import Site
from conformance.lint.rule import Finding, Rule, Severity, at, named, shown
from conformance.validation import judge

BOUNDS = Rule(
    "contradictory-bounds",
    Severity.ERROR,
    "bounds that leave no value",
    "No value can keep both bounds, so whoever sends one breaks the contract whatever it sends.",
    "Exchange or mend the bounds.",
)
EXCLUDED = Rule(
    "required-but-excluded",
    Severity.ERROR,
    "a required property that the schema forbids",
    "The property must be there and must not be there: no value keeps both.",
    "Describe the property under properties, or take it out of required.",
)
UNDESCRIBED = Rule(
    "required-undescribed",
    Severity.WARNING,
    "a required property that is not described",
    "Any value will do for it: often the name in required and that under properties are spelt differently.",
    "Describe it under properties, or mend the spelling.",
)
DEPRECATED = Rule(
    "deprecated-but-required",
    Severity.NOTE,
    "a property that is deprecated and required",
    "Nobody can stop sending it without breaking the contract.",
    "Take it out of required, or keep it without the mark.",
)
OUTSIDE = Rule(
    "value-outside-schema",
    Severity.ERROR,
    "a const or enum value that its own schema refuses",
    "The value is listed and refused at once, so it can never be sent.",
    "Take the value out, or mend the keyword that refuses it (type first).",
)
TWICE = Rule(
    "duplicate-enum-value",
    Severity.WARNING,
    "an enum value that stands twice",
    "JSON Schema asks for each value once; the second one usually was meant to be another.",
    "Take it out, or write what was meant.",
)
RULES = (BOUNDS, EXCLUDED, UNDESCRIBED, DEPRECATED, OUTSIDE, TWICE)

PAIRS = (
    ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
    ("minContains", "maxContains"), ("minimum", "maximum"),
)  # fmt: skip
COMPOSED = frozenset({"allOf", "anyOf", "oneOf", "$ref", "if", "dependentSchemas", "not", "$dynamicRef"})
MOST_VALUES = 2_000


def check(desk: Desk) -> Iterator[Finding]:
    """Contradictions inside every schema."""
    for site in desk.sites():
        raw = site.node.value
        if not isinstance(raw, dict):
            continue
        if is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019):
            continue
        yield from _bounds(site, raw)
        yield from _required(site, raw)
        yield from _values(desk, site, raw)


def _bounds(site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    for low, high in PAIRS:
        least, most = _number(raw.get(low)), _number(raw.get(high))
        if least is not None and most is not None and least > most:
            yield at(site.node.get(low) or site.node, BOUNDS, f"{low} {least} is more than {high} {most}")
    for low, high in (
        ("exclusiveMinimum", "maximum"),
        ("minimum", "exclusiveMaximum"),
        ("exclusiveMinimum", "exclusiveMaximum"),
    ):
        lower, upper = _limit(raw, low), _limit(raw, high)
        if lower is not None and upper is not None and lower >= upper:
            node = site.node.get(low) or site.node
            yield at(node, BOUNDS, f"{low} {shown(lower)} leaves nothing below {high} {shown(upper)}")
    positions = raw.get("prefixItems" if site.flavour.since(Dialect.DRAFT2020) else "items")
    closed = raw.get("items" if site.flavour.since(Dialect.DRAFT2020) else "additionalItems") is False
    least = _number(raw.get("minItems"))
    if closed and isinstance(positions, list) and least is not None and least > len(positions):
        node = site.node.get("minItems") or site.node
        yield at(node, BOUNDS, f"minItems {least}, and only the {len(positions)} positions are allowed")


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _limit(raw: dict[str, object], key: str) -> int | float | None:
    """A bound; up to draft-04 an exclusive one is the plain one, sharpened by ``true``."""
    value = raw.get(key)
    if value is True:
        return _number(raw.get("minimum" if key == "exclusiveMinimum" else "maximum"))
    return _number(value)


def _required(site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    required, properties = raw.get("required"), raw.get("properties")
    if not isinstance(required, list):
        return
    described: dict[str, object] = properties if isinstance(properties, dict) else {}
    forbidden = [each for each in required if described.get(str(each)) is False]
    patterns = bool(raw.get("patternProperties"))
    unknown = [str(each) for each in required if str(each) not in described]
    node = site.node.get("required") or site.node
    old = [str(each) for each in required if _deprecated(described.get(str(each)))]
    if old:
        yield at(node, DEPRECATED, f"{named(old)} must be there and is deprecated")
    if forbidden or (unknown and not patterns and raw.get("additionalProperties") is False):
        names = [str(each) for each in forbidden] or unknown
        verb = "are" if len(names) > 1 else "is"
        yield at(node, EXCLUDED, f"{named(names)} {verb} required and not allowed here")
        return
    composed = {
        "allOf",
        "anyOf",
        "oneOf",
        "$ref",
        "if",
        "dependentSchemas",
        "not",
        "$dynamicRef",
    } & raw.keys()
    said = isinstance(raw.get("additionalProperties"), dict)
    if unknown and described and site.alone and not composed and not patterns and not said:
        verb = "are" if len(unknown) > 1 else "is"
        yield at(node, UNDESCRIBED, f"{named(unknown)} {verb} required, and nothing is said of it")


def _deprecated(schema: object) -> bool:
    return isinstance(schema, dict) and schema.get("deprecated") is True


def _values(desk: Desk, site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    enum = raw.get("enum")
    listed = site.node.get("enum")
    candidates: list[tuple[Node, object]] = []
    if isinstance(enum, list) and listed is not None:
        candidates += [(node, node.value) for node in list(listed.elements())[:MOST_VALUES]]
        yield from _twice(candidates)
    const = site.node.get("const")
    if const is not None and site.flavour.since(Dialect.DRAFT6):
        candidates.append((const, const.value))
    if not candidates or set(raw) <= {"enum", "title", "description", "x-conformance"}:
        return
    schema = desk.schema(site)
    if schema is None:
        return
    without_const, alone = _without(schema, ("const",)), _without(schema, ("enum", "const"))
    for node, value in candidates:
        yield from _refused(node, value, without_const if node.key == "const" else alone)


def _refused(node: Node, value: object, left: Schema) -> Iterator[Finding]:
    try:
        findings = judge(left, value).findings
    except (DocumentError, TypeError):
        return
    if findings:
        first = findings[0]
        says = f"{compact(value)} is listed, and the schema asks for {first.expected}"
        yield at(node, OUTSIDE, says)


def _without(schema: Schema, keywords: tuple[str, ...]) -> Schema:
    values = {key: each for key, each in schema.values.items() if key not in keywords}
    return replace(schema, values=MappingProxyType(values))


def _twice(candidates: list[tuple[Node, object]]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], object] = {}
    for node, value in candidates:
        key = (type(value).__name__, json.dumps(value, default=repr))
        if key in seen and same(seen[key], value):
            yield at(node, TWICE, f"{compact(value)} is listed twice")
        seen[key] = value


def compact(value: object) -> str:
    """A value as JSON, bounded and harmless."""
    try:
        return shown(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return shown(repr(value))

"""Keywords that no validator of ours heeds, each with the reason: a promise may be unenforced, never unseen.

What is left out here is named here: annotations that promise nothing, and what a keyword cannot say anything
with. All else that is no clause is ``Ignored``: annotations that a reader takes for a promise, keywords of
another dialect, keywords without the one that they need, and words that no dialect knows.
"""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterator, Mapping

from conformance.contract.binary import enforced
from conformance.contract.dialects import Flavour
from conformance.contract.resources import Known, Resources
from conformance.contract.schema import Dialect, Ignored
from conformance.contract.values import beside_type
from conformance.documents.references import is_reference
from conformance.documents.tree import Node

ANNOTATIONS = frozenset(
    {"title", "description", "summary", "default", "example", "examples", "$comment", "externalDocs", "xml"}
)
"""What only tells a reader something (JSON Schema Validation 2020-12, section 9; AsyncAPI; OpenAPI)."""

MARKS = frozenset({"deprecated", "readOnly", "writeOnly"})
"""Annotations that mark a value and say nothing of its shape."""

IDENTIFIERS = frozenset(
    {"$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$ref", "$defs",
     "definitions"}
)  # fmt: skip
"""What names schemas, or holds them until they are referred to."""

D4, D6, D7, D2019, D2020 = Dialect
KEYWORDS: Mapping[str, tuple[Dialect, Dialect | None]] = {
    **dict.fromkeys(
        ("type", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
         "maxLength", "minLength", "pattern", "items", "maxItems", "minItems", "uniqueItems",
         "maxProperties", "minProperties", "required", "properties", "patternProperties",
         "additionalProperties", "allOf", "anyOf", "oneOf", "not", "format"),
        (D4, None),
    ),
    "additionalItems": (D4, D2020),
    "dependencies": (D4, D2019),
    **dict.fromkeys(("const", "contains", "propertyNames"), (D6, None)),
    **dict.fromkeys(("if", "then", "else"), (D7, None)),
    **dict.fromkeys(
        ("dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties", "minContains",
         "maxContains"),
        (D2019, None),
    ),
    "$recursiveRef": (D2019, D2020),
    "prefixItems": (D2020, None),
    "$dynamicRef": (D2020, None),
}  # fmt: skip
"""Keyword -> the first dialect that asserts it, and the first that no longer does."""

NEEDS = {
    "then": "if", "else": "if", "minContains": "contains", "maxContains": "contains",
    "exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum", "nullable": "type",
}  # fmt: skip
"""A keyword that says nothing without the other (``exclusive…`` where it is a boolean)."""

STRUCTURE = frozenset(
    {"properties", "patternProperties", "additionalProperties", "items", "additionalItems", "prefixItems",
     "allOf", "$dynamicRef", "$recursiveRef", *NEEDS}
)  # fmt: skip
"""What leads to other schemas, or is judged together with another keyword."""

GROUPS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
DATA = frozenset({"enum", "const", "required", "type", "discriminator", "dependentRequired"}) | ANNOTATIONS
VACUOUS: Mapping[str, tuple[object, ...]] = {
    "minLength": (0,), "minItems": (0,), "minProperties": (0,), "uniqueItems": (False,), "required": ([],),
    "readOnly": (False,), "writeOnly": (False,), "deprecated": (False,), "nullable": (False,),
    "format": ("password",), "exclusiveMinimum": (False,), "exclusiveMaximum": (False,),
}  # fmt: skip
"""Values with which a keyword promises nothing; ``format: password`` is kept by recording nothing of it."""

PROMISES = {
    "format": "{} is an annotation, and no value is checked against it (JSON Schema Validation, section 7)",
    "contentEncoding": "the string is not decoded: {} is an annotation (JSON Schema Validation, section 8)",
    "contentMediaType": "what the string holds is not read: {} is an annotation (section 8)",
    "contentSchema": "what the string holds is not read: {} is an annotation (section 8)",
    "readOnly": "who may write a value shows in no single message: {} is an annotation",
    "writeOnly": "who may read a value shows in no single message: {} is an annotation",
    "deprecated": "it tells of plans and demands nothing of a value: {} is an annotation",
    "discriminator": "{} only says where to look first: the alternatives are judged by their own schemas",
}
"""Annotations that a reader takes for a promise."""


def ignored(node: Node, flavour: Flavour, held: Container[str]) -> Iterator[Ignored]:
    """The keywords of one schema object that lead to no clause. ``held`` are those that do."""
    for keyword, child in node.items():
        if keyword not in held and (why := reason(node, keyword, child.value, flavour)):
            yield Ignored(keyword, child.value, why, child.where)


def beside_reference(node: Node, flavour: Flavour) -> Iterator[Ignored]:
    """What stands beside a ``$ref`` of a dialect that ignores it (draft-07 core, section 8.3)."""
    for keyword, child in node.items():
        if not _says_nothing(keyword, child.value) and keyword not in IDENTIFIERS:
            why = f"beside $ref every other keyword is ignored in {flavour.dialect}"
            yield Ignored(keyword, child.value, why, child.where)


def within(parts: Mapping[str, Node], flavour: Flavour, resources: Resources) -> Iterator[Ignored]:
    """What is ignored inside keywords that a library judges as a whole: ``not``, ``if``, ``contains`` …."""
    for keyword, node in parts.items():
        if keyword not in DATA:
            yield from _below(keyword, node, flavour, resources, (keyword,), frozenset())


def _below(
    keyword: str, node: Node, flavour: Flavour, resources: Resources, path: tuple[str, ...],
    above: frozenset[tuple[str, str]],
) -> Iterator[Ignored]:  # fmt: skip
    """The schemas that the argument of a keyword holds."""
    if keyword in GROUPS or (keyword == "dependencies" and isinstance(node.value, dict)):
        for name, child in node.items():
            yield from _inside(child, flavour, resources, (*path, name), above)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.elements()):
            yield from _inside(child, flavour, resources, (*path, str(index)), above)
    else:
        yield from _inside(node, flavour, resources, path, above)


def _inside(
    node: Node, flavour: Flavour, resources: Resources, path: tuple[str, ...],
    above: frozenset[tuple[str, str]],
) -> Iterator[Ignored]:  # fmt: skip
    place = (node.tree.file, node.pointer)
    if not isinstance(node.value, dict) or place in above:
        return
    above |= {place}
    beside = flavour.since(D2019)
    if is_reference(node) and not beside:
        for each in beside_reference(node, flavour):
            yield each.below(path)
    for target in resources.links(node, flavour):
        if not isinstance(target, Known):
            yield from _inside(target, resources.at(target, flavour), resources, path, above)
    if is_reference(node) and not beside:
        return
    kept = enforced(node.value, flavour)
    for keyword, child in node.items():
        if keyword in kept:
            continue
        if not _asserted(keyword, flavour):
            why = reason(node, keyword, child.value, flavour)
            if why:
                yield Ignored(keyword, child.value, why, child.where, path)
        elif keyword == "format" and not _says_nothing(keyword, child.value):
            why = "inside a keyword that is judged as a whole no format is checked"
            yield Ignored(keyword, child.value, why, child.where, path)
        elif keyword not in DATA and isinstance(child.value, dict | list):
            yield from _below(keyword, child, flavour, resources, (*path, keyword), above)


def reason(node: Node, keyword: str, value: object, flavour: Flavour) -> str:
    """Why this keyword of this schema object is enforced by nobody; '' when it promises nothing, or is read
    together with another."""
    if keyword in IDENTIFIERS or _says_nothing(keyword, value):
        return ""
    if keyword in PROMISES:
        return PROMISES[keyword].format(f"`{keyword}`")
    if keyword == "nullable" and not flavour.openapi30:
        return "`nullable` is a keyword of OpenAPI 3.0 alone"
    known = KEYWORDS.get(keyword)
    if known is None and keyword != "nullable":
        close = difflib.get_close_matches(keyword, [*KEYWORDS, *PROMISES, *ANNOTATIONS], n=1, cutoff=0.75)
        mend = f"; did you mean `{close[0]}`?" if close else ""
        return f"no dialect of JSON Schema has such a keyword{mend}"
    if known is not None and not flavour.since(known[0]):
        return f"it is no keyword of {flavour.dialect}: it came with {known[0]}"
    if known is not None and known[1] is not None and flavour.since(known[1]):
        return f"it is no keyword of {flavour.dialect}: it went with {known[1]}"
    needed = NEEDS.get(keyword)
    if needed and not (keyword.startswith("exclusive") and not isinstance(value, bool)):
        return "" if node.get(needed) is not None else f"it says nothing without `{needed}`"
    if keyword == "additionalItems" and not isinstance(_value(node, "items"), list):
        return "it says nothing where `items` is no list of positions"
    sharpened = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(keyword, "")
    if keyword in STRUCTURE or _value(node, sharpened) is True:
        return ""
    if isinstance(node.value, dict) and beside_type(keyword, node.value):
        return "it says nothing about a value of the schema's type"
    return f"the suite does not judge `{keyword}`"


def _value(node: Node, key: str) -> object:
    child = node.get(key)
    return child.value if child is not None else None


def _says_nothing(keyword: str, value: object) -> bool:
    if keyword in ANNOTATIONS or keyword.startswith("x-"):
        return True
    return any(type(each) is type(value) and each == value for each in VACUOUS.get(keyword, ()))


def _asserted(keyword: str, flavour: Flavour) -> bool:
    first, last = KEYWORDS.get(keyword, (None, None))
    return first is not None and flavour.since(first) and (last is None or not flavour.since(last))

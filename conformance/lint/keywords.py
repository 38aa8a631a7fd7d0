"""Keywords that do nothing where they stand: their dialect ignores them, or nobody knows them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from conformance.contract import ignored
from conformance.contract.dialects import Flavour
from conformance.contract.schema import Dialect
from conformance.contract.values import SPEAKS_OF
from conformance.lint.desk import Desk
from conformance.lint.places import Site
from conformance.lint.rule import Finding, Rule, Severity, at, named, shown

IGNORED = Rule(
    "ignored-keyword",
    Severity.WARNING,
    "a keyword that the schema's dialect ignores",
    "The dialect does not know the keyword here, so validators pass over it and the promise does not exist.",
    "Say it with a keyword of the dialect, or name a dialect that has this one ($schema, schemaFormat).",
)
UNKNOWN = Rule(
    "unknown-keyword",
    Severity.WARNING,
    "a keyword that no dialect knows",
    "JSON Schema ignores what it does not know: a misspelt keyword promises nothing, and nobody complains.",
    "Mend the spelling; for a remark of your own use a name that begins with x-.",
)
SIBLING = Rule(
    "ref-sibling",
    Severity.WARNING,
    "a keyword beside $ref that is ignored",
    "Up to draft-07 everything beside $ref is ignored (draft-07 core, section 8.3), what it demands too.",
    "Wrap the reference: allOf: [{$ref: …}] beside the other keywords.",
)
LONELY = Rule(
    "lonely-keyword",
    Severity.WARNING,
    "a keyword without the keyword that it goes with",
    "On its own the keyword has no effect (then without if, say): what it seems to promise is not there.",
    "Add the keyword that it goes with, or take it out.",
)
BESIDE_TYPE = Rule(
    "keyword-beside-type",
    Severity.WARNING,
    "a keyword that says nothing about values of the schema's type",
    "A keyword for texts says nothing of numbers, and so on: no value of this type can ever break it.",
    "Use the keyword for this type (minLength and minimum, maxItems and maxProperties, …), or mend the type.",
)
ANNOTATION = Rule(
    "foreign-annotation",
    Severity.NOTE,
    "an annotation that the schema's dialect does not have",
    "Tools for this dialect pass over it; nothing is enforced either way.",
    "Use the dialect's own annotation, such as examples for example.",
)
RULES = (IGNORED, UNKNOWN, SIBLING, LONELY, BESIDE_TYPE, ANNOTATION)

NEVER = None
KEYWORDS: Mapping[str, tuple[Dialect, Dialect | None]] = {
    **ignored.KEYWORDS,
    **dict.fromkeys(("$ref", "$schema", "title", "description", "default"), (Dialect.DRAFT4, NEVER)),
    "definitions": (Dialect.DRAFT4, NEVER),
    "id": (Dialect.DRAFT4, Dialect.DRAFT6),
    "$id": (Dialect.DRAFT6, NEVER),
    **dict.fromkeys(("contentEncoding", "contentMediaType", "$comment"), (Dialect.DRAFT7, NEVER)),
    **dict.fromkeys(("$anchor", "$defs", "$vocabulary", "contentSchema"), (Dialect.DRAFT2019, NEVER)),
    "$recursiveAnchor": (Dialect.DRAFT2019, Dialect.DRAFT2020),
    "$dynamicAnchor": (Dialect.DRAFT2020, NEVER),
}
"""Keyword -> the first dialect that has it, and the first that no longer has it."""

ANNOTATIONS: dict[str, Dialect] = {
    "examples": Dialect.DRAFT6,
    "readOnly": Dialect.DRAFT7,
    "writeOnly": Dialect.DRAFT7,
    "deprecated": Dialect.DRAFT2019,
}
ASYNCAPI = frozenset({"discriminator", "externalDocs", "deprecated"})
OPENAPI = frozenset(
    {"discriminator", "xml", "externalDocs", "example", "deprecated", "readOnly", "writeOnly"}
)
ELSEWHERE = frozenset({"nullable", "discriminator", "xml", "externalDocs", "example", "optional", "summary"})
TUPLES = frozenset({"prefixItems"})
"""Told by the rule for tuples, which says more."""
BESIDE_REF = frozenset(
    {
        "$ref", "title", "description", "summary", "$comment", "example", "examples", "default",
        "deprecated", "readOnly", "writeOnly", "externalDocs", "$id", "id", "$schema",
        "definitions", "$defs", "xml",
    }
)  # fmt: skip
"""What demands nothing: beside $ref it is lost, and no promise with it."""
PARTNERS = {
    "then": "if",
    "else": "if",
    "minContains": "contains",
    "maxContains": "contains",
    "contentSchema": "contentMediaType",
}


def check(desk: Desk) -> Iterator[Finding]:
    """Keywords of every schema."""
    asyncapi = {id(found.loaded): found.asyncapi for found in desk.places}
    annotations: dict[tuple[str, str], list[Finding]] = {}
    for site in desk.sites():
        raw = site.node.value
        if not isinstance(raw, dict):
            continue
        if isinstance(raw.get("$ref"), str) and not site.flavour.since(Dialect.DRAFT2019):
            yield from _siblings(site, raw)
            continue
        own = ASYNCAPI if asyncapi[id(site.loaded)] else OPENAPI
        for finding in _keywords(site, raw, own):
            if finding.rule is ANNOTATION:
                annotations.setdefault((finding.document, finding.says), []).append(finding)
            else:
                yield finding
        yield from _lonely(site, raw)
        yield from _beside_type(site, raw)
    for same in annotations.values():
        first = min(same, key=lambda each: each.where.line)
        places = f" ({len(same)} places, this is the first)" if len(same) > 1 else ""
        yield replace(first, says=first.says + places)


def _siblings(site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    lost = [key for key in raw if key not in BESIDE_REF and not key.startswith("x-")]
    known = [key for key in lost if key in KEYWORDS or key in ELSEWHERE]
    if known:
        verb = "is" if len(known) == 1 else "are"
        says = f"{named(known)} {verb} ignored beside $ref: the dialect is {site.flavour.dialect}"
        yield at(site.node.get(known[0]) or site.node, SIBLING, says)


def _keywords(site: Site, raw: dict[str, object], own: frozenset[str]) -> Iterator[Finding]:
    flavour = site.flavour
    for key in raw:
        if key.startswith("x-") or key in TUPLES:
            continue
        node = site.node.get(key) or site.node
        if key in KEYWORDS:
            first, end = KEYWORDS[key]
            if not flavour.since(first):
                yield at(node, IGNORED, f"{key} came with {first}; the dialect here is {_called(flavour)}")
            elif end is not None and flavour.since(end):
                yield at(node, IGNORED, f"{key} is gone since {end}, and that is the dialect here or older")
        elif key in own or (key == "nullable" and flavour.openapi30):
            continue
        elif key in ANNOTATIONS:
            if not flavour.since(ANNOTATIONS[key]):
                yield at(node, ANNOTATION, f"{key} came with {ANNOTATIONS[key]}; here is {_called(flavour)}")
        elif key == "nullable":
            says = "nullable is OpenAPI 3.0's own: it does not allow null here"
            yield at(node, IGNORED, says)
        elif key in ELSEWHERE:
            yield at(node, ANNOTATION, f"{shown(key)} is an annotation of other documents")
        else:
            near = nearest(key)
            hint = f": is it {near}?" if near else ""
            yield at(node, UNKNOWN, f"no dialect has the keyword {shown(key)!r}{hint}")


def _called(flavour: Flavour) -> str:
    return "OpenAPI 3.0's" if flavour.openapi30 else str(flavour.dialect)


@lru_cache(maxsize=1024)
def nearest(word: str) -> str:
    """The known keyword that is spelt most like a word, or ''."""
    if len(word) > 40:
        return ""
    close = difflib.get_close_matches(word, [*KEYWORDS, *ANNOTATIONS], n=1, cutoff=0.75)
    lower = {each.lower(): each for each in KEYWORDS}
    return lower.get(word.lower().replace("_", "").replace("-", ""), close[0] if close else "")


def _lonely(site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    flavour = site.flavour
    for key, partner in PARTNERS.items():
        if key in raw and partner not in raw and flavour.since(KEYWORDS[key][0]):
            yield at(site.node.get(key) or site.node, LONELY, f"{key} has no effect without {partner}")
    if "if" in raw and not {"then", "else"} & raw.keys() and flavour.since(Dialect.DRAFT7):
        yield at(site.node.get("if") or site.node, LONELY, "if has no effect without then or else")
    listed = isinstance(raw.get("items"), list) or flavour.since(Dialect.DRAFT2020)
    if "additionalItems" in raw and not listed:
        node = site.node.get("additionalItems") or site.node
        yield at(node, LONELY, "additionalItems has no effect unless items is a list of positions")
    for key, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if raw.get(key) is True and bound not in raw and not flavour.since(Dialect.DRAFT6):
            yield at(site.node.get(key) or site.node, LONELY, f"{key}: true has no effect without {bound}")


def _beside_type(site: Site, raw: dict[str, object]) -> Iterator[Finding]:
    said = raw.get("type")
    types = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    if not types:
        return
    for key in raw:
        about = SPEAKS_OF.get(key)
        if about is not None and not about & {str(each) for each in types}:
            kind = " or ".join(map(str, types))
            yield at(
                site.node.get(key) or site.node,
                BESIDE_TYPE,
                f"{key} says nothing about a value of type {kind}",
            )

"""Examples and defaults that break the schema that they illustrate."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.schema import Schema
from conformance.documents.pointers import join
from conformance.documents.references import is_reference
from conformance.documents.tree import Node
from conformance.errors import DocumentError
from conformance.lint.desk import Desk
from conformance.lint.places import Carrier
from conformance.lint.rule import Finding, Rule, Severity, at
from conformance.validation import judge

EXAMPLE = Rule(
    "example-breaks-schema",
    Severity.ERROR,
    "an example that its own schema refuses",
    "Clients are written from examples and the target is judged by the schema: one of the two is wrong.",
    "Mend whichever is wrong; the finding names the first thing in the example that does not fit.",
)
DEFAULT = Rule(
    "default-breaks-schema",
    Severity.ERROR,
    "a default that its own schema refuses",
    "Whoever leaves the value out is given one that the schema does not allow.",
    "Mend the default or the keyword that refuses it.",
)
LOOSE = Rule(
    "example-without-payload",
    Severity.WARNING,
    "a message example that holds neither payload nor headers",
    "A Message Example Object has payload and headers; a bare value is read by nobody, and not checked.",
    "Put the value under payload.",
)
RULES = (EXAMPLE, DEFAULT, LOOSE)

MOST = 100
"""Examples of one schema that are judged."""


def check(desk: Desk) -> Iterator[Finding]:
    """Examples of messages, media types and schemas, and defaults."""
    for carrier in desk.carriers():
        yield from _carried(desk, carrier)
    for site in desk.sites():
        raw = site.node.value
        if not isinstance(raw, dict) or is_reference(site.node):
            continue
        if not {"example", "examples", "default"} & raw.keys():
            continue
        schema = desk.schema(site)
        if schema is None:
            continue
        examples = site.node.get("examples")
        if examples is not None and isinstance(examples.value, list):
            for node in list(examples.elements())[:MOST]:
                yield from _judged(schema, node, EXAMPLE, "the example")
        for key, rule in (("example", EXAMPLE), ("default", DEFAULT)):
            single = site.node.get(key)
            if single is not None:
                yield from _judged(schema, single, rule, f"the {key}")


def _carried(desk: Desk, carrier: Carrier) -> Iterator[Finding]:
    """Examples beside a schema: of an AsyncAPI message (a list), of an OpenAPI media type (a map)."""
    schema = desk.schema(carrier.schema) if carrier.schema else None
    examples = carrier.node.get("examples")
    if examples is not None and isinstance(examples.value, list):
        headers = desk.schema(carrier.headers) if carrier.headers else None
        for node in list(examples.elements())[:MOST]:
            yield from _message(node, schema, headers)
    if schema is None:
        return
    for _, node in carrier.node.named("examples"):
        value = node.get("value")
        if value is not None:
            yield from _judged(schema, value, EXAMPLE, "the example")
    single = carrier.node.get("example")
    if single is not None:
        yield from _judged(schema, single, EXAMPLE, "the example")


def _message(node: Node, schema: Schema | None, headers: Schema | None) -> Iterator[Finding]:
    if isinstance(node.value, dict) and not {"payload", "headers", "$ref"} & node.value.keys():
        yield at(node, LOOSE, "the example has neither payload nor headers")
        return
    for key, each in (("payload", schema), ("headers", headers)):
        value = node.get(key)
        if value is not None and each is not None:
            yield from _judged(each, value, EXAMPLE, f"the example's {key}")


def _judged(schema: Schema, node: Node, rule: Rule, what: str) -> Iterator[Finding]:
    try:
        findings = judge(schema, node.value).findings
    except (DocumentError, TypeError):
        return
    if not findings:
        return
    first = findings[0]
    more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
    place = "" if first.where in ("payload", "") else f" at {first.where}"
    says = f"{what} breaks its schema{place}: expected {first.expected}, got {first.seen}"
    asks = first.document.removeprefix(f"{node.where.file}:")
    asks = f"line {asks}" if asks.isdigit() else asks
    yield at(_inside(node, first.path), rule, f"{says} (asked for at {asks}){more}")


def _inside(node: Node, path: tuple[str | int, ...]) -> Node:
    """The deepest node on a path into an example: the line that is wrong."""
    for segment in path:
        deeper = node.get(segment)
        if deeper is None or not join(segment):
            return node
        node = deeper
    return node

"""What stands where no validator looks: formats, and promises in prose."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from conformance.contract.schema import Dialect
from conformance.documents.references import is_reference
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node, Tree
from conformance.lint.desk import Desk
from conformance.lint.places import VALUES
from conformance.lint.rule import LONGEST, Finding, Rule, Severity, at, shown

UNCHECKED = Rule(
    "format-not-checked",
    Severity.NOTE,
    "a format that nobody checks",
    "format is an annotation (JSON Schema 2020-12, section 7.2.1): any text of the type passes.",
    "Say with pattern, minimum and maximum what must hold; keep the format for readers.",
)
UNKNOWN = Rule(
    "unknown-format",
    Severity.WARNING,
    "a format that no specification knows",
    "A misspelt format means nothing to anybody, and no tool complains of it.",
    "Mend the spelling, or say with pattern what must hold.",
)
PROSE = Rule(
    "promise-in-prose",
    Severity.WARNING,
    "a time or a rate that only a description states",
    "Prose cannot be tested: a target that takes ten times as long passes.",
    "State it in x-conformance (within_ms, deadlines, limits), here or in an overlay.",
)
RULES = (UNCHECKED, UNKNOWN, PROSE)

CHECKED = frozenset({"binary", "password"})
"""``binary`` chooses the wire type, ``password`` what is starred out of every record."""
KNOWN = frozenset(
    {
        "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
        "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template",
        "json-pointer", "relative-json-pointer", "regex", "int8", "int16", "int32", "int64",
        "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal", "decimal128", "byte",
        "binary", "password", "base64url", "char", "html", "commonmark", "media-range", "http-date",
        "sf-string", "sf-integer", "sf-decimal", "sf-boolean", "sf-token", "sf-binary", "unixtime",
        "url",
    }
)  # fmt: skip
"""Formats of JSON Schema, of AsyncAPI and OpenAPI, and of OpenAPI's format registry."""

NUMBER = r"\d[\d ,.]{0,12}"
UNIT = r"(?P<unit>ms|msecs?|milli-?seconds?|s|secs?|seconds?|m(?=in)|mins?|minutes?|h|hrs?|hours?|days?)"
SPAN = re.compile(rf"(?<![\w.])(?P<number>{NUMBER}) ?-?{UNIT}(?![\w%])", re.IGNORECASE)
PROMISE = re.compile(
    r"\bwithin\b|tim(?:e[sd]?)[ -]?out|\bdead ?line\b|\b(?:no|not) (?:later|longer|more) than\b|\bexpires?\b"
    r"|\bdisconnect|\bclos(?:e[sd]?|ing)\b|\bdropp?(?:s|ed)?\b|\bkeep-?alive\b|\bheart ?beats?\b|\bat most\b"
    r"|\bat least\b|\bidle\b|\binactiv|\bmust (?:be sent|respond|reply|answer)\b"
    r"|\b(?:answer|repl[yi]|respon[ds]|acknowledg|confirm)\w*(?: (?:comes?|is|are|sent|given)){0,2} in\b"
    r"|\b(?:sen[dt]|publish|push|updat|emit|repeat|refresh|ping|broadcast|deliver)\w*\b.{0,40}\bevery\b",
    re.IGNORECASE,
)
RATE = re.compile(
    r"\brate[- ]limit(?:s|ed|ing)? (?:is|of|to|:)? ?\d|\bthrottled? (?:at|to) \d"
    r"|\d[\d,]* (?:requests?|messages?|commands?|orders?|connections?|calls?|subscriptions?)"
    r" ?(?:per|/|an?|each|every) ?(?:\d+ )?(?:s|sec|second|minute|min|hour|h)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n\s*[-*|] ")
MS = {"ms": 1, "m": 60_000, "s": 1_000, "h": 3_600_000, "d": 86_400_000}
MOST = 20_000


def check(desk: Desk) -> Iterator[Finding]:
    """Formats of every schema, once a format; descriptions of every document."""
    yield from _formats(desk)
    for tree in desk.trees:
        stated = set(_stated(tree.root))
        for node in _descriptions(tree):
            found = in_prose(str(node.value)[:MOST], stated)
            if found:
                yield at(node, PROSE, f"{shown(found)!r}: no rule of the document states it")


def _formats(desk: Desk) -> Iterator[Finding]:
    uses: dict[tuple[str, str], list[Node]] = {}
    for site in desk.sites():
        if is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019):
            continue
        node = site.node.get("format")
        if node is not None and isinstance(node.value, str) and node.value not in CHECKED:
            uses.setdefault((node.tree.file, node.value), []).append(node)
    for (_, name), nodes in uses.items():
        places = f" ({len(nodes)} places, this is the first)" if len(nodes) > 1 else ""
        first = min(nodes, key=lambda node: node.line)
        if name in KNOWN:
            yield at(first, UNCHECKED, f"format {name} is an annotation: nothing of it is checked{places}")
        else:
            close = difflib.get_close_matches(name[:40].lower().replace("_", "-"), KNOWN, n=1, cutoff=0.75)
            hint = (
                f": is it {close[0]}?" if close else ": is it meant as pattern?" if name[0:1] == "^" else ""
            )
            yield at(first, UNKNOWN, f"no specification has the format {shown(name)!r}{hint}{places}")


def _descriptions(tree: Tree) -> Iterator[Node]:
    """Every description and summary, those inside examples and other data apart."""
    todo = [(tree.root, False)]
    while todo:
        node, names = todo.pop()
        for key, child in node.items():
            if not names and (key in VALUES or key.startswith("x-")):
                continue
            if not names and key in ("description", "summary") and isinstance(child.value, str):
                yield child
            todo.append((child, not names and key in ("properties", "patternProperties")))
        todo += [(each, False) for each in node.elements()]


def _stated(root: Node) -> Iterator[int]:
    """Every number of the document's own rules."""
    todo: list[tuple[object, bool]] = [(root.value, False)]
    while todo:
        value, inside = todo.pop()
        if inside and isinstance(value, int) and not isinstance(value, bool):
            yield value
        if isinstance(value, dict):
            todo += [(each, inside or key == EXTENSION) for key, each in value.items()]
        elif isinstance(value, list):
            todo += [(each, inside) for each in value]


def in_prose(text: str, stated: set[int]) -> str:
    """The part of a sentence that promises a time or a rate which is not among the numbers stated, or ''."""
    for sentence in SENTENCE.split(text):
        rate = RATE.search(sentence)
        if rate:
            return _around(sentence, rate)
        if PROMISE.search(sentence) is None:
            continue
        spans = list(SPAN.finditer(sentence))
        if spans and not any(_milliseconds(each) in stated for each in spans):
            return _around(sentence, spans[0])
    return ""


def _around(sentence: str, found: re.Match[str]) -> str:
    """What stands around the match: the sentence, or a part of it."""
    start = max(0, found.start() - LONGEST // 2)
    start = sentence.find(" ", start, found.start()) + 1 if start else 0
    return ("…" if start else "") + sentence[start:].strip()


def _milliseconds(found: re.Match[str]) -> int:
    digits = found["number"].replace(",", "").replace(" ", "").rstrip(".")
    unit = found["unit"].lower()
    factor = MS["ms" if unit.startswith(("ms", "milli")) else unit[0]]
    try:
        return round(float(digits) * factor)
    except ValueError:
        return -1

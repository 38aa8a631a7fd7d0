"""SARIF 2.1.0 (OASIS, *Static Analysis Results Interchange Format*): findings for code hosts and editors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
Json = dict[str, Any]

# What would be read as an embedded link (3.11.6) was never meant as one.
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a result is a result of (``reportingDescriptor``, 3.49). ``level``: error, warning or note."""

    id: str
    level: str
    short: str
    full: str
    help: str
    markdown: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result is: a line of a file, its text if that is known, and a JSON pointer or another name."""

    file: str
    line: int
    pointer: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One finding (3.27). ``fingerprint`` is what it is known again by: its name, and the parts of it.

    ``accepted`` is the reason why it is suppressed (3.35), '' when it is not; ``in_source`` says whether the
    document itself says so.
    """

    rule: Rule
    says: str
    place: Place | None
    fingerprint: tuple[str, Sequence[str]]
    times: int = 1
    accepted: str = ""
    in_source: bool = True
    properties: Mapping[str, object] = field(default_factory=dict)


def log(
    name: str, version: str, rules: Iterable[Rule], results: Sequence[Result], about: Mapping[str, object]
) -> Json:
    """A log file of one run (3.14). Rules that only results name are added; ``about`` is added to the run."""
    known = {rule.id: rule for rule in (*rules, *(each.rule for each in results))}
    numbers = {identity: number for number, identity in enumerate(known)}
    driver: Json = {"name": name, "rules": [_rule(rule) for rule in known.values()]}
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        **about,
        "results": [_result(each, numbers[each.rule.id]) for each in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def uri(file: str) -> str:
    """A path as a URI reference (RFC 3986): relative ones stay so, for the reader to find in a checkout."""
    name = file.replace("\\", "/")
    try:
        quoted = quote(name, errors="surrogateescape")  # a name that is no UTF-8 keeps its bytes
    except UnicodeEncodeError:  # no file has such a name
        quoted = quote(name, errors="replace")
    return f"file://{quoted}" if quoted.startswith("/") else quoted


def marked(text: str) -> str:
    """Plain text inside Markdown: what Markdown would take for its own is escaped."""
    return "".join("\\" + letter if letter in "\\*_<>[]|`" else letter for letter in text)


def _rule(rule: Rule) -> Json:
    told = {"text": rule.help}
    if rule.markdown:
        told["markdown"] = rule.markdown
    return {
        "id": rule.id,
        "shortDescription": _message(rule.short),
        "fullDescription": _message(rule.full),
        "help": told,
        "defaultConfiguration": {"level": rule.level},
    }


def _result(result: Result, number: int) -> Json:
    name, parts = result.fingerprint
    made: Json = {
        "ruleId": result.rule.id,
        "ruleIndex": number,
        "level": result.rule.level,
        "message": _message(result.says),
        "partialFingerprints": {name: _digest(parts)},
    }
    if result.place is not None:
        made["locations"] = [_location(result.place)]
    if result.times > 1:
        made["occurrenceCount"] = result.times
    if result.accepted:
        kind = "inSource" if result.in_source else "external"
        made["suppressions"] = [{"kind": kind, "status": "accepted", "justification": result.accepted}]
    if result.properties:
        made["properties"] = dict(result.properties)
    return made


def _location(place: Place) -> Json:
    region: Json = {"startLine": max(place.line, 1)}
    if place.text:
        region["snippet"] = {"text": place.text}
    made: Json = {"physicalLocation": {"artifactLocation": {"uri": uri(place.file)}, "region": region}}
    if place.pointer:
        made["logicalLocations"] = [{"fullyQualifiedName": place.pointer}]
    return made


def _message(text: str) -> Json:
    return {"text": _LINK.sub(r"\\[", text)}


def _digest(parts: Sequence[str]) -> str:
    """The same for the same finding after lines have moved."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

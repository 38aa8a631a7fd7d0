"""Findings for code hosts and editors: SARIF 2.1.0 (OASIS, *Static Analysis Results Interchange Format*)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from conformance.lint.rule import Finding, Rule
from conformance.lint.table import RULES

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
NAME: Final = "omen-conformance lint"


def as_sarif(findings: Sequence[Finding], version: str = "") -> dict[str, object]:
    """One run (3.14): all rules, one result a finding; a silenced one is suppressed ``inSource`` (3.35)."""
    rules = {**RULES, **{each.rule.id: each.rule for each in findings}}
    numbers = {identity: number for number, identity in enumerate(rules)}
    driver: dict[str, object] = {"name": NAME, "rules": [_rule(rule) for rule in rules.values()]}
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, numbers[each.rule.id]) for each in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, object]:
    markdown = f"{_marked(rule.why)}\n\n**Mend:** {_marked(rule.mend)}"
    return {
        "id": rule.id,
        "shortDescription": {"text": _capital(rule.what) + "."},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.mend}", "markdown": markdown},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _result(finding: Finding, number: int) -> dict[str, object]:
    where = finding.where
    physical: dict[str, object] = {
        "artifactLocation": {"uri": quote(where.file.replace("\\", "/"))},
        "region": {"startLine": max(where.line, 1)},
    }
    location: dict[str, object] = {"physicalLocation": physical}
    if where.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": where.pointer}]
    made: dict[str, object] = {
        "ruleId": finding.rule.id,
        "ruleIndex": number,
        "level": str(finding.rule.severity),
        "message": {"text": finding.says},
        "locations": [location],
        "partialFingerprints": {"rulePointerSentence/v1": _fingerprint(finding)},
    }
    if finding.reason:
        made["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": finding.reason}]
    return made


def _fingerprint(finding: Finding) -> str:
    """The same finding after lines have moved."""
    parts = (finding.rule.id, finding.where.file, finding.where.pointer, finding.says)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _marked(text: str) -> str:
    """Plain text inside Markdown: what Markdown would take for its own is escaped."""
    return "".join("\\" + letter if letter in "\\*_<>[]|`" else letter for letter in text)

"""Findings for programs: one JSON object (schemas/lint.schema.json)."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.lint.rule import Finding, Rule
from conformance.lint.text import counts


def as_json(findings: Sequence[Finding], documents: Sequence[str]) -> dict[str, object]:
    """The findings, the rules that they are of, the documents that were read, and the counts."""
    used = {each.rule.id: each.rule for each in findings}
    return {
        "documents": list(documents),
        "counts": counts(findings),
        "findings": [_finding(each) for each in findings],
        "rules": [as_rule(used[identity]) for identity in sorted(used)],
    }


def _finding(finding: Finding) -> dict[str, object]:
    made: dict[str, object] = {
        "rule": finding.rule.id,
        "severity": str(finding.rule.severity),
        "file": finding.where.file,
        "line": finding.where.line,
        "pointer": finding.where.pointer,
        "says": finding.says,
    }
    return made | {"silenced": finding.reason} if finding.reason else made


def as_rule(rule: Rule) -> dict[str, object]:
    """A rule as an object."""
    return {
        "id": rule.id,
        "severity": str(rule.severity),
        "what": rule.what,
        "why": rule.why,
        "mend": rule.mend,
    }

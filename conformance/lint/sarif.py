"""Lint's findings for code hosts and editors, as SARIF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from conformance import sarif
from conformance.lint.rule import Finding, Rule
from conformance.lint.table import RULES

NAME: Final = "omen-conformance lint"
FINGERPRINT: Final = "rulePointerSentence/v1"


def as_sarif(findings: Sequence[Finding], version: str = "") -> dict[str, object]:
    """All rules, one result a finding; a silenced one is suppressed ``inSource``."""
    return sarif.log(NAME, version, map(_rule, RULES.values()), [_result(each) for each in findings], {})


def _rule(rule: Rule) -> sarif.Rule:
    return sarif.Rule(
        rule.id,
        str(rule.severity),
        rule.what[:1].upper() + rule.what[1:] + ".",
        rule.why,
        f"{rule.why} {rule.mend}",
        f"{sarif.marked(rule.why)}\n\n**Mend:** {sarif.marked(rule.mend)}",
    )


def _result(finding: Finding) -> sarif.Result:
    where = finding.where
    return sarif.Result(
        _rule(finding.rule),
        finding.says,
        sarif.Place(where.file, where.line, where.pointer),
        (FINGERPRINT, (finding.rule.id, where.file, where.pointer, finding.says)),
        accepted=finding.reason,
    )

"""What is printed: for people, for programs, for code hosts; harmless whatever a document holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.documents.where import Where
from conformance.lint import RULES, Finding, Severity
from conformance.lint.page import BEGIN, END
from conformance.lint.page import table as rules_as_markdown
from conformance.lint.plain import as_json
from conformance.lint.rule import LONGEST_SENTENCE
from conformance.lint.sarif import as_sarif
from conformance.lint.text import counted, report, table

from .build import asyncapi3, lint_text

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "conformance/schemas/lint.schema.json").read_text("utf-8"))
HOSTILE = asyncapi3(
    r"""
    type: object
    properties:
      "price\\e[31m\\a\\u202e": {type: number, pattern: a, "min\\nLen": 1}
      other: {type: string, pattern: "a\\u202e"}
    """
)


@pytest.fixture
def findings(tmp_path: Path) -> list[Finding]:
    """Findings of every severity, one of them silenced."""
    schema = """
        type: object
        properties:
          price: {type: number, minimum: 5, maximum: 3}
          name: {type: string, pattern: a, x-lint-ignore: {unanchored-pattern: as published}}
          when: {type: string, format: date-time}
    """
    return lint_text(tmp_path, asyncapi3(schema))


def test_a_line_says_where_how_bad_which_rule_and_what(findings: list[Finding]) -> None:
    """One line each when there is no terminal; what silenced is only counted."""
    lines = list(report(findings, 1))
    (line,) = [line for line in lines if "contradictory-bounds" in line and line.startswith("a.yaml:")]
    where, severity, rule, *rest = line.split()
    assert (severity, rule, " ".join(rest)) == (
        "error",
        "contradictory-bounds",
        "minimum 5 is more than maximum 3",
    )
    assert where.startswith("a.yaml:")
    assert not any("as published" in line for line in lines)
    assert lines[-1] == counted(findings, 1)
    assert lines[-1].endswith("in 1 document; 1 silenced in place, with a reason")


def test_why_and_how_to_mend_are_told_once_a_rule(findings: list[Finding]) -> None:
    """And can be left out."""
    lines = list(report([*findings, *findings], 1))
    rule = RULES["contradictory-bounds"]
    assert lines.count(f"  why   {rule.why}") == 1
    assert lines.count(f"  mend  {rule.mend}") == 1
    assert not any(rule.why in line for line in report(findings, 1, explain=False))


def test_lines_fit_a_terminal(findings: list[Finding]) -> None:
    """Nothing is wider than 80 columns, however long the sentence is."""
    long = [Finding(each.rule, each.where, each.says + " word" * 60, each.document) for each in findings]
    assert max(len(line) for line in report(long, 1, width=80)) <= 80


def test_colour_is_only_what_is_asked_for(findings: list[Finding]) -> None:
    """No escape without it; with it, the severity alone is coloured."""
    assert not any("\x1b" in line for line in report(findings, 1))
    coloured = list(report(findings, 1, colour=True))
    assert any("\x1b[31;1m  error\x1b[0m" in line for line in coloured)


def test_nothing_found_is_said() -> None:
    """And in how many documents."""
    assert list(report([], 2)) == ["nothing found in 2 documents"]


def test_what_a_document_holds_is_shown_escaped_and_bounded(tmp_path: Path) -> None:
    """Terminal escapes and right-to-left marks in names and patterns cannot reach the terminal."""
    findings = lint_text(tmp_path, HOSTILE)
    found = {each.rule.id for each in findings}
    assert {"money-as-number", "unknown-keyword", "keyword-beside-type", "unanchored-pattern"} <= found
    for line in report(findings, 1):
        assert line.isprintable(), line
    huge = lint_text(tmp_path, asyncapi3("{enum: [" + "x" * 100_000 + "], type: integer}"))
    assert max(len(each.says) for each in huge) <= LONGEST_SENTENCE + 1


def test_json_keeps_its_schema(findings: list[Finding]) -> None:
    """The object that programs read, with the reason of what is silenced."""
    made: Any = json.loads(json.dumps(as_json(findings, ["a.yaml"])))
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    assert made["counts"]["silenced"] == 1
    assert [each["silenced"] for each in made["findings"] if "silenced" in each] == ["as published"]
    assert {each["rule"] for each in made["findings"]} == {each["id"] for each in made["rules"]}
    assert made["counts"]["error"] == sum(
        each["severity"] == "error" for each in made["findings"] if "silenced" not in each
    )


def test_sarif_has_rules_regions_and_suppressions(findings: list[Finding]) -> None:
    """What a code host shows: the rule's help, the line, and that the document accepts a finding."""
    made: Any = json.loads(json.dumps(as_sarif(findings, "1.2.3")))
    (run,) = made["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} == set(RULES)
    for finding, result in zip(findings, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule.id
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == finding.where.file
        assert place["region"]["startLine"] == finding.where.line
        assert result["level"] == str(finding.rule.severity)
        suppressed = result.get("suppressions", [])
        assert [each["justification"] for each in suppressed] == [finding.reason] * bool(finding.reason)
    assert len({result["partialFingerprints"]["rulePointerSentence/v1"] for result in run["results"]}) == len(
        findings
    )


def test_a_fingerprint_outlives_a_moved_line(findings: list[Finding]) -> None:
    """Code hosts then know the finding again."""
    moved = [
        Finding(
            each.rule,
            Where(each.where.file, each.where.line + 7, each.where.pointer),
            each.says,
            each.document,
        )
        for each in findings
    ]
    one: Any = as_sarif(findings)
    two: Any = as_sarif(moved)
    prints = [[each["partialFingerprints"] for each in made["runs"][0]["results"]] for made in (one, two)]
    assert prints[0] == prints[1]


def test_a_file_name_is_a_uri_in_sarif(findings: list[Finding]) -> None:
    """Blanks and letters beyond ASCII are encoded (RFC 3986)."""
    one = Finding(findings[0].rule, Where("a b/ä.yaml", 1), "x", "a b/ä.yaml")
    made: Any = as_sarif([one])
    (result,) = made["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%A4.yaml"


def test_every_rule_explains_itself() -> None:
    """An id in kebab case, what it is, why it matters and how to mend it; no two alike."""
    for rule in RULES.values():
        assert rule.id == rule.id.lower().replace(" ", "-")
        assert rule.severity in Severity
        for text in (rule.why, rule.mend):
            assert text[0].isupper() or text.startswith(("`", "number ", "format ", "oneOf ", "apiKey "))
            assert text.endswith((".", ")"))
        assert not rule.what.endswith(".")
    assert len({rule.what for rule in RULES.values()}) == len(RULES)
    assert len(list(table(RULES))) == 3 * len(RULES)


def test_the_page_has_the_table_of_rules() -> None:
    """docs/lint.md is made from the rules: neither can change without the other."""
    page = (ROOT / "docs/lint.md").read_text("utf-8")
    before, _, rest = page.partition(BEGIN + "\n")
    inside, _, _ = rest.partition(END)
    assert before.endswith("## Rules\n")
    assert inside.strip() == rules_as_markdown().strip(), (
        "print(conformance.lint.page.table()) is the new table"
    )


def test_a_file_name_is_shown_escaped(findings: list[Finding]) -> None:
    """Whoever unpacks somebody's archive has names in it that nobody typed."""
    one = Finding(findings[0].rule, Where("a\x1b[2J.yaml", 1), "x", "a")
    assert all(line.isprintable() for line in report([one], 1))

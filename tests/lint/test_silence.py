"""Silence in place: with a reason, for what is there, and no further."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.lint import Finding, Severity

from .build import asyncapi2, asyncapi3, lint_file, lint_text, of_rule, openapi30, openapi31, write

PATTERN = "unanchored-pattern"


def silences(findings: list[Finding]) -> list[tuple[str, str]]:
    """(rule, reason) of the findings that a document silences."""
    return [(each.rule.id, each.reason) for each in findings if each.reason]


@pytest.mark.parametrize("make", [asyncapi2, asyncapi3, openapi30, openapi31])
def test_a_reason_silences_a_finding(tmp_path: Path, make: object) -> None:
    """It is still told, with its reason, and no longer counts."""
    assert callable(make)
    text = make("{type: string, pattern: a, x-lint-ignore: {unanchored-pattern: any a will do}}")
    findings = lint_text(tmp_path, text)
    assert silences(findings) == [(PATTERN, "any a will do")]
    assert of_rule(findings, PATTERN) == []


def test_it_covers_what_is_below_it_and_nothing_beside_it(tmp_path: Path) -> None:
    """The finding of the other property stays."""
    schema = """
        type: object
        properties:
          quiet:
            x-lint-ignore: {unanchored-pattern: as it is published}
            type: array
            items: {type: string, pattern: a}
          loud: {type: string, pattern: b}
    """
    findings = lint_text(tmp_path, asyncapi3(schema))
    assert len(silences(findings)) == 1
    (left,) = of_rule(findings, PATTERN)
    assert left.where.pointer.endswith("/loud/pattern")


@pytest.mark.parametrize(
    "place",
    [
        "x-lint-ignore: {unanchored-pattern: r}\n",
        "components: {x-lint-ignore: {unanchored-pattern: r}, schemas: {S: {type: string, pattern: a}}}\n",
        "components: {schemas: {x-lint-ignore: {unanchored-pattern: r}, S: {type: string, pattern: a}}}\n",
    ],
    ids=["root", "components", "schemas"],
)
def test_it_may_stand_on_any_object(tmp_path: Path, place: str) -> None:
    """At the root it covers the whole document; maps of names may have it, too."""
    text = asyncapi3("{$ref: '#/components/schemas/S'}") + place
    if "S:" not in place:
        text += "components: {schemas: {S: {type: string, pattern: a}}}\n"
    findings = lint_text(tmp_path, text)
    assert silences(findings) == [(PATTERN, "r")]


PLACES = [
    (
        "info: {title: Toy, version: '1'}",
        "info: {title: Toy, version: '1', x-lint-ignore: {empty-payload: r}}",
    ),
    ("    address: /room", "    address: /room\n    x-lint-ignore: {empty-payload: r}"),
    ("      said:", "      said:\n        x-lint-ignore: {empty-payload: r}"),
    ("  room:", "  x-lint-ignore: {empty-payload: r}\n  room:"),
    ("    action: send", "    action: send\n    x-lint-ignore: {empty-payload: r}"),
    ("operations:", "operations:\n  x-lint-ignore: {empty-payload: r}"),
    ("    messages:", "    messages:\n      x-lint-ignore: {empty-payload: r}"),
]


@pytest.mark.parametrize(("old", "new"), PLACES, ids=[old.strip() for old, _ in PLACES])
def test_every_object_of_a_document_may_have_it(tmp_path: Path, old: str, new: str) -> None:
    """It makes no document unusable, and is no message, channel or operation."""
    text = asyncapi3("{}")
    assert old in text
    plain, marked = lint_text(tmp_path, text), lint_text(tmp_path, text.replace(old, new, 1))
    assert {each.rule.id for each in marked} - {each.rule.id for each in plain} <= {"silence-unused"}
    assert [each.says for each in marked if "messages" in each.says or "operation" in each.says] == [
        each.says for each in plain if "messages" in each.says or "operation" in each.says
    ]


def test_a_property_of_that_name_is_no_silence(tmp_path: Path) -> None:
    """Nor is one in an example."""
    schema = """
        type: object
        properties: {x-lint-ignore: {type: string}}
        examples: [{x-lint-ignore: '1'}]
    """
    assert not [each for each in lint_text(tmp_path, asyncapi3(schema)) if each.rule.id.startswith("silence")]


@pytest.mark.parametrize(
    ("silence", "rule", "says"),
    [
        (
            "{unanchored-pattern: ''}",
            "silence-without-reason",
            "unanchored-pattern is silenced without a reason",
        ),
        ("{unanchored-pattern: '  '}", "silence-without-reason", "without a reason"),
        ("{unanchored-pattern: true}", "silence-without-reason", "without a reason"),
        ("unanchored-pattern", "silence-without-reason", "is not a map"),
        ("{unanchored-patern: why not}", "silence-unknown-rule", "is it unanchored-pattern?"),
        ("{open-tuple: why not}", "silence-unused", "open-tuple finds nothing here or below"),
    ],
)
def test_a_bad_silence_is_a_finding_and_silences_nothing(
    tmp_path: Path, silence: str, rule: str, says: str
) -> None:
    """An empty reason, a rule that there is not, nothing to be silenced."""
    text = asyncapi3(f"{{type: string, pattern: a, x-lint-ignore: {silence}}}")
    findings = lint_text(tmp_path, text)
    (found,) = of_rule(findings, rule)
    assert says in found.says
    assert found.rule.severity is Severity.WARNING
    assert len(of_rule(findings, PATTERN)) == 1


def test_a_silence_is_not_followed_through_a_reference(tmp_path: Path) -> None:
    """It stands where the defect stands."""
    text = asyncapi3("{allOf: [{$ref: '#/components/schemas/S'}], x-lint-ignore: {unanchored-pattern: r}}")
    text += "components: {schemas: {S: {type: string, pattern: a}}}\n"
    findings = lint_text(tmp_path, text)
    assert len(of_rule(findings, PATTERN)) == 1
    assert len(of_rule(findings, "silence-unused")) == 1


def test_a_silence_of_one_document_is_not_one_of_another(tmp_path: Path) -> None:
    """Pointers are of their own document."""
    schema = "{type: string, pattern: a}"
    one = write(tmp_path, asyncapi3(schema) + "x-lint-ignore: {unanchored-pattern: r}\n", "one.yaml")
    two = write(tmp_path, asyncapi3(schema).replace("Toy", "Other"), "two.yaml")
    (left,) = of_rule(lint_file(one, two), PATTERN)
    assert left.where.file == "two.yaml"


ALIASED = """
x-shared:
  - &code
    type: integer
    minLength: 3
    x-lint-ignore: {money-as-number: '', RULE: because}
"""


def test_what_an_alias_repeats_is_told_once(tmp_path: Path) -> None:
    """It stands in the document once: the defect, the silence without a reason, and that it is not used."""
    text = ALIASED.replace("RULE", PATTERN) + asyncapi3("{properties: {a: *code, b: *code}}")
    findings = lint_text(tmp_path, text)
    for rule in ("keyword-beside-type", "silence-without-reason", "silence-unused"):
        assert len(of_rule(findings, rule)) == 1, rule


def test_a_silence_that_an_alias_repeats_is_used_at_one_of_its_places(tmp_path: Path) -> None:
    """Where the anchor itself stands in no schema it silences nothing, and is needed all the same."""
    text = ALIASED.replace("RULE", "keyword-beside-type") + asyncapi3("{properties: {a: *code, b: *code}}")
    findings = lint_text(tmp_path, text)
    assert silences(findings) == [("keyword-beside-type", "because")]
    assert of_rule(findings, "silence-unused") == []

"""Documents that cannot be used: all of it is told, each at its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.loading import read
from conformance.errors import DocumentError
from conformance.lint import Finding, unusable

from .build import (
    asyncapi2,
    asyncapi3,
    line_of,
    lint_text,
    of_rule,
    openapi30,
    openapi31,
    sources_of,
    write,
)

RULES = """\
x-conformance:
  roles:
    session.probe: nothing
    order.place: nobody
  deadlines:
    - {name: one, stopped_by: nowhere, after_ms: 5, within_ms: 1}
    - {name: two, stopped_by: said, after_ms: 5, within_ms: 1}
    - {name: three, stopped_by: never, after_ms: 5, within_ms: 1}
"""


def told(*paths: Path) -> list[Finding]:
    """What is told of documents that cannot be used."""
    sources = sources_of(*paths)
    with pytest.raises(DocumentError) as caught:
        read(sources)
    return list(unusable(sources, caught.value))


def places(findings: list[Finding]) -> list[str]:
    return [str(each.where) for each in findings if each.rule.id == "unusable-document"]


def test_every_rule_that_names_what_does_not_exist(tmp_path: Path) -> None:
    """Not only the first; one that is right is no finding."""
    text = asyncapi3("{type: string}") + RULES
    found = told(write(tmp_path, text))
    wrong = ("nothing", "nobody", "nowhere", "never")
    assert places(found) == [f"a.yaml:{line_of(text, word)}" for word in wrong]


def test_every_reference_that_leads_nowhere(tmp_path: Path) -> None:
    """Each at its own line, those in schemas that nothing refers to as well."""
    text = asyncapi3("{$ref: '#/components/schemas/Noone'}")
    text += "components:\n  schemas:\n"
    text += "    A: {$ref: '#/components/schemas/Neither'}\n    B: {$ref: 'no.yaml#/B'}\n"
    found = told(write(tmp_path, text))
    assert places(found) == [f"a.yaml:{line_of(text, word)}" for word in ("Noone", "Neither", "no.yaml")]


def test_every_defect_of_structure(tmp_path: Path) -> None:
    """As the meta-schema finds them."""
    text = asyncapi3("{type: strin}").replace("action: send", "action: shout")
    found = told(write(tmp_path, text))
    assert places(found) == [f"a.yaml:{line_of(text, word)}" for word in ("strin", "shout")]


def test_findings_that_need_no_contract_are_told_too(tmp_path: Path) -> None:
    """So that one look is enough."""
    text = asyncapi3("{type: object, properties: {a: {type: string, pattern: a}, b: {$ref: '#/no'}}}")
    found = told(write(tmp_path, text))
    assert {each.rule.id for each in found} == {"unusable-document", "unanchored-pattern"}


def test_what_an_overlay_mends_is_no_finding(tmp_path: Path) -> None:
    """Documents are looked at as the overlay leaves them."""
    good = asyncapi3("{type: string, pattern: ^a$}").replace("    action: send\n", "")
    path, other = write(tmp_path, good, "one.yaml"), write(tmp_path, "asyncapi: 3.0.0\n", "two.yaml")
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n"
        "  - {target: $.operations.hear, update: {action: send}}\n"
    )
    sources = replace(sources_of(path, other), overlays=((None, overlay),))
    with pytest.raises(DocumentError) as caught:
        read(sources)
    found = list(unusable(sources, caught.value))
    assert {each.where.file for each in found if each.rule.id == "unusable-document"} == {"two.yaml"}


def test_a_hostile_sentence_is_escaped(tmp_path: Path) -> None:
    """Keys of a document stand in it."""
    text = asyncapi3("{type: string}").replace("address:", '"adr\\e[31m\\u202e": 1\n    address:')
    text = text.replace("action: send", "action: 5")
    for each in told(write(tmp_path, text)):
        assert each.says.isprintable()


def test_schemas_of_parameters_and_request_bodies_are_looked_at(tmp_path: Path) -> None:
    """They make clauses, too: one that is no schema is a finding, not a fault."""
    text = openapi30("{type: string}").replace(
        "      operationId: state\n",
        "      operationId: state\n"
        "      parameters: [{name: a, in: query, schema: {type: 5}}]\n"
        "      requestBody: {content: {application/json: {schema: {type: 6}}}}\n",
    )
    assert places(told(write(tmp_path, text))) == ["a.yaml:7", "a.yaml:8"]


@pytest.mark.parametrize("make", [asyncapi2, asyncapi3, openapi30, openapi31])
@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?i)^a$", "flags inside"),
        ("^(?P<a>x)$", "a group named as in Python"),
        (r"\A\d+\Z", r"other engines (\A)"),
        ("^[[:digit:]]+$", "a POSIX class"),
        ("[", "it is no regular expression of ECMA-262"),
    ],
)
def test_a_pattern_of_another_engine_is_told_with_what_is_wrong_with_it(
    tmp_path: Path, make: Callable[[str], str], pattern: str, says: str
) -> None:
    """Where nothing else can be read the document cannot be used, and both findings say why."""
    text = make(f"{{type: string, pattern: '{pattern}'}}")
    found = told(write(tmp_path, text))
    assert {each.rule.id for each in found} >= {"pattern-unusable", "unusable-document"}
    for each in found:
        if each.rule.id in ("pattern-unusable", "unusable-document"):
            assert (says in each.says, each.where.line) == (True, line_of(text, pattern)), each


def test_a_pattern_of_another_engine_leaves_the_other_messages_usable(tmp_path: Path) -> None:
    """Its message alone is not read."""
    other = "said:\n        payload: {type: integer}\n      "
    text = asyncapi3("{type: string, pattern: '(?i)^a$'}").replace("said:", other + "heard:", 1)
    findings = lint_text(tmp_path, text)
    for rule in ("pattern-unusable", "unread-message"):
        (found,) = of_rule(findings, rule)
        assert (found.where.line, "flags inside" in found.says) == (line_of(text, "(?i)"), True)

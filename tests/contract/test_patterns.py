"""Patterns of other regex engines: their message cannot be read, and the document can."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.loading import read_services
from conformance.contract.patterns import UnusablePattern
from conformance.documents.loader import parse_tree
from conformance.errors import DocumentError
from tests.contract.build import notes_of, service_of

TOWER = """\
asyncapi: 3.0.0
info: {title: Tower, version: '1'}
defaultContentType: application/json
channels:
  c:
    messages:
      bell:
        payload: SCHEMA
      flag: {payload: {type: object, required: [f], properties: {f: {type: string, pattern: '^a$'}}}}
operations:
  o: {action: send, channel: {$ref: '#/channels/c'}}
"""
FLAGS = "it has flags inside, which ECMA-262 lacks in most engines"
HOLDING = {
    "pattern": "{type: object, properties: {x: {type: string, pattern: '(?i)^a$'}}}",
    "one of several": "{oneOf: [{type: integer}, {type: string, pattern: '(?i)^a$'}]}",
    "names": "{type: object, patternProperties: {'(?i)^a$': {type: string}}, additionalProperties: false}",
    "not": "{type: object, not: {properties: {x: {pattern: '(?i)^a$'}}}}",
    "names inside": "{type: object, if: {patternProperties: {'(?i)^a$': {}}}, then: {required: [a]}}",
}


@pytest.mark.parametrize("schema", HOLDING.values(), ids=HOLDING.keys())
def test_a_message_with_a_pattern_that_nobody_can_match_by_is_not_read(schema: str) -> None:
    """Wherever it stands; what else the document promises is tested, and the reason is told at its line."""
    text = TOWER.replace("SCHEMA", schema)
    service, book = service_of(text)
    why = f"bell cannot be read: its pattern `(?i)^a$` is unusable: {FLAGS}"
    assert dict(service.unread) == {"bell": why}
    assert list(service.messages) == ["flag"]
    own = [each for name, each in book.clauses.items() if name.startswith("toy/bell/")]
    assert {each.unenforceable for each in own} == {why}
    assert f"unread-message a.yaml:8: {why}" in notes_of(text)


@pytest.mark.parametrize("schema", ["{const: {pattern: '('}}", "{not: {const: {pattern: '('}}}", "{not: {}}"])
def test_data_is_no_pattern(schema: str) -> None:
    """Nor is the name of a property."""
    assert dict(service_of(TOWER.replace("SCHEMA", schema))[0].unread) == {}


def test_where_no_message_can_be_read_the_document_says_why() -> None:
    """At the line of the pattern."""
    text = TOWER.replace("SCHEMA", r"{type: string, pattern: '\A[0-9]+\Z'}").replace("'^a$'", "'['")
    with pytest.raises(DocumentError) as raised:
        service_of(text)
    assert str(raised.value) == (
        r"a.yaml:8: the pattern `\A[0-9]+\Z` is unusable: it has an anchor or a quote of other engines (\A), "
        "which ECMA-262 lacks; expected a regular expression of ECMA-262"
    )


HTTP = """\
openapi: VERSION
info: {title: Toy, version: '1'}
paths:
  /state:
    get:
      parameters: [{name: q, in: query, schema: {type: string, pattern: PARAMETER}}]
      responses:
        '200': {description: any, content: {application/json: {schema: {type: string, pattern: BODY}}}}
"""


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("place", ["PARAMETER", "BODY"])
def test_an_openapi_document_with_one_is_refused_with_the_reason(version: str, place: str) -> None:
    """Schemathesis is given the document as a whole."""
    text = HTTP.replace("VERSION", version).replace(place, "(?i)^a$")
    text = text.replace("PARAMETER", "^a$").replace("BODY", "^a$")
    tree = parse_tree(text.encode(), Path("a.yaml"), "a.yaml")
    with pytest.raises(UnusablePattern) as raised:
        read_services(tree, "toy")
    assert str(raised.value) == (
        f"a.yaml:{6 if place == 'PARAMETER' else 8}: the pattern `(?i)^a$` is unusable: {FLAGS}; "
        "expected a regular expression of ECMA-262"
    )

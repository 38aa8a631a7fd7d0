"""The ledger: no clause, message or operation without a case or a reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.ledger import Row, ledger
from conformance.contract import Contract, load
from conformance.documents.find import find

ROOT = Path(__file__).parents[2]
STRANGE = """\
asyncapi: 3.0.0
info: {title: Strange, version: '1'}
defaultContentType: application/json
channels:
  c:
    address: /c/{which}
    parameters: {which: {enum: [a, b]}}
    bindings: {kafka: {topic: t}}
    messages:
      ask:
        headers: {type: object, properties: {x-trace: {type: string}}}
        correlationId: {location: $message.header#/x-trace}
        bindings: {amqp: {messageType: m}}
        payload: {type: object, required: [kind], properties: {kind: {const: ask}}}
      told:
        payload:
          type: object
          required: [kind]
          properties:
            kind: {const: told}
            at: {type: string, format: date-time, minLenght: 3}
            list: {type: array, prefixItems: [{type: string}]}
            old: {$ref: '#/components/schemas/Old', maxLength: 3}
      orphan: {payload: {type: object, properties: {kind: {const: orphan}}}}
operations:
  asking:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/ask'}]
    bindings: {http: {method: POST}}
    reply:
      address: {location: $message.header#/reply-to}
      messages: [{$ref: '#/channels/c/messages/told'}]
components: {schemas: {Old: {type: string, readOnly: true}}}
"""
HTTP = """\
openapi: 3.1.0
info: {title: Strange Health, version: '1'}
security: [{key: []}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
    post:
      operationId: make
      parameters: [{name: dry, in: query, schema: {type: boolean, nullable: true}}]
      requestBody:
        required: true
        content:
          application/json: {schema: {type: object, required: [size], properties: {size: {type: integer}}}}
      callbacks: {made: {'{$request.query.url}': {post: {responses: {'200': {description: ok}}}}}}
      responses:
        '200':
          description: Made.
          headers: {X-Left: {required: true, schema: {type: integer, maximum: 9}}}
          links: {self: {operationId: make}}
          content: {application/json: {schema: {type: string, discriminator: {propertyName: x}}}}
webhooks: {done: {post: {responses: {'200': {description: ok}}}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """The ledger of documents that state much of what nobody enforces."""
    folder = tmp_path_factory.mktemp("strange")
    (folder / "asyncapi.yaml").write_text(STRANGE)
    (folder / "openapi.yaml").write_text(HTTP)
    contract = load(find(folder))
    return {row.id: row for row in ledger(contract, catalogue(contract))}


def checked(rows: tuple[Row, ...], made: Catalogue, contract: Contract) -> None:
    """Every clause once; every row with cases or a reason, never both; claims as the cases make them."""
    clauses = [row.id for row in rows if row.kind in ("schema", "rule")]
    assert sorted(clauses) == sorted(made.clauses)
    assert all(bool(row.cases) != bool(row.why) for row in rows)
    claims = Counter(clause for case in made.cases for clause in dict.fromkeys(case.clauses))
    assert all(len(row.cases) == claims[row.id] for row in rows if row.id in made.clauses)
    messages = [row.id for row in rows if row.kind == "message"]
    assert len(messages) == sum(len(each.messages) + len(each.unread) for each in contract.services.values())


@pytest.mark.parametrize("folder", ["specs", "tests/foreign", "tests/hostile"])
def test_nothing_is_without_a_case_and_without_a_reason(folder: str) -> None:
    """Shipped, foreign and hostile documents."""
    sources = find(ROOT / folder)
    contract = load(sources)
    made = catalogue(contract, sources.scenarios)
    checked(ledger(contract, made), made, contract)


def test_without_its_scenarios_a_contract_says_so(specs: Contract) -> None:
    """The reason is the one that a reader can do something about."""
    made = catalogue(specs)
    rows = ledger(specs, made)
    checked(rows, made, specs)
    authored = [row for row in rows if "/scenarios/" in row.id]
    assert authored
    assert {row.why for row in authored} == {"its scenario file was not given"}


REASONS = {
    "strange/ask/headers/x-trace": "no headers",
    "strange/ask/correlationId": "no headers",
    "strange/ask/bindings/amqp": "amqp",
    "strange/asking/bindings/http": "http",
    "strange/asking/reply-address": "on the connection",
    "strange/channels/c/bindings/kafka": "kafka",
    "strange/channels/c/parameters/which": "one value",
    "strange/told/at/format": "annotation",
    "strange/told/at/minLenght": "did you mean `minLength`?",
    "strange/told/list/prefixItems": "came with 2020-12",
    "strange/told/old/maxLength": "beside $ref",
    "strange/told/old/readOnly": "annotation",
    "strange/messages/orphan": "no operation of the document sends it",
    "strange-health/make/parameters/path/id": "Schemathesis",
    "strange-health/make/parameters/path/id/minimum": "Schemathesis",
    "strange-health/make/parameters/query/dry/nullable": "OpenAPI 3.0 alone",
    "strange-health/make/request/body": "Schemathesis",
    "strange-health/make/request/size/type": "Schemathesis",
    "strange-health/make/200/headers/X-Left": "content type",
    "strange-health/make/200/headers/X-Left/maximum": "content type",
    "strange-health/make/200/links/self": "demands nothing",
    "strange-health/make/callbacks/made": "no server",
    "strange-health/webhooks/done": "no server",
    "strange-health/make/200/discriminator": "where to look first",
}


@pytest.mark.parametrize("clause", REASONS)
def test_what_nobody_enforces_is_listed_with_its_reason(strange: dict[str, Row], clause: str) -> None:
    """Headers, bindings, annotations, keywords of other dialects, requests: each is a row."""
    row = strange[clause]
    assert row.cases == ()
    assert REASONS[clause] in row.why


def test_the_shipped_documents_have_no_keyword_that_nobody_enforces(specs: Contract) -> None:
    """What they say, they say in keywords that are judged."""
    assert [each.id for each in specs.clauses.values() if each.unenforceable] == []


def test_rows_can_be_told_apart(strange: dict[str, Row]) -> None:
    """A message and an operation of one name are two rows, each before its clauses."""
    order = list(strange)
    assert order.index("strange/messages/told") < order.index("strange/told/kind/const")
    assert strange["strange/operations/asking"].kind == "operation"


UNREAD = {
    "orphan: {payload: {type: object, properties: {kind: {const: orphan}}}}": (
        "orphan: {payload: {schemaFormat: application/vnd.apache.avro, schema: {type: int}}}"
    ),
    "components: {schemas": (
        "  crying:\n    action: send\n    channel: {$ref: '#/channels/c'}\n"
        "    messages: [{$ref: '#/channels/c/messages/orphan'}]\ncomponents: {schemas"
    ),
}


def test_a_message_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    """Of another schema language, beside one that can be read: a row with the reason; what sends it, too."""
    text = STRANGE
    for old, new in UNREAD.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "a.yaml").write_text(text)
    contract = load(find(tmp_path))
    rows = {row.id: row for row in ledger(contract, catalogue(contract))}
    assert "avro" in rows["strange/messages/orphan"].why.lower()
    assert rows["strange/operations/crying"].why
    assert rows["strange/operations/crying"].where.line > 0


def test_a_reason_knows_names_that_ids_cannot_hold(tmp_path: Path) -> None:
    """An operation whose name has blanks: its answer's clauses have the reason of the answer."""
    text = HTTP.replace("operationId: make", "operationId: make a thing")
    (tmp_path / "b.yaml").write_text(text)
    contract = load(find(tmp_path))
    rows = {row.id: row for row in ledger(contract, catalogue(contract))}
    assert "not requested" in rows["strange-health/make-a-thing/200/type"].why


def test_a_command_without_a_reply_says_so(tmp_path: Path) -> None:
    """Nothing is sent whose fate nobody could see."""
    start, end = STRANGE.index("    reply:"), STRANGE.index("components: {schemas")
    (tmp_path / "a.yaml").write_text(STRANGE[:start] + STRANGE[end:])
    contract = load(find(tmp_path))
    rows = {row.id: row for row in ledger(contract, catalogue(contract))}
    assert "states no reply to asking" in rows["strange/operations/asking"].why
    assert "states no reply to asking" in rows["strange/messages/ask"].why

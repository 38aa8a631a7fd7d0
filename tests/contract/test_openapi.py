"""OpenAPI 3.0 and 3.1 documents."""

from __future__ import annotations

import pytest

from conformance.contract.model import Protocol
from conformance.contract.schema import Dialect
from conformance.errors import DocumentError
from tests.contract.build import service_of

TEXT = """
openapi: 3.1.0
info: {title: Kettle, version: '3'}
x-conformance:
  methods: {status: 405, header: Allow}
  paths: {status: 404}
  head: true
  upgrade: {path: /boil, status: 426}
  not_exposed: {service: kitchen, statuses: [404, 405]}
servers:
  - url: 'http://localhost:{port}/v1'
    variables: {port: {default: '80'}}
    x-conformance: {name: here, exclusive: true}
  - {url: 'https://kettle.example.com'}
paths:
  /water:
    get:
      operationId: getWater
      responses:
        '200': {$ref: '#/components/responses/Water'}
        5XX: {description: broken}
      x-conformance:
        rules: [{name: filling, says: Water only rises., kind: not_decreasing, at: /level}]
    delete: {responses: {204: {description: gone}}}
components:
  responses:
    Water:
      description: ok
      content:
        application/json:
          schema: {type: object, properties: {level: {type: integer}}, prefixItems: [true]}
"""


def test_operations_and_responses() -> None:
    """Methods, statuses, bodies; an operation without an id is named by method and path."""
    service, book = service_of(TEXT, "kettle")
    assert service.protocol is Protocol.HTTP
    assert [(each.name, each.method, each.path) for each in service.http] == [
        ("getWater", "GET", "/water"),
        ("delete-water", "DELETE", "/water"),
    ]
    statuses = [(each.status, list(each.content)) for each in service.http[0].responses]
    assert statuses == [("200", ["application/json"]), ("5XX", [])]
    assert [(each.name, each.url) for each in service.servers] == [
        ("here", "http://localhost:80/v1"),
        ("kettle.example.com", "https://kettle.example.com"),
    ]
    assert dict(service.servers[0].stated) == {"name": "here", "exclusive": True}
    assert list(book.clauses) == [
        "kettle/getWater/status",
        "kettle/getWater/200/type",
        "kettle/getWater/200/level/type",
        "kettle/getWater/content-type",
        "kettle/getWater/rules/filling",
        "kettle/delete-water/status",
        "kettle/http/schemathesis",
        "kettle/http/methods",
        "kettle/http/paths",
        "kettle/http/head",
        "kettle/http/upgrade",
        "kettle/http/not-exposed",
    ]
    assert (
        book.clauses["kettle/getWater/200/level/type"].says
        == "`level` of the 200 body of getWater is an integer."
    )
    assert book.clauses["kettle/getWater/200/type"].says == "The 200 body of getWater is a map."


def test_rules_of_the_document() -> None:
    """What OpenAPI cannot state stands in the extension."""
    http = service_of(TEXT, "kettle")[0].rules.http
    assert (http.methods_status, http.methods_header, http.paths_status, http.head) == (
        405,
        "Allow",
        404,
        True,
    )
    assert (http.upgrade_path, http.upgrade_status) == ("/boil", 426)
    assert (http.not_exposed_service, http.not_exposed_statuses) == ("kitchen", (404, 405))


def test_a_plain_document_states_no_such_rules() -> None:
    """Only what the standard fields say, and generated requests."""
    start, end = TEXT.index("x-conformance:\n  methods"), TEXT.index("servers:")
    service, book = service_of(TEXT[:start] + TEXT[end:], "kettle")
    assert service.rules.http.methods_status == 0
    assert [each for each in book.clauses if "/http/" in each] == ["kettle/http/schemathesis"]


def test_dialects() -> None:
    """3.1 is 2020-12, 3.0 its own, and a declared dialect counts."""

    def body(text: str) -> tuple[Dialect, int]:
        schema = service_of(text)[0].http[0].responses[0].content["application/json"]
        return schema.dialect, len(schema.prefix)

    assert body(TEXT) == (Dialect.DRAFT2020, 1)
    assert body(TEXT.replace("3.1.0", "3.0.3")) == (Dialect.DRAFT4, 0)
    declared = "jsonSchemaDialect: http://json-schema.org/draft-07/schema#\ninfo:"
    assert body(TEXT.replace("info:", declared, 1)) == (Dialect.DRAFT7, 0)


def test_a_rule_about_nothing_is_refused() -> None:
    """A pointer that no body has."""
    with pytest.raises(DocumentError) as raised:
        service_of(TEXT.replace("at: /level", "at: /levle"))
    assert str(raised.value) == "a.yaml:23: getWater has nothing at /levle (at its top did you mean level?)"


@pytest.mark.parametrize(
    ("version", "answered", "asked"),
    [
        ("3.0.3", ("id", "name"), ("name", "secret")),
        ("3.1.0", ("id", "name", "secret"), ("id", "name", "secret")),
    ],
)
def test_what_is_required_of_whom(version: str, answered: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """OpenAPI 3.0: read-only properties are required in responses alone, write-only ones in requests."""
    service, _ = service_of(
        f"""
openapi: {version}
info: {{title: Users, version: '1'}}
paths:
  /users:
    post:
      operationId: add
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/User'}}}}}}}}
      responses:
        '200':
          description: ok
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/User'}}}}}}
components:
  schemas:
    Secret: {{type: string, writeOnly: true}}
    User:
      type: object
      required: [id, name, secret]
      properties:
        id: {{type: integer, readOnly: true}}
        name: {{type: string}}
        secret: {{$ref: '#/components/schemas/Secret'}}
"""
    )
    (operation,) = service.http
    assert operation.responses[0].content["application/json"].values["required"] == answered
    assert operation.body is not None
    assert operation.body.content["application/json"].values["required"] == asked

"""What breaks the specification is refused with its line; what public documents make of it is noted aloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.loading import read
from conformance.documents.find import find
from conformance.documents.notes import Note
from conformance.documents.structure import check, defects
from conformance.documents.versions import family
from conformance.errors import DocumentError
from tests.documents.build import tree_of

TWO = """\
asyncapi: 2.6.0
id: urn:toy
info:
  title: Toy
  version: '1'
  contact: {email: us@example.com, url: https://example.com}
tags: [{name: a}, {name: b}]
servers:
  main:
    url: 'example.com:{port}'
    protocol: wss
    security: [{badge: []}, {flow: [read]}]
    variables:
      port: {enum: ['1', '2'], default: '1', examples: ['2']}
channels:
  /room:
    servers: [main]
    parameters: {id: {schema: {type: string}}}
    publish:
      operationId: ask
      tags: [{name: a}]
      message:
        messageId: asked
        payload: {$ref: '#/components/schemas/Pet'}
        examples: [{payload: {kind: dog}}]
    subscribe:
      operationId: told
      message: {messageId: telling, payload: {type: object}}
components:
  schemas:
    Pet:
      discriminator: kind
      properties: {kind: {type: string}}
      required: [kind]
  securitySchemes:
    badge: {type: http, scheme: bearer}
    flow: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://example.com, scopes: {}}}}
"""
HTTP = """\
openapi: 3.1.0
info: {title: Toy, version: '1'}
servers: [{url: 'https://{host}', variables: {host: {default: a, enum: [a]}}}]
tags: [{name: a}, {name: b}]
paths:
  /things:
    get:
      operationId: list
      parameters:
        - {name: q, in: query, allowReserved: true, example: 1, schema: {}}
      responses:
        '200':
          description: well
          headers: {X-Rate: {schema: {type: integer}}}
          content: {application/json: {examples: {one: {value: 1}}}}
          links: {next: {operationId: list, description: more}}
components:
  parameters:
    id: {name: id, in: path, required: true, schema: {type: string}}
  headers:
    X-Id: {schema: {type: string}, example: a}
"""
NAME = "; expected each name once"
BROKEN = [
    (TWO, "{name: b}]\nservers", "{name: a}]\nservers",
     '7: /tags/1/name is "a", as that of another before' + NAME),
    (TWO, "tags: [{name: a}]\n", "tags: [{name: a}, {name: c}, {name: a}]\n",
     '21: /channels/~1room/publish/tags/2/name is "a"'),
    (TWO, "id: urn:toy", "id: not a uri", '2: /id is "not a uri"; expected a URI'),
    (TWO, "email: us@example.com", "email: us", '6: /info/contact/email is "us"; expected an email address'),
    (TWO, "url: https://example.com}", "url: not a url}",
     '6: /info/contact/url is "not a url"; expected a URI'),
    (TWO, "  version: '1'\n", "", "3: /info has no 'version' (it is required here)"),
    (TWO, "scopes: {}", "x-scopes: {}",
     "37: /components/securitySchemes/flow/flows/clientCredentials has no 'scopes'"),
    (TWO, "type: http,", "type: token,", '36: /components/securitySchemes/badge/type is "token"'),
    (TWO, "{badge: []}", "{badge: [read]}",
     "12: /servers/main/security/0/badge lists scopes, and http has none"),
    (TWO, "{badge: []}", "{bagde: []}",
     "12: /servers/main/security names 'bagde', which is no security scheme; "
     "expected a name under components.securitySchemes (did you mean badge?)"),
    (TWO, "examples: ['2']", "examples: ['3']",
     '14: /servers/main/variables/port/examples/0 is "3", which '
     '/servers/main/variables/port/enum does not list'),
    (TWO, "default: '1'", "default: '3'", "14: /servers/main/variables/port/default is"),
    (TWO, "[main]", "[main, main]", "17: /channels/~1room/servers is a list; expected each element once"),
    (TWO, "parameters: {id:", "parameters: {'$!@':",
     "18: the key '$!@' in /channels/~1room/parameters has other characters"),
    (TWO, "    Pet:\n", "    Pe#t:\n",
     "31: the key 'Pe#t' in /components/schemas has other characters than a name may"),
    (TWO, "  main:\n    url", "  ma$in:\n    url", "9: the key 'ma$in' in /servers has other characters"),
    (TWO, "[{payload: {kind: dog}}]", "[{kind: dog}]",
     "25: unknown key 'kind' in /channels/~1room/publish/message/examples/0"),
    (TWO, "operationId: told", "operationID: told",
     "27: unknown key 'operationID' in /channels/~1room/subscribe; "
     "expected only documented keys (did you mean operationId?)"),
    (TWO, "required: [kind]", "required: [name]",
     '32: /components/schemas/Pet/discriminator is "kind", which '
     '/components/schemas/Pet/required does not list'),
    (TWO, "  schemas:\n", "  messages: {$ref: ./messages.yaml}\n  schemas:\n",
     "30: /components/messages is a $ref, which cannot stand for a whole map; expected its entries by name "
     "(give each a $ref of its own, such as NAME: {$ref: './messages.yaml#/NAME'})"),
    (TWO, "  schemas:\n", "  messages: {$ref: 'a.yaml#/all'}\n  schemas:\n",
     "NAME: {$ref: 'a.yaml#/all/NAME'}"),
    (HTTP, "{name: b}", "{name: a}", '4: /tags/1/name is "a", as that of another before' + NAME),
    (HTTP, "enum: [a]", "enum: []",
     "3: /servers/0/variables/host/enum is a list; expected at least 1 elements"),
    (HTTP, "default: a, ", "", "3: /servers/0/variables/host has no 'default'"),
    (HTTP, "in: query", "in: header",
     "10: /paths/~1things/get/parameters/0/allowReserved is true; expected nothing"),
    (HTTP, "in: query", "in: cookie",
     "10: /paths/~1things/get/parameters/0/allowReserved is true; expected nothing"),
    (HTTP, "in: path,", "in: path, allowReserved: false,",
     "19: /components/parameters/id/allowReserved is false; expected nothing"),
    (HTTP, "in: query, allowReserved: true", "in: body",
     '10: /paths/~1things/get/parameters/0/in is "body"; expected one of query'),
    (HTTP, "example: 1", "example: 1, examples: {a: {value: 1}}",
     "10: /paths/~1things/get/parameters/0/example is 1; expected nothing"),
    (HTTP, "{examples:", "{example: 1, examples:",
     "/content/application~1json/example is 1; expected nothing"),
    (HTTP, "example: a}", "allowReserved: true}",
     "21: /components/headers/X-Id/allowReserved is true; expected nothing"),
    (HTTP, "description: more", "body: {}",
     "16: unknown key 'body' in /paths/~1things/get/responses/200/links/next"),
]  # fmt: skip


@pytest.mark.parametrize("text", [TWO, HTTP], ids=["asyncapi", "openapi"])
def test_the_sound_ones(text: str) -> None:
    """Without a note."""
    tree, notes = tree_of(text), list[Note]()
    check(tree, family(tree), notes)
    assert notes == []


@pytest.mark.parametrize(("text", "old", "new", "says"), BROKEN, ids=range(len(BROKEN)))
def test_what_breaks_the_specification(text: str, old: str, new: str, says: str) -> None:
    """One sentence with the line of what is wrong."""
    assert text.count(old) == 1
    tree = tree_of(text.replace(old, new))
    found = defects(tree, family(tree))
    assert len(found) == 1
    assert says in str(found[0]).removeprefix("a.yaml:")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("operationId: told", "operationId: ask",
         "27: the operationId ask is that of /channels/~1room/publish, too"),
        ("      operationId: told\n", "      traits: [{operationId: ask}]\n",
         "26: the operationId ask is that of"),
        ("messageId: telling", "messageId: asked",
         "28: the messageId asked is that of /channels/~1room/publish/message, too; expected "
         "each messageId once"),
        ("  /room:\n", "  /room?a=1:\n",
         "16: the address of /room?a=1 has a query or a fragment; expected a path (the query of "
         "an opening is "
         "described in the channel's bindings: ws, query)"),
    ],
)  # fmt: skip
def test_what_is_seen_when_the_contract_is_read(old: str, new: str, says: str, tmp_path: Path) -> None:
    """Ids that traits may give, and addresses."""
    path = tmp_path / "a.yaml"
    path.write_text(TWO)
    read(find(asyncapi=[str(path)]))
    assert TWO.count(old) == 1
    path.write_text(TWO.replace(old, new))
    with pytest.raises(DocumentError) as raised:
        read(find(asyncapi=[str(path)]))
    assert f"a.yaml:{says}" in str(raised.value)


def test_a_message_that_two_operations_share_has_one_id(tmp_path: Path) -> None:
    """It is one message."""
    path = tmp_path / "a.yaml"
    text = TWO.replace(
        "message: {messageId: telling, payload: {type: object}}",
        "message: {$ref: '#/channels/~1room/publish/message'}",
    )
    assert text != TWO
    path.write_text(text)
    read(find(asyncapi=[str(path)]))


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("  title: Toy\n", "  title: Toy\n  externalDocs: {}\n", "unknown-key", 5),
        ("  version: '1'\n", "  version: 1.0\n", "not-a-text", 5),
        ("  main:\n    url", "  main server:\n    url", "unusual-key", 9),
        ("    Pet:\n", "    pets/Pet:\n", "unusual-key", 31),
        ("      required: [kind]\n", "", "discriminator-not-required", 32),
        ("{type: http, scheme: bearer}", "{type: apiKey, in: header}", "api-key-place", 36),
    ],
)
def test_what_public_documents_do_is_noted_aloud(old: str, new: str, rule: str, line: int) -> None:
    """It is clear all the same; every command says so, with the line."""
    assert TWO.count(old) == 1
    tree, notes = tree_of(TWO.replace(old, new)), list[Note]()
    check(tree, family(tree), notes)
    assert [(each.rule, each.where.line, each.loud) for each in notes] == [(rule, line, True)]


def test_of_several_of_a_kind_the_first_is_told_aloud() -> None:
    """With their number; lint tells all."""
    tree = tree_of(TWO.replace("  title: Toy\n", "  title: Toy\n  externalDocs: {}\n  tags: []\n"))
    notes: list[Note] = []
    check(tree, family(tree), notes)
    assert [each.loud for each in notes] == [True, False]
    assert notes[0].says.endswith("(and 1 more of the kind: lint tells them)")


def test_an_operation_id_that_openapi_generators_repeat_is_noted() -> None:
    """Nothing here depends on it."""
    text = HTTP.replace("components:", "  /others: {get: {operationId: list, responses: {}}}\ncomponents:", 1)
    tree, notes = tree_of(text), list[Note]()
    check(tree, family(tree), notes)
    assert [(each.rule, each.where.line, each.loud) for each in notes] == [("operation-id-twice", 17, True)]


@pytest.mark.parametrize("mark", ["x-provenance: guessed", "x-conformance: {no: 1}"])
def test_a_response_called_default_is_no_data(mark: str) -> None:
    """Nor is a server, a message or a variable of that name; a ``default`` of a schema is."""
    text = HTTP.replace("'200':", "default:")
    tree = tree_of(text.replace("description: well", f"description: well\n          {mark}"))
    assert {each.where for each in defects(tree, family(tree))} == {"a.yaml:14"}
    text = TWO.replace("[main]", "[default]")
    tree = tree_of(text.replace("  main:\n    url", f"  default:\n    {mark}\n    url"))
    assert {each.where for each in defects(tree, family(tree))} == {"a.yaml:10"}
    tree = tree_of(TWO.replace("payload: {type: object}", f"payload: {{type: object, default: {{{mark}}}}}"))
    assert defects(tree, family(tree)) == []

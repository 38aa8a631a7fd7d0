"""Where a clause stands: at the line of its keyword, and a finding that breaks it names the same line.

In the documents here a line says behind ``#`` which clauses stand on it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conformance.contract import Contract
from conformance.contract.loading import load
from conformance.documents.find import find
from conformance.validation import judge

HEAD = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1', x-conformance: {name: toy}}
defaultContentType: application/json
channels: {c: {address: /, messages: {m: {$ref: '#/components/messages/m'}}}}
operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}
"""
DRAFT7 = """\
components:
  messages:
    m:
      payload:
        title: Row
        type: array  # type
        description: Says nothing.
        items:
          - const: row  # 0/const
          - title: price
            type: string  # price/type
            pattern: '^[0-9]+$'  # price/pattern
          - title: size
            oneOf:  # size/oneOf
              - type: 'null'  # size/0/type
              - title: whole
                minimum: 1  # size/whole/minimum
                type:  # size/whole/type
                  - integer
          - title: rest
            type: object  # rest/type
            required:  # rest/required
              - a
              - b
            additionalProperties: false  # rest/additionalProperties
            properties:
              a: {type: string, maxLength: 3}  # rest/a/type rest/a/maxLength
              b: {
                type: string,  # rest/b/type
                minLength: 1,  # rest/b/minLength
              }
              c: false  # rest/c/false
              d:
                not: {type: string}  # rest/d/not
              e:
                format: uuid  # rest/e/format
        minItems: 4  # minItems
        additionalItems: false  # additionalItems
"""
LATEST = """\
components:
  messages:
    m:
      payload:
        schemaFormat: application/schema+json;version=draft-2020-12
        schema:
          type: array  # type
          prefixItems:
            - {title: at, type: integer}  # at/type
            - title: open
              allOf:
                - type: object  # open/type
                  dependentRequired: {a: [b]}  # open/dependentRequired
                - maxProperties: 2  # open/maxProperties
          minItems: 2  # minItems
          items: false  # items
"""
REFERRED = """\
components:
  messages:
    m:
      payload:
        type: object  # type
        properties:
          bid: {$ref: '#/components/schemas/Level'}
          ask: {$ref: '#/components/schemas/Level'}
          next:
            $ref: '#/components/schemas/Chain'
          far: {$ref: 'shared/types.yaml#/Price'}
  schemas:
    Chain:
      type: object  # next/type
      properties:
        next: {$ref: '#/components/schemas/Chain'}
        name: {type: string}  # next/name/type
    Level:
      description: A level.
      type: array  # bid/type ask/type
      items: {$ref: 'shared/types.yaml#/Price'}
      minItems: 2  # bid/minItems ask/minItems
"""
SHARED = """\
Price:
  description: Never a float.
  type: string  # bid/each/type ask/each/type far/type
  pattern: '^[0-9]+$'  # bid/each/pattern ask/each/pattern far/pattern
"""
OVERLAID = """\
components:
  messages:
    m:
      payload:
        type: object  # type
        required: [a]
        properties:
          a:
            description: A price.
            type: string  # a/type
            minLength: 1
"""
OVERLAY = """\
overlay: 1.1.0
info: {title: More, version: '1'}
actions:
- target: $.components.messages.m.payload
  update:
    required:
    - b  # required
    properties:
      a:
        minLength: 2  # a/minLength
        maxLength: 3  # a/maxLength
      b:
        type: string  # b/type
        pattern: x  # b/pattern
"""
FILES = {
    "draft-07": {"asyncapi.yaml": HEAD + DRAFT7},
    "2020-12": {"asyncapi.yaml": HEAD + LATEST},
    "referred": {"asyncapi.yaml": HEAD + REFERRED, "shared/types.yaml": SHARED},
    "overlay": {"asyncapi.yaml": HEAD + OVERLAID, "toy.overlay.yaml": OVERLAY},
}


def contract_of(folder: Path, files: dict[str, str]) -> Contract:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return load(find(folder))


def said(files: dict[str, str]) -> dict[str, set[str]]:
    """The clauses of each line, as the documents say themselves."""
    return {
        f"{name}:{number}": {f"toy/m/{each}" for each in found[1].split()}
        for name, text in files.items()
        for number, line in enumerate(text.split("\n"), 1)
        if (found := re.search(r" # (.*)", line))
    }


def told(contract: Contract) -> dict[str, set[str]]:
    """The schema clauses of each line, as they say themselves."""
    made: dict[str, set[str]] = {}
    for clause in contract.clauses.values():
        if clause.kind == "schema":
            file = "shared/types.yaml" if "types" in clause.where.file else Path(clause.where.file).name
            made.setdefault(f"{file}:{clause.where.line}", set()).add(clause.id)
    return made


@pytest.mark.parametrize("name", FILES)
def test_each_clause_stands_at_its_keyword(tmp_path: Path, name: str) -> None:
    """In one line with others or in one of its own, here or there, from the document or an overlay."""
    assert told(contract_of(tmp_path, FILES[name])) == said(FILES[name])


def test_its_pointer_leads_to_the_keyword(tmp_path: Path) -> None:
    """From the document's root, through what is referred to."""
    contract = contract_of(tmp_path, FILES["referred"])
    assert contract.clauses["toy/m/bid/minItems"].where.pointer == "/components/schemas/Level/minItems"
    assert contract.clauses["toy/m/far/pattern"].where.pointer == "/Price/pattern"


def test_of_json_too(tmp_path: Path) -> None:
    """A JSON document knows its lines as well."""
    text = json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Toy", "version": "1"},
            "servers": [{"url": "http://localhost"}],
            "paths": {
                "/x": {
                    "get": {
                        "operationId": "x",
                        "responses": {
                            "200": {
                                "description": "",
                                "content": {
                                    "application/json": {
                                        "schema": {
                                            "description": "",
                                            "type": "object",
                                            "required": ["a"],
                                            "properties": {"a": {"title": "A", "enum": ["x", "y"]}},
                                        }
                                    }
                                },
                            }
                        },
                    }
                }
            },
        },
        indent=2,
    )
    contract = contract_of(tmp_path, {"openapi.json": text})
    lines = text.split("\n")
    found = {
        clause.keyword: lines[clause.where.line - 1].strip()
        for clause in contract.clauses.values()
        if clause.kind == "schema"
    }
    assert found == {"type": '"type": "object",', "required": '"required": [', "enum": '"enum": ['}


UNTOLD = {"toy/m/size/0/type", "toy/m/size/whole/type"}
"""Of alternatives that are missed alike, none is told."""

BROKEN: dict[str, list[object]] = {
    "draft-07": [
        3,
        ["row"],
        [1, 2, "x", {}, 5],
        ["row", "x", 0, {"a": "long", "b": "", "c": 1, "d": "text", "x": 1}],
        ["row", "1", 1.5, {"a": 1, "b": 2}],
        ["row", "1", 1, 1],
        [["row"], "1", 1, {"a": "", "b": "b"}],
    ],
    "2020-12": [3, [], [1, {"a": 1}], ["x", {"b": 1, "c": 1, "d": 1}], [1, 2], [1, {}, 3]],
    "referred": [
        3,
        {"bid": ["x"], "ask": [1.5, "1"], "far": "x", "next": {"next": {"name": 1}}},
        {"bid": 1, "ask": ["x", "2"], "far": 1, "next": 1},
        {"bid": [1, "1"], "ask": ["1"]},
        {"ask": 2},
    ],
    "overlay": [3, {}, {"a": "", "b": ""}, {"a": "long", "b": 1}, {"a": 1, "b": "x"}],
}


@pytest.mark.parametrize("name", FILES)
def test_a_finding_names_the_line_of_its_clause(tmp_path: Path, name: str) -> None:
    """Each clause that can be broken is, and no finding names another line."""
    contract = contract_of(tmp_path, FILES[name])
    (service,) = contract.services.values()
    findings = [one for value in BROKEN[name] for one in judge(service.messages["m"].payload, value).findings]
    assert {one.clause: one.document for one in findings} == {
        clause.id: str(clause.where)
        for clause in contract.clauses.values()
        if clause.kind == "schema" and not clause.unenforceable and clause.id not in UNTOLD
    }
    assert all(one.document == str(contract.clauses[one.clause].where) for one in findings)

"""Our meta-schemas of AsyncAPI held against the official ones, on sound documents and on broken ones.

What they take we take, but for what the specification's text forbids; what they refuse we refuse or note, but
for what nothing here depends on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from conformance.documents.loader import parse_tree
from conformance.documents.structure import judged
from conformance.documents.versions import family
from conformance.errors import DocumentError
from tests.specs.node import installed

TWO = """\
asyncapi: VERSION
id: urn:example:lift
info:
  title: Lift
  version: '1'
  contact: {name: Us, url: https://example.com, email: us@example.com}
  license: {name: None}
tags: [{name: a, description: A tag.}]
externalDocs: {url: https://example.com}
defaultContentType: application/json
servers:
  main:
    url: 'example.com:{port}'
    protocol: wss
    variables: {port: {default: '1', enum: ['1', '2'], examples: ['1']}}
    security: [{badge: []}]
channels:
  '/lift/{id}':
    description: A lift.
    parameters: {id: {schema: {type: string}, location: '$message.payload#/id'}}
    bindings: {ws: {method: GET, bindingVersion: 0.1.0}}
    publish:
      operationId: control
      summary: Control it.
      tags: [{name: b}]
      traits: [{$ref: '#/components/operationTraits/t'}]
      message:
        oneOf: [{$ref: '#/components/messages/move'}, {name: stop, payload: {type: object}}]
    subscribe: {message: {$ref: '#/components/messages/move'}}
components:
  schemas: {Floor: {type: integer, minimum: -2, enum: [1, 2]}}
  operationTraits: {t: {description: A trait.}}
  messageTraits: {t: {contentType: application/json, headers: {type: object}}}
  correlationIds: {c: {location: '$message.header#/c'}}
  securitySchemes: {badge: {type: httpApiKey, name: key, in: header}, other: {type: http, scheme: bearer}}
  messages:
    move:
      title: Move
      schemaFormat: application/vnd.aai.asyncapi;version=VERSION
      correlationId: {$ref: '#/components/correlationIds/c'}
      traits: [{$ref: '#/components/messageTraits/t'}]
      payload: {type: object, required: [floor], properties: {floor: {$ref: '#/components/schemas/Floor'}}}
"""
THREE = """\
asyncapi: VERSION
info: {title: Lift, version: '1', tags: [{name: a}], externalDocs: {url: https://example.com}}
servers:
  main:
    host: 'example.com:{port}'
    pathname: /v1
    protocol: wss
    variables: {port: {default: '1', enum: ['1', '2']}}
    security: [{$ref: '#/components/securitySchemes/badge'}]
channels:
  lift:
    address: '/lift/{id}'
    parameters: {id: {default: a, examples: [b]}}
    servers: [{$ref: '#/servers/main'}]
    messages: {move: {$ref: '#/components/messages/move'}, moved: {payload: {type: object}}}
operations:
  control:
    action: receive
    channel: {$ref: '#/channels/lift'}
    messages: [{$ref: '#/channels/lift/messages/move'}]
    traits: [{$ref: '#/components/operationTraits/t'}]
    reply:
      address: {location: '$message.header#/to'}
      channel: {$ref: '#/channels/lift'}
      messages: [{$ref: '#/channels/lift/messages/moved'}]
components:
  schemas: {Floor: {type: integer, minimum: -2}}
  operationTraits: {t: {description: A trait.}}
  securitySchemes:
    badge: {type: httpApiKey, name: key, in: header}
    flow:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: https://example.com, availableScopes: {read: Reads.}}}
  messages:
    move:
      name: move
      contentType: application/json
      correlationId: {location: '$message.payload#/id'}
      payload:
        schemaFormat: application/vnd.aai.asyncapi;version=VERSION
        schema: {type: object, properties: {floor: {$ref: '#/components/schemas/Floor'}}}
      examples: [{name: up, payload: {floor: 1}}]
"""
VERSIONS = [(f"2.{minor}.0", TWO) for minor in range(7)] + [("3.0.0", THREE), ("3.1.0", THREE)]
WRONG: dict[str, object] = {"number": 123, "text": "text", "list": [], "map": {}, "null": None}
STRICTER = ("parameters", "ws", "traits", "oneOf", "schema", "flow")
"""Where the official ones take what the specification's text does not: a list as a parameter, a schema format
without a schema …"""
LAXER = ("examples",)
"""What is not relied on: an example without a payload."""


def document(text: str, version: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text.replace("VERSION", version)))


def official(version: str) -> jsonschema_rs.Draft7Validator:
    folder = installed() / "node_modules" / "@asyncapi" / "specs" / "schemas"
    schema = json.loads((folder / f"{version}-without-$id.json").read_text("utf-8"))
    return jsonschema_rs.Draft7Validator(schema)


def verdict(value: dict[str, Any]) -> str:
    """What ours say: ``refused``, ``noted``, ``taken``."""
    tree = parse_tree(json.dumps(value).encode(), Path("a.json"), "a.json")
    found = judged(tree.root, family(tree))
    if any(isinstance(each, DocumentError) for each in found):
        return "refused"
    return "noted" if found else "taken"


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path and path[0] != "asyncapi":
        yield path
    members: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in members:
        yield from places(child, (*path, key))


def broken(whole: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, dict[str, Any]]]:
    """The document, each value of it taken away, of another type, and each map with one key more."""
    for path in places(whole):
        for kind in ("gone", "more", *WRONG):
            made = deepcopy(whole)
            parent: Any = made
            for key in path[:-1]:
                parent = parent[key]
            old = parent[path[-1]]
            if kind == "gone":
                del parent[path[-1]]
            elif kind == "more" and isinstance(old, dict):
                old["surprise"] = 1
            elif kind in WRONG and type(WRONG[kind]) is not type(old):
                parent[path[-1]] = WRONG[kind]
            else:
                continue
            yield path, kind, made


@pytest.mark.parametrize(("version", "text"), VERSIONS, ids=[version for version, _ in VERSIONS])
def test_sound_documents_and_broken_ones(version: str, text: str) -> None:
    """Each of some hundreds of broken documents, and the sound one."""
    theirs, whole = official(version), document(text, version)
    assert [error.message for error in theirs.iter_errors(whole)] == []
    assert verdict(whole) == "taken"
    tried, refused, stricter, laxer = 0, 0, [], []
    for path, kind, made in broken(whole):
        ours, taken = verdict(made), theirs.is_valid(made)
        tried, refused = tried + 1, refused + (not taken)
        if taken and ours == "refused" and not set(STRICTER) & set(path):
            stricter.append((path, kind))
        if not taken and ours == "taken" and not set(LAXER) & set(path):
            laxer.append((path, kind))
    assert (stricter, laxer) == ([], [])
    assert tried > 500
    assert refused > 300


@pytest.mark.parametrize("version", ["2.0.0", "2.4.0"])
def test_a_parameter_may_be_a_reference(version: str) -> None:
    """The specification allows it in all versions ("Parameters Object"), the official one not in all."""
    whole = document(TWO, version)
    whole["channels"]["/lift/{id}"]["parameters"]["id"] = {"$ref": "#/components/parameters/id"}
    whole["components"]["parameters"] = {"id": {"schema": {"type": "string"}}}
    assert verdict(whole) == "taken"

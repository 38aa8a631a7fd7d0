"""A small pair of documents, edited one value at a time."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from conformance.cases.catalogue import catalogue
from conformance.changes import Change, Report, Side, compare
from conformance.contract import load
from conformance.documents.find import find

Document = dict[str, Any]
Edit = Callable[[Document], object]

TOY = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
defaultContentType: application/json
servers: {main: {host: 'toy.example:80', protocol: ws, pathname: /toy}}
channels:
  c:
    address: /toy
    messages:
      buy:
        payload:
          type: object
          required: [op, size]
          properties:
            op: {const: buy}
            size: {type: integer, minimum: 1, maximum: 10}
            note: {type: string, maxLength: 9}
      bought:
        payload:
          type: object
          required: [op, id]
          properties:
            op: {const: bought}
            id: {type: string, pattern: '^[a-z]+$'}
            state: {enum: [open, done]}
            price: {type: number, minimum: 0}
            when: {type: string, format: date-time}
            side: {oneOf: [{title: long, type: string}, {title: short, type: integer}]}
            deep: {type: object, additionalProperties: false, properties: {a: {type: integer}}}
      tick:
        payload:
          type: array
          minItems: 3
          maxItems: 3
          items:
            - {title: kind, const: tick}
            - {title: price, type: integer}
            - {title: size, type: integer, minimum: 0}
      oops:
        payload:
          type: object
          required: [op, code]
          properties: {op: {const: oops}, code: {enum: [bad, late]}}
operations:
  buying:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/buy'}]
    x-conformance: {within_ms: 500}
    reply:
      messages: [{$ref: '#/channels/c/messages/bought'}, {$ref: '#/channels/c/messages/oops'}]
  ticking:
    action: send
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/tick'}]
x-conformance:
  silence: {before_first_command: true}
  limits: {message_bytes: 1000}
  refusals: {message: oops, code: /code, codes: {invalid: bad}}
components:
  securitySchemes: {key: {type: userPassword}}
"""

HTTP = """\
openapi: 3.0.3
info: {title: Web, version: '1'}
paths:
  /things:
    get:
      operationId: things
      parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100}}]
      responses:
        '200':
          description: All.
          headers: {X-Left: {schema: {type: integer}}}
          content:
            application/json:
              schema: {type: object, required: [a], properties: {a: {type: string}, b: {type: integer}}}
        '404': {description: None.}
    post:
      operationId: make
      requestBody:
        content: {application/json: {schema: {type: object, properties: {size: {type: integer}}}}}
      responses: {'201': {description: Made.}}
"""


def document(text: str = TOY) -> Document:
    """The document as plain values."""
    made: Document = yaml.safe_load(text)
    return made


def side(given: Document | str, name: str = "a.yaml") -> Side:
    """One end of a comparison, of one document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        text = given if isinstance(given, str) else yaml.safe_dump(given, sort_keys=False)
        path.write_text(text, "utf-8")
        contract = load(find(path))
    return Side(contract, catalogue(contract))


def changed(edit: Edit, text: str = TOY) -> Report:
    """What an edit changes."""
    new = copy.deepcopy(document(text))
    edit(new)
    return compare(side(document(text)), side(new))


def told(payload: Any, sender: str = "send", shared: Any = None) -> Document:
    """A document whose one message has this payload."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "T", "version": "1"},
        "channels": {"c": {"messages": {"M": {"payload": payload}}}},
        "operations": {"o": {"action": sender, "channel": {"$ref": "#/channels/c"}}},
        "components": {"schemas": shared or {}},
    }


def message(name: str, *path: str | int) -> Callable[[Document], Any]:
    """The way to a value in the payload of a message."""

    def there(given: Document) -> Any:
        here = given["channels"]["c"]["messages"][name]["payload"]
        for each in path:
            here = here[each]
        return here

    return there


def breaks(changes: list[Change] | tuple[Change, ...]) -> str:
    """Whom they break together: clients, server, both, or nobody."""
    clients, server = any(each.clients for each in changes), any(each.server for each in changes)
    return {(True, True): "both", (True, False): "clients", (False, True): "server"}.get(
        (clients, server), "nobody"
    )

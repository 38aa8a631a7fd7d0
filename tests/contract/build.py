"""Toy documents for tests: a chat service that no exchange has."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from conformance.contract.clauses import Book
from conformance.contract.loading import read_services
from conformance.contract.model import Service
from conformance.contract.schema import Schema
from conformance.documents.loader import parse_tree
from conformance.documents.references import References

CHAT = """\
asyncapi: 3.0.0
info: {title: Toy Chat, version: '1'}
defaultContentType: application/msgpack
channels:
  room:
    address: /room
    messages:
      say:
        correlationId: {location: $message.payload#/ref}
        payload:
          type: object
          required: [kind, ref, text]
          properties:
            kind: {const: say}
            ref: {type: integer}
            text: {type: string}
            to: {type: string, x-conformance: {source: person, unknown: nobody}}
            secret: {type: string, format: password}
      said:
        correlationId: {location: $message.payload#/ref}
        payload:
          type: object
          required: [kind, ref]
          properties:
            kind: {const: said}
            ref: {type: integer}
            people: {$ref: '#/components/schemas/People'}
      no:
        correlationId: {location: $message.payload#/ref}
        payload:
          type: object
          required: [kind, code]
          properties: {kind: {const: 'no'}, code: {enum: [nobody, late, mute]}, ref: {type: integer}}
      heard:
        payload:
          type: array
          minItems: 2
          items: [{title: kind, const: heard}, {title: count, type: integer}]
operations:
  speak:
    action: receive
    channel: {$ref: '#/channels/room'}
    messages: [{$ref: '#/channels/room/messages/say'}]
    security: [{$ref: '#/components/securitySchemes/badge'}]
    reply:
      messages: [{$ref: '#/channels/room/messages/said'}, {$ref: '#/channels/room/messages/no'}]
  listen:
    action: send
    channel: {$ref: '#/channels/room'}
    messages: [{$ref: '#/channels/room/messages/heard'}]
components:
  schemas: {People: {type: array, items: {type: string}}}
  securitySchemes:
    badge: {type: apiKey, in: password}
"""


def service_of(text: str, name: str = "toy") -> tuple[Service, Book]:
    """The service of one document's text."""
    (made,) = services_of(text, name)
    return made


def services_of(text: str, name: str = "toy", perspective: str = "") -> list[tuple[Service, Book]]:
    """The services of one document's text."""
    tree = parse_tree(dedent(text).encode(), Path("a.yaml"), "a.yaml")
    return read_services(tree, name, perspective=perspective)


def notes_of(text: str, perspective: str = "") -> list[str]:
    """What is noted while a document is read: rule, place, sentence."""
    tree = parse_tree(dedent(text).encode(), Path("a.yaml"), "a.yaml")
    references = References(tree)
    read_services(tree, "toy", references, perspective)
    return [f"{each.rule} {each.where}: {each.says}" for each in references.notes]


def payload_of(schema: str, components: str = "{}", schema_format: str = "") -> Schema:
    """The expanded payload of a document whose only message has this schema (YAML text)."""
    body = (
        f"\nschemaFormat: '{schema_format}'\nschema:\n{indent(dedent(schema), '  ')}"
        if schema_format
        else dedent(schema)
    )
    text = (
        "asyncapi: 3.0.0\n"
        "info: {title: Toy, version: '1'}\n"
        "channels:\n  c:\n    messages:\n      m:\n        payload:\n"
        + indent(body, " " * 10)
        + "\noperations:\n  o: {action: send, channel: {$ref: '#/channels/c'}}\n"
        + "components:\n  schemas:\n"
        + indent(dedent(components), "    ")
    )
    return service_of(text)[0].messages["m"].payload


def chat(old: str = "", new: str = "") -> Service:
    """The chat service, with one change to its text."""
    assert old in CHAT
    return service_of(CHAT.replace(old, new, 1) if old else CHAT)[0]

"""Reads the documents as they are on disk, without any code of the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
SPECS = ROOT / "specs"
SCHEMAS = ROOT / "conformance" / "schemas"

ASYNCAPI = ("gateway/asyncapi.yaml", "market-data/asyncapi.yaml")
OPENAPI = ("gateway/health.openapi.yaml", "market-data/health.openapi.yaml")
SCENARIOS = (
    "gateway/scenarios.yaml",
    "gateway/health-scenarios.yaml",
    "market-data/scenarios.yaml",
    "market-data/health-scenarios.yaml",
)
DOCUMENTS = ASYNCAPI + OPENAPI
SERVICES = {"gateway": ASYNCAPI[0], "market-data": ASYNCAPI[1]}

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Map = dict[str, Any]


@cache
def load(path: str) -> Map:
    """A document under specs/, as a map. Everybody gets the same one: nobody changes it."""
    found = yaml.load((SPECS / path).read_text("utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(found, dict)
    return found


def schema_file(name: str) -> Map:
    """One of our JSON Schemas."""
    found = json.loads((SCHEMAS / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def walk(node: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every node of a tree with its path, the root first."""
    yield at, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from walk(value, (*at, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, (*at, str(index)))


def inside_data(at: tuple[str, ...]) -> bool:
    """Whether a path leads into an example or another literal, where `$ref` and `x-` keys mean nothing."""
    return any(word in ("examples", "const", "enum", "x-conformance") for word in at)


def follow(document: Map, reference: str) -> Any:
    """What a local `$ref` means."""
    assert reference.startswith("#/"), f"{reference} leaves the document"
    node: Any = document
    for segment in reference[2:].split("/"):
        node = node[segment.replace("~1", "/").replace("~0", "~")]
    return node


def meant(document: Map, node: Any) -> Any:
    """A node, or what it references, until it references nothing."""
    while isinstance(node, dict) and "$ref" in node:
        node = follow(document, node["$ref"])
    return node


def messages(document: Map) -> dict[str, Map]:
    """All messages of an AsyncAPI document by their key in the channel."""
    (channel,) = document["channels"].values()
    return {name: meant(document, node) for name, node in channel["messages"].items()}


def payload(document: Map, message: str) -> Map:
    """The payload schema of a message."""
    found = meant(document, messages(document)[message]["payload"])
    assert isinstance(found, dict)
    return found


def command(document: Map, operation: str) -> str:
    """The message that an operation receives."""
    (reference,) = document["operations"][operation]["messages"]
    return str(reference["$ref"]).rpartition("/")[2]


def replies(document: Map, operation: str) -> list[str]:
    """The messages that answer an operation."""
    reply = document["operations"][operation].get("reply", {})
    return [str(node["$ref"]).rpartition("/")[2] for node in reply.get("messages", [])]


def branches(document: Map, schema: Any) -> list[Map]:
    """The alternatives of a schema; the schema itself when it has none."""
    schema = meant(document, schema)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            return [one for branch in schema[keyword] for one in branches(document, branch)]
    return [schema]


def below(document: Map, schema: Any, segment: str) -> list[Map]:
    """The schemas that describe one step down from a value; empty when the contract knows no such place."""
    found: list[Map] = []
    for one in branches(document, schema):
        for base in one.get("allOf", []):
            found += below(document, base, segment)
        if segment in one.get("properties", {}):
            found.append(one["properties"][segment])
        elif segment == "*" and isinstance(one.get("additionalProperties"), dict):
            found.append(one["additionalProperties"])
        items = one.get("items")
        if isinstance(items, dict) and (segment == "*" or segment.isdigit()):
            found.append(items)
        elif isinstance(items, list) and segment.isdigit() and int(segment) < len(items):
            found.append(items[int(segment)])
    return found


def at_pointer(document: Map, schema: Any, pointer: str) -> list[Map]:
    """The schemas at a pointer into a value; empty when the contract knows no such place."""
    found: list[Map] = [meant(document, schema)]
    for segment in pointer.split("/")[1:]:
        found = [next_one for one in found for next_one in below(document, one, segment)]
    return [one for node in found for one in branches(document, node)]


def literals(document: Map, schema: Any) -> set[Any]:
    """The values that a schema names, by const or enum, here or in what it includes."""
    found: set[Any] = set()
    for one in branches(document, schema):
        found |= set(one.get("enum", ())) | ({one["const"]} if "const" in one else set())
        for base in one.get("allOf", []):
            found |= literals(document, base)
    return found


def refusal_codes(document: Map) -> set[Any]:
    """Every code that a service's refusing message can carry."""
    refusals = document["x-conformance"]["refusals"]
    return {
        code
        for schema in at_pointer(document, payload(document, refusals["message"]), refusals["code"])
        for code in literals(document, schema)
    }

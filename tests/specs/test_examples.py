"""Examples are true, and references lead somewhere."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

from .reading import ASYNCAPI, DOCUMENTS, METHODS, OPENAPI, Map, follow, inside_data, load, messages, walk

HERE = "urn:document"


def complaints(document: Map, pointer: str, value: Any, draft7: bool) -> list[str]:
    """What is wrong with a value by the schema at a pointer of its document; nothing is fetched."""
    dialect = DRAFT7 if draft7 else DRAFT202012
    kind = jsonschema.Draft7Validator if draft7 else jsonschema.Draft202012Validator
    registry: Registry[Any] = Registry().with_resource(HERE, dialect.create_resource(document))
    judge = kind({"$ref": HERE + pointer}, registry=registry)
    return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(value)]


@pytest.mark.parametrize("path", ASYNCAPI)
def test_message_examples_are_valid(path: str) -> None:
    """Every message has an example, and every example satisfies the message's own payload schema."""
    document = load(path)
    for name, message in messages(document).items():
        assert message.get("examples"), f"{name} has no example"
        for example in message["examples"]:
            assert complaints(document, message["payload"]["$ref"], example["payload"], True) == [], name


@pytest.mark.parametrize("path", ASYNCAPI)
def test_messages_are_told_apart(path: str) -> None:
    """An example of a message satisfies no other message of the channel."""
    document = load(path)
    known = messages(document)
    for name, message in known.items():
        for example in message["examples"]:
            fits = [
                other
                for other, rival in known.items()
                if not complaints(document, rival["payload"]["$ref"], example["payload"], True)
            ]
            assert fits == [name]


@pytest.mark.parametrize("path", OPENAPI)
def test_response_examples_are_valid(path: str) -> None:
    """Every response has an example, and every example satisfies the response's own schema."""
    document = load(path)
    for item in document["paths"].values():
        for method in METHODS:
            for response in item.get(method, {}).get("responses", {}).values():
                media = response["content"]["application/json"]
                assert media["examples"]
                for example in media["examples"].values():
                    assert complaints(document, media["schema"]["$ref"], example["value"], False) == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_references_resolve(path: str) -> None:
    """Every $ref is local and leads to something."""
    document = load(path)
    found = 0
    for at, node in walk(document):
        if at and at[-1] == "$ref" and not inside_data(at):
            assert follow(document, node) is not None, f"{path} {'/'.join(at)}: {node}"
            found += 1
    assert found


@pytest.mark.parametrize("path", ASYNCAPI)
def test_operations_reference_channel_messages(path: str) -> None:
    """Operations and replies name messages of their channel, as AsyncAPI 3 asks; no reply has an address."""
    for name, operation in load(path)["operations"].items():
        channel = operation["channel"]["$ref"]
        for part in filter(None, (operation, operation.get("reply"))):
            assert "address" not in part, name
            assert part["channel"]["$ref"] == channel, name
            assert all(one["$ref"].startswith(f"{channel}/messages/") for one in part["messages"]), name

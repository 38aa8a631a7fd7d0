"""Why a promise is enforced by no case, and what it costs to find out."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import payloads
from conformance.cases import forms
from conformance.cases.catalogue import catalogue
from conformance.contract import load
from conformance.contract.schema import Schema
from conformance.documents.find import find
from conformance.payloads import Choices
from tests.cases.library import Document, Library


def test_one_command_that_cannot_be_made_is_tried_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command with many promises and no valid value costs one search, not one for each promise."""
    tries: list[str] = []
    search = payloads.valid

    def counted(schema: Schema, choices: Choices | None = None) -> object:
        tries.append(str(schema.where))
        return search(schema, choices)

    monkeypatch.setattr(forms, "valid", counted)
    fields = {f"field{number}": {"type": "integer", "minimum": number} for number in range(40)}

    def impossible(document: Document) -> None:
        look = document["components"]["messages"]["Look"]
        look["payload"]["properties"] |= fields
        look["payload"]["properties"]["shelf"] = {"oneOf": [{"type": "string"}, {"type": "string"}]}

    left = Library(tmp_path, impossible).catalogue.unenforced
    reasons = {left[f"library/Look/{name}/minimum"] for name in fields}
    assert reasons == {"no Look can be made from its schema that is valid and a map"}
    assert max(tries.count(each) for each in tries) < 10


TIDE = """\
asyncapi: 3.0.0
info: {title: Tide, version: '1', x-conformance: {name: tide}}
servers: {here: {host: 'localhost:9', protocol: ws}}
channels: {c: {address: /, messages: {level: {contentType: application/json, payload: {type: object}}}}}
operations: {tell: {action: send, channel: {$ref: '#/channels/c'}}}
x-conformance: {limits: {message_bytes: 1000}}
"""


def test_a_document_without_commands_is_not_told_that_it_should_refuse_them(tmp_path: Path) -> None:
    """What is missing is a command, not its refusal."""
    file = tmp_path / "tide.yaml"
    file.write_text(TIDE)
    left = catalogue(load(find(asyncapi=[str(file)])), ()).unenforced
    assert left["tide/limits/message_bytes"] == "the document has no command that could bring it about"

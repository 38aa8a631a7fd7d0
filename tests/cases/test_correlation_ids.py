"""Correlation ids: sent in every form, fresh and above 0, though the schema does not ask for them."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.cases.commanding import Commander
from conformance.cases.filling import Filler
from conformance.contract import load
from conformance.documents.find import Sources


def commander(tmp_path: Path, ident: dict[str, Any], required: tuple[str, ...] = ()) -> Commander:
    """A service with one command, whose ``id`` is as told."""
    fields = {"op": {"type": "string", "const": "look"}, "id": ident, "far": {"type": "boolean"}}
    look = {"type": "object", "required": ["op", *required], "properties": fields}
    seen = {"type": "object", "required": ["seen"], "properties": {"seen": {"const": 1}, "id": ident}}
    location = {"location": "$message.payload#/id"}
    channel = {"$ref": "#/channels/c"}
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Window", "version": "1"},
        "channels": {
            "c": {
                "address": "/",
                "messages": {
                    "look": {"payload": look, "correlationId": location},
                    "seen": {"payload": seen, "correlationId": location},
                },
            }
        },
        "operations": {
            "look": {
                "action": "receive",
                "channel": channel,
                "messages": [{"$ref": "#/channels/c/messages/look"}],
                "reply": {"channel": channel, "messages": [{"$ref": "#/channels/c/messages/seen"}]},
            }
        },
    }
    file = tmp_path / "window.yaml"
    file.write_text(yaml.safe_dump(document))
    contract = load(Sources(asyncapi=((None, file),)))
    return Commander(contract, next(iter(contract.services.values())))


def sent(made: Commander, times: int = 3) -> list[Any]:
    """The ids of so many plain commands, as they go out."""
    numbers = count(1)
    filler = Filler("tag", lambda: next(numbers))
    command = made.command(made.service.operations["look"])
    return [filler.fill(command, {})["id"] for _ in range(times)]  # type: ignore[index]


def forms(made: Commander) -> dict[str, bool]:
    """Which form of the command has an id."""
    variants = made.variants(made.service.operations["look"])
    return {each.label: "id" in each.value for each in variants}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("ident", "ids"),
    [
        ({"type": "integer"}, [1, 2, 3]),
        ({"type": "integer", "minimum": 0}, [1, 2, 3]),
        ({"type": "integer", "minimum": 1000}, [1000, 1001, 1002]),
        ({"type": "integer", "minimum": 0, "maximum": 2}, [1, 2, 1]),
        ({"type": "string"}, ["tag-1", "tag-2", "tag-3"]),
        ({"type": "string", "pattern": "^[0-9]+$"}, ["1", "2", "3"]),
        ({"type": "string", "pattern": "^[A-Z]{5}$"}, ["AAAAB", "AAAAC", "AAAAD"]),
        (
            {"type": "string", "format": "uuid"},
            [f"00000000-0000-4000-8000-00000000000{each}" for each in (1, 2, 3)],
        ),
        ({"const": 0}, [0, 0, 0]),
    ],
)
def test_ids_are_fresh_and_within_the_schema(tmp_path: Path, ident: dict[str, Any], ids: list[Any]) -> None:
    """Above 0, in bounds and pattern; a constant is all that it can be."""
    assert sent(commander(tmp_path, ident)) == ids
    assert sent(commander(tmp_path, ident, required=("id",))) == ids


def test_one_form_leaves_it_out(tmp_path: Path) -> None:
    """Every other form has it, as the plain one has."""
    found = forms(commander(tmp_path, {"type": "integer"}))
    assert "with-id" not in found
    assert [label for label, has in found.items() if not has] == ["without-id"]
    assert "with-far" in found


def test_what_is_required_is_never_left_out(tmp_path: Path) -> None:
    """Nothing changes where the schema asks for it."""
    assert all(forms(commander(tmp_path, {"type": "integer"}, required=("id",))).values())

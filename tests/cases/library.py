"""An invented service for the tests of case families: a lending library."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.steps import Expect, Send
from conformance.contract import Contract, load
from conformance.documents.find import Sources

Document = dict[str, Any]
Change = Callable[[Document], None]

REF = {"type": "integer", "minimum": 0}


def _command(word: str, **fields: Any) -> Document:
    properties = {"op": {"type": "string", "const": word}, "ref": REF, **fields}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["op", "ref", *fields],
        "properties": properties,
    }


MESSAGES: dict[str, Document] = {
    "Enter": _command("enter", card={"type": "string"}),
    "Look": _command("look", shelf={"type": "string", "minLength": 1}),
    "Borrow": _command("borrow", book={"type": "string", "x-conformance": {"source": "book"}}),
    "Return": _command("return", loan={"type": "string", "x-conformance": {"source": "loan"}}),
    "Follow": _command("follow", what={"type": "string", "enum": ["news", "queue"]}),
    "Forget": _command("forget", what={"type": "string", "enum": ["news", "queue"]}),
    "Entered": _command("entered", may={"type": "array", "items": {"type": "string"}}),
    "Shelf": _command("shelf", books={"type": "array", "items": {"type": "string"}}),
    "Lent": _command("lent", loan={"type": "string"}),
    "Returned": _command("returned", loan={"type": "string"}),
    "No": _command("no", why={"type": "string"}),
    "Following": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "additionalItems": False,
        "items": [
            {"title": "mark", "type": "string", "const": "following"},
            {"title": "id", "type": "string"},
        ],
    },
    "Forgotten": {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "additionalItems": False,
        "items": [
            {"title": "mark", "type": "string", "const": "forgotten"},
            {"title": "id", "type": "string"},
        ],
    },
    "Event": {
        "type": "array",
        "minItems": 4,
        "maxItems": 4,
        "additionalItems": False,
        "items": [
            {"title": "mark", "type": "string", "const": "event"},
            {"title": "id", "type": "string"},
            {"title": "number", "type": "integer"},
            {
                "title": "entries",
                "type": "array",
                "items": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "additionalItems": False,
                    "items": [{"title": "who", "type": "string"}, {"title": "when", "type": "integer"}],
                },
            },
        ],
    },
    "Closing": _command("closing"),
}
REPLIES = {
    "enter": ["Entered", "No"],
    "look": ["Shelf", "No"],
    "borrow": ["Lent", "No"],
    "return": ["Returned", "No"],
    "follow": ["Following", "No"],
    "forget": ["Forgotten", "No"],
}
GUARDED = {"borrow": ["lend"], "return": ["lend"]}
CHANNEL = "#/channels/desk"


def _operation(name: str) -> Document:
    message = {"$ref": f"{CHANNEL}/messages/{name.capitalize()}"}
    operation: Document = {
        "action": "receive",
        "channel": {"$ref": CHANNEL},
        "messages": [message],
        "reply": {
            "channel": {"$ref": CHANNEL},
            "messages": [{"$ref": f"{CHANNEL}/messages/{reply}"} for reply in REPLIES[name]],
        },
        "x-conformance": {"within_ms": 1000, "changes_state": name in GUARDED},
    }
    if name in GUARDED:
        operation["security"] = [{"$ref": "#/components/securitySchemes/card"}]
        operation["x-conformance"]["permissions"] = GUARDED[name]
    return operation


def document() -> Document:
    """A complete document: every promise that a family can test."""
    messages: Document = {}
    for name, payload in MESSAGES.items():
        messages[name] = {"payload": copy.deepcopy(payload)}
        if payload["type"] == "object" and name != "Closing":
            messages[name]["correlationId"] = {"location": "$message.payload#/ref"}
    operations: Document = {name: _operation(name) for name in REPLIES}
    operations["events"] = {
        "action": "send",
        "channel": {"$ref": CHANNEL},
        "messages": [{"$ref": f"{CHANNEL}/messages/{name}"} for name in ("Event", "Closing")],
    }
    refs = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Library", "version": "1.0.0", "x-conformance": {"name": "library"}},
        "defaultContentType": "application/msgpack",
        "servers": {"local": {"host": "localhost:1", "protocol": "ws"}},
        "channels": {"desk": {"address": "/", "messages": refs}},
        "operations": operations,
        "components": {
            "messages": messages,
            "securitySchemes": {
                "card": {
                    "type": "apiKey",
                    "in": "password",
                    "x-conformance": {
                        "credential": {
                            "operation": "enter",
                            "location": "/card",
                            "success": "Entered",
                            "permissions": "/may",
                            "refusal": "stranger",
                        }
                    },
                }
            },
        },
        "x-conformance": {
            "roles": {"session.probe": "look"},
            "refusals": {
                "message": "No",
                "code": "/why",
                "codes": {
                    "malformed": "gibberish",
                    "unknown_operation": "what",
                    "invalid": "wrong",
                    "unauthenticated": "who",
                    "forbidden": "never",
                    "busy": "later",
                },
                "order": ["malformed", "unknown_operation", "unauthenticated", "forbidden", "invalid"],
            },
            "deadlines": [
                {
                    "name": "entry",
                    "stopped_by": "Entered",
                    "after_ms": 4000,
                    "within_ms": 500,
                    "refusal": "slow",
                    "close": 4001,
                }
            ],
            "streams": {
                "subscribe": "follow",
                "unsubscribe": "forget",
                "acknowledged": "Following",
                "ended": "Forgotten",
                "id": "/1",
                "sequence": "/2",
                "repeated": "again",
                "absent": "nothing",
                "snapshot_within_ms": 700,
                "kinds": [
                    {"name": "news", "command": {"what": "news"}, "events": ["Event"]},
                    {"name": "queue", "command": {"what": "queue"}, "snapshot": "Event", "events": ["Event"]},
                ],
            },
            "silence": {"before_first_command": True},
            "limits": {"message_bytes": 1024},
            "close": {"oversize": 1009, "invalid_text": 1007},
            "sources": {
                "shelves": {
                    "operation": "look",
                    "message": "Shelf",
                    "each": "/books",
                    "values": {"book": ""},
                    "scope": "run",
                },
                "loan": {
                    "operation": "borrow",
                    "message": "Lent",
                    "values": {"loan": "/loan"},
                    "scope": "case",
                    "undo": "return",
                },
            },
        },
    }


def without(*roots: str) -> Change:
    """The change that takes parts of the root extension out of the document."""

    def change(made: Document) -> None:
        for root in roots:
            del made["x-conformance"][root]

    return change


class Library:
    """The library's contract and its catalogue."""

    def __init__(self, folder: Path, *changes: Change, scenarios: str = "") -> None:
        made = document()
        for change in changes:
            change(made)
        file = folder / "library.yaml"
        file.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
        files: tuple[Path, ...] = ()
        if scenarios:
            files = (folder / "scenarios.yaml",)
            files[0].write_text(scenarios, encoding="utf-8")
        self.contract: Contract = load(Sources(asyncapi=((None, file),), root=folder))
        self.catalogue: Catalogue = catalogue(self.contract, files)

    def case(self, id: str) -> Case:  # noqa: A002
        """The case of that id."""
        return next(case for case in self.catalogue.cases if case.id == id)

    def ids(self, family: str = "") -> list[str]:
        """The ids of all cases, or of one family."""
        return [case.id for case in self.catalogue.cases if not family or case.family.value == family]


def sends(case: Case) -> list[Send]:
    """The commands that a case sends."""
    return [step for step in case.steps if isinstance(step, Send)]


def expects(case: Case) -> list[Expect]:
    """The messages that a case waits for."""
    return [step for step in case.steps if isinstance(step, Expect)]


def code(expect: Expect) -> object:
    """The code that a refusal must have."""
    return next((each.value for each in expect.where), None)

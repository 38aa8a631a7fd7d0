"""Pairs of schemas, and whom the way from the one to the other breaks: of an event, of a command."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.changes import Report, compare
from tests.changes.pair import breaks, side, told

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
LISTED: Schema = {"type": "string", "enum": ["x", None]}


def between(old: Schema, new: Schema, sender: str) -> Report:
    """What changes in a member of a message."""
    one, other = ({"type": "object", "properties": {"v": each}} for each in (old, new))
    return compare(side(told(one, sender)), side(told(other, sender)))


LISTS: list[tuple[Schema, Schema, str, str]] = [
    (LISTED, {"enum": ["x", None]}, "clients", "server"),
    ({"type": "integer", "enum": [1, "x"]}, {"const": 1}, "nobody", "nobody"),
    ({"const": None}, {"type": "null"}, "nobody", "nobody"),
    ({"type": "boolean"}, {"enum": [True, False]}, "nobody", "nobody"),
    ({"type": ["boolean", "null"]}, {"enum": [True, False, None]}, "nobody", "nobody"),
    ({"type": "boolean"}, {"enum": [True, False, "x"]}, "clients", "server"),
    ({"type": "boolean"}, {"const": True}, "server", "clients"),
    ({"allOf": [{"enum": ["x", 1]}, STRING]}, {"enum": ["x"]}, "nobody", "nobody"),
    (STRING, {"enum": ["x", None]}, "both", "both"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "event", "command"), LISTS, ids=json.dumps)
def test_values_are_listed_by_their_types_too(old: Schema, new: Schema, event: str, command: str) -> None:
    """A value of another type was never allowed; a type of few values is a list of these."""
    for sender, whom in (("send", event), ("receive", command)):
        changes = between(old, new, sender).changes
        assert breaks(changes) == whom, [(each.kind, each.says) for each in changes]


NIL: Schema = {"type": "null"}
WHEN: Schema = {"type": "string", "format": "date-time", "maxLength": 9}
ORDER: Schema = {"type": "object", "required": ["id"], "properties": {"id": WHEN}}
THREE: Schema = {"type": "array", "items": [STRING, STRING, NIL]}
SAME: list[tuple[Schema, Schema]] = [
    ({**WHEN, "type": ["string", "null"]}, {"anyOf": [WHEN, NIL]}),
    ({**ORDER, "type": ["object", "null"]}, {"oneOf": [{"title": "Order", **ORDER}, {"const": None}]}),
    ({"enum": ["x", None]}, {"oneOf": [{"const": "x"}, NIL]}),
    ({"anyOf": [STRING, NIL]}, {"oneOf": [NIL, STRING]}),
    ({"oneOf": [ORDER]}, ORDER),
    ({"anyOf": [{"title": "When", **WHEN}]}, {"allOf": [WHEN]}),
    ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
    ({"type": "integer", "maximum": 4.5}, {"type": "integer", "exclusiveMaximum": 5}),
    ({"type": "integer"}, {"type": "integer", "multipleOf": 1}),
    (
        {"type": "integer", "multipleOf": 2},
        {"type": "integer", "allOf": [{"multipleOf": 2}, {"multipleOf": 1}]},
    ),
    ({**THREE, "additionalItems": False}, {**THREE, "maxItems": 3}),
    ({"maxLength": 3}, {"allOf": [{"maxLength": 3}, {"maxLength": 5}]}),
]


@pytest.mark.parametrize(("old", "new"), SAME, ids=json.dumps)
def test_what_comes_to_the_same_breaks_nobody(old: Schema, new: Schema) -> None:
    """Written in another way, from either side."""
    for one, other in ((old, new), (new, old)):
        for sender in ("send", "receive"):
            changes = between(one, other, sender).changes
            assert breaks(changes) == "nobody", [(each.kind, each.says, each.before) for each in changes]


OTHER: list[tuple[Schema, Schema, str]] = [
    ({"type": "number", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0}, "clients"),
    ({"type": "number"}, {"type": "number", "multipleOf": 1}, "server"),
    ({"oneOf": [{}, NIL]}, {"oneOf": [STRING, NIL]}, "both"),
    ({"anyOf": [WHEN, NIL]}, {"anyOf": [{**WHEN, "maxLength": 10}, NIL]}, "clients"),
    ({"anyOf": [WHEN, NIL]}, WHEN, "server"),
    ({"oneOf": [ORDER]}, {"oneOf": [ORDER, STRING]}, "clients"),
]


@pytest.mark.parametrize(("old", "new", "whom"), OTHER, ids=json.dumps)
def test_what_nearly_comes_to_the_same_breaks_somebody(old: Schema, new: Schema, whom: str) -> None:
    """Neighbours of what is the same: of events."""
    changes = between(old, new, "send").changes
    assert breaks(changes) == whom, [(each.kind, each.says) for each in changes]


def held(name: str = "", schema: Any = True, **more: Any) -> Schema:
    """A map that holds members of a kind, and one that is described."""
    return {"type": "object", **({"properties": {name: schema}} if name else {}), **more}


SOME: Schema = {"additionalProperties": STRING}
NAMED: Schema = {"patternProperties": {"^a": STRING}}
TREE: Schema = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Tree"}}
MEMBERS: list[tuple[Schema, Schema, str, str]] = [
    (held(**SOME), held("a", {"enum": ["x"]}, **SOME), "server", "clients"),
    (held(**SOME), held("a", {}, **SOME), "clients", "server"),
    (held(**SOME), held("a", STRING, **SOME), "nobody", "nobody"),
    (held(**SOME), held("a", {"type": "integer"}, **SOME), "both", "both"),
    (held(**SOME), held("a", {"type": "string", "not": {"const": "x"}}, **SOME), "server", "clients"),
    (held(**SOME), held("a", STRING, required=["a"], **SOME), "server", "clients"),
    (held(required=["a"], **SOME), held("a", STRING, required=["a"], **SOME), "nobody", "nobody"),
    (held(**NAMED), held("a", STRING, **NAMED), "nobody", "nobody"),
    (held(**NAMED), held("a", {}, **NAMED), "nobody", "nobody"),
    (held(**NAMED), held("a", {"minLength": 1}, **NAMED), "server", "clients"),
    (held(**NAMED, additionalProperties=False), held("a", STRING, **NAMED, additionalProperties=False),
     "nobody", "nobody"),
    (held(**NAMED), held("b", {"minLength": 1}, **NAMED), "server", "server"),
    (held(), held("a", False), "server", "clients"),
    (held(additionalProperties=False), held("a", False, additionalProperties=False), "nobody", "nobody"),
    (held(patternProperties={"^a": False}), held("a", STRING), "clients", "server"),
    (held(), held("a", STRING), "server", "server"),
    (held(**SOME), held(**NAMED, **SOME), "nobody", "nobody"),
    (held(**SOME), held(patternProperties={"^a": NIL}, **SOME), "both", "both"),
    (held(), held(**NAMED), "server", "clients"),
    (held("ab", STRING), held("ab", STRING, patternProperties={"^a": {"maxLength": 3}}), "server", "clients"),
    (held(additionalProperties=False), held(additionalProperties=False, **NAMED), "clients", "server"),
    (held(additionalProperties=False), held("a", STRING, additionalProperties=False), "clients", "server"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "event", "command"), MEMBERS, ids=json.dumps)
def test_a_new_member_is_compared_with_what_held_for_its_name(
    old: Schema, new: Schema, event: str, command: str
) -> None:
    """By a pattern, else as any other member."""
    for sender, whom in (("send", event), ("receive", command)):
        changes = between(old, new, sender).changes
        assert breaks(changes) == whom, [(each.kind, each.says) for each in changes]


GONE: list[tuple[Schema, Schema, str, str]] = [
    (held("a", {"enum": ["x"]}, **SOME), held(**SOME), "clients", "server"),
    (held("a", {}, **SOME), held(**SOME), "server", "clients"),
    (held("a", STRING, **SOME), held(**SOME), "nobody", "nobody"),
    (held("a", STRING, required=["a"], **SOME), held(**SOME), "clients", "server"),
    (held("a", STRING, **NAMED), held(**NAMED), "nobody", "nobody"),
    (held("a", False), held(), "clients", "server"),
    (held("a", STRING), held(), "clients", "clients"),
]


@pytest.mark.parametrize(("old", "new", "event", "command"), GONE, ids=json.dumps)
def test_a_member_that_is_gone_is_compared_with_what_holds_for_its_name_now(
    old: Schema, new: Schema, event: str, command: str
) -> None:
    """The same the other way round."""
    for sender, whom in (("send", event), ("receive", command)):
        changes = between(old, new, sender).changes
        assert breaks(changes) == whom, [(each.kind, each.says) for each in changes]


def test_a_new_member_of_a_tree_is_compared_once_a_way_down() -> None:
    """A tree whose other members are such trees: a member that is one, too, breaks nobody; else both."""
    old, link = side(told(TREE, shared={"Tree": TREE})), TREE["additionalProperties"]
    for member, whom in ((link, "nobody"), (STRING, "both")):
        new = {**TREE, "properties": {"a": member}}
        changes = compare(old, side(told(new, shared={"Tree": new}))).changes
        assert breaks(changes) == whom, [(each.kind, each.says) for each in changes]

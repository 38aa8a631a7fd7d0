"""Variants share what no choice has a say in, and are those that would be made alone."""

from __future__ import annotations

import pytest

from conformance.contract import Message, load
from conformance.contract.schema import Schema
from conformance.payloads.valid import all_made, made
from tests.validation.build import build

MESSAGES = [
    message
    for service in load().services.values()
    for message in service.messages.values()
    if message.sent_by_client
]
LEG = {
    "type": "object",
    "required": ["size", "tags"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 2},
        "note": {"type": "string"},
    },
}
TREE = {
    "type": "object",
    "required": ["first", "second", "third"],
    "properties": {
        "first": LEG,
        "second": {"oneOf": [{"title": "leg", **LEG}, {"title": "none", "type": "null"}]},
        "third": {"type": "array", "items": [{"title": "head", **LEG}, {"title": "flag", "type": "boolean"}]},
        "ref": {"type": "integer", "x-conformance": {"unique": True}},
    },
}
ENDLESS = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"enum": ["x", "y"]},
        "never": {"allOf": [{"type": "string"}, {"type": "integer"}]},
        "below": {"$ref": "#"},
    },
}


def compared(schema: Schema) -> int:
    """How many variants were made once more, with nothing to share."""
    count = 0
    for label, each in all_made(schema):
        if each.choices.picks:
            alone = made(schema, each.choices)
            assert alone.value == each.value, label
            assert list(alone.points.items()) == list(each.points.items()), label
            assert alone.names == each.names, label
            count += 1
    return count


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_shipped_commands_are_made_as_if_alone(message: Message) -> None:
    """Each variant: value, other options in their order, names of places."""
    compared(message.payload)


@pytest.mark.parametrize(("tree", "least"), [(TREE, 20), (ENDLESS, 3)])
def test_variants_are_made_as_if_alone(tree: object, least: int) -> None:
    """Branches, lists without repeats, tuples, holes, what cannot be made, what leads back to itself."""
    assert compared(build(tree)) >= least


def test_what_no_choice_has_a_say_in_is_the_very_same() -> None:
    """Whatever is asked of parts by their identity need be asked but once."""
    found = {label: each.value for label, each in all_made(build(TREE))}
    plain, changed = found[""], found["first.size-maximum"]
    assert isinstance(plain, dict)
    assert isinstance(changed, dict)
    assert changed["first"] == {**plain["first"], "size": 5}
    others = [each for label, each in found.items() if label.startswith("first.")]
    assert len(others) > 3
    for each in others:
        assert isinstance(each, dict)
        assert each["second"] is changed["second"]
        assert each["third"] is changed["third"]
        assert each["first"] is not changed["first"] or each is changed

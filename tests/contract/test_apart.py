"""Whatever a set of messages looks like, a value of one of them is never taken for another alone."""

from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from conformance.contract.apart import pairs
from conformance.contract.discriminators import ambiguous, closest, identify
from conformance.contract.marks import same, wire_key
from conformance.contract.model import Service
from conformance.documents.pointers import find
from conformance.errors import DocumentError
from conformance.payloads import exemplified, valid, variants
from conformance.validation import judge
from tests.contract.build import service_of

LEAVES: tuple[dict[str, Any], ...] = (
    {"const": "a"},
    {"const": "b"},
    {"const": 1},
    {"enum": ["a", "c"]},
    {"type": "string"},
    {"type": "integer"},
    {"type": ["string", "null"]},
    {"type": "array"},
    {"type": "boolean"},
)
NAMES = ("p", "q", "r")


@some.composite
def maps(draw: some.DrawFn, depth: int = 1) -> dict[str, Any]:
    names = draw(some.lists(some.sampled_from(NAMES), unique=True, max_size=3))
    inner = some.sampled_from(LEAVES) if not depth else some.sampled_from(LEAVES) | maps(depth=depth - 1)
    schema: dict[str, Any] = {"type": "object", "properties": {name: draw(inner) for name in names}}
    schema["required"] = [name for name in names if draw(some.booleans())]
    if draw(some.booleans()):
        schema["additionalProperties"] = False
    return schema


@some.composite
def arrays(draw: some.DrawFn) -> dict[str, Any]:
    items = draw(some.lists(some.sampled_from(LEAVES), min_size=1, max_size=3))
    schema: dict[str, Any] = {"type": "array", "items": items, "minItems": draw(some.integers(0, len(items)))}
    if draw(some.booleans()):
        schema["additionalItems"] = False
    return schema


@some.composite
def payloads(draw: some.DrawFn) -> list[dict[str, Any]]:
    plain = maps() | arrays()
    either = some.lists(maps(), min_size=2, max_size=2).map(lambda each: {"oneOf": each})
    both = some.lists(maps(), min_size=2, max_size=2).map(lambda each: {"allOf": each})
    return draw(some.lists(plain | either | both, min_size=2, max_size=5))


def sending(schemas: list[dict[str, Any]]) -> Service:
    """A service whose target sends a message of each schema. JSON is YAML."""
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Toy", "version": "1"},
        "channels": {"c": {"messages": {f"m{n}": {"payload": each} for n, each in enumerate(schemas)}}},
        "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
    }
    return service_of(json.dumps(document))[0]


def values(service: Service, name: str) -> list[object]:
    """Valid values of a message, without members that its schema does not know."""
    schema = service.messages[name].payload
    try:
        made = [valid(schema), *(each.value for each in variants(schema))]
    except DocumentError:  # drawn schemas may contradict themselves: then they have no values
        return []
    return [exemplified(each) for each in made]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(payloads())
def test_a_valid_value_carries_its_own_marks(schemas: list[dict[str, Any]]) -> None:
    """No mark is more than the schema promises: what is marked is always there."""
    service = sending(schemas)
    for name, message in service.messages.items():
        for value in values(service, name):
            for place, allowed in message.marks.items():
                found = find(value, place)
                assert found, (place, value)
                assert any(same(found[0][1], each) for each in allowed), (place, value)
            assert all(mark.fits(value) for mark in message.signs), (message.signs, value)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(payloads())
def test_a_valid_value_is_named(schemas: list[dict[str, Any]]) -> None:
    """By its own message; by another alone only where the two cannot be told apart and it fits that one."""
    service = sending(schemas)
    alike = {frozenset(pair) for pair in pairs(ambiguous(service))}
    for name in service.messages:
        for value in values(service, name):
            found = [each.name for each in identify(service, value)]
            assert found, (name, value)
            if name not in found and all(values(service, other) for other in found):
                assert any(frozenset((name, other)) in alike for other in found), (name, found, value)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(payloads())
def test_what_is_told_apart_shares_no_value(schemas: list[dict[str, Any]]) -> None:
    """A value of one that the other's schema takes, too, is told: but for members that one does not know."""
    service = sending(
        [{**each, "additionalProperties": False} if "properties" in each else each for each in schemas]
    )
    alike = {frozenset(pair) for pair in pairs(ambiguous(service))}
    for name in service.messages:
        for value in values(service, name):
            for other, message in service.messages.items():
                closed = "additionalProperties" in message.payload.values
                if other != name and closed and judge(message.payload, value).ok:
                    assert frozenset((name, other)) in alike, (name, other, value)


SCALARS = some.none() | some.booleans() | some.integers(-1, 1) | some.sampled_from(["", "1", b"1", 1.0])
WIRE = some.recursive(
    SCALARS, lambda each: some.lists(each, max_size=2) | some.dictionaries(some.sampled_from("ab"), each)
)


@given(WIRE, WIRE)
def test_a_key_is_equality_on_the_wire(left: object, right: object) -> None:
    """Looking a value up finds what comparing it would."""
    assert (wire_key(left) == wire_key(right)) is same(left, right)


def thousand() -> Service:
    """Nine hundred events of one word, a hundred arrays, all in one service."""
    events = [
        {
            "type": "object",
            "required": ["e", "x"],
            "properties": {"e": {"const": f"e{n}"}, "x": {"type": "string"}},
        }
        for n in range(900)
    ]
    rows = [
        {"type": "array", "minItems": 2, "items": [{"const": f"r{n}"}, {"type": "integer"}]}
        for n in range(100)
    ]
    return sending([*events, *rows])


def test_a_thousand_messages_are_named_by_looking_up() -> None:
    """A frame costs as much as with ten: microseconds, not a look at every message."""
    service = thousand()
    assert ambiguous(service) == ()
    value = {"e": "e899", "x": "1"}
    assert [each.name for each in identify(service, value)] == ["m899"]
    assert [each.name for each in identify(service, ["r7", 1])] == ["m907"]
    begun = time.process_time()
    for _ in range(1000):
        identify(service, value)
    assert time.process_time() - begun < 0.25
    nearest = closest(service, {"e": "no", "x": "1"})
    assert nearest is not None
    assert nearest.name == "m0"

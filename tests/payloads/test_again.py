"""Breaking another value in the way of a mutant: the same clause first, and nothing else than it must."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.codec import MISSING
from conformance.contract import Message, Schema, load
from conformance.documents.find import find
from conformance.payloads import Mutant, broken_again, exemplified, mutants, valid, variants
from conformance.validation import judge
from tests.validation.build import build

Case = tuple[Schema, tuple[Mutant, ...], tuple[object, ...]]


def case(message: Message) -> Case:
    schema = message.payload
    values = [exemplified(valid(schema)), *(exemplified(each.value) for each in variants(schema))]
    return schema, tuple(mutants(schema)), (*values, *message.examples)


@cache
def cases() -> tuple[Case, ...]:
    """Every message of the packaged documents: its schema, mutants and valid values."""
    services = load(find()).services.values()
    return tuple(case(message) for service in services for message in service.messages.values())


def mixed(draw: st.DrawFn, one: Any, other: Any) -> Any:
    """A value with parts of another one: fields left out or taken over, elements dropped or repeated."""
    if isinstance(one, dict) and isinstance(other, dict):
        made = {}
        for name in (*one, *(name for name in other if name not in one)):
            source = draw(st.sampled_from([one, other]))
            if name in source:
                made[name] = (
                    mixed(draw, one[name], other[name]) if name in one and name in other else source[name]
                )
        return made
    if isinstance(one, list) and isinstance(other, list) and one:
        times = draw(st.sampled_from([1, 1, 1, 0, 2]))
        made_list = [
            mixed(draw, each, other[index]) if index < len(other) else each for index, each in enumerate(one)
        ]
        return made_list if times == 1 else made_list * times
    return draw(st.sampled_from([one, other]))


@st.composite
def broken(draw: st.DrawFn) -> tuple[Schema, Mutant, object]:
    """A schema of the documents, a mutant of it, and a valid value that the mutant was not made from."""
    schema, found, values = draw(st.sampled_from(cases()))
    value = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(0, 3))):
        other = mixed(draw, value, draw(st.sampled_from(values)))
        value = other if judge(schema, other).ok else value
    return schema, draw(st.sampled_from(found)), value


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(broken())
def test_any_valid_value_is_broken_in_the_same_way(made: tuple[Schema, Mutant, object]) -> None:
    """The first finding is on the mutant's clause; the value itself is not touched; it is so every time."""
    schema, mutant, value = made
    before = copy.deepcopy(value)
    result = broken_again(schema, mutant, value)
    assert value == before
    assert result is not MISSING, (mutant.label, value)
    findings = judge(schema, result).findings
    assert findings[0].clause == mutant.clause
    assert broken_again(schema, mutant, value) == result or result != result  # NaN is not itself


def test_its_own_value_becomes_the_mutant() -> None:
    """From the value that a mutant was made of, the mutant itself is made."""
    for schema, found, _ in cases()[::4]:
        for mutant in found:
            base = exemplified(mutant.base)
            assert judge(schema, base).ok
            assert repr(broken_again(schema, mutant, base)) == repr(exemplified(mutant.value)), mutant.label


ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "note": {"type": "string"},
        "legs": {
            "type": "array",
            "items": {
                "oneOf": [
                    {"title": "a", "type": "object", "required": ["a"], "additionalProperties": False,
                     "properties": {"a": {"type": "integer"}, "n": {"type": "integer"}}},
                    {"title": "b", "type": "object", "required": ["b"], "additionalProperties": False,
                     "properties": {"b": {"type": "string"}, "n": {"type": "integer"}}},
                ]
            },
        },
    },
}  # fmt: skip


def again(label: str, value: object) -> object:
    schema = build(ORDER)
    (mutant,) = (each for each in mutants(schema) if each.label == label)
    return broken_again(schema, mutant, value)


def labels() -> set[str]:
    return {each.label for each in mutants(build(ORDER))}


def test_what_is_there_stays() -> None:
    """Only the place of the fault changes; a field that is not there comes, broken, to those that are."""
    assert again("id-as-str", {"id": 5, "note": "x"}) == {"id": "5", "note": "x"}
    assert "note-as-int" in labels()
    made = again("note-as-int", {"id": 5})
    assert isinstance(made, dict)
    assert made["id"] == 5
    assert isinstance(made["note"], int)


def test_another_alternative_is_replaced_where_it_must_be() -> None:
    """The element that takes the wrong branch; its neighbours stay."""
    value = {"id": 7, "legs": [{"a": 1}, {"a": 2}, {"b": "x"}]}
    schema = build(ORDER)
    for mutant in mutants(schema):
        made = broken_again(schema, mutant, value)
        assert made is not MISSING, mutant.label
        assert judge(schema, made).findings[0].clause == mutant.clause
        if mutant.path[:2] == ("legs", 0) and len(mutant.path) > 2:
            assert isinstance(made, dict)
            assert made["id"] == 7
            assert made["legs"][1:] == value["legs"][1:]  # type: ignore[index]


def test_what_cannot_be_broken_is_missing() -> None:
    """A mutant of another schema has no place here."""
    (mutant,) = (each for each in mutants(build(ORDER)) if each.label == "id-as-str")
    assert broken_again(build({"type": "array", "items": {"type": "boolean"}}), mutant, [True]) is MISSING

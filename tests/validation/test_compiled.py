"""The quick answer is the judge's own: what it calls good is good, and exercises the same clauses."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.codec import MISSING, Ext, Pairs
from conformance.contract import Message, load
from conformance.contract.schema import Dialect, Schema
from conformance.errors import DocumentError
from conformance.payloads import mutants
from conformance.payloads.holes import shown
from conformance.payloads.valid import all_made
from conformance.validation import judge
from conformance.validation.compiled import WORTH, Quick
from conformance.validation.judge import node_of, walked
from tests.contract.build import payload_of

from .build import build
from .generated import ORDER, VALUES, schemas
from .official import DRAFTS, asked, read

MESSAGES = [
    pytest.param(message, id=f"{name}-{message.name}")
    for name, service in load().services.items()
    for message in service.messages.values()
]


def agree(schema: Schema, value: object, quick: Quick | None = None) -> bool:
    """Whether the value is good: to the walking judge, and so to the quick answer."""
    node = node_of(schema)
    told = walked(node, value)
    known = (quick or Quick(node))(value)
    assert (known is not None) == told.ok, value
    assert known is None or known == told, value
    return told.ok


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_and_all_that_is_one_fault_off(message: Message) -> None:
    """Every good value and every mutant of every message of the shipped contracts."""
    quick = Quick(node_of(message.payload))
    assert all(agree(message.payload, shown(made.value), quick) for _, made in all_made(message.payload))
    faulty = [shown(each.value) for each in mutants(message.payload)]
    assert faulty
    assert not any(agree(message.payload, value, quick) for value in faulty)


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_official_suite(draft: str) -> None:
    """Every value of the official JSON Schema suite."""
    good = 0
    schemas: dict[int, tuple[Schema, Quick]] = {}
    for test in asked(draft):
        if id(test.schema) not in schemas:
            schema = read(test.schema, DRAFTS[draft])
            schemas[id(test.schema)] = schema, Quick(node_of(schema))
        good += agree(schemas[id(test.schema)][0], test.value, schemas[id(test.schema)][1])
    assert good > 300


WIRE: Any = st.recursive(
    VALUES
    | st.sampled_from([1.0, 0.0, -0.0, math.nan, math.inf, b"", b"a", Ext(1, b"x"), 2**64 - 1, "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", 1, b"a"]), inner, max_size=2)
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("dialect", ORDER)
def test_generated_schemas(dialect: Dialect) -> None:
    """Schemas of every keyword, recursive ones too, and values of every wire type."""

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(schemas(dialect), st.lists(WIRE, min_size=3, max_size=8))
    def same(tree: Any, values: list[object]) -> None:
        try:
            schema = read(tree, dialect)
        except DocumentError:  # a reference that leads back to itself: no schema at all
            return
        quick = Quick(node_of(schema))
        for value in values:
            agree(schema, value, quick)

    same()


def test_what_is_nested_deeper_than_python_nests() -> None:
    """Arrays in arrays in arrays: a value good to the bottom, and one that is wrong only there."""
    schema: dict[str, Any] = {"type": "integer"}
    good: object = 1
    bad: object = "1"
    for _ in range(40):
        schema = {"type": "array", "items": schema, "minItems": 1}
        good, bad = [good], [bad]
    built = build(schema)
    assert agree(built, good)
    assert not agree(built, bad)


def test_what_is_too_large_to_be_written_is_left_to_the_judge() -> None:
    """A schema of more lines than are worth it gets no quick answer, and the judge's verdict."""
    schema = build({"type": "object", "properties": {f"p{n}": {"type": "integer"} for n in range(8000)}})
    assert Quick(node_of(schema))({"p1": 1}) is None
    assert all(judge(schema, {"p1": 1}).ok for _ in range(WORTH + 1))


@pytest.mark.parametrize("value", [MISSING, Pairs((("name", "a"), ("name", "b"))), {1: 2}, {"name": MISSING}])
def test_what_it_does_not_know_is_left_to_the_judge(value: object) -> None:
    """No value at all, a map written in pairs, keys that are no text: no answer, never an error."""
    schema = build({"type": "object", "properties": {"name": {"type": "string"}}})
    assert Quick(node_of(schema))(value) is None


def test_the_text_of_a_document_is_no_source() -> None:
    """Names, constants and patterns that look like Python are but values."""
    nasty = "v'] == 0 or __import__('os').abort()\n#\"\"\"\\"
    schema = build(
        {
            "type": "object",
            "required": [nasty],
            "properties": {nasty: {"enum": [nasty, 1]}, "b": {"const": nasty}},
            "patternProperties": {"^v'": {"maxLength": 60}},
        }
    )
    quick = Quick(node_of(schema))
    assert agree(schema, {nasty: nasty, "b": nasty}, quick)
    assert not agree(schema, {nasty: True}, quick)


def test_a_schema_that_is_asked_often_is_judged_the_same() -> None:
    """The judge turns to the quick answer after a while: verdict, findings and clauses stay."""
    schema = payload_of("{type: array, prefixItems: [{type: integer}, {type: string, pattern: '^a'}]}")
    values: list[object] = [[1, "a"], [1], [1, "b"], [True], [], "x", [1.0]]
    first = [judge(schema, value) for value in values]
    for _ in range(WORTH):
        assert [judge(schema, value) for value in values] == first
    assert node_of(schema).quick is not None

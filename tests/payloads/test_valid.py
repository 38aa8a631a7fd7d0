"""Valid values: small, the same each time, and really valid."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from conformance.contract.schema import Dialect
from conformance.errors import DocumentError
from conformance.payloads import Choices, exemplified, mutants, valid, variants
from conformance.validation import judge
from tests.validation.build import build
from tests.validation.generated import plain_schemas

TICKET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "id", "side"],
    "properties": {
        "kind": {"const": "ticket"},
        "id": {"type": "integer", "minimum": 1, "maximum": 2**64 - 1},
        "side": {"enum": ["left", "right"]},
        "note": {"type": ["string", "null"], "maxLength": 3},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 4},
    },
}


@pytest.mark.parametrize(
    ("tree", "value"),
    [
        ({"const": 5}, 5),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMinimum": 7}, 8),
        ({"type": "integer", "minimum": 1, "multipleOf": 5}, 5),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "boolean"}, False),
        ({"type": ["string", "null"], "minLength": 2}, "ab"),
        ({"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}, "AAA-11"),
        ({"type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]+)?$"}, "0"),
        ({"type": "string", "format": "binary", "minLength": 1}, b"a"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True}, [0, 1, 2]),
        ({"items": [{"const": "a"}, {"type": "integer"}]}, ["a", 0]),
        (
            {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
            {"a": 0, "b": 0},
        ),
        ({"oneOf": [{"required": ["a"], "properties": {"a": {"const": 1}}}, {"required": ["b"]}]}, {"a": 1}),
        ({"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "null"}}}]}, {"a": None}),
        ({"required": ["v"], "properties": {"v": {"type": "null"}, "next": {"$ref": "#"}}}, {"v": None}),
        (TICKET, {"kind": "ticket", "id": 1, "side": "left"}),
    ],
)
def test_the_smallest_value(tree: object, value: object) -> None:
    """Only what is required, the first and least of everything."""
    assert valid(build(tree)) == value


def test_every_way_to_differ_is_a_variant() -> None:
    """One value for each optional field, enum value, inclusive bound, type, size; labels say which."""
    found = {variant.label: variant.value for variant in variants(build(TICKET))}
    base = {"kind": "ticket", "id": 1, "side": "left"}
    assert found == {
        "id-maximum": {**base, "id": 2**64 - 1},
        "side-right": {**base, "side": "right"},
        "with-note": {**base, "note": "a"},
        "note-nil": {**base, "note": None},
        "note-longest": {**base, "note": "aaa"},
        "with-tags": {**base, "tags": []},
        "tags-one-item": {**base, "tags": ["a"]},
        "tags-most": {**base, "tags": ["a", "1", "A", "0"]},
    }


def test_every_branch_is_a_variant() -> None:
    """Alternatives are variants by their titles; what is inside them is found too."""
    tree = {
        "oneOf": [
            {"title": "near", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": False}},
            {"title": "far", "required": ["b"], "properties": {"b": {"enum": ["x", "y"]}, "a": False}},
        ]
    }
    assert [(variant.label, variant.value) for variant in variants(build(tree))] == [
        ("far", {"b": "x"}),
        ("far/b-y", {"b": "y"}),
    ]


def test_what_cannot_be_made_is_the_documents_fault() -> None:
    """A schema that nothing fits is refused with its line."""
    with pytest.raises(DocumentError, match="no valid value could be made"):
        valid(build({"type": "string", "minLength": 3, "maxLength": 2}))


def test_values_are_the_same_each_time() -> None:
    """No chance is involved."""
    assert list(variants(build(TICKET))) == list(variants(build(TICKET)))
    assert list(mutants(build(TICKET))) == list(mutants(build(TICKET)))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(plain_schemas(Dialect.DRAFT7))
def test_what_is_called_valid_is_valid(tree: object) -> None:
    """Whatever the schema: values and variants judge clean; mutants do not, their clause first."""
    schema = build(tree, Dialect.DRAFT7)
    try:
        value = valid(schema)
    except DocumentError:
        assume(False)
    assert judge(schema, exemplified(value)).ok
    for variant in list(variants(schema))[:30]:
        assert judge(schema, exemplified(variant.value)).ok
    for mutant in list(mutants(schema))[:60]:
        assert judge(schema, exemplified(mutant.value)).findings[0].clause == mutant.clause


def test_choices_can_do_without_holes() -> None:
    """Examples stand where holes would be."""
    schema = build({"type": "string", "pattern": "^[0-9]+$", "x-conformance": {"source": "tick"}})
    assert valid(schema, Choices(holes=False)) == "1"

"""Mutants: one fault each, named, with the clause that it breaks."""

import re
from collections.abc import Mapping

import pytest

from conformance.payloads import exemplified, mutants, valid, variants
from conformance.validation import judge
from tests.validation.build import build

TREE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "price", "count"],
    "properties": {
        "kind": {"type": "string", "const": "quote"},
        "price": {"type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$"},
        "count": {"type": "integer", "minimum": 0, "maximum": 2**64 - 1},
        "firm": {"type": "boolean"},
        "legs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"type": "string", "minLength": 2, "maxLength": 4},
        },
    },
}
ROW = {
    "type": "array",
    "minItems": 3,
    "maxItems": 3,
    "items": [
        {"title": "kind", "const": "row"},
        {"title": "number", "type": "integer"},
        {"title": "flag", "type": "boolean"},
    ],
}
EITHER = {
    "oneOf": [
        {"title": "By a", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        {"title": "By b", "required": ["b"], "properties": {"b": {"type": "string"}}},
    ],
    "type": "object",
}


@pytest.mark.parametrize("tree", [TREE, ROW, EITHER])
def test_every_mutant_breaks_its_clause_first(tree: object) -> None:
    """The first finding on a mutant is on the clause that it names; labels are unique and safe."""
    schema = build(tree)
    found = list(mutants(schema))
    assert found
    for mutant in found:
        findings = judge(schema, exemplified(mutant.value)).findings
        assert findings[0].clause == mutant.clause
        assert {finding.clause for finding in findings} == {mutant.clause, *mutant.also}
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", mutant.label)
    assert len({mutant.label for mutant in found}) == len(found)


@pytest.mark.parametrize(
    ("tree", "label", "clause", "value", "says"),
    [
        (TREE, "missing-price", "m/required", {"kind": "quote", "count": 0}, "price is missing"),
        (
            TREE,
            "unknown-field",
            "m/additionalProperties",
            {"kind": "quote", "price": "0", "count": 0, "unknown_field": 1},
            "unknown_field is a field that there is not",
        ),
        (TREE, "as-array", "m/type", ["quote", "0", 0], "payload is array of 3 items, not map"),
        (
            TREE,
            "kind-unknown",
            "m/kind/const",
            {"kind": "no-such-value", "price": "0", "count": 0},
            "kind is str 'no-such-value', not 'quote'",
        ),
        (
            TREE,
            "price-as-float",
            "m/price/type",
            {"kind": "quote", "price": 0.0, "count": 0},
            "price is float 0.0, not string",
        ),
        (
            TREE,
            "price-as-bin",
            "m/price/type",
            {"kind": "quote", "price": b"0", "count": 0},
            "price is bin of 1 byte, not string",
        ),
        (
            TREE,
            "price-trailing-newline",
            "m/price/pattern",
            {"kind": "quote", "price": "0\n", "count": 0},
            None,
        ),
        (TREE, "price-trailing-zero", "m/price/pattern", {"kind": "quote", "price": "0.0", "count": 0}, None),
        (
            TREE,
            "count-as-float",
            "m/count/type",
            {"kind": "quote", "price": "0", "count": 0.0},
            "count is float 0.0, not integer",
        ),
        (
            TREE,
            "count-below-minimum",
            "m/count/minimum",
            {"kind": "quote", "price": "0", "count": -1},
            "count is int -1, not at least 0",
        ),
        (TREE, "count-wrapped", "m/count/minimum", {"kind": "quote", "price": "0", "count": -(2**63)}, None),
        (
            TREE,
            "firm-as-int",
            "m/firm/type",
            {"kind": "quote", "price": "0", "count": 0, "firm": 0},
            "firm is int 0, not boolean",
        ),
        (
            TREE,
            "legs-too-few",
            "m/legs/minItems",
            {"kind": "quote", "price": "0", "count": 0, "legs": []},
            None,
        ),
        (
            TREE,
            "legs-too-many",
            "m/legs/maxItems",
            {"kind": "quote", "price": "0", "count": 0, "legs": ["ab", "ab", "ab"]},
            None,
        ),
        (
            TREE,
            "legs.0-too-short",
            "m/legs/each/minLength",
            {"kind": "quote", "price": "0", "count": 0, "legs": ["a"]},
            None,
        ),
        (
            TREE,
            "legs.0-too-long",
            "m/legs/each/maxLength",
            {"kind": "quote", "price": "0", "count": 0, "legs": ["abbbb"]},
            None,
        ),
        (
            ROW,
            "dropped-number",
            "m/minItems",
            ["row", False],
            "payload is array of 2 items (dropped 1 number)",
        ),
        (
            ROW,
            "inserted-at-1",
            "m/maxItems",
            ["row", None, 0, False],
            "payload is array of 4 items (inserted at 1)",
        ),
        (
            ROW,
            "swapped-1-2",
            "m/number/type",
            ["row", False, 0],
            "[1] number is bool false (swapped 1 number and 2 flag)",
        ),
        (ROW, "appended", "m/maxItems", ["row", 0, False, None], "payload is array of 4 items (appended)"),
        (EITHER, "also-b", "m/oneOf", {"a": 0, "b": "a"}, None),
    ],
)
def test_a_mutant_says_what_it_does(
    tree: object, label: str, clause: str, value: object, says: str | None
) -> None:
    """Label, clause, value and sentence belong together."""
    found = {mutant.label: mutant for mutant in mutants(build(tree))}
    assert (found[label].clause, found[label].value) == (clause, value)
    assert says is None or found[label].says == says


def test_what_is_still_valid_is_no_mutant() -> None:
    """A bound far beyond 64 bits is not broken: nobody can send what lies behind it."""
    labels = {mutant.label for mutant in mutants(build({"type": "number", "minimum": 0.5, "maximum": 2**65}))}
    assert "above-maximum" not in labels


def test_one_beyond_64_bits_is_a_mutant() -> None:
    """JSON can write it; whoever sends mutants in another encoding leaves it out."""
    found = {each.label: each.value for each in mutants(build({"type": "integer", "maximum": 2**64 - 1}))}
    assert found["above-maximum"] == 2**64


def test_a_given_value_is_mutated_as_it_is() -> None:
    """With a value of the caller's own, that one is broken, and no variants are made."""
    value = {"kind": "quote", "price": "7.5", "count": 3}
    found = {mutant.label: mutant.value for mutant in mutants(build(TREE), value)}
    assert found["count-as-str"] == {**value, "count": "3"}
    assert found["price-exponent"] == {**value, "price": "7.5e0"}
    assert "firm-as-int" not in found


def test_faults_inside_another_branch_are_found() -> None:
    """What only a variant has is broken too, under a label of its own."""
    found = {mutant.label: mutant for mutant in mutants(build(EITHER))}
    assert (found["b-as-nil"].clause, found["b-as-nil"].value) == ("m/By b/b/type", {"b": None})


def side(fixed: Mapping[str, object], closed: bool, **own: str) -> dict[str, object]:
    """One alternative: what all have, what is fixed, and optional members of its own by their types."""
    common: dict[str, object] = {"id": {"type": "integer", "minimum": 1}, "note": {"type": "string"}}
    members = {**common, **fixed, **{name: {"type": kind} for name, kind in own.items()}}
    made: dict[str, object] = {"type": "object", "required": ["id", *fixed], "properties": members}
    return {**made, "additionalProperties": False} if closed else made


LIMIT, MARKET = {"form": {"const": "limit"}}, {"form": {"const": "market"}}
FORMS = [
    [side(LIMIT, True, price="string", left="integer"), side(MARKET, True, worth="integer", size="string")],
    [side(LIMIT, False, price="string", left="integer"), side(MARKET, True, size="string", left="string")],
    [side({"price": {"type": "string"}}, True, left="integer"), side({"worth": {"type": "integer"}}, True)],
    [side({"price": {"enum": ["1", "2"]}}, True, a="integer", b="integer"), side(LIMIT, True, c="string")],
]


@pytest.mark.parametrize("sides", FORMS)
def test_no_mutant_of_another_form_is_passed_over(sides: list[object]) -> None:
    """What a fault breaks in some form is among the mutants, though alike forms are not judged again."""
    schema = build({"type": "object", "oneOf": sides})
    bases = [exemplified(valid(schema)), *(exemplified(each.value) for each in variants(schema))]
    alone = {(each.rule, each.clause, each.path) for base in bases for each in mutants(schema, base)}
    assert len(bases) > len(sides)
    assert {(each.rule, each.clause, each.path) for each in mutants(schema)} == alone

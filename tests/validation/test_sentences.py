"""Every kind of finding in its exact words."""

import pytest

from conformance.codec import MISSING, Ext, Pairs
from conformance.contract.schema import Dialect
from conformance.validation import judge

from .build import build

CODE = {"type": "string", "pattern": "^[A-Z]{2}$"}
ROW = {
    "type": "array",
    "minItems": 4,
    "maxItems": 4,
    "additionalItems": False,
    "items": [
        {"title": "kind", "const": "row"},
        {"title": "number", "type": "integer", "minimum": 0},
        {"title": "code", "allOf": [{"$ref": "#/definitions/Code"}]},
        {
            "title": "cells",
            "type": "array",
            "items": {"type": "array", "items": [{"title": "size", "type": "integer"}]},
        },
    ],
    "definitions": {"Code": CODE},
}


@pytest.mark.parametrize(
    ("tree", "value", "sentences"),
    [
        ({"type": "integer"}, 1.0, ["payload: expected integer, got float 1.0"]),
        ({"type": "integer"}, True, ["payload: expected integer, got bool true"]),
        ({"type": "number"}, False, ["payload: expected number, got bool false"]),
        ({"type": "number"}, "1.5", ["payload: expected number, got str '1.5'"]),
        ({"type": "string"}, b"abc", ["payload: expected string, got bin of 3 bytes"]),
        ({"type": "string", "format": "binary"}, "abc", ["payload: expected bin, got str 'abc'"]),
        ({"type": "string", "contentMediaType": "image/png"}, "a", ["payload: expected bin, got str 'a'"]),
        ({"type": ["object", "null"]}, [], ["payload: expected map or nil, got array of 0 items"]),
        ({"type": "null"}, MISSING, ["payload: expected nil, got nothing"]),
        ({"title": "Ticket", "type": "integer"}, None, ["payload: expected Ticket, an integer, got nil"]),
        (
            {"title": "Ticket", "type": ["array", "null"]},
            1,
            ["payload: expected Ticket, an array or nil, got int 1"],
        ),
        (
            {"title": "Ticket", "allOf": [{"minimum": 1}, {"type": "integer"}]},
            MISSING,
            ["payload: expected Ticket, an integer, got nothing"],
        ),
        ({"title": "Integer", "type": "integer"}, "1", ["payload: expected Integer, got str '1'"]),
        ({"type": "string"}, Ext(5, b"ab"), ["payload: expected string, got ext 5 of 2 bytes"]),
        ({"enum": ["a", "b"]}, "c", ["payload: expected one of 'a', 'b', got str 'c'"]),
        (
            {"enum": list(range(10))},
            1.0,
            ["payload: expected one of 0, 1, 2, 3, 4, 5, 6, 7, … (10 in all), got float 1.0"],
        ),
        ({"const": 1}, True, ["payload: expected 1, got bool true"]),
        ({"const": [0]}, [0.0], ["payload: expected [0], got array of 1 item"]),
        ({"minimum": 0}, -1, ["payload: expected at least 0, got int -1"]),
        ({"maximum": 1.5}, float("nan"), ["payload: expected at most 1.5, got float nan"]),
        ({"exclusiveMinimum": 0}, 0, ["payload: expected more than 0, got int 0"]),
        ({"exclusiveMaximum": 9}, 9.0, ["payload: expected less than 9, got float 9.0"]),
        ({"multipleOf": 0.01}, 0.075, ["payload: expected a multiple of 0.01, got float 0.075"]),
        ({"multipleOf": 2}, float("inf"), ["payload: expected a multiple of 2, got float inf"]),
        ({"minLength": 1}, "", ["payload: expected at least 1 character, got str ''"]),
        ({"maxLength": 2}, "äöü", ["payload: expected at most 2 characters, got str 'äöü'"]),
        (
            {"type": "string", "format": "binary", "maxLength": 2},
            b"abc",
            ["payload: expected at most 2 bytes, got bin of 3 bytes"],
        ),
        (CODE, "AB\n", ["payload: expected a string matching ^[A-Z]{2}$, got str 'AB\\n'"]),
        ({"minItems": 2}, [1], ["payload: expected at least 2 items, got array of 1 item"]),
        ({"maxItems": 1}, [1, 2], ["payload: expected at most 1 item, got array of 2 items"]),
        ({"uniqueItems": True}, [1, 1], ["payload: expected items that all differ, got array of 2 items"]),
        (
            {"uniqueItems": True},
            [{"a": 1}, {"a": 1}],
            ["payload: expected items that all differ, got array of 2 items"],
        ),
        ({"uniqueItems": True}, [1, 1.0, True, "1", b"1"], []),
        ({"minProperties": 1}, {}, ["payload: expected at least 1 entry, got map of 0 entries"]),
        ({"maxProperties": 0}, {"a": 1}, ["payload: expected at most 0 entries, got map of 1 entry"]),
        (
            {"required": ["a"], "properties": {"a": {"type": "integer"}}},
            {},
            ["a: expected integer, got nothing"],
        ),
        ({"additionalProperties": False}, {"a": 1}, ["a: expected no such field, got int 1"]),
        ({"additionalProperties": {"type": "string"}}, {"a b": 1}, ["['a b']: expected string, got int 1"]),
        (
            {"patternProperties": {"^x": {"type": "string"}}},
            {"x": 1, "y": 1},
            ["x: expected string, got int 1"],
        ),
        ({"properties": {"a": False}}, {"a": 1}, ["a: expected nothing here, got int 1"]),
        ({"type": "object"}, Pairs(((1, 2),)), ["payload: expected keys that are str, got int 1"]),
        (
            {"items": {"properties": {"b": {"type": "integer"}}}},
            [{"b": 1}, {"b": "x"}],
            ["[1].b: expected integer, got str 'x'"],
        ),
        (
            {"not": {"type": "integer"}},
            1,
            ["payload: expected a value that 'not' does not describe, got int 1"],
        ),
        ({"not": {"type": "integer"}}, 1.0, []),
        (
            {"contains": {"const": 1}},
            [1.0, True],
            ["payload: expected what 'contains' asks, got array of 2 items"],
        ),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            ["payload: expected what 'propertyNames' asks, got map of 1 entry"],
        ),
        (
            {"if": {"type": "integer"}, "then": {"minimum": 3}},
            2,
            ["payload: expected what 'minimum' in 'if' asks, got int 2"],
        ),
        (
            {"if": {"required": ["a"]}, "then": {"properties": {"a": {"type": "integer"}}}},
            {"a": 1.0},
            ["a: expected integer ('if'), got float 1.0"],
        ),
        (
            {"dependencies": {"a": ["b"]}},
            {"a": 1},
            ["payload: expected what 'required' in 'dependencies' asks, got map of 1 entry"],
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            1.5,
            ["payload: expected string or integer, got float 1.5"],
        ),
        (
            {"oneOf": [{"minimum": 1}, {"minimum": 2}]},
            3,
            [
                "payload: expected exactly one alternative to match, not alternative 0 and alternative 1"
                ", got int 3"
            ],
        ),
        (
            {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]},
            {},
            ["a: expected a value, got nothing", "payload: expected map or nil, got map of 0 entries"],
        ),
        (ROW, ["row", 1, "AB", []], []),
        (ROW, ["row", 1, 1.5, []], ["[2] code: expected Code, a string, got float 1.5"]),
        (ROW, ["row", 1, "ab", []], ["[2] code: expected Code, a string matching ^[A-Z]{2}$, got str 'ab'"]),
        (
            ROW,
            ["row", -1, "AB", [[1], [None]]],
            [
                "[1] number: expected at least 0, got int -1",
                "[3] cells[1][0] size: expected integer, got nil",
            ],
        ),
        (
            {"type": "integer"},
            "\x1b[31m" + "x" * 100,
            [f"payload: expected integer, got str '\\x1b[31m{'x' * 55}'… (105 characters)"],
        ),
        ({"type": "integer"}, "\u202eabc", ["payload: expected integer, got str '\\u202eabc'"]),
    ],
)
def test_each_finding_says_what_and_where(tree: object, value: object, sentences: list[str]) -> None:
    """Place, what was promised, what came, and the line of the document: in one sentence."""
    found = [str(finding) for finding in judge(build(tree), value).findings]
    assert found == [f"{sentence} (doc.yaml:1)" for sentence in sentences]


def test_a_finding_holds_its_parts() -> None:
    """Clause, instance path and document stand in fields of their own."""
    tree = {"properties": {"order": {"properties": {"price": {"type": "string"}}}}}
    (finding,) = judge(build(tree), {"order": {"price": 1.5}}).findings
    assert (finding.clause, finding.where, finding.path, finding.document, finding.drift) == (
        "m/order/price/type",
        "order.price",
        ("order", "price"),
        "doc.yaml:1",
        "",
    )


def test_prefix_items_are_positions_too() -> None:
    """What draft-07 says with a list of items, 2020-12 says with prefixItems."""
    tree = {"prefixItems": [{"title": "kind", "const": "x"}], "items": False}
    found = judge(build(tree, Dialect.DRAFT2020), ["y", 1]).findings
    assert [str(finding) for finding in found] == [
        "payload: expected at most 1 items, got array of 2 items (doc.yaml:1)",
        "[0] kind: expected 'x', got str 'y' (doc.yaml:1)",
    ]

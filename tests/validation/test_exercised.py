"""Which clauses a value really put to the test."""

import pytest

from conformance.codec import MISSING
from conformance.validation import judge

from .build import build

TREE = {
    "type": "object",
    "required": ["a"],
    "additionalProperties": False,
    "properties": {
        "a": {"type": ["string", "null"], "pattern": "^x", "maxLength": 3},
        "b": {"type": "integer", "minimum": 0},
        "c": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "integer", "maximum": 9},
            "contains": {"const": 1},
        },
    },
}
TOP = {"m/type", "m/required", "m/additionalProperties"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, TOP),
        ({"a": "xy"}, TOP | {"m/a/type", "m/a/pattern", "m/a/maxLength"}),
        ({"a": None}, TOP | {"m/a/type"}),
        ({"b": 1}, TOP | {"m/b/type", "m/b/minimum"}),
        ({"b": "1"}, TOP | {"m/b/type"}),
        ({"c": []}, TOP | {"m/c/type", "m/c/maxItems", "m/c/contains"}),
        ({"c": [1]}, TOP | {"m/c/type", "m/c/maxItems", "m/c/contains", "m/c/each/type", "m/c/each/maximum"}),
        (7, {"m/type"}),
        (MISSING, set()),
    ],
)
def test_only_what_was_there_exercises_a_clause(value: object, expected: set[str]) -> None:
    """A clause on an absent field, or of a keyword for another type, is not enforced by this value."""
    assert judge(build(TREE), value).exercised == expected


def test_every_broken_clause_was_exercised() -> None:
    """What a finding names, the value has exercised, alternatives included."""
    judgement = judge(
        build({**TREE, "oneOf": [{"required": ["z"]}, {"minProperties": 9}]}), {"a": 1, "b": -1, "d": 0}
    )
    assert {finding.clause for finding in judgement.findings} <= judgement.exercised

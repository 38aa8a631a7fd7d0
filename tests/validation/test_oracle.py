"""The judge against others: the official JSON Schema test suite, and ``jsonschema`` on generated pairs."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.contract.schema import Dialect
from conformance.validation import judge

from .build import NotBuiltError, build
from .official import suite_folder

# Where JSON Schema compares numbers and we compare wire values.
WIRE_STRICT = {
    "float zero is valid",
    "float one is valid",
    "integer -2 is valid",
    "float is valid",
    "[0.0] is valid",
    "[1.0] is valid",
    "a float with zero fractional part is an integer",
}
ENCODED = {
    "an invalid base64 string (% is not a valid character); validates true",
    "a validly-encoded invalid JSON document; validates true",
    "an invalid base64 string that is valid JSON; validates true",
}


@pytest.mark.parametrize(
    ("folder", "dialect", "least"),
    [("draft7", Dialect.DRAFT7, 800), ("draft2020-12", Dialect.DRAFT2020, 900)],
)
def test_the_official_suite_agrees(folder: str, dialect: Dialect, least: int) -> None:
    """No disagreement, apart from floats that are no integers on the wire."""
    wrong, right = set(), 0
    for file in sorted((suite_folder() / folder).glob("*.json")):
        for group in json.loads(file.read_text("utf-8")):
            try:
                schema = build(group["schema"], dialect, raw=False)
            except NotBuiltError:
                continue
            for test in group["tests"]:
                if judge(schema, test["data"]).ok == test["valid"]:
                    right += 1
                elif test["description"] not in WIRE_STRICT | ENCODED:
                    wrong.add(f"{file.name}: {group['description']}: {test['description']}")
    assert wrong == set()
    assert right >= least


VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 6)
    | st.sampled_from([0.5, 2.5, -1.25])
    | st.sampled_from(["", "a", "b", "ab", "x1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
SMALL = st.integers(0, 3)
LEAVES: dict[str, Any] = {
    "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
    "const": VALUES,
    "enum": st.lists(VALUES, min_size=1, max_size=3),
    "minimum": st.integers(-2, 4),
    "maximum": st.integers(-2, 4),
    "exclusiveMinimum": st.integers(-2, 4),
    "exclusiveMaximum": st.integers(-2, 4),
    "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
    "minLength": SMALL,
    "maxLength": SMALL,
    "pattern": st.sampled_from(["^a", "b$", "^x[0-9]$", ""]),
    "minItems": SMALL,
    "maxItems": SMALL,
    "uniqueItems": st.booleans(),
    "minProperties": SMALL,
    "maxProperties": SMALL,
    "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
}


def deeper(inner: Any, modern: bool) -> Any:
    """Schemas of schemas."""
    some = st.lists(inner, min_size=1, max_size=3)
    keywords = {
        **LEAVES,
        "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "c$"]), inner, max_size=2),
        "additionalProperties": inner,
        "items": inner if modern else inner | some,
        ("prefixItems" if modern else "additionalItems"): some if modern else inner,
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
        "if": inner,
        "then": inner,
        "contains": inner,
        "propertyNames": inner,
    }
    return st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in names})
    )


def schemas(modern: bool) -> Any:
    """Schemas over the supported keywords."""
    leaf = st.booleans() | st.lists(st.sampled_from(sorted(LEAVES)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: LEAVES[name] for name in names})
    )
    return st.recursive(leaf, lambda inner: deeper(inner, modern), max_leaves=8)


def check(validator: Any, dialect: Dialect, tree: Any, value: Any) -> None:
    """Both say the same; ours exercises what it finds broken."""
    judgement = judge(build(tree, dialect), value)
    try:
        valid = validator(tree).is_valid(value)
    except TypeError:  # jsonschema itself stumbles over a boolean `items` beside `additionalItems`
        assume(False)
    assert judgement.ok == valid, [str(finding) for finding in judgement.findings]
    assert {finding.clause for finding in judgement.findings} <= judgement.exercised


@settings(max_examples=600, deadline=None)
@given(schemas(False), VALUES)
def test_draft_07_agrees_with_jsonschema(tree: Any, value: Any) -> None:
    """The same verdict as the reference implementation on values that JSON can hold."""
    check(jsonschema.Draft7Validator, Dialect.DRAFT7, tree, value)


@settings(max_examples=600, deadline=None)
@given(schemas(True), VALUES)
def test_2020_12_agrees_with_jsonschema(tree: Any, value: Any) -> None:
    """So in 2020-12."""
    check(jsonschema.Draft202012Validator, Dialect.DRAFT2020, tree, value)

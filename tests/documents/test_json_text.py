"""JSON files are JSON, with lines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.documents.json_text import parse_json
from conformance.errors import DocumentError
from tests.documents.build import tree_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 0, 2]))
def test_json_is_read_as_json_reads_it(value: object, indent: int | None) -> None:
    """Every value of JSON comes back, whatever its layout."""
    text = json.dumps(value, indent=indent)
    found, spot = parse_json(text, "a.json")
    assert found == value
    assert spot is not None


def test_json_keeps_what_yaml_would_change() -> None:
    """Tabs, escaped slashes and surrogate pairs are JSON's."""
    assert tree_of('{\t"a": "\\/\\ud83d\\ude00", "b": 1E2}', "a.json").value == {"a": "/😀", "b": 100.0}


def test_json_knows_lines() -> None:
    """Keys and elements have the lines of the text."""
    tree = tree_of('{\n "a": [\n  1,\n  {"b":\n 2}]\n}', "a.json")
    assert [tree.where(at).line for at in ("/a", "/a/0", "/a/1", "/a/1/b")] == [2, 3, 4, 4]


BAD = {
    '{"a": 1,\n "a": 2}': "a.json:2: the key 'a' is already on line 1; expected each key once",
    '{"a": 1,}': "a.json:1: not valid JSON: found '}'; expected a key in double quotes",
    '{"a": 1\n"b": 2}': "a.json:2: not valid JSON: found '\"'; expected '}'",
    '{"a": nul}': "a.json:1: not valid JSON: found 'n'; expected a value",
    '{"a": NaN}': "a.json:1: not valid JSON: found 'N'; expected a value",
    '{"a": 01}': "a.json:1: not valid JSON: found '1'; expected '}'",
    '{"a": "x': "a.json:1: not valid JSON: Unterminated string starting at",
    '{"a": 1e999}': "a.json:1: not valid JSON: 1e999 is beyond a 64-bit float; expected a finite number",
    "{} {}": "a.json:1: not valid JSON: text after the end of the value",
    "": "a.json:1: the document is empty; expected a map at the top",
    "[": "a.json:1: not valid JSON: the text ends early; expected a value",
    "[" * 5000: "a.json:1: values are nested more than 100 deep",
}


@pytest.mark.parametrize(("text", "sentence"), BAD.items(), ids=range(len(BAD)))
def test_what_is_not_json_is_refused(text: str, sentence: str) -> None:
    """Each failure says where and what."""
    with pytest.raises(DocumentError) as raised:
        tree_of(text, "a.json")
    assert str(raised.value) == sentence

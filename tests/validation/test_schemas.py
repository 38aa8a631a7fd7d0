"""Schemas that recurse, that cannot be used, patterns that would hang."""

import time

import pytest

from conformance.contract.schema import Dialect, Schema
from conformance.documents.where import Where
from conformance.errors import DocumentError
from conformance.validation import judge

from .build import build

TREE = {"type": "object", "required": ["v"], "properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}}


def test_recursion_is_followed_into_the_value() -> None:
    """A linked list is judged to its end, with the whole path in the finding."""
    value = {"v": 1, "next": {"v": 2, "next": {"v": "3"}}}
    (finding,) = judge(build(TREE), value).findings
    assert str(finding) == "next.next.v: expected integer, got str '3' (doc.yaml:1)"


def test_recursion_through_a_wrapper() -> None:
    """A wrapper that only names its part may be where a recursion leads."""
    tree = {
        "properties": {"tree": {"$ref": "#/definitions/Tree"}},
        "definitions": {
            "Tree": {"title": "tree", "allOf": [{"$ref": "#/definitions/Inner"}]},
            "Inner": {"type": "array", "items": {"$ref": "#/definitions/Tree"}},
        },
    }
    found = judge(build(tree), {"tree": [[[], [1]]]}).findings
    expected = "tree[0][1][0]: expected Inner, an array, got int 1 (doc.yaml:1)"
    assert [str(finding) for finding in found] == [expected]


def test_a_schema_that_is_itself_ends() -> None:
    """A reference circle that goes no deeper promises nothing more."""
    assert judge(build({"allOf": [{"$ref": "#"}], "type": "integer"}), 1).ok
    assert judge(build({"anyOf": [{"$ref": "#"}, {"type": "string"}]}), "a").ok


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(?=a)(a+)+b$", "(a|a)*c$"])
def test_no_pattern_hangs(pattern: str) -> None:
    """Patterns of documents take bounded time on values of targets."""
    start = time.perf_counter()
    judge(build({"pattern": pattern}), "a" * 5_000 + "!")
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(("pattern", "value"), [("^a$", "a\n"), (r"^\d$", "\u0663"), (r"^\w+$", "ä")])
def test_patterns_are_ecma(pattern: str, value: str) -> None:
    """The end is the very end, digits and word characters are ASCII."""
    assert not judge(build({"pattern": pattern}), value).ok


def test_a_pattern_that_is_none_is_the_documents_fault() -> None:
    """An invalid pattern names its line."""
    with pytest.raises(DocumentError, match=r"doc\.yaml:1: the pattern '\[' is not a regular expression"):
        judge(build({"properties": {"a": {"pattern": "["}}}), {})


def test_a_recursion_into_nowhere_is_the_documents_fault() -> None:
    """An ``again`` without its ancestor cannot be judged."""
    lost = Schema(Where("doc.yaml", 3), Dialect.DRAFT7, again=Where("doc.yaml", 1))
    with pytest.raises(DocumentError, match=r"doc\.yaml:3"):
        judge(lost, 1)


def test_an_unusable_keyword_is_the_documents_fault() -> None:
    """A keyword that the library refuses names its line."""
    with pytest.raises(DocumentError, match="the keyword 'not' cannot be used"):
        judge(build({"not": {"type": 7}}), 1)


def test_draft_04_bounds_are_understood() -> None:
    """A boolean exclusiveMinimum sharpens the minimum."""
    schema = Schema(Where("d", 1), Dialect.DRAFT4, values={"minimum": 1, "exclusiveMinimum": True})
    assert [finding.expected for finding in judge(schema, 1).findings] == ["more than 1"]


def test_bin_passes_only_where_it_is_promised() -> None:
    """Raw bytes need a keyword that says so; without a type they are a value like any other."""
    for says in ({"format": "binary"}, {"contentEncoding": "base64"}, {"contentMediaType": "image/png"}):
        schema = build({"type": "string", **says})
        assert judge(schema, b"abc").ok
        assert [each.clause for each in judge(schema, "YWJj").findings] == [f"m/{next(iter(says))}"]
        assert [each.clause for each in judge(schema, 1).findings] == ["m/type"]
    for says in ({"format": "date"}, {"contentMediaType": "application/json"}, {"contentEncoding": "7bit"}):
        assert not judge(build({"type": "string", **says}), b"abc").ok
        assert judge(build({"type": "string", **says}), "abc").ok
    assert judge(build({"if": {"required": ["a"]}, "then": {"required": ["b"]}}), {"a": b"", "b": 1}).ok
    assert judge(build({}), b"abc").ok


def test_what_is_no_wire_value_is_a_bug_of_the_caller() -> None:
    """A Python object that no codec gives raises."""
    with pytest.raises(TypeError, match="no wire value: set"):
        judge(build({}), {1})

"""Queries select as RFC 9535 says, and no query hangs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from conformance.documents.jsonpath import MAX_PLACES, Place, select
from conformance.documents.spots import Spot
from conformance.documents.tree import Node, Tree
from conformance.errors import DocumentError

VALUE = {"a": {"b": [{"c": 1}, {"c": 2, "d": "x\ry"}]}, "x-b": "Größe", "n": None}


def query(text: str) -> Node:
    tree = Tree("o.yaml", Path("o.yaml"), {}, Spot(1), "")
    return Node(tree, "/target", text, Spot(7), 7)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("$", [()]),
        ("$.a.b[*].c", [("a", "b", 0, "c"), ("a", "b", 1, "c")]),
        ("$.a.b[-1]", [("a", "b", 1)]),
        ("$['x-b','x-b']", [("x-b",)]),
        ("$.a.b[?@.c > 1]", [("a", "b", 1)]),
        ("$.a.b[?@.c == 1 || @.d]", [("a", "b", 0), ("a", "b", 1)]),
        ("$[?search(@, '^Gr.+e$')]", [("x-b",)]),
        ("$[?match(@, '[A-Z].*')]", [("x-b",)]),
        ("$[?match(@, 'Gr')]", []),
        ("$[?match(@, '\\\\p{Lu}.*')]", [("x-b",)]),
        ("$..[?match(@, 'x.y')]", []),
        ("$[?match(@, '(')]", []),
        ("$.n", [("n",)]),
        ("$.nope", []),
        ("$['x-b'][0:2]", []),
        ("$[?@ == '<>']", []),
    ],
)
def test_places(text: str, places: list[Place]) -> None:
    """Each place once, in the document's order; a pattern's dot is no line break."""
    assert select(query(text), VALUE) == places


@pytest.mark.parametrize(
    "text", ["$.", "$[", "$.x-b", "$[?@.a", "$[?(" + "(" * 5000 + "@.a", "$[" * 4000, "a", ""]
)
def test_what_is_no_query_is_refused(text: str) -> None:
    """Also those that would bring a parser to its knees."""
    with pytest.raises(
        DocumentError, match=r"^o\.yaml:7: .* is not a JSONPath query: .*; expected a query as of"
    ):
        select(query(text), VALUE)


def test_extensions_of_the_library_are_no_rfc_9535() -> None:
    """What other tools would refuse is refused here."""
    words = ("$.a.~b", "$.a | $.b", "$[?@.c in [1]]", "$[?@ =~ /x/]", "^.a")
    for text in (*words, "$[?@.c <> 1]", "$[?not @.c]", "$[1e3]"):
        with pytest.raises(DocumentError, match="is not a JSONPath query"):
            select(query(text), VALUE)


def test_a_hyphen_is_explained() -> None:
    """Many overlays are written for tools that take it."""
    with pytest.raises(DocumentError) as raised:
        select(query("$.a[?(@.x-my-mark)]"), VALUE)
    assert str(raised.value) == (
        "o.yaml:7: '$.a[?(@.x-my-mark)]' is not a JSONPath query: unexpected token '-'; "
        "expected a query as of RFC 9535 (a name with a hyphen stands in brackets: ['x-my-mark'])"
    )


def test_a_pattern_that_python_would_never_finish() -> None:
    """Linear time, whatever the pattern is."""
    began = time.monotonic()
    assert select(query("$[?search(@, '^(a+)+$')]"), ["a" * 60 + "b"]) == []
    assert time.monotonic() - began < 1


def test_a_query_that_selects_too_much_is_refused() -> None:
    """Wildcards multiply."""
    value = {str(n): list(range(1000)) for n in range(MAX_PLACES // 1000 + 1)}
    with pytest.raises(DocumentError, match=f"selects more than {MAX_PLACES} places"):
        select(query("$.*.*"), value)
    with pytest.raises(DocumentError, match="a JSONPath query of 20001 characters"):
        select(query("$" + ".a" * 10000), value)

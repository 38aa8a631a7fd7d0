"""Patterns of documents as strict engines read them."""

from __future__ import annotations

import re

import pytest

from conformance.documents.regex import foreign, strict
from tests.contract.build import payload_of


@pytest.mark.parametrize(
    ("loose", "made"),
    [
        ("^{[a-z]+}$", r"^\{[a-z]+\}$"),
        ("^(?:{[0-9a-f]{4}})$", r"^(?:\{[0-9a-f]{4}\})$"),
        ("x{a}", r"x\{a\}"),
        ("a{,3}", r"a\{,3\}"),
        ("a{2}{", r"a{2}\{"),
        ("a{2,3}", "a{2,3}"),
        ("[{}]", "[{}]"),
        (r"\{a\}", r"\{a\}"),
        (r"\p{L}+", r"\p{L}+"),
        (r"\u{1F600}{2}", r"\u{1F600}{2}"),
        ("{1}", r"\{1\}"),
        ("a|{2}", r"a|\{2\}"),
        ("[a{}]{", r"[a{}]\{"),
    ],
)
def test_a_brace_that_begins_no_quantifier_stands_for_itself(loose: str, made: str) -> None:
    assert strict(loose) == made
    if "\\p" not in loose and "\\u" not in loose:
        assert re.compile(made)


def test_documents_may_rely_on_it() -> None:
    schema = payload_of("{type: object, patternProperties: {'^{a}': {type: string, pattern: '^{[a-z]+}$'}}}")
    ((name, member),) = schema.pattern_properties.items()
    assert (name, member.values["pattern"]) == (r"^\{a\}", r"^\{[a-z]+\}$")


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?i)^a$", "flags inside"),
        ("^(?P<a>x)$", "a group named as in Python"),
        (r"^\\\A$", r"(\A)"),
        ("^[[:digit:]]+$", "a POSIX class"),
        (r"^a{2}+\p{L}$", "a possessive quantifier"),
        ("^(?>a)$", "an atomic group"),
    ],
)
def test_what_other_engines_have_is_known(pattern: str, says: str) -> None:
    (found,) = foreign(pattern)
    assert says in found


@pytest.mark.parametrize("pattern", [r"^\p{L}+$", "^{a}+$", "^[*+]+$", r"^\\A[(]?i\)$", r"^\u{1F600}+\++$"])
def test_what_ecma_has_is_not_foreign(pattern: str) -> None:
    assert list(foreign(pattern)) == []

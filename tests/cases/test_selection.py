"""Choosing cases by pattern."""

from __future__ import annotations

import pytest

from conformance.cases.selection import matches, select
from conformance.errors import UsageError
from tests.cases.library import Library


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("a/b/c", "a/b/c", True),
        ("a/b", "a/b/c", True),
        ("a/b/", "a/b/c", True),
        ("a/b", "a/bc", False),
        ("*/b/*", "a/b/c", True),
        ("a/*-float", "a/x-as-float", True),
        ("a/*", "a/b/c", True),
        ("*b", "a/b/c", True),
        ("a/B", "a/b", False),
    ],
)
def test_matches(pattern: str, name: str, meant: bool) -> None:
    """An id, whole leading segments of it, or a shell pattern."""
    assert matches(pattern, name) is meant


def test_no_pattern_means_all(library: Library) -> None:
    """Without patterns every case is chosen."""
    assert select(library.catalogue.cases) == library.catalogue.cases


def test_cases_and_clauses_both_have_to_fit(library: Library) -> None:
    """``--case`` and ``--clause`` narrow each other."""
    chosen = select(library.catalogue.cases, ["library/transport"], ["library/transport/ping"])
    assert [case.id for case in chosen] == ["library/transport/ping/empty", "library/transport/ping/longest"]


def test_a_pattern_that_matches_nothing_names_near_ids(library: Library) -> None:
    """A typing error is answered with what may have been meant."""
    with pytest.raises(UsageError) as raised:
        select(library.catalogue.cases, ["library/transport/ping/emtpy"])
    assert str(raised.value).startswith(
        "--case library/transport/ping/emtpy matches nothing (near: library/transport/ping/empty"
    )


def test_a_clause_that_nothing_enforces_is_refused(library: Library) -> None:
    """``--clause`` knows the clauses that cases claim."""
    with pytest.raises(UsageError, match=r"--clause library/refusals/busy matches nothing \(near: "):
        select(library.catalogue.cases, clauses=["library/refusals/busy"])

"""Conditions on values: exact, on numbers and decimal strings alike."""

from __future__ import annotations

import pytest

from conformance.cases.conditions import unmet
from conformance.cases.steps import Condition, Saved


@pytest.mark.parametrize(
    ("op", "found", "wanted", "holds"),
    [
        ("gt", 2, 1, True),
        ("gt", "0.5", "0.50", False),
        ("ge", "0.5", "0.50", True),
        ("ge", 1, 2, False),
        ("ge", "many", 2, False),
        ("multiple_of", "0.3", "0.1", True),
        ("multiple_of", "0.35", "0.1", False),
        ("multiple_of", "12345678901234567890.00000001", "0.00000001", True),
        ("multiple_of", 4, 2, True),
        ("multiple_of", "1", "0", False),
        ("multiple_of", None, "1", False),
    ],
)
def test_numbers_are_compared_exactly(op: str, found: object, wanted: object, holds: bool) -> None:
    """No float stands between a decimal string and its tick."""
    condition = Condition("/a", op, Saved("wanted"))
    assert (unmet((condition,), {"a": found}, {"wanted": wanted}) is None) is holds


def test_a_multiple_is_each_one_that_is_there() -> None:
    """An empty list has nothing that could be off; one wrong element is enough."""
    on_tick = (Condition("/a/*", "multiple_of", "0.5"),)
    assert unmet(on_tick, {"a": []}, {}) is None
    assert unmet(on_tick, {"a": ["1", "1.5"]}, {}) is None
    assert unmet(on_tick, {"a": ["1", "1.2"]}, {}) == (on_tick[0], "0.5", "1.2")

"""What a condition compares with: numbers that are reckoned from others, exactly."""

from __future__ import annotations

import pytest

from conformance.cases.conditions import EQ_IF_THERE, reckoned, unmet
from conformance.cases.filling import Filler, Unreckonable, saved_names, sourced_names
from conformance.cases.steps import Condition, Reckoned, Saved, Sourced
from conformance.codec import MISSING
from conformance.payloads import Hole


@pytest.mark.parametrize(
    ("base", "times", "plus", "made"),
    [
        (7, 1, 1, 8),
        (7, 3, -1, 20),
        ("0.1", 3, 0, "0.3"),
        ("1232", 1, "0.5", "1232.5"),
        ("99.5", 2, "1", "200"),
        (5, 1, "0.5", "5.5"),
        ("12345678901234567890.12345678901234567", 2, "0", "24691357802469135780.24691357802469134"),
        (2**64 - 1, 2, 0, 2**65 - 2),
        (None, 1, 1, MISSING),
        ("open", 1, 1, MISSING),
        ("1", 1, True, MISSING),
    ],
)
def test_numbers_are_reckoned_exactly(base: object, times: int, plus: object, made: object) -> None:
    """Integers stay integers, decimal strings decimal strings; with anything else there is no number."""
    assert reckoned(base, times, plus) == made


def test_a_condition_compares_with_what_is_reckoned() -> None:
    """From what was saved and what the target gave; where it gave no number, nothing meets the condition."""
    price = Condition("/price", "eq", Reckoned(Saved("bid"), plus=Sourced("tick")))
    assert unmet((price,), {"price": "10.5"}, {"bid": "10", "$tick": "0.5"}) is None
    assert unmet((price,), {"price": "10.5"}, {"bid": "10", "$tick": "1"}) == (price, "11", "10.5")
    assert unmet((price,), {"price": "10.5"}, {"bid": None, "$tick": "1"}) is not None


def test_a_command_is_filled_with_what_is_reckoned() -> None:
    """Its parts are needs like any other; a number that cannot be made is told with their names."""
    payload = {"price": Reckoned(Saved("bid"), 1, Hole("source", "tick"))}
    assert (saved_names(payload), sourced_names(payload)) == (("bid",), ("tick",))
    filler = Filler("tag", lambda: 1, values={"tick": "0.5"})
    assert filler.fill(payload, {"bid": "10"}) == {"price": "10.5"}
    with pytest.raises(Unreckonable, match="no number can be made of bid and tick"):
        filler.fill(payload, {"bid": None})


@pytest.mark.parametrize(("found", "met"), [(2, True), (4, True), (3, False), ("2", False), (2.0, False)])
def test_one_of_several_literals_will_do(found: object, met: bool) -> None:
    """Types count here too: neither text nor a float is the integer 2."""
    condition = Condition("/code", "among", (2, 4))
    assert (unmet((condition,), {"code": found}, {}) is None) is met


@pytest.mark.parametrize(
    ("value", "met"), [({"a": "1.0"}, True), ({"a": "2"}, False), ({}, True), ({"a": None}, False)]
)
def test_what_need_not_be_there_is_held_to_its_value_where_it_is(value: object, met: bool) -> None:
    """Absent is not wrong; nil is no absence."""
    assert (unmet((Condition("/a", EQ_IF_THERE, "1"),), value, {}) is None) is met

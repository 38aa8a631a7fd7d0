"""Values of the target: the first that a source gives, and the others."""

from __future__ import annotations

from dataclasses import replace

from conformance.run.values import Values
from tests.run.desk import around, contract, judge, target


def given(*elements: object, stated: dict[str, object] | None = None) -> dict[str, object]:
    at = replace(target("ws://127.0.0.1:1"), values=stated or {})
    source = contract().source_of("fee")
    assert source is not None
    return Values(contract(), at, judge(), around(at))._given(source, list(elements))


def test_each_other_value_has_a_number() -> None:
    """What comes twice counts once; an element without it counts not at all."""
    assert given({"fee": "10"}, {"fee": "11"}, {}, {"fee": "10"}, {"fee": "12"}) == {
        "fee": "10",
        "fee#1": "11",
        "fee#2": "12",
    }


def test_what_the_user_states_is_none_of_the_others() -> None:
    """The stated value stands for the first: no other may be the same."""
    assert given({"fee": "10"}, {"fee": "11"}, {"fee": "12"}, stated={"fee": "11"}) == {
        "fee": "10",
        "fee#1": "10",
        "fee#2": "12",
    }

"""Sequences that fail become short: against the embedded reference with faults of matching."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.fronts.options import Wish
from conformance.fronts.prepare import Prepared, prepare
from conformance.run import Engine, Result
from conformance.run.embedded import Embedded
from conformance.run.shrinking import Shrinker
from conformance.verdict import Outcome


async def _played(prepared: Prepared, fault: str, shrinker: Shrinker | None) -> list[Result]:
    faults = [fault] if fault else []
    async with Embedded(prepared.contract, prepared.target, seed=0, faults=faults) as target:
        whole = prepared.at(target)
        async with Engine(whole.contract, whole.catalogue, target, shrinker=shrinker) as engine:
            return await engine.play(whole.cases)


def played(fault: str, *clauses: str, shrink: bool = True, replay: str = "") -> list[Result]:
    """What becomes of the sequences that put these promises to the test."""
    wish = Wish(
        case=("*/sequence-0*",), clause=tuple(f"gateway/trading/{each}" for each in clauses), replay=replay
    )
    prepared = prepare(wish)
    cases = prepared.cases if replay else prepared.cases[:4]
    return asyncio.run(
        _played(replace(prepared, cases=cases), fault, Shrinker(prepared.contract) if shrink else None)
    )


@pytest.mark.parametrize(
    ("fault", "promise", "most"),
    [
        ("serves_the_newest_order_first", "time_priority", 3),
        ("fills_fok_in_part", "whole", 2),
        ("increases_with_reduce_only_orders", "reduce_only", 3),
        ("amends_forget_fills", "progress", 3),
    ],
)
def test_a_planted_fault_is_shown_in_a_handful_of_moves(fault: str, promise: str, most: int) -> None:
    """The verdict, the transcript and the moves are those of the shortest; the id and the drawn ones stay."""
    clause = f"gateway/trading/{promise}"
    results = played(fault, promise)
    failed = [each for each in results if each.verdict.outcome is Outcome.FAILED]
    shrunk = [each for each in failed if each.moves is not None and each.moves.drawn]
    assert len(shrunk) == 1, "one for each promise"
    moves = shrunk[0].moves
    assert moves is not None
    assert 0 < len(moves.moves) <= most
    assert len(moves.moves) <= len(moves.drawn)
    assert shrunk[0].verdict.findings[0].clause == clause
    assert shrunk[0].verdict.case == shrunk[0].case.id
    assert "step" in {mark.kind for mark in shrunk[0].transcript.marks("step")}
    (again,) = played(fault, replay=str(moves), shrink=False)
    assert again.verdict.outcome is Outcome.FAILED
    assert again.verdict.findings[0].clause == clause


def test_what_passes_keeps_its_moves() -> None:
    """Each result tells what was played."""
    results = played("", "cancels")
    assert {each.verdict.outcome for each in results} == {Outcome.PASSED}
    assert all(each.moves is not None and each.moves.moves and not each.moves.drawn for each in results)


def test_orders_that_cannot_be_cancelled_are_no_reason_to_make_a_sequence_empty() -> None:
    """What fails before a sequence begins is told of the accounts, not of the sequence."""
    results = played("cancels_nothing", "cancels")
    assert {each.verdict.outcome for each in results} == {Outcome.FAILED}
    assert {each.verdict.findings[0].clause for each in results} == {"gateway/trading/cancels"}
    for each in results:
        assert each.moves is not None
        if each.moves.drawn:
            assert any(" cancels #" in move or " at " in move for move in each.moves.moves)


def test_an_account_that_cannot_carry_an_order_breaks_no_promise() -> None:
    """The oracle knows no balances: a refusal for lack of margin leaves a sequence without a verdict."""
    (result,) = played(
        "", replay="a sells 9999 at 3; a sells 9999 at 4; a sells 9999 at 5; a lists", shrink=False
    )
    assert result.verdict.outcome is Outcome.PASSED
    text = "; ".join(["a sells 9999 at 3"] * 20)
    (result,) = played("", replay=text, shrink=False)
    assert result.verdict.outcome is Outcome.SKIPPED
    assert result.verdict.reason == "the account cannot carry such an order (insufficient_margin)"

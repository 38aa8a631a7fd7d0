"""Sequences as cases: which there are, and what becomes of the moves once two accounts are known."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.commanding import Commander
from conformance.cases.conditions import unmet
from conformance.cases.sequences import REPLAYED, Sequences, sequence_cases
from conformance.cases.steps import Connect, Disconnect, Expect, Moves, Send
from conformance.cases.unfolding import Unfit, sequence_of, unfolded
from conformance.contract import Contract
from conformance.trading.draw import LONG, SHORT, USUAL
from conformance.trading.sequence import Sequence
from tests.cases.library import Library

SYMBOL = "QUIET"
EMPTY: dict[str, object] = {"orders": [], "positions": []}
KNOWN: dict[str, object] = {
    "$quiet_symbol": SYMBOL,
    "$quiet_tick_size": "0.5",
    "$quiet_lot_size": "0.1",
    **{f"{account}.{what}": value for account in "ab" for what, value in EMPTY.items()},
    "a.sequence": 10,
    "b.sequence": 20,
    "bid": "100",
    "ask": "104",
}


@pytest.fixture(scope="module")
def commander(specs: Contract) -> Commander:
    return Commander(specs, specs.services["gateway"])


def replayed(commander: Commander, text: str) -> Case:
    """The case that plays these moves."""
    return next(iter(sequence_cases(commander, Sequences(0, 0, Sequence.parse(text)))))


def played(commander: Commander, text: str, **known: object) -> Case:
    """The same with its steps, when this is known."""
    case = replayed(commander, text)
    for _ in range(2):
        case = unfolded(commander, case, {**KNOWN, **known})
    return case


def sent(case: Case, operation: str) -> list[Mapping[str, object]]:
    """The payloads of the commands of that name."""
    made = [step.payload for step in case.steps if isinstance(step, Send) and step.operation == operation]
    return [each for each in made if isinstance(each, Mapping)]


def test_every_run_has_a_hundred_and_more_on_request(specs: Contract, whole: Catalogue) -> None:
    """Ids and clauses do not depend on the seed, nor on how many there are."""
    usual = [case for case in whole.cases if "/sequence-" in case.id]
    assert [case.id for case in usual][::99] == [
        "gateway/commands/sequence-001",
        "gateway/commands/sequence-100",
    ]
    made = catalogue(specs, sequences=Sequences(300, seed=7)).cases
    many = [case for case in made if "/sequence-" in case.id]
    assert len(usual) == USUAL
    assert len(many) == 300
    assert [(each.id, each.clauses) for each in many[:USUAL]] == [(each.id, each.clauses) for each in usual]
    assert not [case for case in catalogue(specs, sequences=Sequences(0)).cases if "/sequence-" in case.id]


def test_each_needs_two_accounts_of_a_target_that_nobody_else_uses(whole: Catalogue) -> None:
    """And takes its turn on them."""
    for case in whole.cases:
        if "/sequence-" in case.id:
            assert case.needs.trading
            assert case.needs.exclusive
            assert [who.other_account for who in case.needs.who] == [False, True]
            assert set(case.needs.values) >= {"quiet_symbol", "quiet_tick_size", "quiet_lot_size"}
            assert case.resource == "gateway/account"
            assert len(case.clauses) == 1


def test_values_depend_on_the_seed_and_on_the_number_alone(commander: Commander) -> None:
    """The first hundred are short, whatever else is drawn."""

    def values(count: int, seed: int) -> list[Sequence]:
        steps = [case.steps[-1] for case in sequence_cases(commander, Sequences(count, seed))]
        return [sequence_of(step) for step in steps[:3] + steps[-2:] if isinstance(step, Moves)]

    assert values(120, 0)[:3] == values(3, 0)[:3]
    assert values(120, 0)[:3] != values(120, 1)[:3]
    assert all(len(each.moves) <= SHORT for each in values(USUAL, 0))
    assert all(len(each.moves) <= LONG for each in values(120, 0))


def test_to_list_cases_draws_nothing(tmp_path: Path) -> None:
    """Whoever lists cases does not wait for what is drawn."""
    words = (
        "import sys; from conformance.cli import main; main(['list']); assert 'hypothesis' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", words], cwd=tmp_path, capture_output=True, check=True)


def test_a_document_that_says_too_little_of_orders_gives_none(library: Library) -> None:
    """Without roles there is nobody who could trade."""
    made = library.contract
    for service in made.services.values():
        assert not list(sequence_cases(Commander(made, service)))


def test_prices_are_ticks_above_the_bid_and_sizes_are_lots(commander: Commander) -> None:
    """In the spelling of the target."""
    case = played(commander, "a sells 2 at 3; b buys 1 at market ioc; a amends #1 at 5; a amends #1 to 4")
    places = sent(case, "placeOptionOrder")
    assert (places[0]["symbol"], places[0]["side"], places[0]["price"], places[0]["size"]) == (
        SYMBOL,
        "sell",
        "101.5",
        "0.2",
    )
    assert (places[1]["order_type"], places[1]["time_in_force"], places[1]["size"]) == (
        "market",
        "ioc",
        "0.1",
    )
    assert "price" not in places[1]
    first, second = sent(case, "amendOptionOrder")
    assert (first["price"], second["size"]) == ("102.5", "0.4")
    assert "size" not in first
    assert "price" not in second


def test_each_change_is_expected_with_its_number_and_its_promise(commander: Commander) -> None:
    """On the connection of its account, in its order."""
    case = played(commander, "a sells 1 at 3; a sells 1 at 3; b buys 1 at 4")
    updates = [step for step in case.steps if isinstance(step, Expect) and step.messages == ("orderUpdate",)]
    numbers = [(step.session, step.where[0].value) for step in updates]
    assert numbers == [("a", 11), ("a", 12), ("b", 21), ("b", 22), ("a", 13), ("a", 14)]
    filled = updates[4]
    clauses = [condition.clause.rpartition("/")[2] for condition in filled.holds]
    assert clauses[:2] == ["price_priority", "time_priority"]
    wrong = {"order": {"order_id": "second"}, "last_price": "101.5", "last_size": "0.1"}
    found = unmet(filled.holds, wrong, {"#1 id": "first", "#2 id": "second"}, ("orderUpdate",))
    assert found is not None
    assert found[0].clause == "gateway/trading/time_priority"


def test_what_works_at_the_end_is_cancelled_and_on_an_early_end_all_of_it(commander: Commander) -> None:
    """The end is expected; the clean-up is for conversations that do not come to it."""
    case = played(commander, "a sells 2 at 3; b buys 1 at 3; b buys 1 at 2")
    cancelled = [
        step.reply_to for step in case.steps if isinstance(step, Expect) and "orderCancelled" in step.messages
    ]
    assert len(cancelled) == 2
    assert len(case.cleanup) == 3


def test_a_reconnection_is_another_session_of_the_same_account(commander: Commander) -> None:
    """What comes next is said and heard there."""
    case = played(commander, "a sells 1 at 3; a reconnects; a cancels #1")
    at = next(index for index, step in enumerate(case.steps) if isinstance(step, Disconnect))
    again = case.steps[at + 1]
    assert isinstance(again, Connect)
    assert again.session != "a"
    later = {step.session for step in case.steps[at + 1 :] if isinstance(step, Send | Expect)}
    assert later == {again.session, "b"}


def test_orders_that_others_left_are_cancelled_first(commander: Commander) -> None:
    """Only those of the symbol, and what is known of the account is asked for again."""
    left = [{"order_id": "x-1", "symbol": SYMBOL}, {"order_id": "x-2", "symbol": "OTHER"}]
    case = unfolded(commander, replayed(commander, "b lists"), {**KNOWN, "b.orders": left})
    assert [each["order_id"] for each in sent(case, "cancelOptionOrder")] == ["x-1"]
    assert len(sent(case, "getAccountSnapshot")) == 3
    assert isinstance(case.steps[-1], Moves)
    assert case.steps[-1].begun


@pytest.mark.parametrize(
    ("positions", "trades"),
    [
        (("0.2", "-0.2"), [("sell", "0.2"), ("buy", "0.2")]),
        (("-0.3", "0.1"), [("sell", "0.1"), ("buy", "0.1")]),
        (("0.2", "0.1"), []),
        ((None, "0.1"), []),
    ],
)
def test_the_accounts_trade_back_what_they_hold_of_each_other(
    commander: Commander, positions: tuple[str | None, str | None], trades: list[tuple[str, str]]
) -> None:
    """So that a sequence means the same, whatever was played before."""
    held = [[{"symbol": SYMBOL, "size": each}] if each else [] for each in positions]
    case = played(commander, "b lists", **{"a.positions": held[0], "b.positions": held[1]})
    assert [(each["side"], each["size"]) for each in sent(case, "placeOptionOrder")] == trades


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"ask": "101"}, "is quoted too narrowly: 1 prices lie between 100 and 101"),
        ({"bid": None}, "nobody quotes both sides of QUIET"),
        ({"a.positions": [{"symbol": SYMBOL, "size": "0.05"}]}, "no number of lots"),
    ],
)
def test_ground_on_which_nothing_can_be_played_is_told(
    commander: Commander, known: dict[str, object], why: str
) -> None:
    """In a sentence."""
    with pytest.raises(Unfit, match=why):
        played(commander, "b lists", **known)


def test_a_document_without_a_promise_has_no_expectation_of_it(specs: Contract) -> None:
    """What nobody promised is not sent, or not expected."""
    service = specs.services["gateway"]
    clauses = {
        name: clause
        for name, clause in service.rules.clauses.items()
        if name not in ("trading/reported", "trading/time_priority")
    }
    poor = replace(service, rules=replace(service.rules, clauses=clauses))
    commander = Commander(specs, poor)
    case = played(commander, "a sells 1 at 3; a sells 1 at 3; b buys 1 at 3")
    assert not [step for step in case.steps if isinstance(step, Expect) and "orderUpdate" in step.messages]
    assert len(sent(case, "placeOptionOrder")) == 2
    assert REPLAYED in case.id

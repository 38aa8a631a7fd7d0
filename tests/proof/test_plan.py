"""Which cases are put to which fault; what has no fault, and what need not be caught."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from conformance.faults import Fault, Kind
from conformance.proof import exceptions
from conformance.proof.gaps import clauses_without_fault
from conformance.proof.ground import Ground
from conformance.proof.plan import TENTHS, Trial, chosen, digest, planned
from tests.proof.stage import exercised, grounds


def faults() -> tuple[Fault, ...]:
    return chosen(grounds())


def trials(**other: object) -> dict[str, Trial]:
    return {each.fault: each for each in planned(grounds(), faults(), exercised(), **other)}  # type: ignore[arg-type]


@cache
def trials_by() -> dict[str, Trial]:
    return trials()


def test_every_fault_that_a_case_can_see_is_chosen() -> None:
    """Behavioural ones always; derived ones that break what no case enforces are left out."""
    names = {fault.name for fault in faults()}
    for fault in grounds().faults.values():
        claimed = any(clause in grounds().claimed for clause in fault.clauses)
        assert (fault.name in names) == (claimed or fault.kind is Kind.BEHAVIOURAL), fault.name
    assert len(names) > 2500


def test_each_fault_meets_all_cases_that_claim_what_it_breaks() -> None:
    """And no other, but for its control."""
    made = trials()
    assert set(made) == {fault.name for fault in faults()}
    for fault in faults():
        trial = made[fault.name]
        claiming = {name for name, case in grounds().cases.items() if set(case.clauses) & set(fault.clauses)}
        assert set(trial.cases) == claiming, fault.name
        assert len(trial.cases) == len(claiming)
        assert set(trial.all) == claiming | ({trial.control} if trial.control else set())


def test_each_derived_fault_has_a_control_that_it_cannot_touch() -> None:
    """A case that stays green unless the fault does more than it says."""
    for fault in faults():
        control = trials_by()[fault.name].control
        if fault.kind is Kind.DERIVED:
            assert control, fault.name
        if not control:
            continue
        seen = exercised()[control]
        assert not seen & set(fault.clauses)
        schema = {each for each in fault.shadow or () if grounds().contract.clauses[each].kind == "schema"}
        assert not seen & schema, fault.name
        case = grounds().cases[control]
        assert not case.resource
        assert control not in trials_by()[fault.name].cases
        assert case.patience_ms < 500


def test_controls_are_many() -> None:
    """No single case stands for all the others; chance, which the seed decides, picks them."""
    controls = {each.control for each in trials_by().values()}
    assert len(controls) > 20
    assert trials(seed=0) == trials_by() != trials(seed=1)


def test_without_an_honest_run_there_are_no_controls() -> None:
    """What no case exercised cannot be told from what a fault touches."""
    made = planned(grounds(), faults()[:50], {})
    assert {each.control for each in made} == {""}


def test_a_full_proof_puts_every_case_to_every_fault() -> None:
    """Once each, and without a control: all of them are."""
    some = faults()[::500]
    for trial in planned(grounds(), some, exercised(), full=True):
        assert trial.all == tuple(grounds().cases)


def test_those_that_wait_longest_come_first() -> None:
    """Cases that share an account wait for one another; else the longest patience counts."""
    weights = []
    for trial in trials_by().values():
        cases = [grounds().cases[name] for name in trial.cases]
        weights.append(
            (sum(bool(case.resource) for case in cases), max((each.patience_ms for each in cases), default=0))
        )
    assert weights == sorted(weights, reverse=True)


def test_tenths_share_out_the_derived_faults() -> None:
    """Each derived fault is in one of ten samples; behavioural ones are in all of them."""
    parts = [[fault.name for fault in chosen(grounds(), tenth)] for tenth in range(TENTHS)]
    behavioural = {fault.name for fault in faults() if fault.kind is Kind.BEHAVIOURAL}
    derived = [name for part in parts for name in part if name not in behavioural]
    assert sorted(derived) == sorted(fault.name for fault in faults() if fault.kind is Kind.DERIVED)
    assert all(behavioural <= set(part) for part in parts)
    assert max(map(len, parts)) - min(map(len, parts)) < 100
    assert [fault.name for fault in chosen(grounds(), TENTHS)] == parts[0]


def test_faults_are_chosen_by_name() -> None:
    """In the order of the catalogue; a name that there is not chooses nothing."""
    first, second = (faults()[number].name for number in (3, 900))
    assert [fault.name for fault in chosen(grounds(), names=(second, first))] == [first, second]
    assert chosen(grounds(), names=("no-such-fault",)) == ()


def test_a_digest_names_a_plan() -> None:
    """The same for the same plan, whatever order, seed and control; another for any other."""
    plan = tuple(trials_by().values())[:60]
    name = digest(plan, grounds())
    assert re.fullmatch(r"[0-9a-f]{64}", name)
    assert digest(plan[::-1], grounds()) == name
    assert digest([replace(each, control="", cases=each.cases[::-1]) for each in plan], grounds()) == name
    changed = grounds().faults[plan[0].fault]
    other = {**grounds().faults, changed.name: replace(changed, clauses=("gateway/other",))}
    for another in (
        digest(plan[1:], grounds()),
        digest([replace(plan[0], cases=plan[0].cases[1:]), *plan[1:]], grounds()),
        digest([replace(plan[0], cases=(*plan[0].cases, "one/more")), *plan[1:]], grounds()),
        digest([replace(plan[0], fault=plan[-1].fault), *plan[1:]], grounds()),
        digest(plan, replace(grounds(), faults=other)),
        digest((), grounds()),
    ):
        assert another != name


def test_every_clause_without_a_fault_has_a_reason() -> None:
    """A promise that a case enforces is broken by a fault, or somebody says why none can break it."""
    without = list(clauses_without_fault(grounds()))
    assert [each.id for each in without if not each.reason] == []
    broken = {clause for fault in grounds().faults.values() for clause in fault.clauses}
    assert not {each.id for each in without} & broken
    assert {each.id for each in without} | broken >= set(grounds().claimed)
    assert all(each.says for each in without)
    assert len(without) < 0.1 * len(grounds().claimed)


def test_a_clause_that_nobody_can_explain_has_none() -> None:
    """The reason is found, not made up: without any fault most clauses have no reason."""
    bare: Ground = replace(grounds(), faults={})
    without = list(clauses_without_fault(bare))
    assert {each.id for each in without} == set(bare.claimed)
    assert sum(not each.reason for each in without) > 0.5 * len(without)


@pytest.mark.parametrize("name", exceptions.FAULTS)
def test_each_excused_fault_is_there(name: str) -> None:
    """An exception names a fault of the catalogue, and says why in a sentence."""
    assert name in grounds().faults
    assert re.fullmatch(r"[A-Z].{30,}\.", exceptions.FAULTS[name])


def test_each_excused_case_is_there() -> None:
    """An exception names a case, and says why in a sentence."""
    assert set(exceptions.CASES) <= set(grounds().cases)
    assert all(re.fullmatch(r"[A-Z].{30,}\.", reason) for reason in exceptions.CASES.values())

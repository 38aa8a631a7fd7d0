"""What the results of a trial say of its fault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.case import Case, Family, Needs
from conformance.contract import Level, Provenance
from conformance.faults import Fault, Kind
from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    INCONCLUSIVE,
    OUTSIDE,
    SURVIVED,
    UNAPPLIED,
    FaultLine,
    Outside,
    Unsettled,
)
from conformance.proof.trial import REASON, told
from conformance.reference.behaviour import Behaviour
from conformance.run import Result
from conformance.verdict import Outcome
from tests.proof.stage import failed, passed, unsettled

FAULT = Fault(
    "tide/level/late", Kind.DERIVED, "value", "says", ("tide/a",), frozenset({"tide/a", "tide/b"}),
    lambda: Behaviour,
)  # fmt: skip
BOTH = replace(FAULT, clauses=("tide/a", "tide/z"))
BEHAVIOURAL = replace(FAULT, kind=Kind.BEHAVIOURAL, shadow=None)


def case(name: str, *clauses: str) -> Case:
    return Case(
        name,
        Family.COMMANDS,
        "tide",
        "A case.",
        clauses,
        Level.MUST,
        Provenance.PUBLISHED,
        (),
        Needs(("tide",)),
    )


A, Z, AZ = case("a", "tide/a", "tide/q"), case("z", "tide/z"), case("az", "tide/a", "tide/z")
OTHER = case("other", "tide/x")


def line(*results: Result, fault: Fault = FAULT, applied: int | None = 1) -> FaultLine:
    return told(fault, results, applied, 0.12345)


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([failed(A, "tide/a")], CAUGHT),
        ([failed(A, "tide/a", "tide/b", "tide/x")], CAUGHT),
        ([failed(A, "tide/a"), passed(OTHER)], CAUGHT),
        ([failed(A, "tide/a"), failed(OTHER, "tide/b")], CAUGHT),
        ([failed(A, "tide/b", "tide/a")], ELSEWHERE),  # its own clause is not what it says first
        ([failed(A, "tide/b")], ELSEWHERE),
        ([failed(OTHER, "tide/a"), passed(A)], ELSEWHERE),  # the one that names it does not claim it
        ([failed(OTHER, "tide/x")], OUTSIDE),
        ([failed(A, "tide/a"), failed(OTHER, "tide/x")], OUTSIDE),
        ([failed(A, "tide/x")], OUTSIDE),
        ([passed(A), passed(OTHER)], SURVIVED),
        ([], SURVIVED),
        ([unsettled(A)], INCONCLUSIVE),
        ([unsettled(A, Outcome.SKIPPED)], INCONCLUSIVE),
        ([unsettled(OTHER), passed(A)], SURVIVED),  # a control that was not judged is no excuse
        ([unsettled(A), failed(A, "tide/a")], CAUGHT),
        ([unsettled(A), failed(OTHER, "tide/b")], INCONCLUSIVE),
    ],
)
def test_the_outcome_of_a_trial(results: list[Result], outcome: str) -> None:
    """Who claims the clause and names it first has caught it; red for no declared reason is a false alarm."""
    assert line(*results).outcome == outcome


def test_what_was_never_applied_was_not_caught() -> None:
    """Whatever turned red: nobody can have seen it. One that does not count is taken at its word."""
    assert line(failed(A, "tide/a"), applied=0).outcome == UNAPPLIED
    assert line(passed(A), applied=0).outcome == UNAPPLIED
    assert line(failed(A, "tide/a"), applied=None).outcome == CAUGHT


def test_each_of_several_clauses_must_be_seen() -> None:
    """One that a case claims and nobody names first is not caught, although the other one is."""
    assert line(failed(A, "tide/a"), failed(Z, "tide/z"), fault=BOTH).outcome == CAUGHT
    assert line(failed(A, "tide/a"), failed(AZ, "tide/z"), fault=BOTH).outcome == CAUGHT
    made = line(failed(A, "tide/a"), passed(Z), failed(OTHER, "tide/b"), fault=BOTH)
    assert (made.outcome, made.caught_by, made.also_red, made.blind) == (
        ELSEWHERE, (), ("a", "other"), ("z",),
    )  # fmt: skip
    assert line(failed(A, "tide/a"), unsettled(Z), fault=BOTH).outcome == INCONCLUSIVE
    assert line(failed(A, "tide/a"), fault=BOTH).outcome == CAUGHT  # no case of this trial claims the other


def test_without_a_declared_shadow_nothing_is_outside() -> None:
    """Of behavioural faults nobody can say what breaks with them."""
    made = line(failed(A, "tide/a"), failed(OTHER, "tide/x"), fault=BEHAVIOURAL)
    assert (made.outcome, made.also_red, made.outside, made.shadow) == (CAUGHT, ("other",), (), "")
    assert line(failed(OTHER, "tide/x"), fault=BEHAVIOURAL).outcome == ELSEWHERE
    assert line(passed(A), fault=BEHAVIOURAL).outcome == SURVIVED


def test_a_line_tells_all_of_it() -> None:
    """Who saw it, who did not, who could not, and how often it was applied."""
    long = "x" * 999
    one, two, three = (replace(A, id=f"a{number}") for number in range(3))
    made = line(
        failed(one, "tide/a"), passed(two), unsettled(three, reason=long), failed(OTHER, "tide/x"), applied=7
    )
    assert (made.name, made.kind, made.family, made.says) == ("tide/level/late", "derived", "value", "says")
    assert (made.clauses, made.applied, made.played, made.seconds) == (("tide/a",), 7, 4, 0.123)
    assert (made.caught_by, made.blind) == (("a0",), ("a1",))
    assert made.inconclusive == (Unsettled("a2", long[:REASON]),)
    assert made.outside == (Outside("other", "tide/x", "price: expected a string, got 1.5"),)
    assert made.shadow


def test_only_a_claim_makes_a_case_blind() -> None:
    """A control that stays green is as it should be."""
    assert line(failed(A, "tide/a"), passed(OTHER)).blind == ()

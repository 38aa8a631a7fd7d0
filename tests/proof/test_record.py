"""What follows from fault lines: outcomes, what a case has seen, the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    INCOMPLETE,
    INCONCLUSIVE,
    NOT_PROVEN,
    OUTCOMES,
    OUTSIDE,
    PROVEN,
    SURVIVED,
    UNAPPLIED,
    CaseEntry,
    Faultless,
    FaultLine,
    Outside,
    ProofRecord,
    Unsettled,
    outcome_of,
    proof_record,
)
from conformance.proof.wrong import command, sentence, wrong

from . import samples
from .samples import GREEN, line, small

RED = (Outside("tide/other", "tide/x", "close 1011"),)
STUCK = (Unsettled("tide/auth/late", "connection refused"),)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ({}, SURVIVED),
        ({"caught_by": ["a"]}, CAUGHT),
        ({"caught_by": ["a"], "also_red": ["b"], "inconclusive": STUCK}, CAUGHT),
        ({"also_red": ["b"]}, ELSEWHERE),
        ({"caught_by": ["a"], "outside": RED}, OUTSIDE),
        ({"applied": 0}, UNAPPLIED),
        ({"caught_by": ["a"], "applied": 0}, UNAPPLIED),
        ({"applied": 3}, SURVIVED),
        ({"inconclusive": STUCK}, INCONCLUSIVE),
        ({"also_red": ["b"], "inconclusive": STUCK}, ELSEWHERE),
    ],
)
def test_the_outcome_of_a_fault(seen: dict[str, object], outcome: str) -> None:
    """What its cases did decides how a fault ended; what is worse is said first."""
    assert outcome_of(**seen) == outcome  # type: ignore[arg-type]


def test_a_case_knows_what_made_it_fail() -> None:
    """Faults that it caught come first, then those that it saw besides; at most five are named."""
    also = line("z-besides", ELSEWHERE, also_red=("tide/auth/late",))
    lines = [also, *(line(f"f{number}", CAUGHT, "tide/auth/late") for number in range(6))]
    lines.append(line("unseen", SURVIVED, blind=("tide/auth/late", "tide/layouts/level")))
    first, second = small(*lines).cases
    assert (first.seen, first.seen_by, first.played) == (0, (), 1)
    assert (second.seen, second.seen_by, second.played) == (7, ("f0", "f1", "f2", "f3", "f4"), 8)


def test_all_faults_caught_and_all_cases_seen_failing_is_a_proof() -> None:
    """The one way to be proven."""
    assert small(*GREEN).verdict == PROVEN
    assert wrong(small(*GREEN)) == ()


@pytest.mark.parametrize(
    ("proof", "verdict"),
    [
        (small(), NOT_PROVEN),
        (small(GREEN[0]), NOT_PROVEN),  # a case never seen failing
        (small(*GREEN, line("x", SURVIVED)), NOT_PROVEN),
        (small(*GREEN, line("x", ELSEWHERE)), NOT_PROVEN),
        (small(*GREEN, line("x", OUTSIDE, outside=RED)), NOT_PROVEN),
        (small(*GREEN, line("x", UNAPPLIED)), NOT_PROVEN),
        (small(*GREEN, line("x", INCONCLUSIVE)), INCOMPLETE),
        (small(*GREEN, line("x", SURVIVED, excused="seen by nobody")), PROVEN),
        (small(*GREEN, clauses_without_fault=(Faultless("c", "says", "of the client"),)), PROVEN),
        (small(*GREEN, clauses_without_fault=(Faultless("c", "says", ""),)), NOT_PROVEN),
        (small(*GREEN, mode="sample"), INCOMPLETE),
        (small(*GREEN, mode="sample", planned=2), INCOMPLETE),
        (small(GREEN[0], mode="sample"), INCOMPLETE),
        (small(*GREEN, planned=3), INCOMPLETE),  # stopped before the third
        (small(line("x", SURVIVED), planned=3), NOT_PROVEN),
        (replace(small(*GREEN), complete=False), INCOMPLETE),
        (small(GREEN[0], cases=(CaseEntry("tide/layouts/level", "x"), CaseEntry("b", "x", "why"))), PROVEN),
    ],
)
def test_the_verdict(proof: ProofRecord, verdict: str) -> None:
    """One thing that speaks against it is enough; what is missing makes it incomplete, never proven."""
    assert proof.verdict == verdict
    assert sentence(proof).startswith(verdict.capitalize() + ": ")
    assert bool(wrong(proof)) == (verdict == NOT_PROVEN or bool(proof.of(INCONCLUSIVE)) or not proof.faults)


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (small(*GREEN), "Proven: all 2 faults were caught by a case that claims what they break, "
         "and all 2 cases were seen failing."),
        (small(*GREEN, line("x", SURVIVED, excused="no")), "Proven: all 2 faults were caught by a case that "
         "claims what they break, and all 2 cases were seen failing (1 fault excused)."),
        (small(GREEN[0], line("x", SURVIVED)), "Not proven: 1 fault survived, 1 case never seen failing."),
        (small(*GREEN, planned=9), "Incomplete: only 2 of 9 faults had their turn, nothing speaks against "
         "it so far."),
        (small(*GREEN, mode="sample"), "Incomplete: this is a sample of 2 faults, nothing speaks against it "
         "so far."),
        (small(), "Not proven: no fault was put to any case."),
    ],
)  # fmt: skip
def test_the_sentence(proof: ProofRecord, words: str) -> None:
    """The whole proof in one sentence."""
    assert sentence(proof) == words


def test_an_excused_fault_is_in_no_other_list() -> None:
    """It was not caught and need not be; one that was caught needs no excuse."""
    spared, caught = line("x", SURVIVED, excused="why"), replace(GREEN[0], excused="why")
    proof = small(spared, caught)
    assert proof.of(SURVIVED) == ()
    assert proof.excused == (spared,)
    assert proof.of(CAUGHT) == (caught,)


def test_of_two_lines_of_a_fault_the_later_counts() -> None:
    """A fault that is proved again after a journal was taken up has one line."""
    head = samples.header(1)
    lines = [line("x", INCONCLUSIVE), line("x", CAUGHT, "tide/auth/late")]
    assert proof_record(head, lines, seconds=1, complete=True).faults == (lines[1],)


def test_every_wrong_thing_says_what_to_do_and_how_to_see_it() -> None:
    """Each group has a next step; each fault that a case was played under has its command."""
    groups = {group.key: group for group in wrong(samples.proof())}
    assert set(groups) == {*OUTCOMES[1:], "never"}
    for key, group in groups.items():
        assert group.title
        assert group.todo.endswith(".")
        if key != "never":
            assert all(item.repeat.startswith("omen-conformance run --fault ") for item in group.items)


def test_the_command_is_safe_to_paste() -> None:
    """A name with letters that mean something to a shell is quoted."""
    assert command("a/b.c", "d/e") == "omen-conformance run --fault a/b.c --case d/e"
    assert command("$(rm -rf .)") == "omen-conformance run --fault '$(rm -rf .)'"


def test_lines_are_values() -> None:
    """Nothing of a line can be changed."""
    with pytest.raises(AttributeError):
        GREEN[0].outcome = "survived"  # type: ignore[misc]
    assert isinstance(GREEN[0], FaultLine)

"""What breaks its schema and is used all the same: one promise is told, and not what comes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Condition, Connect, Expect, Saved, Send, Step
from conformance.validation import Finding
from conformance.verdict import Blame, Outcome, Verdict
from conformance.verdict.spoiled import spoiling
from tests.verdict.stage import LEND, LEND_STEPS, LENT, LENT_REPLY, Story, case, lending, library, verdict

FEE = "library/lent/fee/type"
DENIED = {"type": "denied", "id": 8, "why": "wrong"}
LENDING = next(each for each in LEND_STEPS if isinstance(each, Expect))
SAVING = (*LEND_STEPS[:2], replace(LENDING, save={"fee": "/fee"}))


def twice(book: object, *clauses: str, focused: bool = False) -> Case:
    """A book is lent, then another that the conversation knows from the first reply."""
    steps: tuple[Step, ...] = (*SAVING, Send("main", "lend", {"book": book}), replace(LENDING, reply_to=3))
    return case(*steps, clauses=clauses, focused=focused)


def answered(first: object, second: object = DENIED) -> Story:
    """Both are answered."""
    story = lending(first).mark(30, "step", 3).sent(31, {**LEND, "id": 8, "book": "b"}).mark(32, "step", 4)
    return story.got(40, second).mark(41, "satisfied", 4, lag_ms=0)


def clauses_of(made: Verdict) -> list[str]:
    return [finding.clause for finding in made.findings]


def test_what_is_made_of_a_broken_value_is_not_judged() -> None:
    """The fee broke its schema; that a command made of it was refused is no second broken promise."""
    made = verdict(twice(Saved("fee"), LENT), answered({**LENT_REPLY, "fee": 10}))
    assert (made.outcome, made.blame, clauses_of(made)) == (Outcome.FAILED, Blame.TARGET, [FEE])
    assert made.reason.startswith("another promise was broken first: fee: expected")
    assert LENT in made.exercised, "the first command was answered"


def test_a_case_about_the_broken_value_says_so_itself() -> None:
    """Where it is the case's own promise it is no other's."""
    made = verdict(twice(Saved("fee"), FEE), answered({**LENT_REPLY, "fee": 10}))
    assert (made.outcome, clauses_of(made)) == (Outcome.FAILED, [FEE])
    assert made.reason.startswith("fee: expected")


def test_a_focused_case_leaves_it_to_the_others() -> None:
    """It was not seen to the end, and found nothing of its own: skipped, never passed."""
    made = verdict(twice(Saved("fee"), LENT, focused=True), answered({**LENT_REPLY, "fee": 10}))
    assert (made.outcome, made.blame, made.findings) == (Outcome.SKIPPED, Blame.NOBODY, ())
    assert made.reason.startswith("another promise was broken first: fee: expected")


@pytest.mark.parametrize(
    ("book", "first"),
    [
        pytest.param(Saved("fee"), LENT_REPLY, id="a value that keeps its schema"),
        pytest.param(Saved("fee"), {**LENT_REPLY, "more": 1}, id="a message broken elsewhere"),
        pytest.param("b", {**LENT_REPLY, "fee": 10}, id="a broken value that is not used"),
    ],
)
def test_what_does_not_rest_on_a_broken_value_is_judged(book: object, first: object) -> None:
    """The second command's refusal breaks a promise of its own."""
    made = verdict(twice(book, LENT), answered(first))
    assert (made.outcome, clauses_of(made)[0]) == (Outcome.FAILED, LENT)
    assert made.reason.startswith("reply: expected lent, got denied")


def test_a_value_that_is_missing_is_as_broken() -> None:
    """What had to be there and was not could not be sent; that is not told as another promise."""
    story = lending({"type": "lent", "id": 7}).mark(30, "step", 3)
    made = verdict(
        twice(Saved("fee"), LENT), story.mark(31, "unplayable", 3, reason="nothing was saved as fee")
    )
    assert (made.outcome, clauses_of(made)) == (Outcome.FAILED, ["library/lent/required"])
    assert made.reason.startswith("another promise was broken first: fee")


def test_messages_are_judged_by_themselves_until_a_command_was_made_of_it() -> None:
    """What comes before it is news of its own; what comes behind may be its consequence."""
    torn = {"type": "lent", "id": None, "fee": "1"}

    def told(before: bool) -> list[str]:
        story = lending({**LENT_REPLY, "fee": 10})
        if before:
            story.got(25, torn)
        story.mark(30, "step", 3).sent(31, LEND).mark(32, "step", 4)
        if not before:
            story.got(45, torn)
        return clauses_of(verdict(twice(Saved("fee"), LENT), story.mark(90, "expired", 4, lag_ms=0)))

    assert told(before=True) == [FEE, "library/lent/id/type"]
    assert told(before=False) == [FEE]


@pytest.mark.parametrize(("book", "seen"), [("b", ["library/lent/id/type"]), (Saved("fee"), [])])
def test_what_the_clean_up_makes_of_it_is_not_judged(book: object, seen: list[str]) -> None:
    """Its answer is news where it was asked for with what keeps its promise."""
    undoing = replace(case(*SAVING, clauses=(LENT,)), cleanup=(Send("main", "lend", {"book": book}),))
    story = lending({**LENT_REPLY, "fee": 10}).mark(30, "step", 3).sent(31, {**LEND, "id": 8})
    assert clauses_of(verdict(undoing, story.got(40, {**LENT_REPLY, "id": None}))) == [FEE, *seen]


WATCH: tuple[Step, ...] = (
    Connect("main", "library"),
    Send("main", "watch", {"shelf": "A"}),
    Expect("main", ("watching",), "library/watch/reply", reply_to=1, save={"id": "/1"}, correlated=False),
    Expect("main", ("moved",), LENT, where=(Condition("/1", "eq", Saved("id")),)),
)


@pytest.mark.parametrize(
    ("watching", "broken"),
    [
        pytest.param(["watching", 5], "library/watching/shelf/type", id="another type"),
        pytest.param(["watching", True, "A"], "", id="moved by a position"),
    ],
)
def test_nothing_is_expected_of_a_stream_whose_id_is_broken(watching: list[object], broken: str) -> None:
    """Its events are not missing, nor do they come unannounced: nobody can say which stream they are of."""
    story = Story().connected().mark(10, "step", 1).sent(11, {"type": "watch", "shelf": "A"})
    story.mark(12, "step", 2).got(13, watching).mark(14, "satisfied", 2, lag_ms=0).mark(15, "step", 3)
    story.got(20, ["shelf", "A", 1, []]).got(21, ["moved", "A", 2, 5]).mark(900, "expired", 3, lag_ms=0)
    made = verdict(case(*WATCH, clauses=(LENT,)), story)
    assert made.outcome is Outcome.FAILED
    assert all(each.startswith("library/watching/") for each in clauses_of(made)), made.findings
    assert broken in (*clauses_of(made), "")


def test_a_stream_that_is_named_rightly_is_judged() -> None:
    """The same story with the id that was promised: an event that never comes is told."""
    story = Story().connected().mark(10, "step", 1).sent(11, {"type": "watch", "shelf": "A"})
    story.mark(12, "step", 2).got(13, ["watching", "A"]).mark(14, "satisfied", 2, lag_ms=0)
    story.mark(15, "step", 3).got(20, ["shelf", "B", 1, []]).mark(9000, "expired", 3, lag_ms=0)
    made = verdict(case(*WATCH, clauses=(LENT,)), story)
    assert {LENT, "library/streams/shelf/acknowledged-first"} <= set(clauses_of(made))


def finding(clause: str, *path: str | int, drift: str = "") -> Finding:
    return Finding(clause, "", "", "", path, "", drift)


@pytest.mark.parametrize(
    ("path", "clause", "drift", "pointer", "spoils"),
    [
        (("fee",), FEE, "", "/fee", True),
        (("fee", 3), FEE, "", "/fee", True),  # a part of it
        (("fee", 3), FEE, "", "/fee/*", True),
        (("fee",), FEE, "", "/fees", False),
        (("fee",), FEE, "", "/fee/deeper", True),  # it is a part of what has another type
        ((), "library/lent/additionalProperties", "", "/fee", False),  # the whole, but not what it is
        ((), "library/shelf/maxItems", "appended", "/1", False),
        ((), "library/shelf/maxItems", "appended or inserted at 1", "/1", False),
        ((), "library/shelf/maxItems", "inserted at 1", "/1", True),
        ((), "library/wire/one-object", "", "/fee", False),
        ((), FEE, "", "", True),
    ],
)
def test_where_a_finding_stands_tells_which_values_it_spoils(
    path: tuple[str | int, ...], clause: str, drift: str, pointer: str, spoils: bool
) -> None:
    """At the value, in it, or at a whole that is another thing than was promised."""
    found = spoiling([finding(clause, *path, drift=drift)], pointer, library().clauses)
    assert (found is not None) is spoils

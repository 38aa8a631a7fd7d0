"""Verdicts on one command and its reply."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.facts import PATIENCE_MS
from conformance.cases.steps import Condition, Expect
from conformance.verdict import Blame, Outcome, Verdict
from tests.verdict.stage import LEND, LEND_STEPS, LENT, LENT_REPLY, Story, case, lending, verdict

LENDING = case(*LEND_STEPS, clauses=(LENT, "library/lend/within", "library/lend/correlation"))


def test_a_right_reply_passes() -> None:
    """A documented, correlated, timely reply passes, and says which clauses it was held against."""
    made = verdict(LENDING, lending())
    assert (made.outcome, made.reason) == (Outcome.PASSED, "")
    assert {*LENDING.clauses, "library/lent/fee/pattern", "library/wire/binary"} <= made.exercised
    assert made.messages == 2


@pytest.mark.parametrize(
    ("reply", "clause", "sentence"),
    [
        ({**LENT_REPLY, "fee": "x"}, "library/lent/fee/pattern", "fee: expected"),
        ({"type": "lent", "id": 7}, "library/lent/required", "fee"),
        ({**LENT_REPLY, "fee": 10}, "library/lent/fee/type", "got int 10"),
        ({**LENT_REPLY, "id": 8}, "library/lend/correlation", "expected 7, as in the command, got 8"),
        ({"type": "denied", "id": 7, "why": "wrong"}, LENT, "expected lent, got denied 'wrong'"),
        ({"type": "borrowed", "id": 7}, "library/lent/type/const", "expected 'lent', got str 'borrowed'"),
        (b"\xc1", "library/wire/decodable", "byte 0"),
        (b"\x80\x80", "library/wire/one-object", "byte 1"),
        (b"\x82\xa1a\x01\xa1a\x02", "library/wire/unique-keys", "byte"),
    ],
)
def test_a_wrong_reply_fails_by_the_clause_it_breaks(reply: object, clause: str, sentence: str) -> None:
    """Each way to be wrong is found, and the clause that names it is among the findings."""
    made = verdict(LENDING, lending(reply))
    assert (made.outcome, made.blame) == (Outcome.FAILED, Blame.TARGET)
    found = {finding.clause: str(finding) for finding in made.findings}
    assert clause in found, found
    assert sentence in found[clause]


def test_a_reply_in_a_text_frame_fails() -> None:
    """The document's content type says which frames carry messages."""
    made = verdict(LENDING, lending(opcode="text"))
    assert made.findings[0].clause == "library/wire/binary"
    assert "expected a binary frame, got a text frame" in str(made.findings[0])


def test_a_late_reply_fails_by_its_time_clause() -> None:
    """Late is beyond the promise and the tolerance, counted from the command."""
    assert verdict(LENDING, lending(at=1105)).outcome is Outcome.PASSED
    made = verdict(LENDING, lending(at=1200))
    assert [finding.clause for finding in made.findings] == ["library/lend/within"]
    assert "expected within 1000 ms, got after 1189 ms" in made.reason


def test_lateness_within_our_own_lag_is_ours() -> None:
    """A timing verdict finer than the suite's own lag is broken, blame suite, never failed."""
    made = verdict(LENDING, lending(at=1200, lag_ms=300))
    assert (made.outcome, made.blame) == (Outcome.BROKEN, Blame.SUITE)
    assert "300 ms" in made.reason


def test_no_reply_fails() -> None:
    """A reply that never comes is the target's fault."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    made = verdict(LENDING, story.mark(2200, "expired", 2))
    assert made.findings[0].clause == LENT
    assert made.reason.startswith("reply: expected lent within 1000 ms, got nothing")


def test_a_refusal_that_is_awaited_is_told_with_its_code() -> None:
    """Nobody has to look up which refusal was expected."""
    *before, waiting = LENDING.steps
    assert isinstance(waiting, Expect)
    for op, value, told in (("eq", "wrong", "'wrong'"), ("among", ("wrong", "gone"), "'wrong' or 'gone'")):
        refused = replace(waiting, messages=("denied",), where=(Condition("/why", op, value),))
        made = verdict(replace(LENDING, steps=(*before, refused)), lending())
        assert made.reason.startswith(f"reply: expected denied {told}, got lent")
        story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
        made = verdict(replace(LENDING, steps=(*before, refused)), story.mark(2200, "expired", 2))
        assert made.reason.startswith(f"reply: expected denied {told} within 1000 ms, got nothing")


def test_of_many_other_messages_a_refusal_is_told() -> None:
    """It is the likeliest to be what came instead."""
    waiting = case(LEND_STEPS[0], Expect("main", ("moved",), LENT, within_ms=1000), clauses=(LENT,))
    story = Story().connected().mark(10, "step", 1).got(20, {"type": "denied", "id": None, "why": "wrong"})
    story.got(21, ["shelf", "A", 1, ["x"]]).mark(2200, "expired", 1)
    told = "event: expected moved within 1000 ms, got nothing but 2 other messages, among them denied 'wrong'"
    assert any(str(finding).startswith(told) for finding in verdict(waiting, story).findings)


def test_a_time_that_no_document_states_is_told_as_ours() -> None:
    """Nobody takes the suite's patience for a promise of the target."""
    steps = [
        replace(each, within_ms=PATIENCE_MS, within_clause="") if isinstance(each, Expect) else each
        for each in LEND_STEPS
    ]
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    made = verdict(case(*steps, clauses=(LENT,)), story.mark(9000, "expired", 2))
    assert "lent within 5000 ms (as long as the suite waits: no time is documented), got" in made.reason


def test_a_close_instead_of_a_reply_says_so() -> None:
    """A connection that was closed says more than silence."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    made = verdict(LENDING, story.closed(30, 1011).mark(31, "expired", 2))
    assert "a close with 1011" in made.reason


def test_a_second_reply_fails() -> None:
    """Exactly one reply each."""
    made = verdict(LENDING, lending().got(30, LENT_REPLY))
    assert (made.outcome, made.findings[0].clause) == (Outcome.FAILED, LENT)
    assert "exactly one reply" in made.reason


def test_a_target_that_promised_not_to_be_busy_is_judged() -> None:
    """So many commands were promised to be served: to be busy is no excuse."""
    *before, waiting = LENDING.steps
    assert isinstance(waiting, Expect)
    steady = replace(LENDING, steps=(*before, replace(waiting, steady=True)))
    made = verdict(steady, lending({"type": "denied", "id": 7, "why": "busy"}))
    assert made.outcome is Outcome.FAILED


def test_a_busy_target_is_not_judged() -> None:
    """The document's busy refusal stands in for any reply: skipped, not failed."""
    made = verdict(LENDING, lending({"type": "denied", "id": 7, "why": "busy"}))
    assert made.outcome is Outcome.SKIPPED
    assert "busy" in made.reason
    assert made.overtaken, "it may be held again"


def test_conditions_are_held_against_the_reply() -> None:
    """A condition that does not hold fails by its own clause."""
    waiting = LEND_STEPS[2]
    assert isinstance(waiting, Expect)
    strict = replace(waiting, where=(Condition("/fee", "eq", "11"),), where_clause="library/refusals/invalid")
    made = verdict(case(*LEND_STEPS[:2], strict, clauses=("library/refusals/invalid",)), lending())
    assert made.findings[0].clause == "library/refusals/invalid"
    assert "expected '11', got '10'" in made.reason


def test_decimal_strings_are_equal_as_numbers() -> None:
    """10 and 10.0 are the same price."""
    waiting = LEND_STEPS[2]
    assert isinstance(waiting, Expect)
    same = replace(waiting, where=(Condition("/fee", "eq", "10.0"),))
    assert verdict(case(*LEND_STEPS[:2], same, clauses=(LENT,)), lending()).outcome is Outcome.PASSED


def test_nothing_passes_vacuously() -> None:
    """A case whose clauses nothing spoke about is skipped with that reason."""
    made = verdict(case(*LEND_STEPS, clauses=("library/moved/ts/type",)), lending())
    assert made.outcome is Outcome.SKIPPED
    assert "nothing that these clauses speak about" in made.reason


def test_a_focused_case_is_red_for_its_own_clauses_alone() -> None:
    """Layout cases leave what others claim to the others."""
    bad = lending({**LENT_REPLY, "fee": "x"})
    other = case(*LEND_STEPS, clauses=("library/lent/id/type",), focused=True)
    own = case(*LEND_STEPS, clauses=("library/lent/fee/pattern",), focused=True)
    assert verdict(other, bad).outcome is Outcome.PASSED
    assert verdict(own, bad).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("failed", {"stage": "tcp", "reason": "connection refused"}, "connection refused"),
        ("refused", {"status": 404}, "answered HTTP 404 instead of a WebSocket upgrade"),
    ],
)
def test_what_never_was_a_websocket_is_the_environments(
    kind: str, data: dict[str, object], words: str
) -> None:
    """A closed port is not the target's broken promise."""
    made = verdict(LENDING, Story().mark(0, "step", 0).mark(1, kind, -1, "main", **data))
    assert (made.outcome, made.blame) == (Outcome.BROKEN, Blame.ENVIRONMENT)
    assert words in made.reason


def test_a_cancelled_case_is_skipped() -> None:
    """Ctrl-C leaves no verdict."""
    made = verdict(LENDING, Story().connected().mark(5, "cancelled"))
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, "stopped")


def followed(*values: object) -> Verdict:
    """A reply, and an event that has to come behind it."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    for value in values:
        story.got(20, value)
    story.mark(21, "satisfied", 2, lag_ms=0).mark(22, "step", 3).mark(23, "satisfied", 3, lag_ms=0)
    event = Expect("main", ("moved",), LENT, ordered=True, within_ms=1000)
    return verdict(case(*LEND_STEPS, event, clauses=(LENT,), focused=True), story)


def test_what_comes_before_its_turn_fails() -> None:
    """Where a step says that the order matters, an event behind the reply passes, one before it does not."""
    moved = ["moved", "A", 1, 5]
    assert followed(LENT_REPLY, moved).outcome is Outcome.PASSED
    assert followed(moved, LENT_REPLY, moved).outcome is Outcome.PASSED  # one of its kind may come by itself
    made = followed(moved, LENT_REPLY)
    assert [finding.clause for finding in made.findings] == [LENT]
    assert "expected moved behind what was expected before it, got moved first" in made.reason

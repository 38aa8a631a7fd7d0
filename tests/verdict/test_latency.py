"""How long the target took, out of transcripts."""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.matching import Ledger
from conformance.cases.steps import Expect, Generate, Ping, Request
from conformance.transcript import Direction, Exchange, Frame, Transcript
from conformance.verdict import Outcome
from conformance.verdict.latency import timings
from tests.verdict.stage import LEND, LEND_STEPS, LENT, LENT_REPLY, MS, Story, case, lending, verdict

LENDING = case(*LEND_STEPS, clauses=(LENT,))


def _frame(story: Story, at: float, direction: Direction, opcode: str, data: bytes) -> None:
    story.entries.append(Frame("main", direction, opcode, data, int(at * MS)))


def test_a_reply_is_timed_from_its_command_and_the_upgrade_from_its_first_byte() -> None:
    """Each on its own, in milliseconds, whatever the steps' marks say."""
    assert verdict(LENDING, lending(at=20.25)).timings == (
        ("library/lend", 9.25),
        ("library upgrade", 1.0),
    )


def test_a_refusal_that_was_promised_is_timed_apart() -> None:
    """A command that is turned away takes another way through the target than one that is carried out."""
    *front, expect = LEND_STEPS
    assert isinstance(expect, Expect)
    refused = case(*front, replace(expect, messages=("denied",)), clauses=(LENT,))
    made = verdict(refused, lending({"type": "denied", "id": 7, "why": "wrong"}, at=13))
    assert made.outcome is Outcome.PASSED, made
    assert made.timings[0] == ("library/lend refused", 2.0)


def test_what_did_not_come_or_was_something_else_has_no_time() -> None:
    """A wrong reply, and none at all, leave only the upgrade; a case that was not judged leaves nothing."""
    wrong = verdict(LENDING, lending({"type": "denied", "id": 7, "why": "wrong"}))
    assert (wrong.outcome, wrong.timings) == (Outcome.FAILED, (("library upgrade", 1.0),))
    nothing = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    silent = verdict(LENDING, nothing.mark(1300, "expired", 2, lag_ms=0))
    assert (silent.outcome, silent.timings) == (Outcome.FAILED, (("library upgrade", 1.0),))
    assert verdict(LENDING, lending().mark(30, "cancelled")).timings == ()


def test_a_reply_that_may_not_come_early_is_no_response_time() -> None:
    """A promised delay says nothing of how quick the target is."""
    *front, expect = LEND_STEPS
    assert isinstance(expect, Expect)
    patient = case(*front, replace(expect, not_before_ms=5), clauses=(LENT,))
    assert verdict(patient, lending(LENT_REPLY)).timings == (("library upgrade", 1.0),)


def test_a_pong_is_timed_from_the_ping_with_its_data() -> None:
    """Not from the step's beginning, and not by another ping's pong."""
    steps = (LEND_STEPS[0], Ping("main", b"here", "library/transport/pong"))
    story = Story().connected().mark(10, "step", 1)
    _frame(story, 11, Direction.SENT, "ping", b"here")
    _frame(story, 12, Direction.RECEIVED, "pong", b"there")
    _frame(story, 14.5, Direction.RECEIVED, "pong", b"here")
    made = verdict(case(*steps, clauses=("library/transport/pong",)), story.mark(15, "satisfied", 1))
    assert made.timings == (("library upgrade", 1.0), ("library ping", 3.5))


def test_a_request_is_timed_by_its_path_unless_it_was_generated_or_not_answered() -> None:
    """The documented path, not the URL that was asked; a broken answer has no time."""
    asked = case(
        Request("shelf", "GET", "/books/{id}", "library/get/status"),
        Generate("shelf", "get", "GET", "/books", "library/get/status"),
        clauses=("library/get/status",),
    )

    def exchange(step: int, status: int = 200, failure: str = "") -> Exchange:
        url = "http://127.0.0.1/books/7"
        return Exchange("http", "GET", url, 5 * MS, 9 * MS, status=status, failure=failure, step=step)

    def took(*exchanges: Exchange) -> tuple[tuple[str, float], ...]:
        return timings(asked, Transcript(asked.id, exchanges), Ledger(), [])

    assert took(exchange(0)) == (("shelf GET /books/{id}", 4.0),)
    assert took(exchange(-1), exchange(1), exchange(0, 0, "closed"), exchange(0, 200, "cut")) == ()

"""Verdicts on streams, silence, deadlines, closes and pings."""

from __future__ import annotations

import pytest

from conformance.cases.steps import Close, Condition, Connect, Expect, Ping, Send, Silence, Step
from conformance.verdict import Outcome
from tests.verdict.stage import LEND, LENT_REPLY, Story, case, verdict

KIND = "library/streams/shelf/"
BOUND = "library/lend/book/type"
WATCH: tuple[Step, ...] = (
    Connect("main", "library"),
    Send("main", "watch", {}),
    Expect("main", ("watching",), "library/watch/reply", reply_to=1, within_ms=1000),
    Expect("main", ("moved",), KIND + "sequence", within_ms=1000),
)
STREAM = case(*WATCH, clauses=(KIND + "acknowledged-first", KIND + "snapshot-first", KIND + "sequence"))


def stream(*events: list[object], before: tuple[list[object], ...] = ()) -> Story:
    """A watched shelf, with these events behind (and before) its acknowledgement."""
    story = (
        Story().connected().mark(10, "step", 1).sent(11, {"type": "watch", "shelf": "A"}).mark(12, "step", 2)
    )
    for event in before:
        story.got(13, event)
    story.got(14, ["watching", "A"]).mark(15, "satisfied", 2).mark(16, "step", 3)
    for at, event in enumerate(events, 20):
        story.got(at, event)
    return story.mark(40, "satisfied", 3)


def shelf(number: int) -> list[object]:
    return ["shelf", "A", number, []]


def moved(number: int, ts: int = 5) -> list[object]:
    return ["moved", "A", number, ts]


def test_an_orderly_stream_passes() -> None:
    """Acknowledgement, snapshot, then one by one."""
    made = verdict(STREAM, stream(shelf(3), moved(4), moved(5)))
    assert made.outcome is Outcome.PASSED, made.reason
    assert set(STREAM.clauses) <= made.exercised


@pytest.mark.parametrize(
    ("story", "clause", "words"),
    [
        (
            stream(shelf(3), moved(5)),
            "sequence",
            "expected sequence 4, one more than the event before, got sequence 5",
        ),
        (stream(shelf(3), moved(3)), "sequence", "got sequence 3"),
        (stream(moved(4), moved(5)), "snapshot-first", "expected shelf as the first event of A, got moved"),
        (stream(moved(4), before=(shelf(3),)), "acknowledged-first", "before its first event"),
    ],
)
def test_a_disorderly_stream_fails_by_its_rule(story: Story, clause: str, words: str) -> None:
    """A gap, a repeat, a missing snapshot, an early event: each by its own clause."""
    made = verdict(STREAM, story)
    assert made.outcome is Outcome.FAILED
    assert made.findings[0].clause == KIND + clause
    assert words in made.reason


def test_time_that_goes_back_fails() -> None:
    """Rules over successive messages hold within one stream."""
    made = verdict(STREAM, stream(shelf(3), moved(4, ts=9), moved(5, ts=8)))
    assert [finding.clause for finding in made.findings] == ["library/moved/rules/clock"]


def test_events_after_the_end_fail() -> None:
    """After its end was confirmed a stream is silent."""
    story = stream(shelf(3), moved(4)).got(50, ["unwatched", "A"]).got(51, moved(5))
    made = verdict(STREAM, story)
    assert [finding.clause for finding in made.findings] == [KIND + "silent-after-unsubscribe"]


SILENT = case(
    Connect("main", "library"),
    Silence("main", (), "library/silence/before_first_command", for_ms=300),
    clauses=("library/silence/before_first_command",),
)


def silent() -> Story:
    return Story().connected().mark(10, "step", 1)


def barrier(story: Story) -> Story:
    """The probe behind the window, and its answer."""
    return story.mark(310, "barrier", 1).sent(311, LEND).got(320, LENT_REPLY).mark(321, "satisfied", 1)


def test_silence_with_an_answered_barrier_passes() -> None:
    """Silence of a connection that was alive."""
    made = verdict(SILENT, barrier(silent()))
    assert made.outcome is Outcome.PASSED, made.reason


def test_speaking_fails_silence() -> None:
    """Any message in the window."""
    made = verdict(SILENT, barrier(silent().got(50, shelf(3))))
    assert made.outcome is Outcome.FAILED
    assert made.findings[0].clause == SILENT.clauses[0]


def test_silence_of_a_dead_connection_does_not_pass() -> None:
    """Without an answer behind the window nothing is proved."""
    made = verdict(SILENT, silent().mark(310, "barrier", 1).sent(311, LEND).mark(3000, "expired", 1))
    assert made.outcome is Outcome.FAILED
    assert "an answer from the silent connection" in made.reason


def test_silence_without_a_stimulus_is_skipped() -> None:
    """A witness that saw nothing proves nothing."""
    made = verdict(SILENT, silent().mark(310, "unwitnessed", 1))
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, "no stimulus: the witness saw no message")


NAMED = case(
    Connect("main", "library"),
    Silence("main", ("moved",), KIND + "sequence", for_ms=1500),
    Silence("main", ("shelf",), KIND + "snapshot-first", for_ms=1500),
    clauses=(KIND + "sequence", KIND + "snapshot-first"),
)


def cut_short(*heard: list[object]) -> Story:
    """A silence whose connection the target ended at its deadline, before the silence was over."""
    story = silent()
    for at, message in enumerate(heard, 20):
        story.got(at, message)
    story.got(1010, {"type": "denied", "id": None, "why": "slow"}).closed(1011, 4000)
    return story.mark(1500, "unplayable", 1, reason="the connection is closed")


@pytest.mark.parametrize(
    ("heard", "clause"), [((moved(4),), "sequence"), ((shelf(3),), "snapshot-first")], ids=["first", "beside"]
)
def test_what_was_heard_before_a_deadline_is_not_excused_by_it(
    heard: tuple[list[object], ...], clause: str
) -> None:
    """Nor is what the silence beside it heard, which was never begun."""
    made = verdict(NAMED, cut_short(*heard))
    assert made.outcome is Outcome.FAILED, made.reason
    assert made.findings[0].clause == KIND + clause
    assert "expected no" in made.reason


def test_a_silence_that_a_deadline_cut_short_is_no_finding() -> None:
    """Nothing was heard, and that proves nothing."""
    made = verdict(NAMED, cut_short())
    assert (made.outcome, made.findings) == (Outcome.BROKEN, ())


def test_what_a_deadline_says_does_not_break_a_silence() -> None:
    """It ends a connection with a message, where no message at all was to come."""
    story = cut_short().mark(1400, "step", 1)
    made = verdict(SILENT, story)
    assert (made.outcome, made.findings) == (Outcome.BROKEN, ())


DEADLINE = "library/deadlines/card/"
CARD = case(
    Connect("main", "library"),
    Expect(
        "main",
        ("denied",),
        DEADLINE + "error",
        where=(Condition("/why", "eq", "slow"),),
        not_before_ms=1000,
        within_ms=1500,
        since="connected",
        early_clause=DEADLINE + "early",
    ),
    Close("main", (4000,), DEADLINE + "close", not_before_ms=1000, within_ms=1500, since="connected"),
    clauses=(DEADLINE + "error", DEADLINE + "early", DEADLINE + "close"),
)


def deadline(refused: float, closed: float, code: int = 4000) -> Story:
    story = Story().connected().mark(10, "step", 1)
    story.got(refused, {"type": "denied", "id": None, "why": "slow"}).mark(refused + 1, "satisfied", 1)
    return story.mark(refused + 2, "step", 2).closed(closed, code).mark(closed + 1, "satisfied", 2)


@pytest.mark.parametrize(
    ("story", "clause"),
    [
        (deadline(1100, 1110), ""),
        (deadline(955, 1110), ""),
        (deadline(900, 1110), "early"),
        (deadline(1700, 1710), "error"),
        (deadline(1100, 1110, 1000), "close"),
        (deadline(1100, 1700), "close"),
    ],
)
def test_a_deadline_is_a_window(story: Story, clause: str) -> None:
    """Neither early (a twentieth aside), nor late, nor with another code."""
    made = verdict(CARD, story)
    assert (made.findings[0].clause if made.findings else "") == (DEADLINE + clause if clause else "")


def test_a_deadline_that_never_comes_fails() -> None:
    """An open connection behind the window."""
    made = verdict(CARD, Story().connected().mark(10, "step", 1).mark(2700, "expired", 1))
    assert made.findings[0].clause == DEADLINE + "error"


def test_a_pong_must_carry_the_same_data() -> None:
    """RFC 6455, 5.5.3."""
    ping = case(
        Connect("main", "library"),
        Ping("main", b"abc", "library/transport/ping"),
        clauses=("library/transport/ping",),
    )
    good = Story().connected().mark(10, "step", 1).raw(20, b"abc", "pong").mark(21, "satisfied", 1)
    bad = Story().connected().mark(10, "step", 1).raw(20, b"", "pong").mark(3000, "expired", 1)
    assert verdict(ping, good).outcome is Outcome.PASSED
    made = verdict(ping, bad)
    assert made.findings[0].clause == "library/transport/ping"
    assert "a pong with b''" in made.reason


def test_a_command_on_a_closed_connection_fails_by_what_it_waited_for() -> None:
    """The connection had to stay open for the next step."""
    steps = (
        Connect("main", "library"),
        Send("main", "lend", {}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=1),
    )
    story = Story().connected().closed(5, 1008).mark(10, "step", 1).mark(11, "unplayable", 1, reason="closed")
    made = verdict(case(*steps, clauses=("library/lend/reply",)), story)
    assert made.findings[0].clause == "library/lend/reply"
    assert "expected an open connection, got a close with 1008" in made.reason


def test_a_conversation_that_a_deadline_ended_is_not_judged() -> None:
    """Ending a connection in time is no broken promise, whatever the conversation was about."""
    steps: tuple[Step, ...] = (
        Connect("main", "library"),
        Send("main", "lend", {}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=1),
    )
    slow = case(*steps, clauses=("library/lend/reply",))
    story = Story().connected().mark(1005, "step", 1).sent(1006, LEND).mark(1007, "step", 2)
    refusal = {"type": "denied", "id": None, "why": "slow"}
    made = verdict(slow, story.got(1008, refusal).closed(1009, 4000).mark(1010, "expired", 2))
    assert (made.outcome, made.overtaken, made.findings) == (Outcome.BROKEN, True, ())
    assert made.reason == "the deadline 'card' of 1000 ms ended the conversation before it was done"
    early = Story().connected().mark(500, "step", 1).sent(501, LEND).mark(502, "step", 2)
    made = verdict(slow, early.got(503, refusal).closed(504, 4000).mark(505, "expired", 2))
    assert (made.outcome, made.overtaken) == (Outcome.FAILED, False)


def test_a_deadline_is_no_excuse_for_a_broken_message() -> None:
    """What a message itself shows stays found, although the conversation was ended in time."""
    steps: tuple[Step, ...] = (
        Connect("main", "library"),
        Send("main", "lend", {}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=1),
        Send("main", "lend", {}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=3),
    )
    story = Story().connected().mark(900, "step", 1).sent(901, LEND).mark(902, "step", 2)
    story.got(903, {**LENT_REPLY, "fee": 10}).mark(904, "satisfied", 2)
    story.mark(905, "step", 3).sent(906, LEND).mark(907, "step", 4).closed(1010, 4000)
    made = verdict(case(*steps, clauses=("library/lend/reply",)), story.mark(1011, "expired", 4))
    assert (made.outcome, made.overtaken) == (Outcome.FAILED, False)
    assert [finding.clause for finding in made.findings] == ["library/lent/fee/type"]


def test_a_deadline_is_no_excuse_for_ever() -> None:
    """A command that went out in good time and is left unanswered in every attempt is a broken promise."""
    steps: tuple[Step, ...] = (
        Connect("main", "library"),
        Send("main", "lend", {}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=1),
    )
    slow = case(*steps, clauses=("library/lend/reply",))

    def unanswered(sent: float) -> Story:
        story = Story().mark(0, "attempt", number=3).connected().mark(sent, "step", 1).sent(sent, LEND)
        return story.mark(sent, "step", 2).closed(1010, 4000).mark(1011, "expired", 2)

    assert verdict(slow, unanswered(20)).outcome is Outcome.FAILED
    assert verdict(slow, unanswered(700)).overtaken


def test_a_deadline_may_come_before_a_refusal() -> None:
    """What binds the client is shown by a refusal: a deadline's own in its place shows nothing."""
    steps: tuple[Step, ...] = (
        Connect("main", "library"),
        Send("main", "lend", {}),
        Expect(
            "main",
            ("denied",),
            BOUND,
            reply_to=1,
            where=(Condition("/why", "eq", "wrong"),),
            correlated=False,
        ),
    )
    story = Story().connected().mark(500, "step", 1).sent(501, {"type": "lend"}).mark(502, "step", 2)
    story.got(1008, {"type": "denied", "id": None, "why": "slow"}).mark(1009, "satisfied", 2).closed(
        1010, 4000
    )
    made = verdict(case(*steps, clauses=(BOUND,)), story)
    assert (made.outcome, made.overtaken, made.findings) == (Outcome.BROKEN, True, ())


def test_what_need_not_come_is_never_late() -> None:
    """How long we wait for an event that nobody promised binds nobody."""
    event = Expect("main", ("moved",), KIND + "sequence", within_ms=10, optional=True)
    story = stream(shelf(3), moved(4))
    story.mark(41, "step", 4).got(2000, moved(5)).mark(2001, "satisfied", 4)
    assert verdict(case(*WATCH, event, clauses=(KIND + "sequence",)), story).outcome is Outcome.PASSED

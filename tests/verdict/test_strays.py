"""What came instead, or besides: messages that no step was given, and what they are held against."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Connect, Expect, Send, Step
from conformance.transcript import Transcript
from conformance.verdict import Judge, Outcome, Tolerances, Verdict
from tests.verdict.stage import (
    LEND,
    LEND_STEPS,
    LENT,
    LENT_REPLY,
    Story,
    case,
    lending,
    library,
    verdict,
)

KIND = "library/streams/shelf/"
SEQUENCE = KIND + "sequence"
WATCHED: tuple[Step, ...] = (
    Connect("main", "library"),
    Send("main", "watch", {}),
    Expect("main", ("watching",), "library/watch/reply", reply_to=1, within_ms=1000),
)
NUMBER = "library/shelf/number/type"
KINDS = ("library/shelf/kind/const", "library/moved/kind/const")


def waiting(*messages: str, optional: bool = False) -> Case:
    """A watched shelf, and a wait for one of these messages."""
    last = Expect("main", messages, SEQUENCE, within_ms=1000, optional=optional)
    return case(*WATCHED, last, clauses=(SEQUENCE, NUMBER, *KINDS))


def instead(*values: object) -> Story:
    """The wait is in vain: these came."""
    story = (
        Story().connected().mark(10, "step", 1).sent(11, {"type": "watch", "shelf": "A"}).mark(12, "step", 2)
    )
    story.got(14, ["watching", "A"]).mark(15, "satisfied", 2, lag_ms=0).mark(16, "step", 3)
    for at, value in enumerate(values, 20):
        story.got(at, value)
    return story.mark(2200, "expired", 3, lag_ms=0)


def clauses(made: Verdict) -> list[str]:
    return [finding.clause for finding in made.findings]


@pytest.mark.parametrize("optional", [False, True])
@pytest.mark.parametrize(
    ("message", "last", "first"),
    [("shelf", [], "shelf"), ("moved", 5, "moved"), ("shelf", None, "shelf"), ("moved", None, "moved")],
)
def test_what_nobody_can_name_is_held_against_what_was_waited_for(
    message: str, last: object, first: str, optional: bool
) -> None:
    """Also when the wait was optional; and where another message is as near."""
    made = verdict(waiting(message, optional=optional), instead(["no-such", "A", 3, last]))
    assert made.outcome is Outcome.FAILED
    assert clauses(made)[0] == f"library/{first}/kind/const"
    assert not any("library/shelf/" in each for each in clauses(made) if first == "moved")


@pytest.mark.parametrize("optional", [False, True])
def test_what_is_nearer_to_another_message_is_told_as_that(optional: bool) -> None:
    """But for its mark it is one that nobody waited for."""
    made = verdict(waiting("shelf", optional=optional), instead(["no-such", "A", 3, 5]))
    assert made.outcome is Outcome.FAILED
    assert clauses(made)[0] == "library/moved/kind/const"


def test_an_optional_wait_in_vain_breaks_nothing() -> None:
    """Nothing came, and nothing had to; but somebody has to have seen something, or nothing is proved."""
    made = verdict(waiting("moved", optional=True), instead())
    assert (made.outcome, made.findings) == (Outcome.SKIPPED, ())
    made = verdict(waiting("moved", optional=True), instead(["shelf", "A", 3, []]))
    assert (made.outcome, made.findings) == (Outcome.PASSED, ())


def test_what_came_instead_is_told_before_that_nothing_came() -> None:
    """A broken message explains why the one that was waited for is missing."""
    made = verdict(waiting("moved"), instead(["shelf", "A", "x", []]))
    assert clauses(made)[:2] == [NUMBER, SEQUENCE]
    assert made.reason.startswith("[2] number: expected integer, got str 'x'")
    assert clauses(verdict(waiting("moved"), instead()))[0] == SEQUENCE


def test_what_came_later_is_told_later() -> None:
    """Only what was there when we gave up came instead; each message is told once."""
    made = verdict(waiting("moved"), instead().got(2300, ["shelf", "A", "x", []]))
    assert clauses(made)[:2] == [SEQUENCE, NUMBER]
    made = verdict(waiting("moved"), instead(["shelf", "A", "x", []], ["shelf", "A", "x", []]))
    assert clauses(made).count(NUMBER) == 2


DENIED = {"type": "denied", "id": 7, "why": "wrong"}
LENDING = case(*LEND_STEPS, clauses=(LENT, "library/lend/within", "library/lend/correlation"))


@cache
def unsolicited() -> Judge:
    """The judge of a library that may also deny without having been asked."""
    desk = library().services["library"]
    denied = replace(desk.messages["denied"], event=True)
    changed = replace(desk, messages=MappingProxyType({**desk.messages, "denied": denied}))
    contract = replace(library(), services=MappingProxyType({"library": changed}))
    return Judge(contract, library().clauses, Tolerances(100))


def told(story: Story) -> Verdict:
    return unsolicited().judge(LENDING, Transcript(LENDING.id, tuple(story.entries)))


def test_a_refusal_behind_the_reply_is_a_second_reply() -> None:
    """It names the command: also where refusals may come unasked."""
    for judged in (told, lambda story: verdict(LENDING, story)):
        made = judged(lending().got(30, DENIED))
        assert (made.outcome, clauses(made)) == (Outcome.FAILED, [LENT])
        assert "expected exactly one reply, got another one: denied 'wrong'" in made.reason


def test_two_refusals_of_one_command_are_two_replies() -> None:
    """The first is the wrong one, the second one too many."""
    made = told(lending(DENIED).got(30, DENIED))
    assert clauses(made) == [LENT, LENT]
    assert "another one" in str(made.findings[1])


@pytest.mark.parametrize(
    "value",
    [
        {**DENIED, "id": None},
        {**DENIED, "id": 8},
        ["moved", "A", 1, 5],
    ],
)
def test_what_answers_nobody_is_no_second_reply(value: object) -> None:
    """A refusal that names no command, or another one; an event."""
    made = told(lending().got(30, value))
    assert LENT not in clauses(made)


def test_each_of_two_commands_may_be_refused() -> None:
    """Alike or not: a reply is left over only when each command has one."""
    again = (*LEND_STEPS, Send("main", "lend", {}))
    story = lending().mark(22, "step", 3).sent(23, {**LEND, "id": 9})
    two = case(*again, clauses=(LENT,))
    judge = unsolicited()
    once = Transcript(two.id, tuple(story.got(30, {**DENIED, "id": 9}).entries))
    assert judge.judge(two, once).outcome is Outcome.PASSED
    twice = Transcript(two.id, tuple(story.got(31, {**DENIED, "id": 9}).entries))
    assert clauses(judge.judge(two, twice)) == [LENT]
    assert LENT_REPLY["id"] == 7


@pytest.mark.parametrize(
    ("values", "hint"),
    [({"shelf": "A"}, "; --value shelf=… asks with another"), ({"shelf": "A", "book": 1}, ""), ({}, "")],
)
def test_who_asked_of_a_quiet_thing_is_told_how_to_ask_of_another(
    values: dict[str, object], hint: str
) -> None:
    """The thing that the target names first may be one of which nothing is said."""
    story = Story().mark(0, "values", values=values) if values else Story()
    waiting = case(Connect("main", "library"), Send("main", "lend"), clauses=("library/nothing",))
    made = verdict(waiting, story.connected().mark(1, "step", 1).sent(2, {"type": "lend"}))
    assert made.outcome is Outcome.SKIPPED
    assert made.reason.endswith("it sent no message at all" + hint)

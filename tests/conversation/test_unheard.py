"""Commands that come too late, over a real socket: unheard by a good desk, caught at a bad one."""

from __future__ import annotations

import asyncio

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Close, Connect, Idle, Reading, Send, Step, Unanswered
from conformance.transcript import Direction, Frame, Transcript
from conformance.verdict import Outcome, Verdict
from tests.run.desk import Answer, Command, Desk, Line, lend, play, verdict
from tests.verdict.stage import LENT, case


def conversation(*steps: Step) -> Case:
    return case(Connect("main", "library"), *steps, clauses=(LENT,))


def held(one: Case, **answers: Answer) -> tuple[Transcript, Verdict]:
    async def main() -> Transcript:
        async with Desk(**answers) as desk:
            return await play(one, desk)

    transcript = asyncio.run(main())
    return transcript, verdict(one, transcript)


async def shut(line: Line, command: Command) -> None:
    """A desk that closes soon."""
    await asyncio.sleep(0.05)
    await line.socket.close(4001, "shut")


async def refuse(line: Line, command: Command) -> None:
    await line.say({"type": "denied", "id": command["id"], "why": "stranger"})


UNHEARD = conversation(
    Reading("main", on=False),
    Idle("main", 150, LENT),
    lend(),
    Reading("main", on=True),
    Unanswered("main", 3, LENT, 300),
    Close("main", (4001,), LENT),
)


def test_a_command_is_sent_before_the_close_is_heard_of() -> None:
    """While nothing is read the connection is open to us; the close comes when it is read again."""
    transcript, made = held(UNHEARD, hello=shut)
    sent = next(
        place
        for place, entry in enumerate(transcript.entries)
        if isinstance(entry, Frame) and entry.direction is Direction.SENT and entry.opcode == "binary"
    )
    closed = next(
        place
        for place, entry in enumerate(transcript.entries)
        if isinstance(entry, Frame) and entry.opcode == "close" and entry.direction is Direction.RECEIVED
    )
    assert sent < closed
    assert made.outcome is Outcome.PASSED, made.reason


def test_a_desk_that_is_shut_and_lends_is_caught() -> None:
    """An answer to what came too late breaks the promise, and is named."""
    _, made = held(UNHEARD)
    assert made.outcome is Outcome.FAILED
    (finding,) = made.findings
    assert (finding.clause, finding.expected) == (LENT, "none: the connection is over")
    assert finding.seen == "lent"


@pytest.mark.parametrize(("codes", "outcome"), [(("stranger",), Outcome.PASSED), ((), Outcome.FAILED)])
def test_a_refusal_may_say_that_it_is_over(codes: tuple[str, ...], outcome: Outcome) -> None:
    """One with a code that says so is none; any other shows that the command was looked at."""
    one = conversation(lend(), Unanswered("main", 1, LENT, 300, codes))
    _, made = held(one, lend=refuse)
    assert made.outcome is outcome, made.reason


def late() -> Case:
    sent = lend()
    assert isinstance(sent, Send)
    one = Send("main", sent.operation, sent.payload, late=True)
    return conversation(one, Unanswered("main", 1, LENT, 500))


def test_behind_our_close_nobody_looks() -> None:
    """The command goes out behind the Close, in one piece with it; the desk hears the Close alone."""
    transcript, made = held(late())
    sent = [entry.opcode for entry in transcript.frames() if entry.direction is Direction.SENT]
    assert sent == ["close", "binary"]
    assert made.outcome is Outcome.PASSED, made.reason
    (gone,) = transcript.marks("closed")
    assert gone.data["by"] == "us"

"""A command that is sent again and again, over a real socket, while other steps wait."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from conformance.cases.steps import Close, Connect, Idle, Send
from conformance.transcript import Direction, Transcript
from conformance.verdict import Outcome
from tests.run.desk import Command, Desk, Line, lend, play, verdict
from tests.verdict.stage import LENT, case

AGAIN = replace(lend(), every_ms=20)


def sent(transcript: Transcript) -> list[bytes]:
    """What was sent, in order."""
    return [
        frame.data
        for frame in transcript.frames("main")
        if (frame.opcode, frame.direction) == ("binary", Direction.SENT)
    ]


def test_it_is_sent_anew_until_the_steps_are_over() -> None:
    """Each with an id of its own; what answers them is held against the contract and waited for by nobody."""
    one = case(Connect("main", "library"), AGAIN, Idle("main", 200, LENT), clauses=(LENT,))

    async def main() -> None:
        async with Desk() as desk:
            transcript = await play(one, desk)
            made = verdict(one, transcript)
            assert made.outcome is Outcome.PASSED, made.reason
            commands = sent(transcript)
            assert 4 <= len(commands) <= 12
            assert len(set(commands)) == len(commands)
            assert desk.asked == ["lend"] * len(commands)

    asyncio.run(main())


def test_it_ends_with_the_connection() -> None:
    """Nothing is sent on a connection that the target closed, and nobody complains."""

    async def shut(line: Line, command: Command) -> None:
        await asyncio.sleep(0.1)
        await line.socket.close(4001, "shut")

    steps = (AGAIN, Close("main", (4001,), LENT), Connect("other", "library"), Idle("other", 100, LENT))
    one = case(Connect("main", "library"), *steps, clauses=(LENT,))

    async def main() -> None:
        async with Desk(hello=shut) as desk:
            transcript = await play(one, desk)
            assert verdict(one, transcript).outcome is Outcome.PASSED
            assert 2 <= len(sent(transcript)) <= 6
            assert not [*transcript.marks("unsent")]

    asyncio.run(main())


def test_a_command_is_sent_once() -> None:
    """Unless its step says otherwise."""
    assert isinstance(AGAIN, Send)
    assert Send("main").every_ms == 0

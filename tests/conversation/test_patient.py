"""Long waits over a real socket: kept by a good desk, caught at a bad one, the same when stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Close, Connect, Idle, Stall, Step
from conformance.conversation import patient
from conformance.verdict import Outcome, Verdict
from tests.run.desk import Answer, Command, Desk, Line, lend, lending, lent, play, tried, verdict
from tests.verdict.stage import LENT, case

ROW = ({"type": "watch", "shelf": "A"}, {"type": "unwatch", "shelf": "A"})


def waiting(*steps: Step) -> Case:
    return case(Connect("main", "library"), *steps, clauses=(LENT,))


def idle(answer: Answer) -> Verdict:
    return tried(waiting(Idle("main", 200, LENT), lend(), lent(2)), hello=answer)


async def leave(line: Line, command: Command) -> None:
    await asyncio.sleep(0.1)
    await line.socket.close(1000, "idle")


async def stay(line: Line, command: Command) -> None:
    await line.socket.ping()


def test_an_idle_connection_is_kept() -> None:
    """One that lives is passed on to the next step; one that is closed is told with its age."""
    assert idle(stay).outcome is Outcome.PASSED
    (finding,) = idle(leave).findings
    assert finding.clause == LENT
    assert finding.expected == "an open connection for 200 ms"
    assert finding.seen.startswith("a close with 1000 ('idle') after ")


STALL = Stall("main", (ROW,), 300, LENT)


@pytest.mark.parametrize(("code", "outcome"), [(1013, Outcome.PASSED), (1011, Outcome.FAILED)])
def test_what_was_left_unread_comes_in_the_end(
    code: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a reader does not read it does not see the close; when it reads again it does, and its code."""
    monkeypatch.setattr(patient, "ENOUGH", 4096)
    rounds = 0

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds
        rounds += 1
        await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 500]])
        if rounds > 5:
            await line.socket.close(code, "slow")

    async def main() -> Verdict:
        async with Desk(watch=watch) as desk:
            one = waiting(
                STALL, Close("main", (code,) if code == 1011 else (), LENT), Close("main", (1013,), LENT)
            )
            transcript = await play(one, desk)
            unread = next(mark for mark in transcript.marks("unread"))
            closed = next(frame for frame in transcript.frames() if frame.opcode == "close")
            assert closed.at > unread.at + 300 * 1_000_000
            return verdict(one, transcript)

    made = asyncio.run(main())
    assert made.outcome is outcome, made.reason


@pytest.mark.parametrize(("patience", "outcome"), [(300, Outcome.PASSED), (0, Outcome.FAILED)])
def test_who_takes_the_time_of_a_reply_is_left_unread_again(
    patience: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that notices late, for its replies may take their time, keeps its promise all the same."""
    for name, value in {"ENOUGH": 4096, "MARGIN_MS": 50, "READING_MS": 100}.items():
        monkeypatch.setattr(patient, name, value)
    rounds = 0

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds
        rounds += 1
        await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 500]])
        if rounds > 12:
            await line.socket.close(1013, "slow")

    stall = replace(STALL, for_ms=100, reply_ms=patience)

    async def main() -> tuple[Verdict, int]:
        async with Desk(watch=watch) as desk:
            one = waiting(stall, Close("main", (1013,), LENT, within_ms=100))
            transcript = await play(one, desk)
            return verdict(one, transcript), sum(1 for _ in transcript.marks("unread"))

    made, times = asyncio.run(main())
    assert (made.outcome, times) == (outcome, 2 if patience else 1)


def test_a_reader_that_nobody_closes_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes on as if everything had been read."""
    monkeypatch.setattr(patient, "ENOUGH", 4096)
    made = tried(waiting(STALL, Close("main", (), LENT, within_ms=100)))
    assert [finding.seen for finding in made.findings][:1] == ["an open connection"]


def test_a_target_that_says_nothing_cannot_be_left_unread() -> None:
    """That is no finding: there was no stimulus."""

    async def nothing(line: Line, command: Command) -> None:
        pass

    made = tried(waiting(STALL), watch=nothing, unwatch=nothing)
    assert (made.outcome, made.reason) == (
        Outcome.SKIPPED,
        "the target sent nothing that could be left unread",
    )
    assert tried(lending()).outcome is Outcome.PASSED

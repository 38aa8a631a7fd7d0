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


def test_an_idle_time_may_count_from_the_connection() -> None:
    """Then it is no longer for what came before it, and over at once where that took as long."""
    steps = (
        Idle("main", 150, LENT),
        Idle("main", 200, LENT, "connected"),
        Idle("main", 100, LENT, "connected"),
    )
    one = waiting(*steps, lend(), lent(4))

    async def main() -> list[float]:
        async with Desk(hello=stay) as desk:
            transcript = await play(one, desk)
            assert verdict(one, transcript).outcome is Outcome.PASSED
            (connected,) = transcript.marks("connected")
            return [(mark.at - connected.at) / 1e6 for mark in transcript.marks("satisfied")]

    first, second, third, _ = asyncio.run(main())
    assert first >= 150
    assert 200 <= second < first + 200
    assert third - second < 90


def test_who_waits_for_what_is_overdue_waits_as_much_longer_as_it_may_be_late() -> None:
    """The target's tolerance is added."""
    one = waiting(Idle("main", 50, LENT, "overdue"), lend(), lent(2))

    async def main() -> float:
        async with Desk(hello=stay) as desk:
            transcript = await play(one, desk)
            (begun,) = (mark for mark in transcript.marks("step") if mark.step == 1)
            (over, _) = transcript.marks("satisfied")
            return (over.at - begun.at) / 1e6

    assert asyncio.run(main()) >= 50 + TOLERANCE_MS


TOLERANCE_MS = 250
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
        if rounds > patient.TOGETHER + 4:
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


async def stalled(watch: Answer, monkeypatch: pytest.MonkeyPatch, stall: Stall) -> tuple[Outcome, str, int]:
    """How it ended, why, and how often something was left unread; buffers hold next to nothing."""
    sizes = {"ENOUGH": 4096, "MOST": 12_000, "MORE": 16_384, "MARGIN_MS": 50, "READING_MS": 100}
    for name, value in sizes.items():
        monkeypatch.setattr(patient, name, value)
    async with Desk(watch=watch) as desk:
        one = waiting(stall, Close("main", (1013,), LENT, within_ms=100))
        transcript = await play(one, desk)
        made = verdict(one, transcript)
        return made.outcome, made.reason, sum(1 for _ in transcript.marks("unread"))


@pytest.mark.parametrize(("patience", "outcome"), [(300, Outcome.PASSED), (0, Outcome.FAILED)])
def test_who_takes_the_time_of_a_reply_is_left_unread_again(
    patience: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that notices late, for its replies may take their time, keeps its promise all the same."""
    rounds = 0

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds
        rounds += 1
        if not 2 < rounds - patient.TOGETHER <= 6:
            await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 500]])
        if rounds > patient.TOGETHER + 12:
            await line.socket.close(1013, "slow")

    stall = replace(STALL, for_ms=100, reply_ms=patience)
    ended, reason, times = asyncio.run(stalled(watch, monkeypatch, stall))
    assert (ended, times) == (outcome, 2 if patience else 1), reason


@pytest.mark.parametrize(
    ("closes", "outcome"), [(12, Outcome.PASSED), (1000, Outcome.FAILED)], ids=["later", "never"]
)
def test_what_fits_into_buffers_is_made_up_for_by_more(
    closes: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all came may have waited in a kernel that makes room: more than any has is asked for, once."""
    rounds = 0

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds
        rounds += 1
        await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 500]])
        if rounds > patient.TOGETHER + closes:
            await line.socket.close(1013, "slow")

    ended, reason, times = asyncio.run(stalled(watch, monkeypatch, replace(STALL, for_ms=100)))
    assert (ended, times) == (outcome, 2), reason


def test_a_target_that_takes_its_time_is_not_said_to_have_lost_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has said no more than fits into the buffers when nobody waits any longer: that is no finding."""

    one_at_a_time = asyncio.Lock()

    async def watch(line: Line, command: Command) -> None:
        async with one_at_a_time:
            await asyncio.sleep(0.02)
        await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 50]])

    ended, reason, _ = asyncio.run(stalled(watch, monkeypatch, replace(STALL, for_ms=100)))
    assert (ended, "too few to be left unread" in reason) == (Outcome.SKIPPED, True), reason


@pytest.mark.parametrize(
    ("pause_s", "outcome"), [(0.25, Outcome.SKIPPED), (60, Outcome.FAILED)], ids=["later", "never"]
)
def test_what_the_network_had_no_room_for_may_come_late(
    pause_s: float, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again at intervals that double (RFC 6298, 5.5): for a while nothing comes."""
    monkeypatch.setattr(patient, "COMMANDS", 40)
    monkeypatch.setattr(patient, "MANY", 40)
    stall = replace(STALL, for_ms=400)
    rounds = 0
    room: asyncio.Future[None] | None = None

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds, room
        rounds += 1
        if rounds > patient.TOGETHER + 4:
            loop = asyncio.get_running_loop()
            if room is None:
                room = loop.create_future()
                loop.call_later((stall.for_ms + 50 + TOLERANCE_MS) / 1000 + pause_s, room.set_result, None)
            await asyncio.shield(room)
        await line.say(["watching", "A"], ["shelf", "A", 1, ["x" * 50]])

    ended, reason, _ = asyncio.run(stalled(watch, monkeypatch, stall))
    assert ended is outcome, reason


@pytest.mark.parametrize("heard", [1000, 10], ids=["all", "some"])
def test_little_that_was_left_unread_is_judged_only_where_something_is_missing(
    heard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all came, and fits into the buffers between, was never left unread; what is missing was lost."""
    for name, value in {"COMMANDS": 100, "MANY": 100, "MARGIN_MS": 50, "READING_MS": 100}.items():
        monkeypatch.setattr(patient, name, value)
    rounds = 0

    async def watch(line: Line, command: Command) -> None:
        nonlocal rounds
        rounds += 1
        if rounds <= patient.TOGETHER + heard:
            await line.say(["watching", "A"])

    one = waiting(replace(STALL, for_ms=100), Close("main", (), LENT, within_ms=100))
    made = tried(one, watch=watch)
    if heard < 100:
        assert [finding.seen for finding in made.findings][:1] == ["an open connection"]
    else:
        assert made.outcome is Outcome.SKIPPED
        assert "too few to be left unread" in made.reason


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

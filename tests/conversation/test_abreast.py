"""Two subscribers over real sockets: what one of them gets, the other one gets as well, or it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from conformance.cases.abreast import Abreast, Watched
from conformance.cases.case import Case
from conformance.cases.steps import Connect, Expect, Step
from conformance.verdict import Outcome
from tests.run.desk import Answer, Command, Line, tried, watch
from tests.verdict.stage import case

CLAUSE = "library/streams/shelf/sequence"
STREAM = Watched("shelf", ("shelf", "moved"), CLAUSE, "main.id", "witness.id", "shelf")
Tells = Callable[[bool, int], list[object]]


def both(wait_ms: int = 600) -> Case:
    """Both have the stream; then what comes to the witness has to come to the main connection too."""
    steps: list[Step] = []
    for session in ("main", "witness"):
        index = len(steps) + 1
        save = {f"{session}.id": "/1"}
        begun = Expect(
            session, ("watching",), "library/watch/reply", reply_to=index, within_ms=600, save=save
        )
        steps += [Connect(session, "library"), watch(session=session), begun]
    step = Abreast("main", "witness", (STREAM,), times=2, witness_ms=wait_ms, within_ms=200)
    return case(*steps, step, clauses=(CLAUSE,))


def telling(tells: Tells) -> Answer:
    """The stream of a shelf: it begins at 1, and goes on, again and again, when both have it."""
    lines: list[Line] = []
    going: list[asyncio.Task[None]] = []

    async def go_on() -> None:
        for number in range(2, 9):
            await asyncio.sleep(0.06)
            for place, line in enumerate(lines):
                await line.say(*tells(place == 0, number))

    async def answer(line: Line, command: Command) -> None:
        await line.say(["watching", command["shelf"]], ["shelf", "A", 1, []])
        lines.append(line)
        if len(lines) == 2:
            going.append(asyncio.ensure_future(go_on()))

    return answer


def test_what_comes_to_both_is_green() -> None:
    """Whatever else comes to one of them."""
    made = tried(both(), watch=telling(lambda main, number: [["moved", "A", number, number]]))
    assert made.outcome is Outcome.PASSED, made.reason
    (told,) = made.evidence
    assert told.startswith("witness and main got shelf ")


def test_a_stream_that_died_beside_a_living_one_is_told() -> None:
    """That a stream stopped shows only where somebody else still gets it."""
    made = tried(both(), watch=telling(lambda main, number: [] if main else [["moved", "A", number, number]]))
    assert made.outcome is Outcome.FAILED
    assert [each.clause for each in made.findings] == [CLAUSE]
    assert "as witness got it, within 200 ms, got nothing of it" in made.reason


def test_a_quiet_stream_proves_nothing() -> None:
    """Nobody got anything: nothing can be missed."""
    made = tried(both(150), watch=telling(lambda main, number: []))
    assert made.outcome is Outcome.SKIPPED

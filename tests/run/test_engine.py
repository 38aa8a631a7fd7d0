"""The engine: waits overlap, windows and resources hold, stopping ends everything, our bugs are ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from conformance.cases.case import Case, Needs
from conformance.cases.steps import Condition, Connect, Expect, Silence, Sourced
from conformance.run import Engine, Result
from conformance.verdict import Blame, Outcome
from tests.run.desk import Answer, Command, Desk, Line, engine, lend, lending, lent, nothing, target
from tests.verdict.stage import LENT, case

LONG = 0.3


async def slowly(line: Line, command: Command) -> None:
    await asyncio.sleep(LONG)
    await line.say({"type": "lent", "id": command["id"], "fee": "10"})


def many(count: int, **more: Any) -> list[Case]:
    return [lending(f"number-{number}", **more) for number in range(count)]


def ran(
    cases: list[Case], *, look: Callable[[Desk], None] = lambda desk: None, jobs: int = 32, **answers: Answer
) -> tuple[list[Result], float]:
    """The results of these cases, and the seconds that they took."""

    async def main() -> tuple[list[Result], float]:
        async with Desk(**answers) as desk, engine(target(desk), jobs=jobs) as playing:
            await playing.health()
            desk.most = 0
            begun = time.monotonic()
            results = await playing.play(cases)
            seconds = time.monotonic() - begun
            look(desk)
            return results, seconds

    return asyncio.run(main())


def test_waits_overlap() -> None:
    """24 conversations of 0.3 s each take nowhere near 24 times as long."""
    results, seconds = ran(many(24), lend=slowly)
    assert [result.verdict.outcome for result in results] == [Outcome.PASSED] * 24
    assert seconds < 24 * LONG / 2


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_window_counts_sessions(jobs: int) -> None:
    """No more sessions are open at the server than the window allows, cases with two sessions among them."""
    seen: list[int] = []
    two = (Connect("other", "library"), lend("other"), lent(4, "other"))
    cases = [*many(4), *(lending(f"pair-{number}", *two) for number in range(4))]
    results, _ = ran(cases, look=lambda desk: seen.append(desk.most), jobs=jobs)
    assert [result.verdict.reason for result in results] == [""] * 8
    assert seen[0] <= max(2, jobs)


def test_cases_of_one_resource_never_overlap() -> None:
    """One account is used by one case at a time; other cases go on meanwhile."""
    cases = [*many(4, resource="ann"), lending("free")]
    results, _ = ran(cases, lend=slowly)
    spans = sorted((result.started, result.ended) for result in results if result.case.resource)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    free = next(result for result in results if not result.case.resource)
    assert free.ended <= spans[1][1]


def test_the_longest_wait_begins_first() -> None:
    """With a window of one session, cases are played by patience, longest first."""
    order: list[str] = []
    hush = Silence("main", ("moved",), "library/lend/reply", for_ms=200)
    cases = [lending("short"), lending("long", hush, replace(hush)), lending("middle", hush)]

    async def main() -> None:
        started = order.append
        async with (
            Desk() as desk,
            engine(target(desk), jobs=1, started=lambda one: started(one.id)) as playing,
        ):
            await playing.play(cases)

    asyncio.run(main())
    assert [name.rpartition("/")[2] for name in order] == ["long", "middle", "short"]


def test_stopping_ends_everything_soon() -> None:
    """What plays, what waits and what never began ends as stopped; no socket stays open."""
    said: list[Result] = []

    async def main() -> tuple[list[Result], float, int]:
        probes: list[int] = []

        async def first_only(line: Line, command: Command) -> None:
            probes.append(1)
            if len(probes) == 1:
                await line.say({"type": "lent", "id": command["id"], "fee": "10"})

        async with Desk(lend=first_only) as desk:
            playing: Engine = engine(target(desk), jobs=2, finished=said.append)
            async with playing:
                await playing.health()
                tasks = [playing.submit(one) for one in many(6)]
                await desk.until(3)
                tasks.append(playing.submit(lending("never-began")))
                begun = time.monotonic()
                await playing.stop()
                seconds = time.monotonic() - begun
                late = await playing.submit(lending("too-late"))
                return [*(await asyncio.gather(*tasks)), late], seconds, desk.open

    results, seconds, still_open = asyncio.run(main())
    verdicts = {(result.verdict.outcome, result.verdict.reason) for result in results}
    assert verdicts == {(Outcome.SKIPPED, "stopped")}
    assert len(said) == len(results) == 8
    assert seconds < 5
    assert still_open == 0


def test_cancelling_play_cancels_it() -> None:
    """Whoever cancels ``play`` gets the cancellation back, and not the next case."""

    async def main() -> int:
        async with Desk() as desk, engine(target(desk), jobs=1) as playing:
            await playing.health()
            desk.answers["lend"] = nothing
            task = asyncio.ensure_future(playing.play(many(3)))
            await desk.until(2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return len(desk.asked)

    assert asyncio.run(main()) == 2


def test_a_bug_of_ours_is_one_cases_misfortune() -> None:
    """A case that makes the suite itself fail is broken, blame suite; the others are judged."""
    bad = case(Connect("main", "library"), Expect("nobody", ("lent",), LENT), clauses=(LENT,))
    results, _ = ran([bad, lending("fine")])
    by_name = {result.case.id.rpartition("/")[2]: result.verdict for result in results}
    assert (by_name["test"].outcome, by_name["test"].blame) == (Outcome.BROKEN, Blame.SUITE)
    assert by_name["test"].reason.startswith("the suite itself failed: KeyError")
    assert by_name["fine"].outcome is Outcome.PASSED


def fee(name: str) -> Case:
    """A case that needs the value ``fee``."""
    where = (Condition("/fee", "eq", Sourced("fee")),)
    steps = (Connect("main", "library"), lend(), replace(lent(1), where=where))
    return replace(
        case(*steps, clauses=(LENT,)),
        id=f"library/commands/{name}",
        needs=Needs(("library",), values=("fee",)),
    )


def test_a_source_is_asked_once() -> None:
    """Five cases need a value: the target is asked for it once."""
    counts: list[int] = []
    results, _ = ran(
        [fee(f"fee-{n}") for n in range(5)], look=lambda desk: counts.append(len(desk.asked)), jobs=1
    )
    assert [result.verdict.reason for result in results] == [""] * 5
    assert counts == [1 + 1 + 5]  # the preflight, the source, the cases


def test_a_source_that_gives_nothing_skips_with_the_reason() -> None:
    """The reason says which value, which service, and what came instead."""

    async def main() -> list[Result]:
        async with Desk() as desk, engine(target(desk)) as playing:
            await playing.health()

            async def denies(line: Line, command: Command) -> None:
                await line.say({"type": "denied", "id": command["id"], "why": "wrong"})

            desk.answers["lend"] = denies
            return await playing.play([fee("fee")])

    made = asyncio.run(main())[0].verdict
    assert made.outcome is Outcome.SKIPPED
    assert made.reason.startswith(
        "fee could not be asked from library: reply: expected lent, got denied 'wrong'"
    )


def test_what_the_user_states_wins_over_what_the_target_says() -> None:
    """``values`` of the target are used without asking."""

    async def main() -> tuple[list[Result], int]:
        async with Desk() as desk, engine(target(desk, values={"fee": "11"})) as playing:
            return await playing.play([fee("fee")]), len(desk.asked)

    results, asked = asyncio.run(main())
    assert "expected '11' (fee), got '10'" in results[0].verdict.reason
    assert asked == 2


def test_a_source_that_breaks_a_promise_is_told() -> None:
    """What was seen broken when a value was asked for is not hidden behind a skip."""

    async def main() -> list[Result]:
        async with Desk() as desk, engine(target(desk)) as playing:
            await playing.health()

            async def wrong(line: Line, command: Command) -> None:
                await line.say({"type": "lent", "id": command["id"], "fee": 7})

            desk.answers["lend"] = wrong
            return await playing.play([fee("fee")])

    made = asyncio.run(main())[0].verdict
    assert made.outcome is Outcome.FAILED
    assert made.findings[0].clause == "library/lent/fee/type"


def test_a_value_that_breaks_its_schema_is_none() -> None:
    """The promise is told once, and nobody is asked for anything with it; who looks elsewhere is skipped."""

    async def main() -> tuple[list[Result], int]:
        async with Desk() as desk, engine(target(desk)) as playing:
            await playing.health()
            desk.asked.clear()

            async def wrong(line: Line, command: Command) -> None:
                fee = 7 if len(desk.asked) == 1 else "7"
                await line.say({"type": "lent", "id": command["id"], "fee": fee})

            desk.answers["lend"] = wrong
            played = await playing.play([fee("fee"), replace(fee("other"), focused=True)])
            return played, len(desk.asked)

    (made, focused), asked = asyncio.run(main())
    assert asked == 1, "the source alone"
    assert (made.verdict.outcome, made.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    assert [finding.clause for finding in made.verdict.findings] == ["library/lent/fee/type"]
    assert focused.verdict.outcome is Outcome.SKIPPED
    assert focused.verdict.reason.startswith("another promise was broken first: fee: expected")

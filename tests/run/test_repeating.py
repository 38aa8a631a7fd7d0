"""Cases that are played again and again: by a player with a seeded coin, and by the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Silence, Stall
from conformance.run import Result
from conformance.run.repeating import AT_ONCE, WAITING, repeat
from conformance.statistics.sequential import Plan
from conformance.transcript import Direction, Frame, Mark, Transcript
from conformance.validation import Finding
from conformance.verdict import Blame, Outcome, Verdict
from tests.run.desk import Command, Desk, Line, engine, lending, nothing, target
from tests.verdict.stage import LENT

PLAN = Plan()
CASE = lending()
PATIENT = lending("patient", Silence("main", ("lent",), LENT, for_ms=500))
LATE = Finding(LENT, "reply", "a book", "nothing", (), "library.yaml:1")


class Player:
    """Plays a case as it is told to, a coin's toss a play, and counts."""

    def __init__(self, outcome: Callable[[int], Outcome], pause: Callable[[int], int] = lambda n: 0) -> None:
        self.outcome, self.pause = outcome, pause
        self.open = self.most = 0
        self.begun: list[int] = []
        self.ended: list[int] = []

    async def __call__(self, number: int) -> Result:
        self.begun.append(number)
        self.open += 1
        self.most = max(self.most, self.open)
        outcome = Outcome.SKIPPED
        try:
            for _ in range(1 + self.pause(number)):
                await asyncio.sleep(0)
            outcome = self.outcome(number)
        except asyncio.CancelledError:
            return self.result(Outcome.SKIPPED, number, "stopped")
        finally:
            self.open -= 1
        self.ended.append(number)
        return self.result(outcome, number, "" if outcome is Outcome.PASSED else f"as told in {number}")

    def result(self, outcome: Outcome, number: int, reason: str) -> Result:
        """The result of one play; its transcript says which."""
        failed = outcome is Outcome.FAILED
        blame = {Outcome.FAILED: Blame.TARGET, Outcome.BROKEN: Blame.ENVIRONMENT}.get(outcome, Blame.NOBODY)
        verdict = Verdict(CASE.id, outcome, blame, reason, (LATE,) if failed else (), frozenset({LENT}))
        entries = (Mark("step", number), Frame("main", Direction.SENT, "binary", b"", number))
        return Result(CASE, verdict, Transcript(CASE.id, entries), number, number + 1)


def coin(p: float, seed: int = 1) -> Callable[[int], Outcome]:
    """Fails with this chance, each play by its own number."""
    return lambda number: Outcome.FAILED if Random(f"{seed}/{number}").random() < p else Outcome.PASSED


def played(player: Player, case: Case = CASE, plan: Plan = PLAN) -> Result:
    """All plays together; and none was begun that did not end and was not told."""
    told: list[Result] = []
    result = asyncio.run(repeat(case, plan, player, told.append))
    assert sorted(player.ended) == player.begun == list(range(1, len(told) + 1))
    return result


def begun(result: Result) -> int:
    """The number of the play whose transcript it is."""
    return next(result.transcript.frames()).at


def test_what_never_fails_is_sound() -> None:
    """After as many plays as that takes, and passed."""
    player = Player(coin(0))
    result = played(player)
    assert result.verdict.outcome is Outcome.PASSED
    assert result.repeats is not None
    assert str(result.repeats) == "sound: failed none of 32 plays (below 0.09)"
    assert result.repeats.means == "fails less than 1 time in 10, with an error probability of 5%"
    assert (len(player.begun), result.repeats.course) == (32, "." * 32)
    assert (result.started, result.ended) == (1, 33)
    assert result.verdict.findings == ()


def test_what_always_fails_is_broken() -> None:
    """It failed each time; the first time is what is told."""
    result = played(Player(coin(1)))
    assert (result.verdict.outcome, result.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    assert result.verdict.reason.startswith("broken: failed 32 of 32 plays, about 1.00 (0.91–1.00): ")
    assert result.verdict.findings == (LATE,)


def test_what_only_a_later_play_saw_broken_is_told_beside() -> None:
    """A gate that lets the first play's promise pass has to know of the other; each is told once."""
    other = replace(LATE, clause="library/lent/id/type", where="id", entry=1)
    first = replace(LATE, entry=1)

    class Whimsical(Player):
        def result(self, outcome: Outcome, number: int, reason: str) -> Result:
            made = super().result(outcome, number, reason)
            findings = {3: (first,), 7: (replace(first, seen="a pen"), other), 11: (other,)}.get(
                number, (first,)
            )
            if outcome is not Outcome.FAILED:
                return made
            met = frozenset(each.clause for each in findings)
            return replace(made, verdict=replace(made.verdict, findings=findings, exercised=met))

    result = played(Whimsical(lambda number: Outcome.FAILED if number % 4 == 3 else Outcome.PASSED))
    assert result.verdict.outcome is Outcome.FAILED
    assert begun(result) == 3
    assert result.verdict.findings == (first, replace(other, entry=None))
    assert result.verdict.exercised == {LENT, other.clause}


@pytest.mark.parametrize("patient", [False, True])
def test_what_fails_now_and_then_is_never_green(patient: bool) -> None:
    """The first play that failed is told, with how often, and no later pass makes up for it."""
    player = Player(lambda number: Outcome.FAILED if number % 4 == 3 else Outcome.PASSED)
    result = played(player, PATIENT if patient else CASE)
    assert (result.verdict.outcome, result.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    sentence = "intermittent: failed 8 of 32 plays, about 0.25 (0.13–0.41)"
    assert result.verdict.reason == f"{sentence}: as told in 3"
    assert str(result.repeats) == sentence
    assert begun(result) == 3


def test_a_failure_that_is_rarer_than_is_told_apart_is_told_all_the_same() -> None:
    """Sound, after more plays than without it; the play that failed is the one to look at."""
    player = Player(lambda number: Outcome.FAILED if number == 5 else Outcome.PASSED)
    result = played(player)
    assert result.verdict.outcome is Outcome.PASSED
    assert result.verdict.reason == "sound: failed 1 of 57 plays, about 0.02 (0.00–0.10): as told in 5"
    assert (result.verdict.findings, begun(result)) == ((), 5)


def test_what_comes_to_no_answer_is_not_green() -> None:
    """Nor red: nobody can tell."""
    wrong = {20, 50, 75, 100, 125, 150, 175}
    player = Player(lambda number: Outcome.FAILED if number in wrong else Outcome.PASSED)
    result = played(player)
    assert (result.verdict.outcome, result.verdict.blame) == (Outcome.BROKEN, Blame.NOBODY)
    assert result.verdict.reason == (
        "undecided: failed 7 of 200 plays, about 0.04 (0.02–0.10): "
        "that cannot be told with an error probability of 5%"
    )


def test_between_intermittent_and_broken_it_is_red() -> None:
    """How often is not known well enough, but sound it is not."""
    right = {20, 50, 75, 100, 125, 150, 175}
    player = Player(lambda number: Outcome.PASSED if number in right else Outcome.FAILED)
    result = played(player)
    assert (result.verdict.outcome, result.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    assert result.verdict.reason.startswith("undecided: failed 193 of 200 plays, about 0.96 ")


@pytest.mark.parametrize("outcome", [Outcome.BROKEN, Outcome.SKIPPED])
def test_plays_that_cannot_be_judged_end_it_soon(outcome: Outcome) -> None:
    """It ends as they did, with their reason and no other; nothing is said of how often it fails."""
    player = Player(lambda number: outcome)
    result = played(player)
    assert (result.verdict.outcome, result.repeats, len(player.begun)) == (outcome, None, 4)
    assert result.verdict.reason == "as told in 4"


def test_what_cannot_be_put_to_the_target_is_played_once() -> None:
    """Nothing was sent, and nothing would be the next time."""

    async def once(number: int) -> Result:
        assert number == 1
        return replace(Player(coin(0)).result(Outcome.SKIPPED, 1, "no"), transcript=Transcript(CASE.id, ()))

    result = asyncio.run(repeat(CASE, PLAN, once, lambda result: None))
    assert (result.verdict.outcome, result.verdict.reason, result.repeats) == (Outcome.SKIPPED, "no", None)


def test_plays_that_cannot_be_judged_do_not_count() -> None:
    """A few of them do no harm, and are told."""
    player = Player(lambda number: Outcome.BROKEN if number % 10 == 0 else Outcome.PASSED)
    result = played(player)
    assert result.repeats is not None
    assert (result.repeats.decision, result.repeats.plays, result.repeats.unjudged) == ("sound", 32, 3)
    assert result.repeats.course[9] == "?"


def test_what_failed_before_the_environment_did_is_told() -> None:
    """Once is too little to say more; again and again it is the target's."""
    once = played(Player(lambda n: Outcome.FAILED if n == 2 else Outcome.BROKEN))
    assert (once.verdict.outcome, once.verdict.blame) == (Outcome.BROKEN, Blame.ENVIRONMENT)
    assert once.verdict.reason.startswith(
        "undecided after 6 plays: 1 failed, 0 passed, 5 not judged: as told in"
    )
    often = played(Player(lambda n: Outcome.FAILED if n < 6 else Outcome.BROKEN))
    assert (often.verdict.outcome, often.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    assert often.verdict.reason.startswith("undecided: failed 5 of 5 plays")


@pytest.mark.parametrize("p", [0.0, 0.04, 0.3, 0.97])
def test_no_play_is_one_too_many_and_none_is_left_out(p: float) -> None:
    """However long each takes: what was begun is what counts, whichever ends first."""
    for seed in range(10):
        lengths = Random(seed).choices(range(9), k=PLAN.most + 1)
        player = Player(coin(p, seed), pause=lengths.__getitem__)
        result = played(player, PATIENT)
        assert result.repeats is not None
        assert result.repeats.failures == sum(
            player.outcome(number) is Outcome.FAILED for number in player.begun
        )
        assert result.repeats.plays == len(player.begun)
        assert player.most <= PLAN.first


def test_plays_of_one_case_overlap_where_they_wait() -> None:
    """More of them where it waits, one at a time where it names a resource or floods the target."""
    flood = lending("flood", Stall("main", (), 500, LENT))
    for case, most in (
        (PATIENT, WAITING),
        (CASE, AT_ONCE),
        (replace(PATIENT, resource="ann"), 1),
        (flood, 1),
    ):
        player = Player(coin(0), pause=lambda number: 20)
        played(player, case)
        assert player.most == most


def test_the_right_answer_nearly_always() -> None:
    """As often as is declared, over a hundred coins each."""
    right = {0.0: "sound", 0.01: "sound", 0.12: "intermittent", 0.3: "intermittent", 1.0: "broken"}
    for p, word in right.items():
        words = [(played(Player(coin(p, seed)))).repeats for seed in range(100)]
        assert sum(each is not None and each.decision == word for each in words) >= 93


@pytest.mark.parametrize(
    ("failed", "reason"), [((), "stopped"), ((2,), "undecided after 5 plays: 1 failed, 4 passed: stopped")]
)
def test_cancelled_it_ends_as_far_as_it_came(failed: tuple[int, ...], reason: str) -> None:
    """What is under way is cancelled, too; it is skipped, and says what was seen where that was not green."""
    player = Player(
        lambda number: Outcome.FAILED if number in failed else Outcome.PASSED,
        pause=lambda number: 10**9 if number > 5 else 0,
    )

    async def main() -> Result:
        task = asyncio.create_task(repeat(PATIENT, PLAN, player, lambda result: None))
        for _ in range(20):
            await asyncio.sleep(0)
        task.cancel()
        return await task

    result = asyncio.run(main())
    assert player.open == 0
    assert (result.verdict.outcome, result.verdict.blame) == (Outcome.SKIPPED, Blame.NOBODY)
    assert result.verdict.reason == reason
    assert result.repeats is not None
    assert (result.repeats.decision, result.repeats.plays) == ("undecided", 5)


def test_the_engine_plays_a_case_until_it_knows() -> None:
    """Conversations of their own, told each and written once; each third connection breaks its promise."""
    plays: list[Result] = []
    finished: list[Result] = []

    async def lend(line: Line, command: Command) -> None:
        fee: object = 10.5 if line.number % 3 == 0 else "10"
        await line.say({"type": "lent", "id": command["id"], "fee": fee})

    async def main() -> Result:
        async with (
            Desk(lend=lend) as desk,
            engine(target(desk), plan=PLAN, played=plays.append, finished=finished.append) as playing,
        ):
            return await playing.submit(CASE)

    result = asyncio.run(main())
    assert finished == [result]
    assert result.repeats is not None
    assert (result.repeats.decision, result.repeats.plays, len(plays)) == ("intermittent", 32, 32)
    assert 0.2 < result.repeats.rate < 0.5
    assert result.verdict.findings
    failed = [each.transcript for each in plays if each.verdict.outcome is Outcome.FAILED]
    assert result.transcript == failed[0]
    ids = {next(each.data for each in one.transcript.frames() if each.opcode == "binary") for one in plays}
    assert len(ids) == 32, "each play asks with an id of its own"


def test_a_run_that_is_stopped_leaves_no_play_behind() -> None:
    """The engine's stop reaches what repeats, and the connections are closed."""

    async def main() -> tuple[Result, int]:
        async with Desk(lend=nothing) as desk, engine(target(desk), plan=PLAN) as playing:
            task = playing.submit(PATIENT)
            await desk.until(1)
            await playing.stop()
            for _ in range(100):
                await asyncio.sleep(0.01)
                if not desk.open:
                    break
            return await task, desk.open

    result, left_open = asyncio.run(main())
    assert (result.verdict.outcome, left_open) == (Outcome.SKIPPED, 0)

"""Conversations that we had to end, and answers that were not whole: the target's, whatever else happened."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from conformance.cases.steps import Connect, Expect, Generate, Request, Send, Step
from conformance.contract import load
from conformance.documents.find import find
from conformance.transcript import Entry, Exchange, Mark, Transcript
from conformance.verdict import Blame, Judge, Outcome, Tolerances, Verdict
from tests.verdict.stage import MS, Story, case, verdict

HEALTH = Path(__file__).parents[1] / "hostile" / "health.openapi.yaml"
STATUS = "kiosk-health/getHealth/status"


def test_a_flood_is_no_lag_of_ours() -> None:
    """What came in a flood made the suite's own loop lag: the flood is told."""
    steps: tuple[Step, ...] = (
        Connect("main", "library"),
        Send("main", "lend", {"type": "lend", "id": 1, "book": "b"}),
        Expect("main", ("lent",), "library/lend/reply", reply_to=1, within_ms=100),
    )
    story = Story().connected().mark(2, "step", 1).sent(3, {"type": "lend", "id": 1, "book": "b"})
    story.mark(4, "step", 2).mark(400, "expired", 2, lag_ms=900).mark(401, "flooded")
    made = verdict(case(*steps, clauses=("library/lend/reply",)), story)
    assert (made.outcome, made.blame, made.overtaken) == (Outcome.BROKEN, Blame.TARGET, False)
    assert made.reason == "the target sent more than a conversation may hold"


def judged(step: Step, *entries: Entry) -> Verdict:
    """The verdict on one HTTP step."""
    contract = load(find(openapi=[str(HEALTH)]))
    judge = Judge(contract, contract.clauses, Tolerances())
    made = case(step, clauses=(next(iter(contract.clauses)),))
    return judge.judge(made, Transcript(made.id, (Mark("step", 0, step=0), *entries)))


@pytest.mark.parametrize("status", [0, 200])
def test_an_answer_that_is_not_whole(status: int) -> None:
    """Where an answer began, the rest of it was promised; where none did, nobody is there."""
    step = Request("kiosk-health", "GET", "/health", clause=STATUS, operation="getHealth")
    exchange = Exchange(
        "kiosk-health", "GET", "/health", 1, 2 * MS, status=status, failure="it broke off", step=0
    )
    made = judged(step, exchange)
    if status:
        assert (made.outcome, made.blame) == (Outcome.FAILED, Blame.TARGET)
        assert "GET /health: expected a whole answer, got it broke off" in made.reason
    else:
        assert (made.outcome, made.blame, made.reason) == (Outcome.BROKEN, Blame.ENVIRONMENT, "it broke off")


@pytest.mark.parametrize("blame", ["target", "environment"])
def test_generated_requests_without_a_whole_answer(blame: str) -> None:
    """An answer that broke off is the target's; that there was no connection says nothing about it."""
    step = Generate("kiosk-health", "getHealth", "GET", "/health", clause=STATUS)
    told = {"requests": 1, "failures": (), "error": "it broke off", "blame": blame}
    made = judged(step, Mark("generated", 1, "kiosk-health", 0, MappingProxyType(told)))
    if blame == "target":
        assert (made.outcome, made.blame) == (Outcome.FAILED, Blame.TARGET)
    else:
        assert made.outcome is Outcome.SKIPPED
    assert "it broke off" in made.reason


def test_an_answer_that_says_nothing_of_what_is_asked_is_one_all_the_same() -> None:
    """A service that answers is not dead, though nothing was held against the promise at hand."""
    contract = load(find(openapi=[str(HEALTH)]))
    step = Request("kiosk-health", "GET", "/health", clause=STATUS)
    exchange = Exchange("kiosk-health", "GET", "/health", 1, 2 * MS, status=200, body=b"{}", step=0)
    made = case(step, clauses=(next(each for each in contract.clauses if each != STATUS),))
    judge = Judge(contract, contract.clauses, Tolerances())
    told = judge.judge(made, Transcript(made.id, (Mark("step", 0, step=0), exchange)))
    assert (told.outcome, told.reason) == (
        Outcome.SKIPPED,
        "the target sent nothing that these clauses speak about",
    )

"""Plays one case again and again, until a sequential test says how often it fails.

Each play is a conversation of its own, with fresh values. Whatever happened in it counts: none is played
again because it failed, and all that were begun are waited for. Plays that could not be judged say nothing of
the target and do not count; where they are too many, the case ends as they did.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from conformance.cases.case import Case
from conformance.cases.steps import Stall
from conformance.record import Repeats
from conformance.run.result import Result
from conformance.statistics.sequential import SOUND, UNDECIDED, Plan
from conformance.transcript import Transcript
from conformance.verdict import Blame, Finding, Outcome, Verdict

PATIENT_MS = 100
WAITING = 8
AT_ONCE = 4
"""How many plays of a case overlap when it waits, and else: then it is the target's time that they take."""

FEWEST = 4
SHARE = 4
"""A case ends when at least ``FEWEST`` plays were not judged, and more than one for ``SHARE`` that were."""

LETTERS = {Outcome.PASSED: ".", Outcome.FAILED: "F"}

Play = Callable[[int], Coroutine[Any, Any, Result]]


async def repeat(case: Case, plan: Plan, play: Play, played: Callable[[Result], None]) -> Result:
    """What came out of all plays together. ``play`` plays the case once, given the number of the play;
    ``played`` is told of each.

    Never more are under way than are needed for any answer, so that none is left over when there is one.
    Cancelled, it cancels what is under way, and ends as far as it came.
    """
    tally = Tally(case, plan)
    most = at_once(case)
    numbers = itertools.count(1)
    playing: dict[asyncio.Task[Result], int] = {}

    def ended(tasks: set[asyncio.Task[Result]]) -> Iterator[Result]:
        """What the plays among these came to, in the order in which they began."""
        for task in sorted(tasks, key=playing.__getitem__):
            del playing[task]
            yield task.result()

    try:
        while True:
            for _ in range(min(tally.wanted, most) - len(playing)):
                number = next(numbers)
                playing[asyncio.get_running_loop().create_task(play(number), name=case.id)] = number
            if not playing:
                return tally.result()
            done, _ = await asyncio.wait(playing, return_when=asyncio.FIRST_COMPLETED)
            for result in ended(done):
                tally.enter(result)
                played(result)
    except asyncio.CancelledError:
        for task in playing:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*playing)
        for result in ended({task for task in playing if task.done() and not task.cancelled()}):
            if result.verdict.outcome in LETTERS:  # it had ended when we were told to
                tally.enter(result)
                played(result)
        return tally.result(stopped=True)
    finally:
        for task in playing:
            task.cancel()


def at_once(case: Case) -> int:
    """How many plays of a case may be under way; one after the other where it names a resource, or where it
    makes the target send more than is read, which is a load."""
    if case.resource or any(isinstance(step, Stall) for step in case.steps):
        return 1
    return WAITING if case.patience_ms >= PATIENT_MS else AT_ONCE


class Tally:
    """The plays of one case that have ended."""

    def __init__(self, case: Case, plan: Plan) -> None:
        self.case = case
        self.plan = plan
        self.plays = self.failures = self.unjudged = 0
        self._course = ""
        self._first: Result | None = None
        self._of: dict[Outcome, Result] = {}
        self._also: dict[str, Finding] = {}
        self._exercised: set[str] = set()
        self._cut: Result | None = None
        self._ended = 0

    def enter(self, result: Result) -> None:
        """Counts one play."""
        outcome = result.verdict.outcome
        self._course += LETTERS.get(outcome, "?")
        self._first = self._first or result
        self._ended = max(self._ended, result.ended)
        if outcome in LETTERS:
            self.plays += 1
            self.failures += outcome is Outcome.FAILED
            told = self._of.setdefault(outcome, result)
            self._exercised |= result.verdict.exercised
            if outcome is Outcome.FAILED and told is not result:
                self._beside(told.verdict.findings, result.verdict.findings)
        else:
            self.unjudged += 1
            self._cut = result

    def _beside(self, told: Sequence[Finding], seen: Iterable[Finding]) -> None:
        """What a later play saw broken and the one that is told did not: a waiver for that play's promises is
        none for these. Its transcript is another."""
        known = {each.clause for each in told}
        for each in seen:
            if each.clause not in known:
                self._also.setdefault(each.clause, replace(each, entry=None))

    @property
    def wanted(self) -> int:
        """How many plays may be under way now; 0 when it is over. Whether it can be judged at all is found
        out one at a time."""
        never_put = self.plays == 0 and self._cut is not None and not self._cut.transcript.entries
        if never_put or (self.unjudged >= FEWEST and self.unjudged * SHARE > self.plays):
            return 0
        return self.plan.needed(self.plays, self.failures) if self.plays else 1

    def result(self, stopped: bool = False) -> Result:
        """One result for all plays; ``stopped``: there were to be more of them."""
        cut = Verdict(self.case.id, Outcome.SKIPPED, Blame.NOBODY, "stopped")
        if self._first is None:
            now = time.monotonic_ns()
            return Result(self.case, cut, Transcript(self.case.id, ()), now, now)
        failed, passed = self._of.get(Outcome.FAILED), self._of.get(Outcome.PASSED)
        told = failed or self._cut or self._first
        repeats = self._repeats() if self.plays else None
        if not stopped and self._cut is not None:
            cut = self._cut.verdict
        if repeats is None:
            verdict = cut
        elif repeats.decision == SOUND and passed is not None:
            seen = f"{repeats}: {failed.verdict.reason}" if failed is not None else ""
            told, verdict = failed or passed, replace(passed.verdict, reason=seen)
        elif failed is not None and (
            repeats.decision != UNDECIDED or self.plan.is_unsound(self.plays, self.failures)
        ):
            verdict = replace(
                failed.verdict,
                reason=f"{repeats}: {failed.verdict.reason}",
                findings=(*failed.verdict.findings, *self._also.values()),
                exercised=frozenset(self._exercised),
            )
        elif self.plays >= self.plan.most:
            reason = f"{repeats}: that {repeats.means}"
            verdict = Verdict(self.case.id, Outcome.BROKEN, Blame.NOBODY, reason)
        elif stopped and not self.failures:
            verdict = cut
        else:
            verdict = replace(cut, reason=f"{_seen(repeats)}: {cut.reason}")
        return Result(self.case, verdict, told.transcript, self._first.started, self._ended, repeats)

    def _repeats(self) -> Repeats:
        plan, failures = self.plan, self.failures
        low, high = plan.interval(self.plays, failures)
        return Repeats(
            decision=plan.decide(self.plays, failures) or UNDECIDED,
            plays=self.plays,
            failures=failures,
            unjudged=self.unjudged,
            low=round(low, 4),
            high=round(high, 4),
            tolerated=plan.tolerated,
            told=plan.told,
            error=plan.error,
            course=self._course,
        )


def _seen(repeats: Repeats) -> str:
    """What was seen of a case that came to no answer."""
    passed = repeats.plays - repeats.failures
    told = f"{repeats.failures} failed, {passed} passed"
    beside = f", {repeats.unjudged} not judged" if repeats.unjudged else ""
    return f"undecided after {repeats.plays + repeats.unjudged} plays: {told}{beside}"

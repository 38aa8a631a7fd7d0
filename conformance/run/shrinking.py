"""Sequences that fail are made shorter: played again, without this and that, for as long as they fail.

What is told of such a case is the shortest: its moves, its transcript, its verdict.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from conformance.cases.case import Case
from conformance.cases.steps import Moves
from conformance.cases.unfolding import Unfit, promises_of, sequence_of
from conformance.contract import Contract
from conformance.record.moves import Moves as Told
from conformance.run.result import Result
from conformance.trading.sequence import Sequence
from conformance.trading.shrink import shrinking
from conformance.transcript import Transcript
from conformance.verdict import Blame, Outcome, Verdict

Play = Callable[[Case], Awaitable[Result]]
PLAYS = 100
SECONDS = 15.0
SEQUENCES = 5
ENOUGH_S = 30.0
ENOUGH = f"the sequences that failed before it took more than {ENOUGH_S:.0f} s: they say enough"
UNFOLDED = 2
"""A conversation that came to its sequence unfolded twice: to clear the ground, and to play."""


async def as_it_is(case: Case, play: Play) -> Result:
    """The result of a case of a run that makes none shorter."""
    return await play(case)


class Shrinker:
    """Of one run. One sequence for each broken promise is made shorter, ``SEQUENCES`` at most, with ``PLAYS``
    plays and in ``SECONDS`` of playing each."""

    def __init__(self, contract: Contract, *, plays: int = PLAYS, seconds: float = SECONDS) -> None:
        self._contract = contract
        self._plays = plays
        self._seconds = seconds
        self._seen: set[str] = set()
        self._turn = asyncio.Lock()
        self._failing = 0.0

    async def played(self, case: Case, play: Play) -> Result:
        """The result of a case, with its moves; of one that failed, that of the shortest that fails alike.

        Sequences take turns: so long as one is made shorter, no other is played. When those that failed took
        ``ENOUGH_S`` altogether, the others are left out: a target that keeps each of them waiting would keep
        its user waiting for all.
        """
        if not case.steps or not isinstance(case.steps[-1], Moves):
            return await play(case)
        try:
            async with self._turn:
                if self._failing > ENOUGH_S:
                    now = time.monotonic_ns()
                    verdict = Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, ENOUGH)
                    return Result(case, verdict, Transcript(case.id, ()), now, now)
                result = await play(case)
                if result.verdict.outcome is Outcome.FAILED:
                    self._failing += result.ms / 1000
                return await self._told(result, play)
        except asyncio.CancelledError:
            return await play(case)  # which says that it was stopped

    async def _told(self, result: Result, play: Play) -> Result:
        step = result.case.steps[-1]
        if not isinstance(step, Moves) or not _unfolded(result):
            return result
        try:
            sequence = sequence_of(step)
        except Unfit:
            return result
        clause = _broken(result)
        if not _came_to_it(result) or not clause or clause in self._seen or len(self._seen) >= SEQUENCES:
            return replace(result, moves=Told(sequence.lines))
        self._seen.add(clause)
        found, shortest, plays = await self._shortest(result, sequence, step, clause, play)
        return replace(
            found,
            case=result.case,
            started=result.started,
            moves=Told(shortest.lines, sequence.lines, plays) if plays else Told(shortest.lines),
        )

    async def _shortest(
        self,
        result: Result,
        sequence: Sequence,
        step: Moves,
        clause: str,
        play: Play,
    ) -> tuple[Result, Sequence, int]:
        trying = shrinking(sequence, promises_of(self._contract.services[step.service]))
        plays, spent = 0, 0.0  # waiting for a turn is not counted: other cases have theirs
        failed: bool | None = None
        while plays < self._plays and spent < self._seconds:
            try:
                candidate = next(trying) if failed is None else trying.send(failed)
            except StopIteration:
                break
            case = replace(result.case, steps=(*result.case.steps[:-1], replace(step, drawn=candidate)))
            plays += 1
            found = await play(case)
            spent += found.ms / 1000
            if not found.verdict.messages:  # stopped, or the target gives no more
                break
            failed = _came_to_it(found) and _broken(found) == clause
            if failed:
                result, sequence = found, candidate
        return result, sequence, plays


def _broken(result: Result) -> str:
    """The promise that the target was seen to break, ''."""
    verdict = result.verdict
    if verdict.outcome is not Outcome.FAILED or verdict.blame is not Blame.TARGET or not verdict.findings:
        return ""
    return verdict.findings[0].clause


def _came_to_it(result: Result) -> bool:
    """Whether the moves were begun: what failed before is nothing of theirs."""
    return _unfolded(result) >= UNFOLDED


def _unfolded(result: Result) -> int:
    return sum(1 for _ in result.transcript.marks("unfolded"))

"""The real ground, made once, and proofs over it with workers that only pretend."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from conformance.cases.case import Case
from conformance.commands import prove
from conformance.faults import Fault
from conformance.proof.crew import Crew
from conformance.proof.ground import Ground, ground
from conformance.proof.journal import plain
from conformance.proof.trial import told
from conformance.run import Result
from conformance.transcript import Transcript
from conformance.validation import Finding
from conformance.verdict import Blame, Outcome, Verdict

ONE, OTHER, THIRD = "gateway/order/order-as-nil", "gateway/wire/trailing-byte", "close/1008-never"

APPLIED = 1
"""How often each fault is said to have been applied."""


@cache
def grounds() -> Ground:
    """The ground of the packaged documents."""
    return ground()


def exercised() -> Mapping[str, frozenset[str]]:
    """What an honest reference would let each case exercise: what it claims."""
    return {name: frozenset(case.clauses) for name, case in grounds().cases.items()}


def passed(case: Case) -> Result:
    """A case that is green."""
    return result(case, Outcome.PASSED, Blame.NOBODY, ())


def failed(case: Case, *clauses: str) -> Result:
    """A case that is red, with findings on these clauses."""
    found = tuple(Finding(clause, "price", "a string", "1.5", ("price",), "x:1") for clause in clauses)
    return result(case, Outcome.FAILED, Blame.TARGET, found, "price: expected a string, got 1.5")


def unsettled(case: Case, outcome: Outcome = Outcome.BROKEN, reason: str = "too slow") -> Result:
    """A case that could not be judged."""
    return result(case, outcome, Blame.ENVIRONMENT, (), reason)


def result(
    case: Case, outcome: Outcome, blame: Blame, findings: tuple[Finding, ...], reason: str = ""
) -> Result:
    made = Verdict(case.id, outcome, blame, reason, findings)
    return Result(case, made, Transcript(case.id, ()), 0, 1)


Play = Callable[[Fault, Case], Result]


def caught(fault: Fault, case: Case) -> Result:
    """Whoever claims what a fault breaks sees it."""
    own = [clause for clause in fault.clauses if clause in case.clauses]
    return failed(case, own[0]) if own else passed(case)


class Pretending(Crew):
    """A crew without processes: ``play`` says how a case ends under a fault."""

    def __init__(self, size: int, play: Play = caught) -> None:
        super().__init__(size)
        self.play = play
        self.trials: list[str] = []
        self.pause = 0.0

    async def __aenter__(self) -> Pretending:
        self.workers = [None]  # type: ignore[list-item]
        return self

    async def __aexit__(self, *exception: object) -> None:
        pass

    async def honest(self, cases: Sequence[str], seed: int) -> dict[str, Sequence[object]]:
        known = exercised()
        return {case: ["passed", "", sorted(known[case])] for case in cases}

    async def trial(
        self, worker: object, fault: str, cases: Sequence[str], seed: int
    ) -> Mapping[str, object]:
        self.trials.append(fault)
        found = grounds().faults[fault]
        results = [self.play(found, grounds().cases[case]) for case in cases]
        await asyncio.sleep(self.pause)
        line: Mapping[str, object] = plain(told(found, results, APPLIED, 0.1))
        return line


class Crews:
    """The crews of a test; ``play`` is how their cases end."""

    def __init__(self) -> None:
        self.play: Play = caught
        self.made: list[Pretending] = []

    def __call__(self, size: int) -> Pretending:
        self.made.append(Pretending(size, lambda fault, case: self.play(fault, case)))
        return self.made[-1]

    @property
    def trials(self) -> list[str]:
        return [fault for each in self.made for fault in each.trials]


def faults(*names: str) -> list[str]:
    return [word for name in names for word in ("--fault", name)]


def matrix(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((folder / "proof.json").read_text("utf-8"))
    jsonschema.validate(
        made, json.loads((Path(prove.__file__).parents[1] / "schemas/proof.schema.json").read_text("utf-8"))
    )
    return made

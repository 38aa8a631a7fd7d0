"""What every trial stands on: the packaged contract, its cases, its faults, and the references as targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.stated import as_stated
from conformance.cases.steps import Abreast, Close, Compare, Expect, Silence, Step
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.faults import Fault
from conformance.faults import catalogue as all_faults
from conformance.run.targets import Given, make_target
from conformance.verdict import Judge, Tolerances

QUICK_MS = 300
"""The deadlines of nearly all references: short, so that faults in waiting cost little."""

HURRY_MS = 1_500
"""How long to wait there for what no document promises a time for: a reference on this machine is quick."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A reference with deadlines of its own (milliseconds, by name), and the cases that there are then."""

    deadlines: Mapping[str, int]
    contract: Contract
    catalogue: Catalogue
    target: Target
    judge: Judge
    cases: Mapping[str, Case]


@dataclass(frozen=True, slots=True)
class Ground:
    """Made once a process. ``cases`` are by id; ``claimed`` are the cases that claim a clause.

    Nearly every case is put to the first of the ``stages``. The second has the deadlines of the documents:
    some cases exist only where a deadline leaves room for them, some faults show only before it has passed.
    """

    stages: tuple[Stage, ...]
    cases: Mapping[str, Case]
    faults: Mapping[str, Fault]
    claimed: Mapping[str, tuple[str, ...]]
    on: Mapping[str, int]

    @property
    def contract(self) -> Contract:
        """The contract of the first stage; the others differ in deadlines alone."""
        return self.stages[0].contract

    def staged(self, cases: Sequence[str], waits_ms: int = 0) -> Iterator[tuple[Stage, tuple[Case, ...]]]:
        """The stages that some cases need, each with its cases; ``waits_ms``: what a fault costs in time."""
        least = 0 if waits_ms < QUICK_MS else len(self.stages) - 1
        for number, stage in enumerate(self.stages):
            own = tuple(stage.cases[case] for case in cases if max(least, self.on[case]) == number)
            if own:
                yield stage, own


def ground() -> Ground:
    """The ground of the packaged documents: only their faults are known to the reference."""
    sources = find()
    documented = load(sources)
    names = [each.name for service in documented.services.values() for each in service.rules.deadlines]
    quick = _hurried(_stage(documented, sources.scenarios, dict.fromkeys(names, QUICK_MS)))
    usual = {
        each.name: each.after_ms
        for service in documented.services.values()
        for each in service.rules.deadlines
    }
    stages = (quick, _stage(documented, sources.scenarios, usual))
    cases: dict[str, Case] = {}
    on: dict[str, int] = {}
    claimed: dict[str, tuple[str, ...]] = {}
    for number, stage in enumerate(stages):
        for case in stage.cases.values():
            if case.id in cases:
                continue
            cases[case.id], on[case.id] = case, number
            for clause in case.clauses:
                claimed[clause] = (*claimed.get(clause, ()), case.id)
    return Ground(stages, cases, all_faults(documented), claimed, on)


def _stage(documented: Contract, scenarios: tuple[Path, ...], deadlines: dict[str, int]) -> Stage:
    target = make_target(documented, Given(deadlines=deadlines))
    made = catalogue(documented, scenarios, deadlines=target.deadlines, minimums=target.minimums)
    contract = as_stated(documented, target.deadlines, target.minimums)
    judge = Judge(contract, made.clauses, Tolerances(target.tolerance_ms), own_credentials=True)
    return Stage(target.deadlines, contract, made, target, judge, {case.id: case for case in made.cases})


def _hurried(stage: Stage) -> Stage:
    cases = {
        case.id: replace(case, steps=tuple(map(_quick, case.steps)), cleanup=tuple(map(_quick, case.cleanup)))
        for case in stage.cases.values()
    }
    return replace(stage, cases=cases)


def _quick(step: Step) -> Step:
    """The step with less patience, where that is the suite's own."""
    match step:
        case Expect(within_ms=within) | Close(within_ms=within) if within == PATIENCE_MS:
            return replace(step, within_ms=HURRY_MS)
        case Silence(witness_ms=within) | Abreast(witness_ms=within) if within == PATIENCE_MS:
            return replace(step, witness_ms=HURRY_MS)
        case Compare(spread_ms=within) if within == PATIENCE_MS:
            return replace(step, spread_ms=HURRY_MS)
    return step

"""What every trial stands on: the packaged contract, its cases, its faults, and the reference as a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.stated import as_stated
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.faults import Fault
from conformance.faults import catalogue as all_faults
from conformance.run.targets import Given, make_target
from conformance.verdict import Judge, Tolerances

DEADLINE_MS = 300
"""The deadlines of the references: short, so that faults in waiting cost little."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Made once a process. ``cases`` are by id; ``claimed`` are the cases that claim a clause."""

    contract: Contract
    catalogue: Catalogue
    cases: Mapping[str, Case]
    target: Target
    judge: Judge
    faults: Mapping[str, Fault]
    claimed: Mapping[str, tuple[str, ...]]


def ground() -> Ground:
    """The ground of the packaged documents: only their faults are known to the reference."""
    sources = find()
    documented = load(sources)
    deadlines = {
        deadline.name: DEADLINE_MS
        for service in documented.services.values()
        for deadline in service.rules.deadlines
    }
    target = make_target(documented, Given(deadlines=deadlines))
    made = catalogue(documented, sources.scenarios, deadlines=target.deadlines, minimums=target.minimums)
    contract = as_stated(documented, target.deadlines, target.minimums)
    cases = {case.id: case for case in made.cases}
    claimed: dict[str, tuple[str, ...]] = {}
    for case in made.cases:
        for clause in case.clauses:
            claimed[clause] = (*claimed.get(clause, ()), case.id)
    judge = Judge(contract, made.clauses, Tolerances(target.tolerance_ms), own_credentials=True)
    return Ground(contract, made, cases, target, judge, all_faults(documented), claimed)

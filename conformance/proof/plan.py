"""Which cases are put to which fault."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from conformance.cases.case import Case
from conformance.cases.filling import sourced_names
from conformance.cases.steps import Send
from conformance.faults import Fault, Kind
from conformance.proof.ground import Ground

TENTHS = 10
QUICK_MS = 500
Exercised = Mapping[str, frozenset[str]]
"""Case -> the clauses that it exercised against an honest reference."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A fault, the cases that claim one of its clauses, and a control: a case that must stay green."""

    fault: str
    cases: tuple[str, ...]
    control: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        """All that are played, each once."""
        return tuple(dict.fromkeys((*self.cases, *((self.control,) if self.control else ()))))


def chosen(ground: Ground, tenth: int | None = None, names: Sequence[str] = ()) -> tuple[Fault, ...]:
    """The faults of a proof: all, those of some names, or all behavioural ones and a tenth of the others.

    Derived ones that break what no case can enforce are left out: the catalogue of cases says why.
    """
    found = []
    number = 0
    for fault in ground.faults.values():
        number += fault.kind is Kind.DERIVED
        if names and fault.name not in names:
            continue
        if tenth is not None and fault.kind is Kind.DERIVED and number % TENTHS != tenth % TENTHS:
            continue
        if fault.kind is Kind.BEHAVIOURAL or any(clause in ground.claimed for clause in fault.clauses):
            found.append(fault)
    return tuple(found)


def planned(
    ground: Ground, faults: Sequence[Fault], exercised: Exercised, *, full: bool = False, seed: int = 0
) -> tuple[Trial, ...]:
    """The trials, those that wait longest first."""
    controls = _controls(ground, exercised)
    chance = Random(seed)
    chance.shuffle(controls)
    made = []
    for number, fault in enumerate(faults):
        if full:
            made.append(Trial(fault.name, tuple(ground.cases)))
            continue
        cases = tuple(
            dict.fromkeys(case for clause in fault.clauses for case in ground.claimed.get(clause, ()))
        )
        turned = controls[number % len(controls) :] + controls[: number % len(controls)] if controls else []
        control = next((case for case in turned if not _touched(ground, fault, exercised[case])), "")
        made.append(Trial(fault.name, cases, control))
    made.sort(key=lambda trial: _weight(ground, trial), reverse=True)
    return tuple(made)


def digest(trials: Sequence[Trial], ground: Ground) -> str:
    """Identifies a plan: the faults and the cases that they are put to."""
    told = [[trial.fault, ground.faults[trial.fault].clauses, sorted(trial.cases)] for trial in trials]
    return hashlib.sha256(json.dumps(sorted(told)).encode()).hexdigest()


@cache
def shadow_name(shadow: frozenset[str] | None) -> str:
    """What a shadow is called in a record: the same clauses, the same name."""
    return hashlib.sha256(" ".join(sorted(shadow)).encode()).hexdigest()[:8] if shadow else ""


def shadows(ground: Ground, trials: Sequence[Trial]) -> Mapping[str, str]:
    """The clauses of each shadow by its name."""
    found = {ground.faults[trial.fault].shadow for trial in trials}
    return {shadow_name(each): " ".join(sorted(each)) for each in found if each}


def _controls(ground: Ground, exercised: Exercised) -> list[str]:
    """Cases that cost little, and that need nothing from the target before they can be put to it."""
    return [
        case.id
        for case in ground.cases.values()
        if exercised.get(case.id)
        and case.patience_ms < QUICK_MS
        and not case.resource
        and not any(_values(case))
    ]


def _values(case: Case) -> Iterator[str]:
    yield from case.needs.values
    for step in (*case.steps, *case.cleanup):
        if isinstance(step, Send):
            yield from sourced_names(step.payload)


def _touched(ground: Ground, fault: Fault, exercised: frozenset[str]) -> bool:
    """Whether the fault may show in a case: it saw the message, or what hangs on it."""
    clauses = ground.contract.clauses
    core = set(fault.clauses)
    core |= {each for each in fault.shadow or () if each in clauses and clauses[each].kind == "schema"}
    return bool(core & exercised)


def _weight(ground: Ground, trial: Trial) -> tuple[int, int]:
    """How long a trial may wait: cases that share an account wait for one another."""
    serial = sum(bool(ground.cases[case].resource) for case in trial.cases)
    return serial, max((ground.cases[case].patience_ms for case in trial.cases), default=0)

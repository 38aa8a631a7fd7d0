"""A proof from beginning to end: the honest reference, the trials in parallel, the journal, the record."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from conformance.errors import ConformanceError, UsageError
from conformance.faults import Fault
from conformance.proof import exceptions
from conformance.proof.crew import AT_ONCE, Crew, Worker
from conformance.proof.gaps import clauses_without_fault
from conformance.proof.ground import Ground
from conformance.proof.journal import NAME, Journal, fault_line
from conformance.proof.plan import Trial, chosen, digest, planned, shadows
from conformance.proof.record import (
    INCONCLUSIVE,
    CaseEntry,
    FaultLine,
    ProofHeader,
    ProofRecord,
    proof_record,
)
from conformance.proof.trial import told as trial_told
from conformance.record.types import DocumentEntry


class NotHonest(ConformanceError):
    """The reference without any fault did not pass: nothing can be proved with it."""

    exit_code = 1


class StaleException(ConformanceError):
    """A named exception is about nothing."""

    exit_code = 1


STALE = "take it out of conformance/proof/exceptions.py"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proved: ``mode`` default, full or sample (then ``tenth`` or the ``names`` of faults say
    which); ``full``: by all cases; ``workers`` processes; ``suite`` is its version."""

    suite: str
    mode: str = "default"
    full: bool = False
    tenth: int | None = None
    names: tuple[str, ...] = ()
    seed: int = 0
    workers: int = 2
    resume: bool = False


class Told:
    """Who wants to know how it goes: the honest reference, so many trials, then each fault as it ends."""

    def honest(self) -> None:
        """The reference without any fault comes first; not where all faults are known from the journal."""

    def begun(self, total: int, done: int) -> None:
        """So many faults, some of them known from the journal."""

    def ended(self, line: FaultLine) -> None:
        """How one fault fared."""


async def prove(ground: Ground, asked: Asked, folder: Path, told: Told) -> ProofRecord:
    """Holds all trials and gives the record; what is known by then when it is cancelled is in the journal.

    Raises NotHonest when a case is not passed by the honest reference, and what the journal raises.
    """
    started, begun = _now(), time.monotonic()
    faults = _faults(ground, asked)
    _check(ground)
    header = _header(ground, asked, planned(ground, faults, {}, full=asked.full), started)
    journal, lines = _journal(folder, header, resume=asked.resume)
    known = {line.name for line in lines}
    header = replace(header, started=journal.started or started)

    def ended(line: FaultLine) -> None:
        line = replace(line, excused=exceptions.FAULTS.get(line.name, ""))
        lines.append(line)
        journal.fault(line)
        told.ended(line)

    with journal:
        if known >= {fault.name for fault in faults}:
            told.begun(len(faults), len(known))
        else:
            told.honest()
            async with Crew(asked.workers) as crew:
                exercised = await _honest(ground, crew, asked.seed)
                told.begun(len(faults), len(known))
                trials = planned(ground, faults, exercised, full=asked.full, seed=asked.seed)
                await _trials(
                    ground, crew, [each for each in trials if each.fault not in known], asked, ended
                )
        seconds = round(journal.spent + time.monotonic() - begun, 3)
        journal.end(seconds, complete=True)
    return proof_record(header, lines, seconds=seconds, complete=True)


async def _trials(
    ground: Ground, crew: Crew, trials: Sequence[Trial], asked: Asked, ended: Callable[[FaultLine], None]
) -> None:
    for trial in trials:
        if not trial.cases:  # no case claims what it breaks: nobody can have seen it
            ended(trial_told(ground.faults[trial.fault], (), None, 0.0))
    # What could not be judged among many is held again when there is nobody else to wait for.
    open_ones = await _held(crew, [trial for trial in trials if trial.cases], asked.seed, ended)
    await _held(crew, open_ones, asked.seed, ended, alone=True)


def _faults(ground: Ground, asked: Asked) -> tuple[Fault, ...]:
    for name in asked.names:
        if name not in ground.faults:
            near = get_close_matches(name, ground.faults, n=1, cutoff=0.7)
            hint = f"did you mean {near[0]}?" if near else "`omen-conformance serve --list-faults` lists all"
            raise UsageError(f"there is no fault named {name!r}", hint=hint)
    faults = chosen(ground, asked.tenth, asked.names)
    if not faults:
        raise UsageError("no case claims what these faults break")
    return faults


async def _honest(ground: Ground, crew: Crew, seed: int) -> Mapping[str, frozenset[str]]:
    """What each case exercises without any fault. All must pass, else red would mean nothing."""
    exercised = {}
    for case, (outcome, reason, clauses) in (await crew.honest(tuple(ground.cases), seed)).items():
        if outcome in ("failed", "broken"):
            raise NotHonest(f"{case} is {outcome} against the reference without any fault: {reason}")
        assert isinstance(clauses, Sequence)
        exercised[case] = frozenset(str(clause) for clause in clauses) if outcome == "passed" else frozenset()
    return exercised


def _check(ground: Ground) -> None:
    """Each exception names something that there is."""
    for name in exceptions.FAULTS:
        if name not in ground.faults:
            raise StaleException(f"the exception {name!r} names a fault that there is not ({STALE})")
    for name in exceptions.CASES:
        if name not in ground.cases:
            raise StaleException(f"the exception {name!r} names a case that there is not ({STALE})")


def _header(ground: Ground, asked: Asked, trials: Sequence[Trial], started: str) -> ProofHeader:
    clauses = {clause for trial in trials for clause in ground.faults[trial.fault].clauses}
    return ProofHeader(
        suite=asked.suite,
        started=started,
        mode=asked.mode,
        seed=asked.seed,
        workers=asked.workers,
        documents=tuple(
            DocumentEntry(each.name, each.file, each.version, each.sha256)
            for each in ground.contract.services.values()
        ),
        plan=digest(trials, ground),
        planned=len(trials),
        shadows=shadows(ground, trials),
        cases=tuple(
            CaseEntry(case.id, case.family.value, exceptions.CASES.get(case.id, ""))
            for case in ground.cases.values()
        ),
        clauses_without_fault=tuple(clauses_without_fault(ground)),
        clauses={
            clause: ground.contract.clauses[clause].says
            for clause in clauses
            if clause in ground.contract.clauses
        },
    )


def _journal(folder: Path, header: ProofHeader, *, resume: bool) -> tuple[Journal, list[FaultLine]]:
    path = folder / NAME
    if resume and path.exists():
        journal, lines = Journal.resume(path, header)
        return journal, list(lines)
    return Journal.create(path, header), []


async def _held(
    crew: Crew,
    trials: Sequence[Trial],
    seed: int,
    ended: Callable[[FaultLine], None],
    *,
    alone: bool = False,
) -> list[Trial]:
    """Whoever of the crew is free takes the next trial. Gives those in which nothing could be judged.

    ``alone``: one at a time, and what cannot be judged then has ended, too.
    """
    left = deque(trials)
    unsettled: list[Trial] = []

    async def take(worker: Worker, slow: bool) -> None:
        while left:
            trial = left.popleft() if slow else left.pop()
            line = fault_line(await crew.trial(worker, trial.fault, trial.all, seed))
            if line.outcome == INCONCLUSIVE and not alone:
                unsettled.append(trial)
            else:
                ended(line)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(1 if alone else AT_ONCE):
                for worker in crew.workers[: 1 if alone else None]:
                    # Some take what waits most, the others what costs most: neither runs dry first.
                    group.create_task(take(worker, number < AT_ONCE // 2))
    except ExceptionGroup as several:  # whoever waited for a worker that ended says the same
        raise several.exceptions[0] from several
    return unsettled


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

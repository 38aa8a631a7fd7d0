"""Every fault of the catalogue, put to the cases that enforce the clauses it breaks.

Each is a whole run, with its own reference and its own run file: exit code 1, and for each of the clauses a
case whose first finding names it. One fault of each family also goes through the command line, as a user
would.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from conformance.cases.selection import select
from conformance.fronts.artefacts import Artefacts
from conformance.fronts.options import Wish
from conformance.fronts.playing import play
from conformance.fronts.prepare import Prepared, prepare
from conformance.record import RunRecord, read
from conformance.reference.faults.catalogue import FAMILIES, FAULTS
from conformance.reporting.progress import Progress

NONE = ""
AT_ONCE = 2


@dataclass(frozen=True)
class Seen:
    """How a run ended; ``first`` holds the clauses of the cases' first findings."""

    code: int
    first: frozenset[str]
    families: frozenset[str]
    cases: tuple[str, ...]


def seen(record: RunRecord) -> Seen:
    """What a run file says of it."""
    assert record.end is not None
    families = {case.id: case.family for case in record.header.cases}
    failed = [line for line in record.cases if line.outcome == "failed"]
    return Seen(
        record.end.exit_code,
        frozenset(line.findings[0].clause for line in failed),
        frozenset(families[line.id] for line in failed),
        tuple(f"{line.id}: {line.outcome} {line.reason}" for line in record.cases),
    )


def run(prepared: Prepared, fault: str, clauses: tuple[str, ...], folder: Path) -> Seen:
    """One run, with a fault or with none, of the cases that enforce these clauses."""
    wish = Wish(fault=(fault,) if fault else (), clause=clauses, report_dir=str(folder))
    chosen = replace(prepared, cases=select(prepared.catalogue.cases, (), clauses))
    progress = Progress(len(chosen.cases), io.StringIO())
    return seen(asyncio.run(play(chosen, wish, Artefacts(folder, wish), progress)))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Seen]]]:
    """All runs, begun at once and played a few at a time: the tests below only read how they ended."""
    folder = tmp_path_factory.mktemp("faults")
    prepared = prepare(Wish())
    every = tuple(dict.fromkeys(clause for fault in FAULTS.values() for clause in fault.clauses))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        begun = {NONE: pool.submit(run, prepared, NONE, every, folder / "none")}
        for name, fault in FAULTS.items():
            begun[name] = pool.submit(run, prepared, name, fault.clauses, folder / name)
        yield begun
        for future in begun.values():
            future.cancel()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_seen(name: str, runs: dict[str, Future[Seen]]) -> None:
    """A run against this misbehaviour is red; each clause that it breaks is the first finding of a case."""
    made = runs[name].result()
    assert made.code == 1, made.cases
    assert set(FAULTS[name].clauses) <= made.first, made.cases


def test_without_a_fault_the_same_cases_are_green(runs: dict[str, Future[Seen]]) -> None:
    """The cases that see the faults see nothing where there is none."""
    made = runs[NONE].result()
    assert (made.code, made.first) == (0, frozenset()), made.cases


def test_faults_are_seen_in_all_six_families(runs: dict[str, Future[Seen]]) -> None:
    """The suite was seen failing in each of its families, and by at least 25 faults."""
    assert len(FAULTS) >= 25
    assert {family for name in FAULTS for family in runs[name].result().families} == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_user_sees_it_too(family: str, tmp_path: Path) -> None:
    """``run --fault NAME`` ends with exit code 1, names the clause, and says how to see it again."""
    modules = {module.__name__ for module in FAMILIES[family]}
    fault = next(each for each in FAULTS.values() if each.behaviour.__module__ in modules)
    asked = ["run", "--fault", fault.name, "--clause", fault.clause, "--report-dir", str(tmp_path)]
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", *asked],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert f"1. {fault.clause}\n" in ended.stdout
    assert f"omen-conformance run --fault {fault.name} --case " in ended.stdout
    assert fault.clause in seen(read(tmp_path / "run.jsonl")).first

"""Every fault of the catalogue, put to the cases that enforce the clause it breaks, as a user would.

Each is a whole run of the command line: exit code 1, and a case whose first finding names the broken clause.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.record import read
from conformance.reference.faults.catalogue import FAMILIES, FAULTS

NONE = ""


@dataclass(frozen=True)
class Seen:
    """How a run against a faulty reference ended."""

    code: int
    first: frozenset[str]
    families: frozenset[str]
    said: str


def run(fault: str, clauses: tuple[str, ...], folder: Path) -> Seen:
    """One run of the command line, with a fault or with none, of the cases that enforce these clauses."""
    command = [sys.executable, "-m", "conformance.cli", "run", "--report-dir", str(folder)]
    command += ["--fault", fault] if fault else []
    for clause in clauses:
        command += ["--clause", clause]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    record = read(folder / "run.jsonl")
    failed = [line for line in record.cases if line.outcome == "failed"]
    families = {case.id: case.family for case in record.header.cases}
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["exit_code"] == ended.returncode
    return Seen(
        ended.returncode,
        frozenset(line.findings[0].clause for line in failed),
        frozenset(families[line.id] for line in failed),
        ended.stdout[-3000:] + ended.stderr[-2000:],
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Seen]]]:
    """All runs, begun at once and played a few at a time: the tests below only read how they ended."""
    folder = tmp_path_factory.mktemp("faults")
    every = tuple(dict.fromkeys(fault.clause for fault in FAULTS.values()))
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        begun = {NONE: pool.submit(run, NONE, every, folder / "none")}
        for name, fault in FAULTS.items():
            begun[name] = pool.submit(run, name, (fault.clause,), folder / name)
        yield begun
        for future in begun.values():
            future.cancel()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_seen(name: str, runs: dict[str, Future[Seen]]) -> None:
    """A run against this misbehaviour is red, and the first finding of a case is the clause it breaks."""
    seen = runs[name].result()
    assert seen.code == 1, seen.said
    assert FAULTS[name].clause in seen.first, seen.said


def test_without_a_fault_the_same_cases_are_green(runs: dict[str, Future[Seen]]) -> None:
    """The cases that see the faults see nothing where there is none."""
    seen = runs[NONE].result()
    assert (seen.code, seen.first) == (0, frozenset()), seen.said


def test_faults_are_seen_in_all_six_families(runs: dict[str, Future[Seen]]) -> None:
    """The suite was seen failing in each of its families, and by at least 25 faults."""
    assert len(FAULTS) >= 25
    families = {family for name in FAULTS for family in runs[name].result().families}
    assert families == set(FAMILIES)

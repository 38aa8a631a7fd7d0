"""Runs of a contract that no exchange has, as records: nothing is played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conformance.history.address import Address
from conformance.history.asking import Question, ask
from conformance.history.database import Database
from conformance.history.facts import facts
from conformance.history.model import History
from conformance.history.storing import store
from conformance.record import CaseLine, ClauseEntry, End, FindingEntry, RunRecord
from conformance.record.types import Timing
from tests.record.samples import CLAUSES, PRICE, header

MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)
BEGAN = {True: "not conformant", False: "conformant"}
COUNTED = tuple(replace(each, digest=f"{number:064x}") for number, each in enumerate(CLAUSES))


def run(
    day: float = 0,
    *,
    broken: Iterable[str] = (),
    kept: Iterable[str] = (PRICE,),
    build: str = "",
    target: str = "local",
    times: Mapping[str, Iterable[float]] | None = None,
    waived: bool = False,
    clauses: tuple[ClauseEntry, ...] = COUNTED,
) -> RunRecord:
    """A run, so many days after the first: one case that saw these clauses, and one for each broken one."""
    places = {clause.id: number for number, clause in enumerate(clauses)}
    broken = tuple(broken)
    lines = [_line("tide/kept", "passed", [places[name] for name in kept], times)]
    for name in broken:
        finding = FindingEntry(name, "Level", "a promise", "something else", (), "doc.yaml:1")
        line = _line(f"tide/{name}", "failed", [places[name]] if name in places else [])
        lines.append(replace(line, blame="target", findings=(finding,)))
    excused = tuple(f"tide/{name}" for name in broken) if waived else ()
    red = bool(broken) and not waived
    at = (MIDNIGHT + timedelta(days=day)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return RunRecord(
        replace(header((), target=target), started=at, clauses=clauses, build=build),
        tuple(lines),
        end=End(12.5, False, BEGAN[red], int(red), waived=excused),
    )


def _line(
    name: str, outcome: str, exercised: list[int], times: Mapping[str, Iterable[float]] | None = None
) -> CaseLine:
    timings = tuple(Timing(what, ms) for what, values in (times or {}).items() for ms in values)
    return CaseLine(name, outcome, "none", "", (), tuple(sorted(exercised)), 1, 0.0, 10.0, timings=timings)


def keep(place: Address, *runs: RunRecord) -> int:
    """Puts runs into a history; how many were new."""
    database = Database(place, create=True)
    try:
        return store(database, map(facts, runs))
    finally:
        database.close()


def told(place: Address, question: Question | None = None) -> History:
    """What a history says."""
    database = Database(place)
    try:
        return ask(database, question or Question())
    finally:
        database.close()

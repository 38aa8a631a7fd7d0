"""Asks a history: which runs there were, which clause broke when, how long the target took."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sql

from conformance.history.database import Database
from conformance.history.lives import life
from conformance.history.model import (
    BROKEN,
    KEPT,
    UNTESTED,
    ClauseLife,
    History,
    OperationTimes,
    Point,
    RunRow,
    Stamp,
)
from conformance.history.tables import BREAKS, CLAUSES, CONTRACTS, ENFORCED, LATENCIES, OPERATIONS, RUNS

WINDOW: Final = 200
"""So many of the latest runs of each target are drawn."""

AT_ONCE: Final = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of one ``target`` ('': all), ``since`` when (ISO 8601, UTC; ''), at most ``limit`` runs
    and as many clauses. ``chosen`` picks clauses by their id; None: all that were ever broken."""

    target: str = ""
    since: str = ""
    limit: int = 20
    clause: str = ""
    chosen: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    number: int
    at: Stamp
    target: str
    contract: int
    enforced: int


def ask(database: Database, question: Question) -> History:
    """The answer. Raises ``EnvironmentFailure`` when the database does not give one."""
    with database.reading() as connection:
        return _Asking(connection, database.address.shown, question).answer()


class _Asking:
    def __init__(self, connection: sql.Connection, shown: str, question: Question) -> None:
        self.connection = connection
        self.shown = shown
        self.question = question
        self.where: list[sql.ColumnElement[bool]] = []
        if question.target:
            self.where.append(RUNS.c.target == question.target)
        if question.since:
            self.where.append(RUNS.c.started >= question.since)

    def answer(self) -> History:
        runs = self._all()
        targets: defaultdict[str, list[_Run]] = defaultdict(list)
        for run in runs:
            targets[run.target].append(run)
        rows = self._rows()
        drawn = {run.number for group in targets.values() for run in group[-WINDOW:]}
        told = rows | self._rows(sorted(drawn - rows.keys()))
        lives, ever = self._lives(targets)
        return History(
            shown=self.shown,
            total=len(runs),
            runs=tuple(rows.values()),
            lives=lives,
            ever=ever,
            times=self._times({run.number: run for run in runs if run.number in drawn}),
            strips=tuple(
                (name, tuple(told[run.number] for run in group[-WINDOW:])) for name, group in targets.items()
            ),
            window=WINDOW,
            target=self.question.target,
            since=self.question.since,
            clause=self.question.clause,
        )

    def _all(self) -> list[_Run]:
        """All runs that are asked for, the oldest first."""
        columns = (
            RUNS.c.id,
            RUNS.c.started,
            RUNS.c.build,
            RUNS.c.target,
            RUNS.c.contract_id,
            RUNS.c.enforced_id,
        )
        asked = sql.select(*columns).where(*self.where).order_by(RUNS.c.started, RUNS.c.id)
        return [
            _Run(number, Stamp(started, build), target, contract, enforced)
            for number, started, build, target, contract, enforced in self.connection.execute(asked)
        ]

    def _rows(self, numbers: Sequence[int] | None = None) -> dict[int, RunRow]:
        """The latest runs, or those of these numbers, with all that is told of a run."""
        names = [each for each in RowFields if each != "id"]
        columns = [RUNS.c.id, *(RUNS.c[name] for name in names)]
        asked = sql.select(*columns)
        if numbers is None:
            latest = asked.where(*self.where).order_by(RUNS.c.started.desc(), RUNS.c.id.desc())
            found = list(self.connection.execute(latest.limit(self.question.limit)))
        else:
            found = [
                row
                for part in _parts(numbers)
                for row in self.connection.execute(asked.where(RUNS.c.id.in_(part)))
            ]
        return {row[0]: RunRow(**dict(zip(names, row[1:], strict=True))) for row in found}

    def _lives(self, targets: dict[str, list[_Run]]) -> tuple[tuple[ClauseLife, ...], int]:
        wanted = self._wanted(targets)
        shown = wanted[: self.question.limit]
        if not shown:
            return (), 0
        names = sorted({name for _, name in shown})
        clauses = self._clauses(names)
        broken = self._broken([number for group in clauses.values() for number, *_ in group])
        tests = _Tests(self.connection, clauses, self.where)
        made = []
        for target, name in shown:
            seen = broken.get((target, name), {})
            group = targets[target]
            lived = life(
                (run.at, BROKEN if run.number in seen else KEPT if tests.tested(run, name) else UNTESTED)
                for run in group
            )
            _, says, level, place = clauses[name][-1]
            last = next((run.number for run in reversed(group) if run.number in seen), 0)
            wordings = len({text for _, text, *_ in clauses[name]})
            made.append(
                ClauseLife(
                    target, name, says, level, place, lived.tested, lived.broken, lived.breaks,
                    tuple(lived.episodes), "".join(lived.marks[-WINDOW:]), wordings, seen.get(last, False),
                )
            )  # fmt: skip
        made.sort(key=lambda each: (not each.is_broken, each.excused, not each.broken))
        return tuple(made), len(wanted)

    def _wanted(self, targets: dict[str, list[_Run]]) -> list[tuple[str, str]]:
        """(target, clause): what broke last comes first; with a pattern also what never did."""
        number = sql.func.count()
        latest = sql.func.max(RUNS.c.started)
        asked = (
            sql.select(RUNS.c.target, CLAUSES.c.name, latest, number)
            .select_from(BREAKS.join(RUNS).join(CLAUSES))
            .where(*self.where)
            .group_by(RUNS.c.target, CLAUSES.c.name)
            .order_by(latest.desc(), number.desc(), CLAUSES.c.name, RUNS.c.target)
        )
        chosen = self.question.chosen
        wanted = [
            (target, name)
            for target, name, *_ in self.connection.execute(asked)
            if chosen is None or chosen(name)
        ]
        if chosen is not None:
            every = self.connection.execute(sql.select(CLAUSES.c.name).distinct().order_by(CLAUSES.c.name))
            names = [name for (name,) in every if chosen(name)]
            wanted = list(dict.fromkeys([*wanted, *((target, name) for target in targets for name in names)]))
        return wanted

    def _clauses(self, names: Sequence[str]) -> dict[str, list[tuple[int, str, str, str]]]:
        """The rows of clauses by their ids, the latest wording last."""
        found: defaultdict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
        columns = (CLAUSES.c.id, CLAUSES.c.name, CLAUSES.c.says, CLAUSES.c.level, CLAUSES.c.place)
        for part in _parts(names):
            asked = sql.select(*columns).where(CLAUSES.c.name.in_(part)).order_by(CLAUSES.c.id)
            for number, name, says, level, place in self.connection.execute(asked):
                found[name].append((number, says, level, place))
        return found

    def _broken(self, numbers: Sequence[int]) -> dict[tuple[str, str], dict[int, bool]]:
        """(target, clause) -> the runs that saw it broken, and whether that was excused."""
        found: defaultdict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
        for part in _parts(numbers):
            asked = (
                sql.select(RUNS.c.target, CLAUSES.c.name, BREAKS.c.run_id, BREAKS.c.excused)
                .select_from(BREAKS.join(RUNS).join(CLAUSES))
                .where(*self.where, BREAKS.c.clause_id.in_(part))
            )
            for target, name, run, excused in self.connection.execute(asked):
                found[target, name][run] = bool(excused)
        return found

    def _times(self, runs: dict[int, _Run]) -> tuple[OperationTimes, ...]:
        found: defaultdict[tuple[str, str], list[Point]] = defaultdict(list)
        rows: list[Any] = []
        for part in _parts(sorted(runs)):
            asked = (
                sql.select(LATENCIES, OPERATIONS.c.name)
                .select_from(LATENCIES.join(OPERATIONS))
                .where(LATENCIES.c.run_id.in_(part))
            )
            rows += self.connection.execute(asked)
        order = {number: place for place, number in enumerate(runs)}
        rows.sort(key=lambda row: order[row.run_id])
        for row in rows:
            run = runs[row.run_id]
            point = Point(run.at, row.n, row.p50, row.p90, row.p99, row.longest)
            found[run.target, row.name].append(point)
        made = [OperationTimes(target, name, tuple(points)) for (target, name), points in found.items()]
        return tuple(sorted(made, key=lambda each: (each.target, -each.points[-1].n, each.operation)))


RowFields: Final = tuple(RunRow.__dataclass_fields__)


class _Tests:
    """Which of some clauses each run tested."""

    def __init__(
        self,
        connection: sql.Connection,
        clauses: dict[str, list[tuple[int, str, str, str]]],
        where: Sequence[sql.ColumnElement[bool]],
    ) -> None:
        names = {number: name for name, group in clauses.items() for number, *_ in group}
        used = sql.select(RUNS.c.contract_id).where(*where)
        self.places: dict[int, dict[str, int]] = {}
        asked = sql.select(CONTRACTS.c.id, CONTRACTS.c.clauses).where(CONTRACTS.c.id.in_(used))
        for number, stored in connection.execute(asked):
            ids = json.loads(zlib.decompress(stored))
            self.places[number] = {names[each]: at for at, each in enumerate(ids) if each in names}
        used = sql.select(RUNS.c.enforced_id).where(*where)
        asked = sql.select(ENFORCED.c.id, ENFORCED.c.bits).where(ENFORCED.c.id.in_(used))
        self.bits = {number: zlib.decompress(stored) for number, stored in connection.execute(asked)}

    def tested(self, run: _Run, name: str) -> bool:
        """Whether the run held the clause against anything."""
        at = self.places[run.contract].get(name)
        return at is not None and bool(self.bits[run.enforced][at >> 3] >> (at & 7) & 1)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(values), AT_ONCE):
        yield values[at : at + AT_ONCE]

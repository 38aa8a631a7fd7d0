"""Asks a history: which runs there were, which clause broke when, how long the target took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sql

from conformance.history.database import Database
from conformance.history.lives import spells
from conformance.history.model import (
    BROKEN,
    KEPT,
    UNTESTED,
    ClauseLife,
    Episode,
    History,
    OperationTimes,
    Point,
    RunRow,
    Stamp,
)
from conformance.history.tables import BREAKS, CLAUSES, LATENCIES, OPERATIONS, RUNS
from conformance.history.tested import Run, Tests, bits_of, parts

WINDOW: Final = 120
"""So many of the latest runs of each target are drawn."""

LATEST: Final = 20
"""So many breaks of a clause are told at most, the latest; all are counted."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of one ``target`` ('': all), ``since`` when (ISO 8601, UTC; ''), at most ``limit`` runs
    and as many clauses. ``chosen`` picks clauses by their id; None: all that were ever broken."""

    target: str = ""
    since: str = ""
    limit: int = 20
    clause: str = ""
    chosen: Callable[[str], bool] | None = None


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
        targets: defaultdict[str, list[Run]] = defaultdict(list)
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

    def _all(self) -> list[Run]:
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
        return [Run._make(row) for row in self.connection.execute(asked)]

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
                for part in parts(numbers)
                for row in self.connection.execute(asked.where(RUNS.c.id.in_(part)))
            ]
        return {row[0]: RunRow(**dict(zip(names, row[1:], strict=True))) for row in found}

    def _lives(self, targets: dict[str, list[Run]]) -> tuple[tuple[ClauseLife, ...], int]:
        wanted = self._wanted(targets)
        shown = wanted[: self.question.limit]
        if not shown:
            return (), 0
        names = sorted({name for _, name in shown})
        clauses = self._clauses(names)
        broken = self._broken([number for group in clauses.values() for number, *_ in group])
        bits = bits_of(self.connection, self.where)
        tests = {target: Tests(self.connection, clauses, group, bits) for target, group in targets.items()}
        made = [
            _life(target, name, targets[target], broken.get((target, name), {}), tests[target], clauses[name])
            for target, name in shown
        ]
        made.sort(key=lambda each: (not each.is_broken, each.excused, not each.broken))
        return tuple(made), len(wanted)

    def _wanted(self, targets: dict[str, list[Run]]) -> list[tuple[str, str]]:
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
        for part in parts(names):
            asked = sql.select(*columns).where(CLAUSES.c.name.in_(part)).order_by(CLAUSES.c.id)
            for number, name, says, level, place in self.connection.execute(asked):
                found[name].append((number, says, level, place))
        return found

    def _broken(self, numbers: Sequence[int]) -> dict[tuple[str, str], dict[int, bool]]:
        """(target, clause) -> the runs that saw it broken, and whether that was excused."""
        found: defaultdict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
        for part in parts(numbers):
            asked = (
                sql.select(RUNS.c.target, CLAUSES.c.name, BREAKS.c.run_id, BREAKS.c.excused)
                .select_from(BREAKS.join(RUNS).join(CLAUSES))
                .where(*self.where, BREAKS.c.clause_id.in_(part))
            )
            for target, name, run, excused in self.connection.execute(asked):
                found[target, name][run] = bool(excused)
        return found

    def _times(self, runs: dict[int, Run]) -> tuple[OperationTimes, ...]:
        every = self.connection.execute(sql.select(OPERATIONS.c.id, OPERATIONS.c.name))
        names: dict[int, str] = {row[0]: row[1] for row in every}
        columns = ("run_id", "operation_id", "n", "p50", "p90", "p99", "longest")
        rows: list[Any] = []
        for part in parts(sorted(runs)):
            asked = sql.select(*(LATENCIES.c[name] for name in columns)).where(LATENCIES.c.run_id.in_(part))
            rows += self.connection.execute(asked)
        order = {number: place for place, number in enumerate(runs)}
        rows.sort(key=lambda row: order[row[0]])
        found: defaultdict[tuple[str, int], list[Point]] = defaultdict(list)
        for number, operation, n, p50, p90, p99, longest in rows:
            run = runs[number]
            found[run.target, operation].append(Point(run.at, n, p50, p90, p99, longest))
        made = [
            OperationTimes(target, names[each], tuple(points)) for (target, each), points in found.items()
        ]
        return tuple(sorted(made, key=lambda each: (each.target, -each.points[-1].n, each.operation)))


def _life(
    target: str,
    name: str,
    runs: Sequence[Run],
    seen: dict[int, bool],
    tests: Tests,
    wordings: Sequence[tuple[int, str, str, str]],
) -> ClauseLife:
    """The life of a clause; ``seen`` are the runs that saw it broken, and whether that was excused."""
    broken = sorted(tests.order[number] for number in seen)
    among = set(broken)

    def kept(at: int) -> bool:
        return at not in among and tests.tested(at, name)

    def stamp(at: int | None) -> Stamp | None:
        return None if at is None else runs[at].at

    made = spells(broken, kept, len(runs))
    untested = sum(not tests.tested(at, name) for at in broken)  # a finding of what no case was about
    _, says, level, place = wordings[-1]
    return ClauseLife(
        target=target,
        clause=name,
        says=says,
        level=level,
        place=place,
        tested=tests.number(name) + untested,
        broken=len(broken),
        breaks=len(made),
        episodes=tuple(
            Episode(runs[each.first].at, runs[each.last].at, each.runs, stamp(each.held), stamp(each.mended))
            for each in made[-LATEST:]
        ),
        marks="".join(
            BROKEN if at in among else KEPT if kept(at) else UNTESTED
            for at in range(max(0, len(runs) - WINDOW), len(runs))
        ),
        wordings=len({text for _, text, *_ in wordings}),
        excused=bool(broken) and seen[runs[broken[-1]].number],
    )


RowFields: Final = tuple(RunRow.__dataclass_fields__)

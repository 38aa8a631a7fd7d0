"""Puts runs into a history. The same run twice is one run."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence

import sqlalchemy as sql

from conformance.history.database import Database
from conformance.history.facts import Facts
from conformance.history.tables import BREAKS, CLAUSES, CONTRACTS, ENFORCED, LATENCIES, OPERATIONS, RUNS
from conformance.history.tested import parts
from conformance.record import ClauseEntry


def store(database: Database, runs: Iterable[Facts]) -> int:
    """Puts runs in, all or none of them. How many were not there yet.

    Raises ``EnvironmentFailure`` when the database refuses.
    """
    with database.writing() as connection:
        return sum(_stored(connection, each) for each in runs)


def _stored(connection: sql.Connection, run: Facts) -> bool:
    if _id(connection, RUNS, run.sha256) is not None:
        return False
    contract = _contract(connection, run)
    enforced = _put(connection, ENFORCED, _sha256(run.bits), bits=zlib.compress(run.bits))
    made = connection.execute(
        RUNS.insert().values(sha256=run.sha256, contract_id=contract, enforced_id=enforced, **run.row)
    )
    number = _key(made)
    if run.breaks:
        clauses = _clauses(connection, [each.clause for each in run.breaks])
        connection.execute(
            BREAKS.insert(),
            [
                {"run_id": number, "clause_id": clause, "cases": each.cases, "excused": each.excused}
                for each, clause in zip(run.breaks, clauses, strict=True)
            ],
        )
    if run.latencies:
        operations = _operations(connection, [each.operation for each in run.latencies])
        connection.execute(
            LATENCIES.insert(),
            [
                {
                    "run_id": number, "operation_id": operations[each.operation], "n": each.n,
                    "p50": each.p50, "p90": each.p90, "p99": each.p99, "longest": each.longest,
                }
                for each in run.latencies
            ],
        )  # fmt: skip
    return True


def _contract(connection: sql.Connection, run: Facts) -> int:
    """The row of the run's contract: known by its documents, its clauses and what these promise."""
    told = json.dumps([run.documents, [(one.id, _digest(one)) for one in run.clauses]])
    name = _sha256(told.encode())
    known = _id(connection, CONTRACTS, name)
    if known is not None:
        return known
    ids = json.dumps(_clauses(connection, run.clauses), separators=(",", ":"))
    return _put(connection, CONTRACTS, name, documents=run.documents, clauses=zlib.compress(ids.encode()))


def _clauses(connection: sql.Connection, clauses: Sequence[ClauseEntry]) -> list[int]:
    """The rows of clauses, made where there are none; one that promises something else is another row."""
    wanted = {(one.id, _digest(one)): one for one in clauses}
    found = _known(connection, [one.id for one in clauses])
    new = [each for key, each in wanted.items() if key not in found]
    if new:
        connection.execute(
            CLAUSES.insert(),
            [
                {
                    "name": one.id,
                    "digest": _digest(one),
                    "says": one.says,
                    "level": one.level,
                    "place": one.where,
                }
                for one in new
            ],
        )
        found |= _known(connection, [one.id for one in new])
    return [found[one.id, _digest(one)] for one in clauses]


def _known(connection: sql.Connection, names: Sequence[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for part in parts(names):
        asked = sql.select(CLAUSES.c.id, CLAUSES.c.name, CLAUSES.c.digest).where(CLAUSES.c.name.in_(part))
        found |= {(name, digest): number for number, name, digest in connection.execute(asked)}
    return found


def _digest(clause: ClauseEntry) -> str:
    """What a clause promises, in short; older files say it in words alone."""
    return clause.digest or _sha256(clause.says.encode())


def _operations(connection: sql.Connection, names: Sequence[str]) -> dict[str, int]:
    """The rows of operations by their names, made where there are none."""
    found: dict[str, int] = {}
    for part in parts(names):
        asked = sql.select(OPERATIONS.c.name, OPERATIONS.c.id).where(OPERATIONS.c.name.in_(part))
        found |= {row[0]: row[1] for row in connection.execute(asked)}
    for name in names:
        if name not in found:
            found[name] = _key(connection.execute(OPERATIONS.insert().values(name=name)))
    return found


def _id(connection: sql.Connection, table: sql.Table, sha256: str) -> int | None:
    found = connection.execute(sql.select(table.c.id).where(table.c.sha256 == sha256)).scalar()
    return None if found is None else int(found)


def _put(connection: sql.Connection, table: sql.Table, sha256: str, **row: object) -> int:
    known = _id(connection, table, sha256)
    return (
        known if known is not None else _key(connection.execute(table.insert().values(sha256=sha256, **row)))
    )


def _key(made: sql.CursorResult[tuple[object, ...]]) -> int:
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

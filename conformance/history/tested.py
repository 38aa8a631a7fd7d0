"""Which clauses the runs of a target tested: maps of bits, in the order of the contract's clauses."""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import sqlalchemy as sql

from conformance.history.model import Stamp
from conformance.history.tables import CONTRACTS, ENFORCED, RUNS

T = TypeVar("T")
AT_ONCE: Final = 400
"""So many values are given to one statement: SQLite once took 999 at most."""


class Run(NamedTuple):
    """A run among others: its rows, and what is told of it."""

    number: int
    started: str
    build: str
    target: str
    contract: int
    enforced: int

    @property
    def at(self) -> Stamp:
        """The run, in short."""
        return Stamp(self.started, self.build)


def bits_of(connection: sql.Connection, where: Sequence[sql.ColumnElement[bool]]) -> dict[int, bytes]:
    """What the runs enforced, as maps of bits, by their rows."""
    used = sql.select(RUNS.c.enforced_id).where(*where)
    asked = sql.select(ENFORCED.c.id, ENFORCED.c.bits).where(ENFORCED.c.id.in_(used))
    return {number: zlib.decompress(stored) for number, stored in connection.execute(asked)}


class Tests:
    """Which of some clauses the runs of a target tested."""

    def __init__(
        self,
        connection: sql.Connection,
        clauses: dict[str, list[tuple[int, str, str, str]]],
        runs: Sequence[Run],
        bits: Mapping[int, bytes],
    ) -> None:
        self.runs = runs
        self.order = {run.number: at for at, run in enumerate(runs)}
        names = {number: name for name, group in clauses.items() for number, *_ in group}
        self.places: dict[int, dict[str, int]] = {}
        for part in parts(sorted({run.contract for run in runs})):
            asked = sql.select(CONTRACTS.c.id, CONTRACTS.c.clauses).where(CONTRACTS.c.id.in_(part))
            for number, stored in connection.execute(asked):
                ids = json.loads(zlib.decompress(stored))
                self.places[number] = {names[each]: at for at, each in enumerate(ids) if each in names}
        self.bits = bits
        self.alike: defaultdict[int, Counter[bytes]] = defaultdict(Counter)
        for run in runs:
            self.alike[run.contract][self.bits[run.enforced]] += 1

    def tested(self, at: int, name: str) -> bool:
        """Whether the run at this place held the clause against anything."""
        run = self.runs[at]
        place = self.places[run.contract].get(name)
        return place is not None and bool(self.bits[run.enforced][place >> 3] >> (place & 7) & 1)

    def number(self, name: str) -> int:
        """How many runs did."""
        found = 0
        for contract, alike in self.alike.items():
            place = self.places[contract].get(name)
            if place is not None:
                byte, mask = place >> 3, 1 << (place & 7)
                found += sum(number for bits, number in alike.items() if bits[byte] & mask)
        return found


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """``values`` in parts of which each is few enough for one statement."""
    for at in range(0, len(values), AT_ONCE):
        yield values[at : at + AT_ONCE]

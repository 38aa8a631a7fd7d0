"""How each clause stands in a run: enforced, broken or not enforced, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.record import ClauseEntry, RunRecord
from conformance.reporting.clauses import unenforced

STATUSES = ("enforced", "broken", "unenforced")


@dataclass(frozen=True, slots=True)
class Standing:
    """A clause and how it stands. ``reason``: why it was not enforced; ``group``: what it speaks about."""

    clause: ClauseEntry
    status: str
    reason: str
    group: str


@dataclass(frozen=True, slots=True)
class Row:
    """The clauses of a service about one message, or of one group of rules, counted."""

    service: str
    group: str
    total: int
    enforced: int
    broken: int
    unenforced: int
    assumed: int


def standings(run: RunRecord) -> tuple[Standing, ...]:
    """All clauses of a run, in the documents' order."""
    missed = unenforced(run)
    broken = {finding.clause for line in run.cases if line.outcome == "failed" for finding in line.findings}
    return tuple(_standing(clause, broken, missed) for clause in run.header.clauses)


def rows(found: Sequence[Standing]) -> tuple[Row, ...]:
    """One row for each group of each service: messages first, then the rules of the service as a whole."""
    groups: dict[tuple[str, str], list[Standing]] = {}
    for one in found:
        groups.setdefault((one.clause.service, one.group), []).append(one)
    return tuple(_ordered(groups))


def _ordered(groups: Mapping[tuple[str, str], Sequence[Standing]]) -> Iterator[Row]:
    services = list(dict.fromkeys(service for service, _ in groups))
    for service in services:
        own = [(name, ones) for (of, name), ones in groups.items() if of == service]
        own.sort(key=lambda each: not each[1][0].clause.subject)
        for name, ones in own:
            counts = {status: sum(one.status == status for one in ones) for status in STATUSES}
            assumed = sum(one.clause.provenance == "assumed" for one in ones)
            yield Row(service, name, len(ones), assumed=assumed, **counts)


def _standing(clause: ClauseEntry, broken: set[str], missed: Mapping[str, str]) -> Standing:
    status = "broken" if clause.id in broken else "unenforced" if clause.id in missed else "enforced"
    words = clause.id.split("/")
    group = clause.subject or (words[1] if len(words) > 1 else words[0])
    return Standing(clause, status, missed.get(clause.id, ""), group)

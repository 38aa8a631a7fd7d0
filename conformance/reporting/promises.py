"""Broken promises: what failed, seen from the clauses. Many red cases are often one broken promise."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.record import CaseLine, FindingEntry, RunRecord


@dataclass(frozen=True, slots=True)
class Promise:
    """One broken clause and the failed cases that saw it broken first of all.

    ``where`` is the ``file:line`` that promises it; ``says`` and ``provenance`` are '' for a finding that no
    clause of the contract stands behind. The first of ``cases`` is the one to look at: it is about this
    clause, and saw little else; ``finding`` is what it saw.
    """

    clause: str
    says: str
    provenance: str
    level: str
    where: str
    finding: FindingEntry | None
    cases: tuple[CaseLine, ...]


def broken_promises(run: RunRecord) -> tuple[Promise, ...]:
    """The promises that failed cases saw broken: musts first, and those that most cases saw."""
    clauses = {clause.id: clause for clause in run.header.clauses}
    order = {name: number for number, name in enumerate(clauses)}
    about = {entry.id: entry.clauses for entry in run.header.cases}
    groups: dict[str, list[CaseLine]] = {}
    for line in run.cases:
        if line.outcome == "failed":
            groups.setdefault(line.findings[0].clause if line.findings else "", []).append(line)
    made: list[Promise] = []
    for name, lines in groups.items():
        clause = clauses.get(name)
        lines.sort(key=lambda one: (name not in about.get(one.id, ()), len(one.findings), one.id))
        finding = lines[0].findings[0] if lines[0].findings else None
        made.append(
            Promise(
                clause=name,
                says=clause.says if clause else "",
                provenance=clause.provenance if clause else "",
                level=clause.level if clause else "",
                where=clause.where if clause else (finding.document if finding else ""),
                finding=finding,
                cases=tuple(lines),
            )
        )
    return tuple(
        sorted(made, key=lambda one: (one.level == "should", -len(one.cases), order.get(one.clause, -1)))
    )

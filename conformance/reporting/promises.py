"""Broken promises: what failed, seen from the clauses. Many red cases are often one broken promise."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.record import CaseLine, FindingEntry, RunRecord
from conformance.record.types import WaiverLine

ALTERNATIVES = ("/oneOf", "/anyOf")
WAIVED, WARNING = "waived", "warning"


@dataclass(frozen=True, slots=True)
class Promise:
    """One broken clause and the failed cases that saw it broken first of all.

    ``where`` is the ``file:line`` that promises it; ``says`` and ``provenance`` are '' for a finding that no
    clause of the contract stands behind. The first of ``cases`` is the one to look at: it is about this
    clause, and saw little else; ``finding`` is what it saw. ``excuse`` says why it does not fail the gate,
    '' when it does: it is ``waived`` (by ``waiver``), or no more than a ``warning``.
    """

    clause: str
    says: str
    provenance: str
    level: str
    where: str
    finding: FindingEntry | None
    cases: tuple[CaseLine, ...]
    excuse: str = ""
    waiver: WaiverLine | None = None


def failing(run: RunRecord) -> tuple[Promise, ...]:
    """The broken promises that fail the gate."""
    return tuple(each for each in broken_promises(run) if not each.excuse)


def broken_promises(run: RunRecord) -> tuple[Promise, ...]:
    """The promises that failed cases saw broken: those that fail the gate first, musts, what most cases saw.

    A value that keeps none of its alternatives because of something deeper in it breaks one promise here,
    the deeper one, also for a case that is about the alternatives alone, where another saw what it was.
    """
    clauses = {clause.id: clause for clause in run.header.clauses}
    order = {name: number for number, name in enumerate(clauses)}
    about = {entry.id: entry.clauses for entry in run.header.cases}
    groups: dict[str, list[CaseLine]] = {}
    for line in run.cases:
        if line.outcome == "failed":
            cause = _cause(line)
            groups.setdefault(cause.clause if cause else "", []).append(line)
    for name, lines in groups.items():
        lines.sort(
            key=lambda one: (
                one.moves is not None and not one.moves.drawn,  # one that is as short as can be goes first
                name not in about.get(one.id, ()),
                len(one.findings),
                one.id,
            )
        )
    for name in [each for each in groups if each.endswith(ALTERNATIVES)]:
        _fold(name, groups)
    made: list[Promise] = []
    for name, lines in groups.items():
        clause = clauses.get(name)
        finding = _cause(lines[0])
        excuse, waiver = _excuse(run, name, lines, clause.level if clause else "")
        made.append(
            Promise(
                clause=name,
                says=clause.says if clause else "",
                provenance=clause.provenance if clause else "",
                level=clause.level if clause else "",
                where=clause.where if clause else (finding.document if finding else ""),
                finding=finding,
                cases=tuple(lines),
                excuse=excuse,
                waiver=waiver,
            )
        )
    ranks = ("", WARNING, WAIVED)
    return tuple(
        sorted(
            made,
            key=lambda one: (
                ranks.index(one.excuse),
                one.level == "should",
                -len(one.cases),
                order.get(one.clause, -1),
            ),
        )
    )


def _excuse(run: RunRecord, clause: str, lines: list[CaseLine], level: str) -> tuple[str, WaiverLine | None]:
    """Why none of these cases fails the gate, and the waiver that stood up for them."""
    if run.end is None:  # nobody has decided yet
        return (WARNING if level == "should" else ""), None
    names = {line.id for line in lines}
    if not names <= run.excused:
        return "", None
    if not names <= set(run.end.waived):
        return WARNING, None
    stood_up = [each for each in run.waivers if names & set(each.cases)]
    return WAIVED, next((each for each in stood_up if each.clause == clause), next(iter(stood_up), None))


def _fold(name: str, groups: dict[str, list[CaseLine]]) -> None:
    """Put cases that saw no alternative kept, and not why, behind those that saw the one reason there was."""
    deeper = [each for each in groups if _is_below(each, name)]
    if len(deeper) != 1:
        return
    blind = [line for line in groups[name] if not line.findings[0].drift]
    groups[deeper[0]] += blind
    groups[name] = [line for line in groups[name] if line.findings[0].drift]
    if not groups[name]:
        del groups[name]


def _is_below(clause: str, alternatives: str) -> bool:
    return clause.startswith(alternatives.rpartition("/")[0] + "/") and not clause.endswith(ALTERNATIVES)


def _cause(line: CaseLine) -> FindingEntry | None:
    """The first finding of a case; for that no alternative is kept, what is wrong in the one that was meant.

    Where none was meant (the finding says what is missing of each), it is the cause itself.
    """
    if not line.findings:
        return None
    first = line.findings[0]
    if not first.clause.endswith(ALTERNATIVES) or first.drift:
        return first
    size = len(first.path)
    deeper = (
        each
        for each in line.findings[1:]
        if _is_below(each.clause, first.clause) and each.path[:size] == first.path
    )
    return next(deeper, first)

"""Which clauses a run enforced, and why it did not enforce the others."""

from __future__ import annotations

from collections import Counter, defaultdict

from conformance.record.types import CaseLine, RunRecord

NOT_PLAYED = "the run ended before they were played"
NEVER_SENT = "the target never sent anything that it speaks about"
NO_CASE = "no case speaks about it"
NOT_SELECTED = "none of its cases was selected"


def enforced(run: RunRecord) -> frozenset[str]:
    """The ids of the clauses that a case which passed or failed exercised, or that it saw broken."""
    clauses = run.header.clauses
    numbers: set[int] = set()
    found: set[str] = set()
    for line in run.cases:
        if line.outcome in ("passed", "failed"):
            numbers.update(line.exercised)
            found.update(finding.clause for finding in line.findings)
    return frozenset(
        clause.id for number, clause in enumerate(clauses) if number in numbers or clause.id in found
    )


def unenforced(run: RunRecord) -> dict[str, str]:
    """The other clauses, in the documents' order, and why: of several reasons the commonest."""
    kept = enforced(run)
    played = {line.id: line for line in run.cases}
    reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in run.header.cases:
        reason = _reason(played.get(entry.id))
        for name in entry.clauses:
            reasons[name][reason] += 1
    nobody = NOT_SELECTED if run.header.selection else NO_CASE
    found: dict[str, str] = {}
    for clause in run.header.clauses:
        if clause.id in kept:
            continue
        if clause.id in run.header.unenforceable:
            found[clause.id] = run.header.unenforceable[clause.id]
        elif clause.id in reasons:
            found[clause.id] = reasons[clause.id].most_common(1)[0][0]
        else:
            found[clause.id] = nobody
    return found


def _reason(line: CaseLine | None) -> str:
    """Why a case did not enforce a clause that it is about."""
    if line is None:
        return f"its cases were skipped: {NOT_PLAYED}"
    if line.outcome == "skipped":
        silent = "clauses speak about" in line.reason
        return NEVER_SENT if silent else f"its cases were skipped: {line.reason}"
    if line.outcome == "broken":
        return f"its cases could not be judged: {line.reason}"
    return NEVER_SENT

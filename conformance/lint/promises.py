"""Promises that no case enforces, and ids that will move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.contract.clause import Clause
from conformance.documents.where import Where
from conformance.lint.desk import Desk
from conformance.lint.rule import Finding, Rule, Severity, place, shown

UNENFORCED = Rule(
    "unenforced-promises",
    Severity.NOTE,
    "promises that no case enforces",
    "A target may break them and still be green.",
    "`list --clauses` tells the reason of each; most want a rule in x-conformance, here or in an overlay.",
)
NUMBERED = Rule(
    "numbered-id",
    Severity.NOTE,
    "promises whose ids had to be numbered",
    "Two promises had the same words; the number depends on the other one, and may change with it.",
    "Give the branches and positions that differ titles that differ.",
)
RULES = (UNENFORCED, NUMBERED)

MOST_REASONS = 3


def check(desk: Desk) -> Iterator[Finding]:
    """One finding a document for each kind, with counts."""
    files = {service.name: service.file for service in desk.contract.services.values()}
    first: dict[str, Where] = {}
    for service in desk.contract.services.values():
        first.setdefault(service.file, service.where)
    clauses: dict[str, list[Clause]] = {file: [] for file in first}
    for clause in desk.contract.clauses.values():
        clauses[files[clause.service]].append(clause)
    for file, own in clauses.items():
        if desk.catalogue is not None:
            known = desk.catalogue.unenforced
            reasons = [known[each.id] for each in own if each.id in known]
            if reasons:
                common = Counter(reasons).most_common()
                told = "; ".join(f"{count} {reason}" for reason, count in common[:MOST_REASONS])
                more = "; and others" if len(common) > MOST_REASONS else ""
                says = f"{len(reasons)} of {len(own)} promises are enforced by no case: {told}{more}"
                yield place(first[file], UNENFORCED, says)
        else:
            says = f"{len(own)} promises, too many to make their cases here: which of them no case enforces"
            yield place(first[file], UNENFORCED, f"{says} is told by `list --clauses`")
        numbered = [each for each in own if is_numbered(each)]
        if numbered:
            says = f"ids that had to be numbered: {len(numbered)}, such as {shown(numbered[0].id)}"
            yield place(numbered[0].where, NUMBERED, says)


def is_numbered(clause: Clause) -> bool:
    """Whether an id got a number because its words were taken."""
    word = clause.id.rpartition("/")[2]
    head, _, number = word.rpartition("-")
    return number.isdigit() and bool(head) and clause.kind == "schema" and head == clause.keyword

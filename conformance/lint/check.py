"""All rules over a contract: pure, in the order of files and lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from conformance.cases.catalogue import Catalogue
from conformance.contract.loading import Loaded
from conformance.contract.model import Contract
from conformance.lint import (
    ambiguous,
    arrays,
    bounds,
    examples,
    keywords,
    messages,
    money,
    notes,
    patterns,
    promises,
    remarks,
    security,
)
from conformance.lint.desk import Desk
from conformance.lint.rule import Finding
from conformance.lint.silence import silenced
from conformance.lint.table import RULES

FAMILIES: tuple[Callable[[Desk], Iterator[Finding]], ...] = (
    bounds.check,
    examples.check,
    keywords.check,
    arrays.check,
    patterns.check,
    money.check,
    remarks.check,
    messages.check,
    security.check,
    ambiguous.check,
    promises.check,
    notes.check,
)


def lint(
    contract: Contract, loaded: Sequence[Loaded], catalogue: Catalogue | None = None
) -> tuple[Finding, ...]:
    """Every finding on these documents, those that they silence with their reason.

    ``catalogue``: the cases of the contract; without it nothing is said of promises that no case enforces.
    """
    desk = Desk(contract, loaded, catalogue)
    found = dict.fromkeys(finding for family in FAMILIES for finding in family(desk))
    known = {**RULES, **{finding.rule.id: finding.rule for finding in found}}
    told, complaints = silenced(found, desk.trees, known)
    return in_order(once(desk, [*told, *complaints]))


def of_documents(contract: Contract, loaded: Sequence[Loaded]) -> tuple[Finding, ...]:
    """The findings that need no contract, those that a document silences left out."""
    desk = Desk(contract, loaded)
    found = dict.fromkeys(finding for family in FAMILIES for finding in family(desk))
    told, _ = silenced(found, desk.trees, RULES)
    return in_order(once(desk, [each for each in told if not each.reason]))


def once(desk: Desk, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those apart that an alias repeats: the text of which they tell stands there once."""
    made: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        node = desk.node(each.where, each.document)
        place = each.where if node is None else id(node.spot)
        made.setdefault((each.rule.id, each.says, each.reason, place), each)
    return list(made.values())


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """By file, line, rule and sentence."""
    return tuple(
        sorted(findings, key=lambda each: (each.where.file, each.where.line, each.rule.id, each.says))
    )

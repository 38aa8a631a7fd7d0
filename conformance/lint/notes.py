"""What was noticed while documents were read: each note becomes a finding of its rule."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.lint.desk import Desk
from conformance.lint.rule import Finding, Rule, Severity, place

RULES: tuple[Rule, ...] = ()
UNEXPLAINED = "This was noticed while the documents were read; it may decide what is tested."


def check(desk: Desk) -> Iterator[Finding]:
    """The notes of the contract."""
    known = {rule.id: rule for rule in RULES}
    for note in desk.contract.notes:
        rule = known.get(note.rule) or generic(note.rule, loud=note.loud)
        yield place(note.where, rule, note.says)


def generic(identity: str, *, loud: bool) -> Rule:
    """A rule for a note that has no entry of its own."""
    severity = Severity.WARNING if loud else Severity.NOTE
    words = identity.replace("-", " ")
    return Rule(
        identity,
        severity,
        words,
        UNEXPLAINED,
        "Read the sentence, and change the document if it is not meant.",
    )

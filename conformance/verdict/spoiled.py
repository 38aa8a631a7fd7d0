"""Values that break their schema, and what may still be judged where somebody goes on with them.

What a conversation does with such a value says nothing of the target: a command made of it is none that the
document describes, and a message that is held against it is held against what was never promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.cases.filling import saved_names
from conformance.cases.steps import Condition, Step
from conformance.contract import Clause, split
from conformance.validation import Finding

ALTERNATIVES = ("oneOf", "anyOf")
OTHER_THING = ("type", "const", "enum", *ALTERNATIVES)
"""Keywords that say what a map or an array is: what stands in one that breaks them means something else."""

APPENDED = "appended"
"""So begins the one way to be off by a position that moves nothing."""


def spoiling(findings: Sequence[Finding], pointer: str, clauses: Mapping[str, Clause]) -> Finding | None:
    """The finding on a message by which what stands at the pointer is not what it should be; None without.

    It is about the value, about a part of it, or about what the value is a part of.
    """
    place = split(pointer)
    for finding in findings:
        path = tuple(map(str, finding.path))
        if any(a not in ("*", b) for a, b in zip(place, path, strict=False)):
            continue
        if len(path) >= len(place) or _is_another(finding, findings, clauses):
            return finding
    return None


def _is_another(finding: Finding, findings: Sequence[Finding], clauses: Mapping[str, Clause]) -> bool:
    """Whether the whole that a finding is about is another thing than was promised."""
    known = clauses.get(finding.clause)
    keyword = known.keyword if known is not None and known.kind == "schema" else ""
    if keyword in ALTERNATIVES:  # what is wrong in the one that was meant tells itself which value it is
        size = len(finding.path)
        return not any(len(each.path) > size and each.path[:size] == finding.path for each in findings)
    return keyword in OTHER_THING or bool(finding.drift and not finding.drift.startswith(APPENDED))


class Spoils:
    """What one conversation saved, and the findings on the messages that it was saved from."""

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._clauses = clauses
        self._told: dict[str, tuple[Finding, ...]] = {}
        self._spoiled: set[str] = set()

    def saved(self, save: Mapping[str, str], findings: Sequence[Finding]) -> None:
        """These values (name -> pointer) were saved from a message on which there are these findings."""
        for name, pointer in save.items():
            self._told[name] = tuple(findings)
            self._spoiled.discard(name)
            if spoiling(findings, pointer, self._clauses) is not None:
                self._spoiled.add(name)

    def told(self, name: str) -> tuple[Finding, ...]:
        """The findings on the message that a value was saved from."""
        return self._told.get(name, ())

    def used_by(self, step: Step) -> bool:
        """Whether a step sends or expects what is made of a value that broke its schema."""
        return bool(self._spoiled) and any(name in self._spoiled for name in _needed(step))


def _needed(step: Step) -> Iterator[str]:
    """The names of the saved values that a step needs."""
    yield from saved_names(getattr(step, "payload", None))
    yield from saved_names(getattr(step, "asks", ()))
    for field in ("where", "holds", "witness_where"):
        conditions: tuple[Condition, ...] = getattr(step, field, ())
        for condition in conditions:
            yield from saved_names(condition.value)

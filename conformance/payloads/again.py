"""Breaking another valid value in the way of a mutant: the same rule, at the same place, the same clause."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.codec import MISSING
from conformance.contract.schema import Schema
from conformance.payloads.breaking import put
from conformance.payloads.choices import Path
from conformance.payloads.holes import exemplified
from conformance.payloads.mutants import Mutant
from conformance.payloads.places import place_at
from conformance.payloads.rules import RULES
from conformance.validation.judge import judge, node_of


def broken_again(schema: Schema, mutant: Mutant, value: object) -> object:
    """A copy of a valid value with the mutant's fault; ``MISSING`` when it cannot be broken in that way.

    Where the value lacks what the fault needs (an optional field, another alternative), as little as
    possible of the mutant's own valid value is put there first. The first finding on the result is on the
    mutant's clause.
    """
    node = node_of(schema)
    for candidate in _candidates(value, exemplified(mutant.base), mutant.path):
        place = place_at(node, candidate, mutant.path)
        if place is None:
            continue
        for word, faulty in (fault for rule in RULES for fault in rule(place)):
            if word != mutant.rule:
                continue
            broken = exemplified(put(candidate, mutant.path, faulty))
            findings = judge(schema, broken).findings
            if findings and findings[0].clause == mutant.clause:
                return broken
    return MISSING


def _candidates(value: object, base: object, path: Path) -> Iterator[object]:
    """The value itself, then with ever more of the base in it, from the place of the fault upwards."""
    yield value
    for depth in range(len(path), -1, -1):
        grafted = _graft(value, base, path[:depth])
        if grafted is not MISSING:
            yield grafted


def _graft(value: object, base: object, path: Path) -> object:
    """The value with what the base has at the path, or ``MISSING`` when the path leads nowhere in either."""
    if not path:
        return base
    head, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(base, dict) and head in base:
        inner = _graft(value.get(head, MISSING), base[head], rest)
        return MISSING if inner is MISSING else {**value, head: inner}
    if isinstance(value, list) and isinstance(base, list) and isinstance(head, int) and head < len(base):
        inner = _graft(value[head] if head < len(value) else MISSING, base[head], rest)
        if inner is MISSING or head > len(value):
            return MISSING
        return [*value[:head], inner, *value[head + 1 :]]
    return MISSING

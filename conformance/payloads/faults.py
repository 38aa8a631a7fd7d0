"""The faults of scalars, and what is wrong with them: the same wherever a document uses a schema."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from conformance.contract.schema import Schema
from conformance.payloads.places import Place
from conformance.payloads.rules import RULES
from conformance.validation.judge import Walk
from conformance.validation.node import Node, is_named


@dataclass(frozen=True, slots=True)
class ScalarFault:
    """A word, and the value in place of the valid one. ``keywords`` are those that it breaks, in the order of
    the findings; ``seen`` and ``expected`` tell the first."""

    word: str
    value: object
    keywords: tuple[str, ...]
    seen: str
    expected: str


def scalar_faults(place: Place) -> tuple[ScalarFault, ...] | None:
    """Each fault of a place where one schema of scalars stands, those that break nothing among them; None
    for all other places.

    A document's schema is one object for all its uses but for its path and its clauses: what its keywords
    say is looked up, not judged again.
    """
    if len(place.nodes) != 1 or not place.nodes[0].leaf or isinstance(place.value, (dict, list)):
        return None
    node = place.nodes[0]
    schema = node.schema
    said = schema.name if is_named(schema) else ""
    use = id(schema.values), schema.raw, node.expected, said, tuple(schema.clauses)
    key = (*use, type(place.value), place.value)
    known = _known.get(key)
    if known is None:
        found = tuple(_judged(node, word, faulty) for rule in RULES for word, faulty in rule(place))
        known = _known[key] = (schema, found)
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return known[1]


def _judged(node: Node, word: str, faulty: object) -> ScalarFault:
    keywords = {clause: keyword for keyword, clause in node.schema.clauses.items()}
    walk = Walk()
    walk.visit(node, faulty)
    if not walk.findings:
        return ScalarFault(word, faulty, (), "", "")
    first = walk.findings[0]
    broken = tuple(keywords.get(finding.clause, "") for finding in walk.findings)
    return ScalarFault(word, faulty, broken, first.seen, first.expected)


_KEPT: Final = 2048
_known: OrderedDict[tuple[object, ...], tuple[Schema, tuple[ScalarFault, ...]]] = OrderedDict()
"""The schema is kept, so that what it says keeps its identity."""

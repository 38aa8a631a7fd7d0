"""Judging many broken values beside one good one finds what judging each alone finds."""

from __future__ import annotations

import pytest

from conformance.contract import Message, load
from conformance.contract.schema import Schema
from conformance.payloads import mutants
from conformance.payloads.breaking import put
from conformance.payloads.holes import shown
from conformance.validation import judge
from conformance.validation.changed import Good
from conformance.validation.judge import node_of
from tests.contract.build import payload_of

MESSAGES = [
    message
    for service in load().services.values()
    for message in service.messages.values()
    if message.sent_by_client
]
FORMS = """
oneOf:
  - {type: object, required: [k, a], properties: {k: {const: one}, a: {type: string}, c: {type: integer}}}
  - {type: object, required: [k, b], properties: {k: {const: two}, b: {type: array, items: [{enum: [x, y]}]}}}
"""


def broken(schema: Schema) -> int:
    """How many broken values were compared."""
    count = 0
    for mutant in mutants(schema):
        base = shown(mutant.base)
        fault: object = mutant.value
        for segment in mutant.path:
            fault = fault[segment]  # type: ignore[index]
        value = put(base, mutant.path, shown(fault))
        assert Good(node_of(schema), base).findings(value) == judge(schema, value).findings, mutant.label
        count += 1
    return count


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_findings_are_those_of_the_judge(message: Message) -> None:
    """The same findings, in the same order, for every broken form of every command."""
    assert broken(message.payload) > 5


def test_alternatives_are_decided_as_by_the_judge() -> None:
    """The branch that a broken value is explained by is that which the judge would take."""
    assert broken(payload_of(FORMS)) > 10

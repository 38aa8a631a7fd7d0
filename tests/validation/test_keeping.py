"""Values that share parts are judged a part at a time, and as if they shared none."""

from __future__ import annotations

import pytest

from conformance.contract import Message, load
from conformance.payloads import exemplified, mutants, variants
from conformance.payloads.holes import shown
from conformance.validation.changed import Keeping
from conformance.validation.judge import keeps, node_of
from tests.contract.build import payload_of

MESSAGES = [
    message
    for service in load().services.values()
    for message in service.messages.values()
    if message.sent_by_client
]
TREE = """
type: object
required: [name]
properties:
  name: {type: string, maxLength: 3}
  left: {$ref: '#'}
  all: {type: array, items: {oneOf: [{type: integer, minimum: 1}, {type: string, minLength: 1}]}}
"""


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_it_says_what_the_judge_says(message: Message) -> None:
    """Of each valid and each broken form of every command, one after the other."""
    node = node_of(message.payload)
    keeping = Keeping(node)
    said = [keeping.keeps(shown(each.value)) for each in variants(message.payload)]
    assert all(said)
    broken = [(keeping.keeps(shown(each.value)), each.value) for each in mutants(message.payload)]
    assert len(broken) > 5
    for good, value in broken:
        assert good == keeps(node, exemplified(value))
    assert not any(good for good, _ in broken)


def test_a_part_is_good_where_it_stands_and_nowhere_else() -> None:
    """The very object that keeps one schema may break another; what was good stays good."""
    keeping = Keeping(node_of(payload_of(TREE)))
    text, numbers = "abc", [1, "x"]
    assert keeping.keeps({"name": text, "all": numbers})
    assert not keeping.keeps({"name": numbers, "all": numbers})
    assert not keeping.keeps({"name": text, "all": text})
    assert not keeping.keeps({"name": "long", "all": numbers})
    assert not keeping.keeps({"all": numbers})
    assert keeping.keeps({"name": text, "all": [*numbers, text]})


def test_what_repeats_itself_is_looked_at_each_time() -> None:
    """Inside a schema that leads back to itself nothing is passed over."""
    keeping = Keeping(node_of(payload_of(TREE)))
    inner: dict[str, object] = {"name": "a"}
    assert keeping.keeps({"name": "b", "left": inner})
    inner["all"] = [0]
    assert not keeping.keeps({"name": "b", "left": inner})

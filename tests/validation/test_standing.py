"""How much of one member may be wrong: told beforehand as the judge tells it afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from conformance.payloads import valid, variants
from conformance.validation import judge
from conformance.validation.changed import Good
from conformance.validation.judge import node_of
from conformance.validation.node import Node
from conformance.validation.standing import Standing, stands
from tests.contract.build import payload_of

CLOSED = "type: object, additionalProperties: false, required: [kind, size]"
APART = f"""
oneOf:
  - {{{CLOSED}, properties: {{kind: {{const: limit}}, size: {{type: integer, minimum: 1}},
      price: {{type: string, pattern: '^[0-9]+$'}}}}}}
  - {{{CLOSED}, properties: {{kind: {{const: market}}, size: {{type: integer, minimum: 1}},
      most: {{type: integer}}}}}}
"""
"""Told apart by a constant, which can be that of the other."""
CLOSE = f"""
oneOf:
  - {{{CLOSED}, properties: {{kind: {{enum: [a, b]}}, size: {{type: integer}}, note: {{type: string}}}}}}
  - {{{CLOSED}, properties: {{kind: {{enum: [a, b]}}, size: {{type: string}}, note: {{type: string}}}}}}
"""
"""Told apart by the type of one member alone: whatever is wrong there can be the other."""
INSIDE = f"""
oneOf:
  - {{{CLOSED}, properties: {{kind: {{type: string}}, size: {{type: object, required: [x],
      properties: {{x: {{const: 1}}, y: {{type: string}}}}}}}}}}
  - {{{CLOSED}, properties: {{kind: {{type: string}}, size: {{type: object, required: [x],
      properties: {{x: {{const: 2}}, y: {{type: integer}}}}}}}}}}
"""
"""Told apart by what stands deeper."""
THREE = f"""
oneOf:
  - {{{CLOSED}, properties: {{kind: {{const: one}}, size: {{enum: [s, m]}}}}}}
  - {{{CLOSED}, properties: {{kind: {{const: two}}, size: {{enum: [m, l]}}}}}}
  - {{{CLOSED}, properties: {{kind: {{type: string}}, size: {{enum: [xl]}}, more: {{type: boolean}}}}}}
"""
FIELDS = """
oneOf:
  - {type: object, additionalProperties: false, required: [a], properties: {a: {type: integer}}}
  - {type: object, additionalProperties: false, required: [b], properties: {b: {type: integer}}}
"""
"""Told apart by which members there are: whatever is wrong with one."""
FAULTS: tuple[object, ...] = (
    *(None, True, 0, -1, 2, 1.5, "", "a", "b", "m", "l", "xl", "two", "limit", "market", "7"),
    *([], {}, {"x": 1}, {"x": 2}, {"x": 2, "y": 3}, {"x": 1, "y": 3}, {"y": 3}),
)


def good_maps(text: str) -> Iterator[Mapping[str, object]]:
    """Every way to keep the schema that the suite knows."""
    schema = payload_of(text)
    for value in (valid(schema), *(each.value for each in variants(schema))):
        assert isinstance(value, dict)
        yield value


def taken(node: Node, value: object) -> int:
    """The number of the alternative that a good value takes."""
    (number,) = (number for number, side in enumerate(node.one_of) if not Good(side, value).findings(value))
    return number


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (APART, {True, False}),
        (CLOSE, {True, False}),
        (INSIDE, {True, False}),
        (THREE, {True, False}),
        (FIELDS, {True}),
    ],
)
def test_it_keeps_its_alternative_where_the_judge_explains_it_by_that(text: str, answers: set[bool]) -> None:
    """Each fault in each member of each good map: closest to its alternative, or not, as the judge finds."""
    schema = payload_of(text)
    node = node_of(schema)
    told: set[bool] = set()
    for value in good_maps(text):
        number = taken(node, value)
        good, standing = Good(node, value), Standing(node, value, number)
        for name in value:
            member = node.one_of[number].properties[name]
            for fault in FAULTS:
                alone = judge(member.schema, fault).findings
                if not alone:
                    continue
                here = any(not finding.path for finding in alone)
                keeps = standing.keeps(name, fault, (len(alone), here))
                found = good.findings({**value, name: fault})
                assert keeps == (bool(found) and good.meant == number), (value, name, fault)
                if keeps:  # then what is wrong is what that one schema finds, and that no alternative holds
                    clauses = [*(each.clause for each in alone), node.clause("oneOf")]
                    assert [each.clause for each in found] == clauses
                told.add(keeps)
    assert told == answers


def test_a_member_is_its_own_where_its_alternative_alone_describes_it() -> None:
    """Not where another alternative's schema, or two schemas, stand there."""
    node = node_of(payload_of(APART))
    one, other = node.one_of
    standing = Standing(node, {"kind": "limit", "size": 1, "price": "1"}, 0)
    assert standing.own("price", [one.properties["price"]])
    assert not standing.own("size", [other.properties["size"]])
    assert not standing.own("size", [one.properties["size"], other.properties["size"]])
    assert not standing.own("most", [other.properties["most"]])
    assert not standing.own("size", [])


def test_others_know_what_is_described_in_more_than_one_alternative() -> None:
    """A member of this one alone may be as it likes: the others are as far as they were."""
    node = node_of(payload_of(APART))
    standing = Standing(node, {"kind": "limit", "size": 1, "price": "1"}, 0)
    assert [name for name in ("kind", "size", "price", "most") if standing.others_know(name)] == [
        "kind", "size", "most",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (APART, True),
        ("oneOf: [{type: object, properties: {a: {const: 1}}}, {type: object, required: [b]}]", False),
        ("oneOf: [{type: object, required: [a]}, {type: object, maxProperties: 3}]", True),
        ("oneOf: [{type: object, required: [a]}, {type: object}]", False),
    ],
)
def test_a_map_stands_where_each_alternative_promises_something_of_maps(text: str, sure: bool) -> None:
    """Beside their type: else a map of nothing but wrong members is told as none."""
    assert stands(node_of(payload_of(text))) is sure

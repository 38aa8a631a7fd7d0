"""Faults of rules between values: well-formed values that break exactly the rule they are named for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from conformance.codec import MISSING
from conformance.contract import Message, MessageRule, Service, find
from conformance.faults.altered import put_pointer
from conformance.faults.relations import BREAKS, breaker
from conformance.payloads import exemplified, valid, variants
from conformance.validation import judge
from conformance.verdict.ruling import KINDS, judge_rule, judge_succession
from tests.faults.stage import behaviour, contract, faults, smallest, unpacked, values

ROWS = 3


def ruled(kind: str = "") -> Iterator[tuple[Service, Message, MessageRule]]:
    """The rules of the messages that a target sends: those of successive messages, or the others."""
    for service in contract().services.values():
        for message in service.from_target():
            for rule in message.rules:
                if (rule.kind == "not_decreasing") == (kind == "not_decreasing"):
                    yield service, message, rule


def like(found: object, number: int) -> object:
    return number if isinstance(found, int) else str(number)


def widened(rule: MessageRule, value: object) -> object:
    """The value with a few rows that keep an order, where a rule asks for one."""
    (pointer,) = rule.at
    rows, _, rest = pointer.partition("/*")
    found = find(value, rows)
    if not found or not isinstance(found[0][1], list) or not found[0][1]:
        return MISSING
    row = found[0][1][0]
    numbers = range(1, ROWS + 1) if rule.kind == "ascending" else range(ROWS, 0, -1)
    made = [
        put_pointer(row, rest, like(find(row, rest)[0][1], number)) if rest else like(row, number)
        for number in numbers
    ]
    return put_pointer(value, rows, made)


def kept(message: Message, rule: MessageRule) -> list[object]:
    """Valid values of a message that keep the rule."""
    made = list(values(message))
    if rule.kind in ("ascending", "descending"):
        made += [widened(rule, value) for value in made]
    return [
        value
        for value in made
        if value is not MISSING
        and judge(message.payload, value).ok
        and not judge_rule(rule, message.name, value)[1]
    ]


def test_there_is_a_way_to_break_each_kind_of_rule() -> None:
    """What the judge knows, the faults know."""
    assert set(BREAKS) == set(KINDS)


def test_each_rule_is_broken_in_a_message_that_is_well_formed() -> None:
    """The judge finds the rule's clause broken; other rules break only where they look at the same values."""
    number = 0
    for service, message, rule in ruled():
        number += 1
        fault = faults()[f"{service.name}/{message.name}/not-{rule.name}"]
        assert fault.clauses == (rule.clause,)
        applied = 0
        for value in kept(message, rule):
            one = behaviour(fault)
            (made,) = unpacked(one.outgoing(service.name, value))
            applied += one.applied
            if not one.applied:
                assert made == value
                continue
            _, findings = judge_rule(rule, message.name, made)
            assert findings, (fault.name, value, made)
            assert {each.clause for each in findings} == {rule.clause}
            assert judge(message.payload, made).ok, (fault.name, value, made)
            for other in message.rules:
                again, before = (judge_rule(other, message.name, each)[1] for each in (made, value))
                if other is not rule and again and not before:
                    assert places(rule) & places(other), (fault.name, other.name, value, made)
        assert applied, fault.name
    assert number > 20


def places(rule: MessageRule) -> set[str]:
    base = f"{rule.each}/*" if rule.each else ""
    return {(base + pointer).replace("/0", "/*") for pointer in rule.at}


def test_what_may_never_fall_falls() -> None:
    """From the second message on, however the true values move; all of them are well-formed."""
    number = 0
    for service, message, rule in ruled("not_decreasing"):
        number += 1
        one = behaviour(faults()[f"{service.name}/{message.name}/not-{rule.name}"])
        base = smallest(service, message.name)
        sent = []
        for more in (5, 6, 6, 9, 20):
            value = base
            for pointer in rule.at:
                for path, found in find(value, pointer):
                    value = put_pointer(value, path, like(found, more))
            sent += unpacked(one.outgoing(service.name, value))
        assert one.applied == len(sent) == 5
        assert all(judge(message.payload, value).ok for value in sent)
        for before, after in pairwise(sent):
            _, findings = judge_succession(rule, message.name, before, after)
            assert [each.clause for each in findings] == [rule.clause] * len(rule.at)
    assert number > 5


def test_streams_fall_each_for_itself() -> None:
    """Arrays that begin with other texts are other streams: what one said says nothing of another."""
    rule = MessageRule("time", "", "not_decreasing", ("/2",))
    change = breaker(rule)
    made = [change(["x", name, number]) for name, number in (("a", 50), ("b", 90), ("a", 51), ("b", 91))]
    assert made == [["x", "a", 50], ["x", "b", 90], ["x", "a", 49], ["x", "b", 89]]


def test_numbers_stay_what_they_are_on_the_wire() -> None:
    """A decimal string stays one, without an exponent and without zeros at its end."""
    less = breaker(MessageRule("low", "", "less", ("/0", "/1")))
    assert less(["1", "99.50"]) == ["100.5", "99.50"]
    assert less([1, 2]) == [3, 2]
    positive = breaker(MessageRule("some", "", "positive", ("/*",)))
    assert positive(["1.5", "2"]) == ["0", "2"]
    total = breaker(MessageRule("all", "", "sum", ("/0", "/1", "/2")))
    assert total(["1", "2", "3"]) == ["1", "2", "4"]
    nothing = breaker(MessageRule("none", "", "zero_when", ("/0", "/1")))
    assert nothing(["0", "7"]) == ["1", "0"]
    late = breaker(MessageRule("ms", "", "milliseconds", ("/0", "/1")))
    assert late([None, 1_795_359_600_123]) == [None, 1_795_359_600]
    assert Decimal("100.5") > Decimal("99.50")


def test_what_cannot_be_broken_stays() -> None:
    """One value is in any order; what is not there cannot be too large; a text is no number."""
    for kind, at, value in (
        ("ascending", ("/*",), [1]),
        ("descending", ("/*",), []),
        ("less", ("/a", "/b"), {"a": 1}),
        ("less", ("/a", "/b"), {"a": "x", "b": "y"}),
        ("sum", ("/a", "/b"), {"a": 1}),
        ("positive", ("/*/0",), []),
        ("milliseconds", ("/a", "/b"), {"a": None}),
        ("unheard-of", ("/a",), {"a": 1}),
    ):
        assert breaker(MessageRule("rule", "", kind, at))(value) is MISSING, kind


def test_rules_of_answers_are_broken() -> None:
    """A rule of an HTTP operation, in its documented answer."""
    for service in contract().services.values():
        for operation in service.http:
            for rule in operation.rules:
                response = next(each for each in operation.responses if each.content)
                (schema,) = response.content.values()
                made = [exemplified(valid(schema)), *(exemplified(each.value) for each in variants(schema))]
                if rule.kind == "not_decreasing":
                    change = breaker(rule)
                    base = f"{rule.each}/*" if rule.each else ""
                    value = max(made, key=lambda each: sum(bool(find(each, base + at)) for at in rule.at))
                    for before, after in pairwise([change(value) for _ in range(3)]):
                        assert judge_succession(rule, operation.name, before, after)[1], rule.name
                    continue
                broken = [breaker(rule)(value) for value in made]
                found = [each for each in broken if each is not MISSING]
                assert found, rule.name
                for each in found:
                    assert judge_rule(rule, operation.name, each)[1], (rule.name, each)

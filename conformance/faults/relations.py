"""Faults of the rules between values: order, bounds, sums, what may never fall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from itertools import takewhile

from conformance.cases.conditions import as_number
from conformance.codec import MISSING
from conformance.contract import (
    Contract,
    HttpOperation,
    Message,
    MessageRule,
    Protocol,
    Response,
    Service,
    find,
)
from conformance.faults.altered import Change, altering, answering, put_pointer, with_body
from conformance.faults.fault import Derived, Fault, Kind
from conformance.faults.shadow import of_http, of_http_service, of_message, of_rules
from conformance.reference.behaviour import Behaviour

FAMILY = "relation"
LEAST = Decimal(8)

Places = list[tuple[str, object]]
Break = Callable[[object, list[Places]], object]
"""A message's value and what stands at each pointer of the rule -> the value that breaks it."""


def out_of_order(value: object, groups: list[Places]) -> object:
    """The first, and the first other one, change places."""
    places = [each for group in groups for each in group]
    others = [each for each in places if as_number(each[1]) != as_number(places[0][1])]
    if not others:
        return MISSING
    (first, one), (second, other) = places[0], others[0]
    return put_pointer(put_pointer(value, first, other), second, one)


def exceeded(value: object, groups: list[Places]) -> object:
    """The left one becomes one more than the right one."""
    if not groups[0] or not groups[1]:
        return MISSING
    return put_pointer(value, groups[0][0][0], _plus(groups[1][0][1], 1))


def differs(value: object, groups: list[Places]) -> object:
    """The last one becomes one more than it is."""
    return put_pointer(value, groups[-1][0][0], _plus(groups[-1][0][1], 1)) if groups[-1] else MISSING


def nothing(value: object, groups: list[Places]) -> object:
    """The first one becomes 0."""
    places = [each for group in groups for each in group]
    return put_pointer(value, places[0][0], _like(places[0][1], Decimal(0))) if places else MISSING


def in_seconds(value: object, groups: list[Places]) -> object:
    """The first one is told in seconds."""
    places = [(path, number) for group in groups for path, each in group if (number := as_number(each))]
    if not places:
        return MISSING
    path, number = places[0]
    return put_pointer(value, path, int(number) // 1000)


def counted_of_nothing(value: object, groups: list[Places]) -> object:
    """The last one becomes 0, and the first one is not."""
    if not groups[0] or not groups[-1]:
        return MISSING
    first, last = groups[0][0], groups[-1][0]
    return put_pointer(
        put_pointer(value, last[0], _like(last[1], Decimal(0))), first[0], _like(first[1], Decimal(1))
    )


BREAKS: dict[str, Break] = {
    "ascending": out_of_order,
    "descending": out_of_order,
    "less": exceeded,
    "equal": differs,
    "sum": differs,
    "positive": nothing,
    "milliseconds": in_seconds,
    "zero_when": counted_of_nothing,
}


class Falling:
    """Each value becomes one less than what was sent before: what may never fall, falls."""

    def __init__(self, rule: MessageRule) -> None:
        self.rule = rule
        self.last: dict[object, Decimal] = {}

    def __call__(self, value: object) -> object:
        """The value with what falls."""
        base = f"{self.rule.each}/*" if self.rule.each else ""
        for pointer in self.rule.at:
            for path, found in find(value, base + pointer):
                key, number = self._key(value, path), as_number(found)
                if number is None:
                    continue
                before = self.last.get(key)
                # Where there is nothing to fall from, the first is more than it should be.
                sent = max(number, LEAST) if before is None else max(before - 1, Decimal(0))
                value = put_pointer(value, path, _like(found, sent))
                self.last[key] = sent
        return value

    def _key(self, value: object, path: str) -> object:
        """Of an array, the texts that it begins with tell streams apart."""
        if not isinstance(value, list):
            return path
        return (path, *takewhile(lambda each: isinstance(each, str), value))


def relation_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault a rule of a message, or of the answer to an HTTP operation.

    The values are wrong and well-formed: whatever a story does with them may break.
    """
    rules = of_rules(contract)
    for service in contract.services.values():
        for message in service.from_target():
            for rule in message.rules:
                yield _fault(
                    f"{service.name}/{message.name}",
                    message.name,
                    rule,
                    of_message(service, message) | rules,
                    partial(_message, service, message, rule),
                )
        if service.protocol is not Protocol.HTTP:
            continue
        for operation in service.http:
            response = next((each for each in operation.responses if each.content), None)
            if response is None:
                continue
            shadow = of_http(operation) | of_http_service(service) | rules
            for rule in operation.rules:
                yield _fault(
                    f"{service.name}/{operation.name}",
                    operation.name,
                    rule,
                    shadow,
                    partial(_body, operation, response, rule),
                )


def _body(operation: HttpOperation, response: Response, rule: MessageRule) -> type[Derived]:
    change = breaker(rule)
    return answering(operation.method, operation.path, response, lambda answer: with_body(answer, change))


def _message(service: Service, message: Message, rule: MessageRule) -> type[Derived]:
    return altering(service, message.name, breaker(rule))


def _fault(
    place: str, subject: str, rule: MessageRule, shadow: frozenset[str], make: Callable[[], type[Behaviour]]
) -> Fault:
    says = f"{subject}: the rule {rule.name!r} is broken: {rule.says}"
    return Fault(f"{place}/not-{rule.name}", Kind.DERIVED, FAMILY, says, (rule.clause,), shadow, make)


def breaker(rule: MessageRule) -> Change:
    """What breaks a rule in a message, first in its first element where it speaks of each."""
    return Falling(rule) if rule.kind == "not_decreasing" else partial(_broken, rule)


def _broken(rule: MessageRule, value: object) -> object:
    broken = BREAKS.get(rule.kind)
    if broken is None:
        return MISSING
    for base, element in find(value, rule.each + "/*") if rule.each else [("", value)]:
        groups = [[(base + path, found) for path, found in find(element, at)] for at in rule.at]
        changed = broken(value, groups)
        if changed is not MISSING:
            return changed
    return MISSING


def _plus(value: object, more: int) -> object:
    number = as_number(value)
    return MISSING if number is None else _like(value, number + more)


def _like(value: object, number: Decimal) -> object:
    """A number in the wire type of a value; a decimal string without exponent and trailing zeros."""
    if isinstance(value, int):
        return int(number)
    return f"{number.normalize():f}" if isinstance(value, str) else MISSING

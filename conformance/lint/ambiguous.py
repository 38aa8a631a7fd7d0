"""Messages and alternatives that one value can be at the same time, shown with such a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from conformance.contract.apart import choose, pairs
from conformance.contract.clause import Binds
from conformance.contract.constants import constants
from conformance.contract.discriminators import ambiguous, sent_by
from conformance.contract.model import HttpOperation, Protocol, Service
from conformance.contract.schema import Schema
from conformance.errors import DocumentError
from conformance.lint.desk import Desk
from conformance.lint.rule import LONGEST_SENTENCE, Finding, Rule, Severity, at, harmless, named, place, shown
from conformance.payloads import exemplified, valid
from conformance.validation import judge

MESSAGES = Rule(
    "ambiguous-messages",
    Severity.WARNING,
    "two messages of one sender that one value can be",
    "Whoever receives such a value cannot know which message it is, so neither can its promises be enforced.",
    "Give each a required constant at the same place (a type, an event name, a first position).",
)
UNSURE = Rule(
    "unsure-messages",
    Severity.NOTE,
    "messages of one sender that no constant, type or length tells apart for sure",
    "A broken one may be taken for the other: it is blamed wrongly, or not at all.",
    "Give each a required constant at the same place (a type, an event name, a first position).",
)
ONE_OF = Rule(
    "overlapping-alternatives",
    Severity.WARNING,
    "alternatives of a oneOf that one value fits",
    "oneOf refuses a value that fits two alternatives, so what each of them allows is forbidden.",
    "Make them exclusive (a constant in each), or say anyOf.",
)
NO_VALUE = Rule(
    "no-valid-value",
    Severity.WARNING,
    "a message or body for which no valid value was found",
    "Its schema contradicts itself, or is beyond the generator (look-around, say): it is never sent.",
    "Look for keywords that exclude each other, in allOf and behind references too; simplify the pattern.",
)
RULES = (MESSAGES, UNSURE, ONE_OF, NO_VALUE)

MOST_BRANCHES = 24
MOST_PAIRS = 2_000
"""Pairs of messages for which a common value is sought."""


def check(desk: Desk) -> Iterator[Finding]:
    """Messages of each sender of each service, then alternatives inside schemas."""
    for service in desk.contract.services.values():
        if service.protocol is Protocol.WEBSOCKET:
            yield from _service(service)
        for operation in service.http:
            yield from _bodies(operation)
    for site in desk.sites():
        if isinstance(site.node.value, dict) and isinstance(site.node.value.get("oneOf"), list):
            schema = desk.schema(site)
            found = overlap(schema) if schema is not None else None
            if found is not None:
                yield at(site.node.get("oneOf") or site.node, ONE_OF, found)


def _bodies(operation: HttpOperation) -> Iterator[Finding]:
    for response in operation.responses:
        for media, schema in response.content.items():
            try:
                valid(schema)
            except (DocumentError, RecursionError):
                says = f"no valid {shown(media)} body of {shown(operation.name)} {shown(response.status)}"
                yield place(schema.where, NO_VALUE, f"{says} could be made")


def _service(service: Service) -> Iterator[Finding]:
    values = Values(service)
    for message in service.messages.values():
        spoken = message.sent_by_target or message.sent_by_client
        if spoken and message.payload.accepts is not False and values.of(message.name) is None:
            yield place(message.where, NO_VALUE, f"no valid {shown(message.name)} could be made")
    told: set[frozenset[str]] = set()
    for sender in (Binds.TARGET, Binds.CLIENT):
        yield from _sender(service, values, told, sender)


def _sender(service: Service, values: Values, told: set[frozenset[str]], sender: Binds) -> Iterator[Finding]:
    both: dict[str, list[str]] = {}
    shared: dict[str, object] = {}
    unsure: list[tuple[str, str]] = []
    for one, other in islice(pairs(ambiguous(service, sender)), MOST_PAIRS):
        if frozenset((one, other)) in told:
            continue
        told.add(frozenset((one, other)))
        instance = values.both(one, other)
        if instance is None:
            unsure.append((one, other))
        else:
            both.setdefault(one, []).append(other)
            shared.setdefault(one, instance[0])
    for name, others in both.items():
        says = f"a value can be {shown(name)} and {named(others)}: {instance_text(shared[name])}"
        yield place(service.messages[name].where, MESSAGES, says)
    known = {*both, *(each for others in both.values() for each in others)}
    weak = list(dict.fromkeys(each for pair in unsure if known.isdisjoint(pair) for each in pair))
    if weak:
        whose = "the target" if sender is Binds.TARGET else "clients"
        says = f"nothing tells {len(weak)} messages of {whose} apart for sure: {named(weak)}"
        yield place(service.messages[weak[0]].where, UNSURE, says)
    yield from _within(service, values, told, sender)


def _within(service: Service, values: Values, told: set[frozenset[str]], sender: Binds) -> Iterator[Finding]:
    """Messages whose values are all another message, too, and told from it only by what they have more."""
    groups = choose({each.name: constants(each.payload) for each in sent_by(service, sender)})[1]
    inside: dict[str, list[str]] = {}
    shared: dict[str, object] = {}
    for pair in islice(pairs(groups), MOST_PAIRS):
        if frozenset(pair) in told:
            continue
        for one, other in (pair, pair[::-1]):
            instance = values.fitting(one, other)
            if instance is not None:
                told.add(frozenset(pair))
                inside.setdefault(other, []).append(one)
                shared.setdefault(other, instance[0])
    for name, others in inside.items():
        says = (
            f"a value of {named(others)} fits {shown(name)}, too, and is told from it by what is there alone"
        )
        yield place(service.messages[name].where, UNSURE, f"{says}: {instance_text(shared[name])}")


class Values:
    """A valid value of each message of a service, made when it is asked for."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.made: dict[str, tuple[object] | None] = {}

    def of(self, name: str) -> tuple[object] | None:
        """The value in a tuple; None when none could be made."""
        if name not in self.made:
            try:
                self.made[name] = (exemplified(valid(self.service.messages[name].payload)),)
            except (DocumentError, RecursionError):
                self.made[name] = None
        return self.made[name]

    def fitting(self, one: str, other: str) -> tuple[object] | None:
        """The value of one message, in a tuple, when the schema of the other takes it; else None."""
        mine = self.of(one)
        return common((self.service.messages[other].payload,), mine) if mine is not None else None

    def both(self, one: str, other: str) -> tuple[object] | None:
        """A value that is both messages, in a tuple; None when none was found."""
        mine, its = self.of(one), self.of(other)
        if mine is None or its is None:
            return None
        candidates = [mine[0], its[0]]
        if isinstance(mine[0], Mapping) and isinstance(its[0], Mapping):
            candidates += [{**mine[0], **its[0]}, {**its[0], **mine[0]}]
        messages = self.service.messages
        return common((messages[one].payload, messages[other].payload), candidates)


def common(schemas: tuple[Schema, ...], candidates: Iterable[object]) -> tuple[object] | None:
    """The first candidate that all of these schemas take, in a tuple; None when none is."""
    for candidate in candidates:
        try:
            if all(judge(schema, candidate).ok for schema in schemas):
                return (candidate,)
        except (DocumentError, TypeError):
            return None
    return None


def overlap(schema: Schema) -> str | None:
    """What is wrong with a oneOf: two alternatives and a value that fits both; None when none was found."""
    branches = schema.one_of[:MOST_BRANCHES]
    for number, branch in enumerate(branches):
        try:
            value = exemplified(valid(branch))
            fitting = [index for index, each in enumerate(branches) if judge(each, value).ok]
        except (DocumentError, TypeError, RecursionError):
            continue
        other = next((index for index in fitting if index != number), None)
        if other is not None:
            names = f"{_name(branch, number)} and {_name(branches[other], other)}"
            return f"a value fits {names}, and oneOf refuses it: {instance_text(value)}"
    return None


def _name(branch: Schema, number: int) -> str:
    return shown(branch.name or branch.title or f"alternative {number}")


def instance_text(value: object) -> str:
    """A value as JSON, raw bytes in words, bounded."""
    text = harmless(json.dumps(value, ensure_ascii=False, default=repr))
    most = LONGEST_SENTENCE // 2
    return text if len(text) <= most else text[:most] + "…"

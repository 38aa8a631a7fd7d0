"""Messages and alternatives that one value can be at the same time, shown with such a value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from conformance.contract.clause import Binds
from conformance.contract.discriminators import among, sent_by
from conformance.contract.model import Message, Protocol, Service
from conformance.contract.schema import Schema
from conformance.documents.pointers import find
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
SHAPE = Rule(
    "told-apart-by-shape",
    Severity.NOTE,
    "messages without a constant that tells them apart",
    "Only their whole schemas differ: a broken one cannot be told from a broken other one.",
    "Give each a required constant at the same place.",
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
    "a message for which no valid value was found",
    "Its schema contradicts itself, or is beyond the generator (look-around, say): it is never sent.",
    "Look for keywords that exclude each other, in allOf and behind references too; simplify the pattern.",
)
RULES = (MESSAGES, SHAPE, ONE_OF, NO_VALUE)

MOST_BRANCHES = 24
MOST_RIVALS = 32
"""Messages that one value is judged against."""


def check(desk: Desk) -> Iterator[Finding]:
    """Messages of each sender of each service, then alternatives inside schemas."""
    for service in desk.contract.services.values():
        if service.protocol is Protocol.WEBSOCKET:
            yield from _service(service)
    for site in desk.sites():
        if isinstance(site.node.value, dict) and isinstance(site.node.value.get("oneOf"), list):
            schema = desk.schema(site)
            found = overlap(schema) if schema is not None else None
            if found is not None:
                yield at(site.node.get("oneOf") or site.node, ONE_OF, found)


def _service(service: Service) -> Iterator[Finding]:
    values: dict[str, object] = {}
    for message in service.messages.values():
        if not message.sent_by_target and not message.sent_by_client:
            continue
        try:
            values[message.name] = exemplified(valid(message.payload))
        except (DocumentError, RecursionError):
            yield place(message.where, NO_VALUE, f"no valid {shown(message.name)} could be made")
    told: set[frozenset[str]] = set()
    for sender in (Binds.TARGET, Binds.CLIENT):
        group = [each for each in sent_by(service, sender) if each.name in values]
        yield from _group(group, values, told, sender)


def _group(
    group: list[Message], values: Mapping[str, object], told: set[frozenset[str]], sender: Binds
) -> Iterator[Finding]:
    rivals = Rivals(group)
    weak: list[str] = []
    for message in group:
        alike: list[Message] = []
        shared: object = None
        for other in rivals.of(message, values[message.name]):
            pair = frozenset((message.name, other.name))
            if pair in told:
                continue
            instance = common(message.payload, other.payload, values[message.name], values[other.name])
            if instance is not None:
                told.add(pair)
                alike.append(other)
                shared = instance[0] if shared is None else shared
            elif message.name not in weak:
                weak.append(message.name)
        if alike:
            says = f"a value can be {shown(message.name)} and {named([each.name for each in alike])}: "
            yield place(message.where, MESSAGES, says + instance_text(shared))
    if weak:
        first = next(each for each in group if each.name == weak[0])
        whose = "the target" if sender is Binds.TARGET else "clients"
        says = f"{len(weak)} messages of {whose} have no constant that tells them from others: {named(weak)}"
        yield place(first.where, SHAPE, says)


class Rivals:
    """Which messages the constants of a value do not exclude; in time linear in the number of messages."""

    def __init__(self, group: list[Message]) -> None:
        self.group = group
        places: dict[str, int] = {}
        for message in group:
            for pointer in message.marks:
                places[pointer] = places.get(pointer, 0) + 1
        self.place = max(places, key=lambda each: places[each], default="")
        self.by: dict[str, list[Message]] = {}
        self.rest: list[Message] = []
        for message in group:
            allowed = message.marks.get(self.place)
            if allowed is None:
                self.rest.append(message)
            for value in allowed or ():
                self.by.setdefault(_key(value), []).append(message)

    def of(self, message: Message, value: object) -> list[Message]:
        """The other messages that the value could be, by their constants."""
        at_place = find(value, self.place) if self.place else []
        known = self.by.get(_key(at_place[0][1]), []) if at_place else []
        found = (each for each in chain(known, self.rest) if each is not message and _could_be(each, value))
        return list(islice(found, MOST_RIVALS))


def _key(value: object) -> str:
    return f"{type(value).__name__} {value!r}"


def _could_be(message: Message, value: object) -> bool:
    return all(
        (there := find(value, pointer)) and among(there[0][1], allowed)
        for pointer, allowed in message.marks.items()
    )


def common(one: Schema, other: Schema, mine: object, its: object) -> tuple[object] | None:
    """A value of both schemas: one of these two values, or both merged; in a tuple, None when none is."""
    candidates = [mine, its]
    if isinstance(mine, Mapping) and isinstance(its, Mapping):
        candidates += [{**mine, **its}, {**its, **mine}]
    for candidate in candidates:
        try:
            if judge(one, candidate).ok and judge(other, candidate).ok:
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

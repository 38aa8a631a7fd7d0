"""What the families ask of a service's model again and again. Pure look-ups; nothing is guessed."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from conformance.contract.carried import NOBODY
from conformance.contract.model import Credential, Message, Operation, Service
from conformance.contract.schema import Schema

Answer = TypeVar("Answer")
KEPT = 32
PATIENCE_MS = 5000
"""How long to wait for what a document promises without saying how fast."""


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """The text as one segment of a case id."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-") or "-"


def schema_clauses(schemas: Iterable[Schema]) -> tuple[str, ...]:
    """The clauses of these schemas and of all below them, each once, in order."""
    return tuple(
        dict.fromkeys(clause for top in schemas for node in top.walk() for clause in node.clauses.values())
    )


def message_clauses(message: Message) -> tuple[str, ...]:
    """All that is promised of one message: its schema's clauses and its rules'."""
    rules = (rule.clause for rule in message.rules if rule.clause)
    return tuple(dict.fromkeys((*schema_clauses([message.payload]), *rules)))


def once(look: Callable[[Service], Answer]) -> Callable[[Service], Answer]:
    """Asks a service the same only once: it is asked for each clause and each case."""
    known: OrderedDict[int, tuple[Service, Answer]] = OrderedDict()

    def asked(service: Service) -> Answer:
        found = known.get(id(service))
        if found is None:
            found = known[id(service)] = (service, look(service))
            if len(known) > KEPT:
                known.popitem(last=False)
        return found[1]

    return asked


@once
def commands(service: Service) -> tuple[Message, ...]:
    """The messages that clients send."""
    return tuple(message for message in service.messages.values() if message.sent_by_client)


@once
def discriminator(service: Service) -> str:
    """The one pointer that tells every command from every other, or ''.

    Only where each command has its own constants there: else "unknown" and "missing" have no meaning.
    """
    marks = [message.marks for message in commands(service)]
    if not marks:
        return ""
    shared = [at for at in marks[0] if at.count("/") == 1 and all(at in each for each in marks)]
    return shared[0] if shared else ""


def key(pointer: str) -> str:
    """The field that a pointer of one segment means."""
    return pointer[1:].replace("~1", "/").replace("~0", "~")


def credential_operations(service: Service) -> frozenset[str]:
    """The operations that carry a credential."""
    return frozenset(each.operation for each in service.credentials.values())


def always_asked(service: Service) -> bool:
    """Whether no server of the document opens a session without a credential."""
    return bool(service.servers) and all(
        each.security and NOBODY not in each.security for each in service.servers
    )


def subscriptions(service: Service) -> frozenset[str]:
    """The operations that begin or end a stream."""
    streams = service.rules.streams
    return frozenset((streams.subscribe, streams.unsubscribe)) if streams else frozenset()


def probe_operation(service: Service) -> Operation | None:
    """The round trip that proves a connection alive: by role, else the first that is plainly harmless."""
    named = next(map(service.operations.get, service.rules.roles.get("session.probe", ())), None)
    if named is not None:
        return named
    special = credential_operations(service) | subscriptions(service)
    plain = (each for each in service.operations.values() if is_harmless(each) and not each.schemes)
    return next((each for each in plain if each.name not in special and each.replies), None)


def is_harmless(operation: Operation) -> bool:
    """Whether sending it changes nothing at the exchange."""
    return not operation.changes_state


def refusal_code(service: Service, role: str) -> str | int:
    """The code that plays this role in refusals, or '' when the document gives none."""
    refusals = service.rules.refusals
    return refusals.codes.get(role, "") if refusals else ""


def documented(service: Service, operation: Operation) -> tuple[str, ...]:
    """The replies that mean the command was taken: all but the refusal, unless nothing else is documented."""
    refusals = service.rules.refusals
    taken = tuple(name for name in operation.replies if refusals is None or name != refusals.message)
    return taken or operation.replies


@once
def answered_by(service: Service) -> Mapping[str, tuple[Operation, ...]]:
    """Message -> the operations of which it is a documented reply, a refusal apart."""
    found: dict[str, list[Operation]] = {}
    for operation in service.operations.values():
        for name in dict.fromkeys(documented(service, operation)):
            found.setdefault(name, []).append(operation)
    return {name: tuple(each) for name, each in found.items()}


@once
def replies(service: Service) -> frozenset[str]:
    """The messages that answer a command, refusals among them."""
    return frozenset(name for operation in service.operations.values() for name in operation.replies)


@once
def concerned(service: Service) -> Mapping[str, tuple[Operation, ...]]:
    """Name -> the operation of that name, and those that send the message of that name, in order."""
    found: dict[str, list[Operation]] = {}
    for operation in service.operations.values():
        for name in dict.fromkeys((operation.name, operation.message)):
            found.setdefault(name, []).append(operation)
    return {name: tuple(each) for name, each in found.items()}


@once
def command_words(service: Service) -> frozenset[object]:
    """What may stand where the discriminator is, in any message."""
    field = discriminator(service)
    return frozenset(
        word
        for message in service.messages.values()
        for word in message.marks.get(field, ())
        if isinstance(word, str)
    )


def credentials_of(service: Service, operation: str) -> tuple[Credential, ...]:
    """The schemes whose credential this operation carries."""
    return tuple(each for each in service.credentials.values() if each.operation == operation)


def stream_messages(service: Service) -> frozenset[str]:
    """The messages that a subscription brings."""
    streams = service.rules.streams
    if streams is None:
        return frozenset()
    kinds = streams.kinds
    return frozenset(name for kind in kinds for name in (kind.snapshot, *kind.events) if name)

"""How long a message may be, command by command, at the bound and beyond; how many connections there may be.

What makes a command long is a field of its own, for few schemas know one that may be long: a refusal, too,
shows that the message was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.cases.building import MAIN
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS, credentials_of, is_harmless, subscriptions
from conformance.cases.pipelining import bounds, somebody
from conformance.cases.reading import codec_of
from conformance.cases.steps import Close, Connect, Expect, Send
from conformance.codec import Codec
from conformance.contract.model import Operation
from conformance.payloads import exemplified, place

FRAGMENTS = 5
PADDING = "padding"
NUMBER = 21
MOST_CONNECTIONS = 100
MOST_COMMANDS = 200


def length_cases(commander: Commander) -> Iterator[Case]:
    """The cases of one WebSocket service."""
    limit = commander.service.rules.limits.get("message_bytes", 0)
    for operation in commander.service.operations.values() if limit else ():
        if _may_be_sent(commander, operation):
            yield from _longest(commander, operation, limit)
            yield from _too_long(commander, operation, limit)
    yield from _connections(commander)
    yield from _rate(commander)


def _may_be_sent(commander: Commander, operation: Operation) -> bool:
    """Whether nothing happens when it is sent by nobody, but that it is answered."""
    service = commander.service
    return (
        bool(operation.replies)
        and "correlation" in operation.clauses
        and operation.name not in subscriptions(service)
        and (is_harmless(operation) or bool(operation.schemes))
        and commander.forms.can_make(operation)
        and service.rules.refusals is not None
    )


def _of_size(commander: Commander, operation: Operation, size: int) -> bytes | None:
    """The command in exactly so many bytes; None where they are too few."""
    codec = codec_of(commander.service)
    carried = credentials_of(commander.service, operation.name)
    plain = next((each for each in carried if not each.issued_by), None)
    form = commander.credential_command(plain) if plain else commander.unprepared(operation)
    value = exemplified(form)
    ids = bounds(commander, operation)
    if ids is not None:
        at, low, high = ids
        value = place(value, at, min(low + NUMBER, high))
    return _padded(codec, value, size)


def _padded(codec: Codec, value: object, size: int) -> bytes | None:
    """The value with a field of its own, as long as makes it that long.

    The head of a string grows with it: where no length fits, a name does that is longer by one.
    """
    for name in (f"/{PADDING}", f"/{PADDING}-"):
        length = size - len(codec.encode(place(value, name, "")))
        for each in range(length, max(length - 8, 0), -1):
            data = codec.encode(place(value, name, "x" * each))
            if len(data) == size:
                return data
    return None


def _longest(commander: Commander, operation: Operation, limit: int) -> Iterator[Case]:
    clause = commander.service.rules.clauses.get("limits/message_bytes", "")
    made = [_of_size(commander, operation, limit - 1), _of_size(commander, operation, limit)]
    if not clause or None in made:
        return
    opcode = codec_of(commander.service).opcode
    script = commander.script()
    script.claim(clause, operation.clauses["correlation"])
    script.connect()
    for data, fragments in ((made[0], 1), (made[1], 1), (made[1], FRAGMENTS)):
        script.add(Send(MAIN, operation.name, raw=data, opcode=opcode, fragments=fragments))
        script.any_reply(len(script.steps) - 1, operation, clause=clause)
    commander.probe(script)
    says = f"{operation.name} of {limit} bytes is read to its id, in one frame or in {FRAGMENTS}."
    yield script.case(Family.TRANSPORT, f"size/{operation.name}/largest", says)


def _too_long(commander: Commander, operation: Operation, limit: int) -> Iterator[Case]:
    service = commander.service
    clause = service.rules.clauses.get("close/oversize", "")
    data = _of_size(commander, operation, limit + 1)
    if not clause or data is None:
        return
    for words, fragments in (("one-frame", 1), ("fragments", FRAGMENTS)):
        script = commander.script()
        script.claim(clause)
        script.connect()
        opcode = codec_of(service).opcode
        script.add(Send(MAIN, operation.name, raw=data, opcode=opcode, fragments=fragments))
        script.add(Close(MAIN, (service.rules.close["oversize"],), clause, PATIENCE_MS))
        says = f"{operation.name} of {limit + 1} bytes ends the connection ({words.replace('-', ' ')})."
        yield script.case(Family.TRANSPORT, f"size/{operation.name}/beyond-in-{words}", says)


def _connections(commander: Commander) -> Iterator[Case]:
    """As many connections as promised, or as many of them as one client may well open."""
    service = commander.service
    clause, limit = service.rules.clauses.get("limits/connections", ""), _number(service.rules.limits)
    if not clause or not limit or commander.probing is None:
        return
    script = commander.script()
    script.claim(clause)
    names = [f"connection-{number}" for number in range(1, limit + 1)]
    who = somebody(commander, commander.probing)
    for name in names:
        script.add(Connect(name, service.name, who, clause=clause, promised=True))
        commander.probe(script, name)
    waiting = []
    for name in names:
        payload = commander.command(commander.probing)
        waiting.append(script.send(commander.probing, payload, session=name))
    for index in waiting:
        script.answered(index, commander.probing, clause=clause)
    says = f"{limit} connections are served at once."
    yield script.case(Family.TRANSPORT, "many-connections", says)


def _rate(commander: Commander) -> Iterator[Case]:
    """As many commands at once as are promised in a second: none is refused as busy."""
    service = commander.service
    clause, limit = (
        service.rules.clauses.get("limits/commands_per_second", ""),
        service.rules.limits.get("commands_per_second", 0),
    )
    if not clause or not limit or commander.probing is None:
        return
    count = min(limit, MOST_COMMANDS)
    script = commander.script()
    script.claim(clause)
    script.connect(who=somebody(commander, commander.probing))
    first = len(script.steps)
    for number in range(count):
        payload = commander.command(commander.probing)
        script.add(Send(MAIN, commander.probing.name, payload, more=number < count - 1))
    for index in range(first, first + count):
        script.answered(index, commander.probing, clause=clause)
        waiting = script.steps[-1]
        assert isinstance(waiting, Expect)
        script.steps[-1] = replace(waiting, steady=True)
    says = f"{count} commands at once are served, of {limit} a second; none finds the target busy."
    yield script.case(Family.TRANSPORT, "commands-per-second", says)


def _number(limits: Mapping[str, int]) -> int:
    return min(limits.get("connections", 0), MOST_CONNECTIONS)

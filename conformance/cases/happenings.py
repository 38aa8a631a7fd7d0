"""What must not put a deadline off: whatever happens on a connection, but for what the deadline waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle

from conformance.cases.building import MAIN, Script
from conformance.cases.commanding import Commander
from conformance.cases.credentials import WRONG
from conformance.cases.facts import (
    credential_operations,
    discriminator,
    is_harmless,
    key,
    subscriptions,
)
from conformance.cases.issuing import wrong_command
from conformance.cases.malformed import Frame, unknown_command
from conformance.cases.reading import codec_of
from conformance.cases.steps import Ping
from conformance.cases.stimuli import malformed_frames
from conformance.contract.model import Credential, Operation, Service
from conformance.contract.rules import Deadline

ROUNDS = 10
"""So often happens what must not put a deadline off however often it happens."""

TOGETHER = 8
"""So many attempts are made at once."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What must not put a deadline off: a name, a phrase, and how it happens once of so many ``rounds``.

    ``forceful``: a target may well lock out whoever tries so often, and with him who shares his address.
    """

    name: str
    phrase: str
    happen: Callable[[Script], None]
    forceful: bool = False
    rounds: int = 1


def happenings(commander: Commander, deadline: Deadline) -> Iterator[Happening]:
    """Permitted reads, failed attempts, and what is neither; once, and often."""
    if commander.probing is not None:
        read = Happening("read", "a permitted read", lambda script: commander.probe(script))
        yield read
        yield replace(read, name="many-reads", phrase="many permitted reads", rounds=ROUNDS)
    for credential in commander.service.credentials.values():
        if credential.success == deadline.stopped_by and credential.refusal:
            yield from _failed(commander, credential)
    ping = commander.service.rules.clauses.get("transport/ping", "")
    if ping:
        pinged = Happening("ping", "a ping", lambda script: script.add(Ping(MAIN, b"still here", ping, 0)))
        yield pinged
        yield replace(pinged, name="many-pings", phrase="many pings", rounds=ROUNDS)
    yield from _unread(commander)
    yield from _refused(commander)


def _failed(commander: Commander, credential: Credential) -> Iterator[Happening]:
    phrase = f"failed attempts with a wrong {credential.scheme}"
    wrong = Happening(
        f"failed-{credential.scheme}",
        f"a failed attempt with a wrong {credential.scheme}",
        _failing(commander, credential, 1),
    )
    yield wrong
    many = f"many-{wrong.name}"
    yield replace(wrong, name=many, phrase=f"many {phrase}", forceful=True, rounds=ROUNDS)
    at_once = _failing(commander, credential, TOGETHER)
    yield Happening(f"{wrong.name}-at-once", f"several {phrase} at once", at_once, forceful=True)


def _failing(commander: Commander, credential: Credential, together: int) -> Callable[[Script], None]:
    """So many wrong credentials, each another one, before the first is refused."""

    def attempt(script: Script) -> None:
        operation = commander.service.operations[credential.operation]
        before = len(script.steps)
        wrong = [
            WRONG["never-issued"] + (f"-{before + each}" if together > 1 else "") for each in range(together)
        ]
        sent = [script.send(operation, wrong_command(commander, credential, one)) for one in wrong]
        for index in sent:
            script.refused(index, credential.clauses.get("failure", ""), code=credential.refusal)

    return attempt


def _unread(commander: Commander) -> Iterator[Happening]:
    """Messages that are no command. What answers them names none of them, and is not waited for."""
    service = commander.service
    field = discriminator(service)
    if commander.refusal_clause("malformed"):
        every = [*malformed_frames(commander)]
        parts = [every[part::ROUNDS] for part in range(ROUNDS)]
        yield Happening("malformed", "a malformed message", _sent([every[:1]]))
        yield Happening("many-malformed", "malformed messages of every kind", _sent(parts), True, ROUNDS)
    if commander.refusal_clause("unknown_operation") and field:
        unknown = Frame("", "", unknown_command(codec_of(service), key(field)), codec_of(service).opcode)
        yield Happening("unknown", "an unknown command", _sent([[unknown]]))
        yield Happening("many-unknown", "many unknown commands", _sent([[unknown]]), True, ROUNDS)


def _sent(rounds: list[list[Frame]]) -> Callable[[Script], None]:
    """Each time those of the next round."""
    turns = cycle(rounds)

    def send(script: Script) -> None:
        for frame in next(turns):
            script.raw(frame.data, opcode=frame.opcode)

    return send


def _refused(commander: Commander) -> Iterator[Happening]:
    """Commands that are refused to strangers."""
    if not commander.refusal_clause("unauthenticated"):
        return
    guarded = [*_guarded(commander.service)]
    for operation in [each for each in guarded if is_harmless(each)][:1]:
        phrase = f"{operation.name}, which is refused"
        yield Happening("unauthenticated", phrase, _asked(commander, [operation]))
    if guarded:
        asked = _asked(commander, guarded)
        yield Happening("many-unauthenticated", "commands that are refused", asked, rounds=ROUNDS)


def _guarded(service: Service) -> Iterator[Operation]:
    """Commands of which it is known before they are sent that nobody may send them on a fresh connection."""
    special = credential_operations(service) | subscriptions(service)
    for operation in service.operations.values():
        carried = service.handshakes.keys() & {*operation.schemes}
        if operation.clauses.get("security") and operation.name not in special and not carried:
            yield operation


def _asked(commander: Commander, operations: list[Operation]) -> Callable[[Script], None]:
    """Each time the next one."""
    turns = cycle(operations)

    def ask(script: Script) -> None:
        operation = next(turns)
        index = script.send(operation, commander.unprepared(operation))
        script.refused(index, operation.clauses["security"], role="unauthenticated")

    return ask

"""How a message of the target can be brought about without changing anything: a stream, a read, a refusal."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN, Script
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.facts import (
    PATIENCE_MS,
    answered_by,
    commands,
    credentials_of,
    discriminator,
    documented,
    is_harmless,
    key,
    replies,
    stream_messages,
    subscriptions,
)
from conformance.cases.filling import further
from conformance.cases.malformed import Frame, frames, unknown_command
from conformance.cases.reading import codec_of
from conformance.cases.steps import As, Condition, Expect
from conformance.contract.model import Message, Operation, Service
from conformance.contract.rules import MessageRule, Source, StreamKind
from conformance.documents.pointers import split


def observe(
    commander: Commander,
    script: Script,
    message: Message,
    times: int = 1,
    making: Source | None = None,
    like: tuple[Condition, ...] = (),
) -> bool:
    """Append the steps that make the target send ``message``; False when nothing harmless is known to.

    ``making`` is made first, so that a reply which lists such things has one to list. Of events that come
    without having been asked for, one that is ``like`` this is waited for.
    """
    streams = commander.service.rules.streams
    kinds = streams.kinds if streams else ()
    for kind in kinds:
        if message.name in (kind.snapshot, *kind.events):
            _streamed(commander, script, message, kind, times)
            return True
    operations = replying(commander, message)
    for operation in operations:
        for _ in range(times):
            _read(commander, script, operation, making)
    if operations:
        return True
    refusals = commander.service.rules.refusals
    if refusals is not None and refusals.message == message.name:
        return _refusal(commander, script)
    return is_pushed(commander.service, message) and _pushed(script, message, times, like)


def replying(commander: Commander, message: Message) -> tuple[Operation, ...]:
    """The harmless operations that the target answers with this message.

    One, where the document knows no other answer to it; else all that may be, each as good a guess.
    """
    service = commander.service
    streams = service.rules.streams
    if streams and message.name in (streams.acknowledged, streams.ended):
        name = streams.subscribe if message.name == streams.acknowledged else streams.unsubscribe
        return (service.operations[name],)
    if service.rules.refusals is not None and message.name == service.rules.refusals.message:
        return ()
    special = subscriptions(service)
    found = [
        operation
        for operation in answered_by(service).get(message.name, ())
        if operation.name not in special and is_harmless(operation) and not operation.narrowed
    ]
    sure = next((each for each in found if len(documented(service, each)) == 1), None)
    if sure is not None:
        return (sure,)
    alike = [each for each in found if each.schemes == found[0].schemes]
    return tuple(each for each in alike if not credentials_of(service, each.name)) or tuple(found[:1])


def subscribed(
    commander: Commander, script: Script, kind: StreamKind, session: str = MAIN, another: int = 0
) -> int:
    """Append a subscription to a stream of this kind, and its acknowledgement; the index of the command.

    ``another``: it is that of another value than the first that the source gives.
    """
    streams = commander.service.rules.streams
    assert streams is not None
    operation = commander.service.operations[streams.subscribe]
    index = script.send(operation, further(commander.subscription(kind), another), session=session)
    script.answered(index, operation, save={stream_id(session): streams.id.of(streams.acknowledged)})
    return index


def usual_command(commander: Commander, script: Script, operation: Operation) -> object:
    """The command as it is normally sent; the end of a stream is preceded by its beginning."""
    service = commander.service
    streams = service.rules.streams
    if streams and streams.kinds and operation.name in subscriptions(service):
        if operation.name == streams.subscribe:
            return commander.subscription(streams.kinds[0])
        subscribed(commander, script, streams.kinds[0])
        return commander.unsubscription(streams.kinds[0])
    plain = next((each for each in credentials_of(service, operation.name) if not each.issued_by), None)
    if plain is not None:
        return commander.credential_command(plain)
    return commander.prepared(script, commander.command(operation), MAIN)


def _streamed(commander: Commander, script: Script, message: Message, kind: StreamKind, times: int) -> None:
    script.connect()
    subscribed(commander, script, kind)
    first = message.name == kind.snapshot
    clause = kind.clauses.get("snapshot-first", "") if first else kind.clauses.get("acknowledged-first", "")
    streams = commander.service.rules.streams
    assert streams is not None
    for turn in range(times):
        if turn and message.name not in kind.events:  # a snapshot comes once: it has to be asked for again
            ending = commander.service.operations[streams.unsubscribe]
            script.answered(script.send(ending, commander.unsubscription(kind)), ending)
            subscribed(commander, script, kind)
        # Only the snapshot is promised; an event that nobody causes may not come, which proves nothing.
        optional = not first or (turn > 0 and message.name in kind.events)
        script.add(Expect(MAIN, (message.name,), clause, within_ms=PATIENCE_MS, optional=optional))


def _read(commander: Commander, script: Script, operation: Operation, making: Source | None) -> None:
    who = None
    carried = credentials_of(commander.service, operation.name)
    plain = next((each for each in carried if not each.issued_by), None)
    if plain is not None:
        who = As((plain.scheme,))
    if not script.steps and making is not None and not carried:
        script.connect(who=commander.who_makes(making, operation))
        commander.make(script, making)
    elif not script.steps:
        script.connect(who=None if carried else commander.who(operation))
    elif carried:
        return  # a connection authenticates once
    index = script.send(operation, usual_command(commander, script, operation), who=who)
    script.answered(index, operation)


def is_pushed(service: Service, message: Message) -> bool:
    """Whether the target may send the message to whoever is connected: nothing says that it has to be asked
    for."""
    rules = service.rules
    return (
        message.event
        and message.name not in stream_messages(service)
        and not rules.silent_before_first_command
    )


def _pushed(script: Script, message: Message, times: int, like: tuple[Condition, ...]) -> bool:
    """Only listening: an event that does not come in our patience proves nothing."""
    script.connect()
    event = Expect(MAIN, (message.name,), "", within_ms=PATIENCE_MS, where=like, optional=True)
    script.add(*(event for _ in range(times)))
    return True


def _refusal(commander: Commander, script: Script) -> bool:
    field = discriminator(commander.service)
    clause = commander.refusal_clause("unknown_operation")
    if not field or not clause:
        return False
    codec = codec_of(commander.service)
    script.connect()
    index = script.raw(unknown_command(codec, key(field)), opcode=codec.opcode)
    script.refused(index, clause, role="unknown_operation", correlated=False)
    return True


def malformed_frames(commander: Commander) -> Iterator[Frame]:
    """Every malformed frame of the service, each as near to a harmless command as its fault permits."""
    service = commander.service
    field = discriminator(service)
    words = commands(service)[0].marks.get(field, ("x",))
    if commander.probing is not None:
        words = service.messages[commander.probing.message].marks.get(field, words)
    yield from frames(codec_of(service), key(field) if field else "", words[0])


def is_reachable(service: Service, message: Message) -> bool:
    """Whether some command or stream of the document can bring the message: else only a scenario may."""
    refusals = service.rules.refusals
    if (
        message.name in stream_messages(service)
        or is_pushed(service, message)
        or (refusals is not None and refusals.message == message.name)
    ):
        return True
    return message.name in replies(service)


def listed(commander: Commander, message: Message, rule: MessageRule) -> Source | None:
    """What a conversation can make so that the list a rule speaks of is not empty: its elements name it."""
    lists = {rule.each} if rule.each else {at.split("/*")[0] for at in rule.at if "/*" in at}
    words = {tuple(split(each)) for each in lists}
    for source in commander.service.rules.sources:
        if source.scope != "case" or source.message == message.name:
            continue
        for node in message.payload.walk():
            if node.words[:-1] and node.words[-1] in source.values and node.words[:-2] in words:
                return source
    return None

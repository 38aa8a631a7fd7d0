"""Streams: acknowledgement, snapshot, sequence, silence after the end, and the rules of each event."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN, WITNESS, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.facts import PATIENCE_MS, stream_messages
from conformance.cases.steps import Condition, Expect, Saved, Silence
from conformance.cases.stimuli import observe, subscribed
from conformance.contract.rules import StreamKind, Streams

EVENTS = 6
"""How many events after the first a sequence is watched over."""


def stream_cases(commander: Commander) -> Iterator[Case]:
    """All stream cases of one WebSocket service."""
    streams = commander.service.rules.streams
    if streams is None:
        return
    for kind in streams.kinds:
        yield from _begins(commander, streams, kind)
        yield from _sequence(commander, streams, kind)
        yield from _ends(commander, streams, kind)
        yield from _refused(commander, streams, kind)
    yield from _rules(commander)


def of_stream(streams: Streams, kind: StreamKind, session: str) -> tuple[Condition, ...]:
    """The condition that an event belongs to the stream that this session subscribed to."""
    saved = Saved(stream_id(session))
    places: dict[str, list[str]] = {}
    for name in data_messages(kind):
        places.setdefault(streams.id.of(name), []).append(name)
    several = len(places) > 1
    return tuple(
        Condition(at, "eq", saved, of=tuple(names) if several else ()) for at, names in places.items()
    )


def data_messages(kind: StreamKind) -> tuple[str, ...]:
    """Every message that the stream may bring."""
    return tuple(dict.fromkeys(name for name in (kind.snapshot, *kind.events) if name))


def first(streams: Streams, kind: StreamKind, session: str = MAIN, own: str = "") -> Expect:
    """The first data event: the snapshot where one is promised, else whatever comes, if it comes.

    ``own``: the name under which the stream's id was saved, where that is not the session's.
    """
    if kind.snapshot:
        clause = kind.clauses.get("snapshot-first", "")
        return Expect(
            session,
            (kind.snapshot,),
            clause,
            where=of_stream(streams, kind, own or session),
            within_ms=streams.snapshot_within_ms or PATIENCE_MS,
            within_clause=clause,
        )
    return following(streams, kind, session, own)


def following(streams: Streams, kind: StreamKind, session: str = MAIN, own: str = "") -> Expect:
    """The next event, if one comes."""
    return Expect(
        session,
        kind.events or (kind.snapshot,),
        kind.clauses.get("sequence", ""),
        where=of_stream(streams, kind, own or session),
        within_ms=PATIENCE_MS,
        optional=True,
    )


def _begins(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("acknowledged-first", "")
    if clause:
        script = commander.script()
        script.claim(clause)
        script.connect()
        _subscribe(commander, script, kind, clause)
        script.add(first(streams, kind))
        says = f"The {kind.name} stream is acknowledged before its first event."
        yield script.case(Family.STREAMS, f"{kind.name}/acknowledged-first", says)
    clause = kind.clauses.get("snapshot-first", "")
    if clause and kind.snapshot:
        for again in (False, True):
            script = commander.script()
            script.claim(clause)
            script.connect()
            subscribed(commander, script, kind)
            script.add(first(streams, kind))
            if again:
                _unsubscribe(commander, script, kind)
                subscribed(commander, script, kind)
                script.add(first(streams, kind))
            name = "snapshot-first-again" if again else "snapshot-first"
            when = "each time that it is subscribed" if again else "when it is subscribed"
            says = f"The {kind.name} stream begins with a snapshot {when}."
            yield script.case(Family.STREAMS, f"{kind.name}/{name}", says)


def _sequence(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("sequence", "")
    if not clause:
        return
    script = commander.script()
    script.claim(clause, commander.service.rules.clauses.get("wire/known-message", ""))
    script.connect()
    subscribed(commander, script, kind)
    script.add(first(streams, kind), *(following(streams, kind) for _ in range(EVENTS)))
    says = f"Events of the {kind.name} stream are numbered without a gap."
    yield script.case(Family.STREAMS, f"{kind.name}/sequence", says)

    script = commander.script()
    script.claim(clause)
    for session in (MAIN, WITNESS):
        script.connect(session)
        subscribed(commander, script, kind, session)
        script.add(first(streams, kind, session))
    for _ in range(EVENTS - 1):
        script.add(following(streams, kind, MAIN), following(streams, kind, WITNESS))
    says = f"Two subscribers of the {kind.name} stream both get every event."
    yield script.case(Family.STREAMS, f"{kind.name}/two-subscribers", says)


def _ends(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("silent-after-unsubscribe", "")
    if not clause:
        return
    script = commander.script()
    script.claim(clause)
    for session in (WITNESS, MAIN):
        script.connect(session)
        subscribed(commander, script, kind, session)
    _unsubscribe(commander, script, kind)
    silent = Silence(
        MAIN,
        data_messages(kind),
        clause,
        where=of_stream(streams, kind, MAIN),
        witness=WITNESS,
        witness_ms=PATIENCE_MS,
        witness_where=of_stream(streams, kind, WITNESS),
    )
    script.add(silent)
    says = f"Nothing of the {kind.name} stream arrives once it ended, while another subscriber gets it."
    yield script.case(Family.STREAMS, f"{kind.name}/silent-after-unsubscribe", says)


def _refused(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    service = commander.service
    subscribe = service.operations[streams.subscribe]
    unsubscribe = service.operations[streams.unsubscribe]
    clause = streams.clauses.get("repeated", "")
    if clause and streams.repeated and service.rules.refusals is not None:
        script = commander.script()
        script.claim(clause)
        script.connect()
        subscribed(commander, script, kind)
        index = script.send(subscribe, commander.subscription(kind))
        script.refused(index, clause, code=streams.repeated)
        script.add(following(streams, kind))
        _unsubscribe(commander, script, kind)
        says = f"Subscribing twice to the {kind.name} stream is refused, and the stream goes on."
        yield script.case(Family.STREAMS, f"{kind.name}/subscribed-twice", says)
    clause = streams.clauses.get("absent", "")
    if clause and streams.absent and service.rules.refusals is not None:
        # What only an acknowledgement can name cannot be ended before it was begun.
        for again in (True,) if commander.named_by_target(kind) else (False, True):
            script = commander.script()
            script.claim(clause)
            script.connect()
            if again:
                subscribed(commander, script, kind)
                _unsubscribe(commander, script, kind)
            index = script.send(unsubscribe, commander.unsubscription(kind))
            script.refused(index, clause, code=streams.absent)
            commander.probe(script)
            name = "ended-twice" if again else "ended-unbegun"
            phrase = "twice" if again else "before it was begun"
            says = f"Ending the {kind.name} stream {phrase} is refused, and changes nothing."
            yield script.case(Family.STREAMS, f"{kind.name}/{name}", says)


def _rules(commander: Commander) -> Iterator[Case]:
    """One case a rule of each message that streams bring; rules across messages see several."""
    carried = stream_messages(commander.service)
    for message in commander.service.messages.values():
        if message.name not in carried:
            continue
        for rule in message.rules:
            script = commander.script()
            script.claim(rule.clause)
            observe(commander, script, message, EVENTS)
            says = rule.says or f"{message.name} keeps the rule {rule.name}."
            yield script.case(Family.STREAMS, f"{message.name}/{rule.name}", says, focused=True)


def _subscribe(commander: Commander, script: Script, kind: StreamKind, clause: str) -> None:
    streams = commander.service.rules.streams
    assert streams is not None
    operation = commander.service.operations[streams.subscribe]
    index = script.send(operation, commander.subscription(kind))
    script.answered(
        index, operation, clause=clause, save={stream_id(MAIN): streams.id.of(streams.acknowledged)}
    )


def _unsubscribe(commander: Commander, script: Script, kind: StreamKind) -> None:
    streams = commander.service.rules.streams
    assert streams is not None
    operation = commander.service.operations[streams.unsubscribe]
    script.answered(script.send(operation, commander.unsubscription(kind)), operation)

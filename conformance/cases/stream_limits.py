"""How many streams one connection may have: as many as promised, all of them run, and one more is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

from conformance.cases.abreast import Abreast, Watched
from conformance.cases.building import MAIN, WITNESS, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.filling import further, sourced_names
from conformance.cases.streams import data_messages
from conformance.contract.rules import StreamKind


@dataclass(frozen=True, slots=True)
class _Stream:
    """One stream, and the commands that begin and end it."""

    kind: StreamKind
    begin: object
    end: object


def limit_cases(commander: Commander) -> Iterator[Case]:
    """The cases about the number of streams, where the document has enough of them."""
    service = commander.service
    streams, limit = service.rules.streams, service.rules.limits.get("streams", 0)
    if streams is None or not limit:
        return
    found = list(islice(_distinct(commander), limit + 1))
    promised = service.rules.clauses.get("limits/streams", "")
    if promised and len(found) >= limit:
        script = commander.script()
        script.claim(promised)
        script.connect()
        # The last ones are the first of each kind: likelier than others they have something to tell.
        _begin(commander, script, found[:limit][::-1], promised)
        _run(commander, script, found[:limit], promised)
        says = f"{limit} streams can be open on one connection, and the last of them run as any other."
        yield script.case(Family.STREAMS, "as-many-as-promised", says)
    beyond = streams.clauses.get("exhausted", "")
    if beyond and len(found) > limit and service.rules.refusals is not None:
        subscribe, unsubscribe = (
            service.operations[each] for each in (streams.subscribe, streams.unsubscribe)
        )
        script = commander.script()
        script.claim(beyond, promised)
        script.connect()
        _begin(commander, script, found[:limit], promised)
        script.refused(script.send(subscribe, found[limit].begin), beyond, code=streams.exhausted)
        script.answered(script.send(unsubscribe, found[0].end), unsubscribe)
        _begin(commander, script, found[limit:], promised)
        says = f"Beyond {limit} streams one more is refused, until another has ended."
        yield script.case(Family.STREAMS, "one-too-many", says)


def _begin(
    commander: Commander, script: Script, found: Sequence[_Stream], clause: str, session: str = MAIN
) -> None:
    streams = commander.service.rules.streams
    assert streams is not None
    subscribe = commander.service.operations[streams.subscribe]
    for each in found:
        # Which one a later command ends does not matter: it is the last whose id was saved.
        names = (stream_id(session), stream_id(f"{session}.{each.kind.name}"))
        save = dict.fromkeys(names, streams.id.of(streams.acknowledged))
        index = script.send(subscribe, each.begin, session=session)
        script.answered(index, subscribe, clause=clause, save=save)


def _run(commander: Commander, script: Script, found: Sequence[_Stream], clause: str) -> None:
    """Who has few streams gets no more of them: one of each kind, of those whose events are numbered."""
    streams = commander.service.rules.streams
    assert streams is not None
    own: dict[str, _Stream] = {}
    for each in found:
        if any(streams.sequence.of(name) for name in data_messages(each.kind)):
            own.setdefault(each.kind.name, each)
    if not own:
        return
    script.connect(WITNESS)
    _begin(commander, script, list(own.values()), clause, WITNESS)
    watched = []
    for name, each in own.items():
        mine, theirs = (stream_id(f"{session}.{name}") for session in (MAIN, WITNESS))
        watched.append(Watched(name, data_messages(each.kind), clause, mine, theirs, each.kind.snapshot))
    script.add(Abreast(MAIN, WITNESS, tuple(watched), witness_ms=PATIENCE_MS))


def _distinct(commander: Commander) -> Iterator[_Stream]:
    """One stream after another, no two of them the same one.

    A kind that names a value of the target has a stream for each that the target gives.
    """
    streams = commander.service.rules.streams
    kinds = streams.kinds if streams else ()
    several = [kind for kind in kinds if sourced_names(commander.subscription(kind))]
    yield from (_stream(commander, kind) for kind in kinds if kind not in several)
    for number in count() if several else ():
        yield from (_stream(commander, kind, number) for kind in several)


def _stream(commander: Commander, kind: StreamKind, number: int = 0) -> _Stream:
    begin, end = commander.subscription(kind), commander.unsubscription(kind)
    return _Stream(kind, further(begin, number), further(end, number))

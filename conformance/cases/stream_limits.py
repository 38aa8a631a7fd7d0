"""How many streams one connection may have: as many as promised, and one more is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, islice

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, as_map, stream_id
from conformance.cases.filling import sourced_names
from conformance.contract.rules import StreamKind
from conformance.payloads import Hole, fill

Command = Mapping[str, object]


def limit_cases(commander: Commander) -> Iterator[Case]:
    """The cases about the number of streams, where the document has enough of them."""
    service = commander.service
    streams, limit = service.rules.streams, service.rules.limits.get("streams", 0)
    if streams is None or not limit:
        return
    pairs = list(islice(_distinct(commander), limit + 1))
    promised = service.rules.clauses.get("limits/streams", "")
    if promised and len(pairs) >= limit:
        script = commander.script()
        script.claim(promised)
        script.connect()
        _begin(commander, script, pairs[:limit], promised)
        says = f"{limit} streams can be open on one connection."
        yield script.case(Family.STREAMS, "as-many-as-promised", says)
    beyond = streams.clauses.get("exhausted", "")
    if beyond and len(pairs) > limit and service.rules.refusals is not None:
        subscribe, unsubscribe = (
            service.operations[each] for each in (streams.subscribe, streams.unsubscribe)
        )
        script = commander.script()
        script.claim(beyond, promised)
        script.connect()
        _begin(commander, script, pairs[:limit], promised)
        script.refused(script.send(subscribe, pairs[limit][0]), beyond, code=streams.exhausted)
        script.answered(script.send(unsubscribe, pairs[0][1]), unsubscribe)
        _begin(commander, script, pairs[limit:], promised)
        says = f"Beyond {limit} streams one more is refused, until another has ended."
        yield script.case(Family.STREAMS, "one-too-many", says)


def _begin(commander: Commander, script: Script, pairs: list[tuple[Command, Command]], clause: str) -> None:
    streams = commander.service.rules.streams
    assert streams is not None
    subscribe = commander.service.operations[streams.subscribe]
    for begin, _ in pairs:
        # Which one a later command ends does not matter: it is the last whose id was saved.
        save = {stream_id(MAIN): streams.id.of(streams.acknowledged)}
        script.answered(script.send(subscribe, begin), subscribe, clause=clause, save=save)


def _distinct(commander: Commander) -> Iterator[tuple[Command, Command]]:
    """Commands that begin and end one stream after another, no two of them the same one.

    A kind that names a value of the target has a stream for each that the target gives.
    """
    streams = commander.service.rules.streams
    kinds = streams.kinds if streams else ()
    several = [kind for kind in kinds if sourced_names(commander.subscription(kind))]
    yield from (_pair(commander, kind) for kind in kinds if kind not in several)
    for number in count() if several else ():
        yield from (_pair(commander, kind, number) for kind in several)


def _pair(commander: Commander, kind: StreamKind, number: int = 0) -> tuple[Command, Command]:
    def further(hole: Hole) -> object:
        return replace(hole, name=f"{hole.name}#{number}") if hole.kind == "source" and number else hole

    begin, end = commander.subscription(kind), commander.unsubscription(kind)
    return as_map(fill(begin, further)), as_map(fill(end, further))

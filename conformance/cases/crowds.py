"""Crowds: many subscribers of one stream see the same messages, in the same order, and none delays others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.steps import As, Compare, Gather
from conformance.contract.rules import StreamKind

USUAL = 8
MOST = 500
CROWD = "crowd"
EVENTS = 3
"""How many events each of them is to see before they are compared."""
FEW = 2
"""How many there are beside a reader that stops reading."""
LISTENED_MS = 3000
"""How long they listen where fewer come."""


@dataclass(frozen=True, slots=True)
class Crowds:
    """How many subscribers make a crowd, as far as the document promises so many connections.

    ``connections``: so many are promised to us instead; 0: nobody says so.
    """

    subscribers: int = USUAL
    connections: int = 0


SMALL = Crowds()


@dataclass(frozen=True, slots=True)
class Others:
    """Subscribers of a stream of this kind: how they are gathered, and how they are compared."""

    kind: StreamKind
    gather: Gather
    compare: Compare


def crowd_cases(commander: Commander, wanted: Crowds = SMALL) -> Iterator[Case]:
    """The cases of one service, where its document promises that all subscribers see the same."""
    rules = commander.service.rules
    if rules.streams is None:
        return
    who = somebody(commander)
    if who is not None and not set(who.schemes) & set(commander.service.handshakes):
        return
    most = wanted.connections or rules.limits.get("connections", 0) or MOST
    count = min(wanted.subscribers, most, MOST)
    for kind in rules.streams.kinds:
        if kind.clauses.get("shared") and kind.clauses.get("sequence"):
            yield _alike(commander, kind, count, who)


def others(commander: Commander) -> Others | None:
    """Who listens beside a reader that stops reading; None where nothing is promised of them."""
    rules = commander.service.rules
    clause, kind = rules.clauses.get("limits/spread_ms", ""), _watched(commander)
    if not clause or rules.streams is None or kind is None:
        return None
    who = somebody(commander)
    if who is not None and not set(who.schemes) & set(commander.service.handshakes):
        return None
    within = rules.streams.snapshot_within_ms or PATIENCE_MS
    crowd = replace(
        gathered(commander, kind, FEW, who), end=commander.unsubscription(kind), snapshot_ms=within
    )
    lost = kind.clauses["sequence"]
    same = kind.clauses.get("shared", lost)
    return Others(
        kind, crowd, Compare(CROWD, same, lost, EVENTS, LISTENED_MS, rules.limits["spread_ms"], clause)
    )


def _watched(commander: Commander) -> StreamKind | None:
    """A stream whose snapshots tell how far it has come: if there is one, one that is all snapshots."""
    streams = commander.service.rules.streams
    kinds = [
        kind
        for kind in (streams.kinds if streams else ())
        if kind.snapshot and kind.clauses.get("sequence") and not commander.named_by_target(kind)
    ]
    return next((kind for kind in kinds if kind.snapshot in kind.events), next(iter(kinds), None))


def somebody(commander: Commander) -> As | None:
    """Who may subscribe; None where anybody may."""
    streams = commander.service.rules.streams
    assert streams is not None
    return commander.who(commander.service.operations[streams.subscribe])


def gathered(commander: Commander, kind: StreamKind, count: int, who: As | None) -> Gather:
    """So many subscribers of a stream of this kind."""
    streams = commander.service.rules.streams
    assert streams is not None
    begin = commander.service.operations[streams.subscribe]
    return Gather(
        CROWD,
        commander.service.name,
        count,
        kind.name,
        begin.name,
        commander.subscription(kind),
        begin.clauses.get("reply", ""),
        begin.within_ms or PATIENCE_MS,
        who,
    )


def _alike(commander: Commander, kind: StreamKind, count: int, who: As | None) -> Case:
    clause, lost = kind.clauses["shared"], kind.clauses["sequence"]
    script = commander.script()
    script.claim(clause, lost)
    script.add(
        gathered(commander, kind, count, who), Compare(CROWD, clause, lost, EVENTS, LISTENED_MS, PATIENCE_MS)
    )
    says = f"{count} subscribers of the {kind.name} stream see the same messages in the same order."
    if count == 1:
        says = f"One subscriber of the {kind.name} stream sees every message, in order."
    return script.case(Family.STREAMS, f"{kind.name}/crowd", says)

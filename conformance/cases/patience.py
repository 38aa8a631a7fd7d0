"""Long waits: a connection on which nothing is said, and a reader that stops reading."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.crowds import others
from conformance.cases.facts import PATIENCE_MS, credential_operations, is_harmless, subscriptions
from conformance.cases.steps import As, Close, Idle, Stall
from conformance.cases.stimuli import subscribed

WATCHED_MS = 4000
"""How much of a long promise a run has the patience to watch."""


def patience_cases(commander: Commander) -> Iterator[Case]:
    """The cases of one WebSocket service that mostly wait."""
    service = commander.service
    who = _lasting(commander)
    if service.rules.deadlines and who is None:
        return  # a deadline would end the wait
    yield from _idle(commander, who)
    yield from _slow_reader(commander, who)


def _lasting(commander: Commander) -> As | None:
    """Who a connection belongs to that no deadline ends; nobody where the document has none."""
    if not commander.service.rules.deadlines:
        return None
    credentials = commander.service.credentials.values()
    return next((As((each.scheme,)) for each in credentials if not each.issued_by), None)


def _idle(commander: Commander, who: As | None) -> Iterator[Case]:
    rules = commander.service.rules
    clause, limit = rules.clauses.get("limits/idle_ms", ""), rules.limits.get("idle_ms", 0)
    if not clause or not limit:
        return
    watched = min(limit, WATCHED_MS)
    script = commander.script()
    script.claim(clause)
    script.connect(who=who)
    script.add(Idle(MAIN, watched, clause))
    commander.probe(script)
    says = f"A connection on which nothing is said is kept: watched for {watched} of {limit} ms."
    yield script.case(Family.TRANSPORT, "idle-connection", says)


def _slow_reader(commander: Commander, who: As | None) -> Iterator[Case]:
    rules = commander.service.rules
    unread, code = rules.clauses.get("limits/unread_ms", ""), rules.clauses.get("close/slow_reader", "")
    asks = tuple(_talkative(commander)) if unread else ()
    beside = others(commander) if unread else None
    own = (commander.subscription(beside.kind), commander.unsubscription(beside.kind)) if beside else ()
    if beside is not None and asks != (own,):
        asks = tuple(each for each in asks if each != own)
    else:
        beside = None
    if not unread or not asks:
        return
    script = commander.script()
    script.claim(unread, code)
    script.connect(who=who)
    if beside is not None:
        script.claim(beside.compare.spread_clause, beside.compare.lost_clause)
        subscribed(commander, script, beside.kind)
        script.add(beside.gather)
    script.add(
        Stall(MAIN, asks, rules.limits["unread_ms"], unread, _slowest(commander)),
        Close(MAIN, (), unread, PATIENCE_MS),
    )
    if code:
        script.add(Close(MAIN, (rules.close["slow_reader"],), code, PATIENCE_MS))
    says = "A reader that stops reading is closed."
    if beside is not None:
        says = "A reader that stops reading is closed, and delays no other subscriber."
        script.add(beside.compare)
    yield script.case(Family.TRANSPORT, "slow-reader", says, exclusive=True)


def _slowest(commander: Commander) -> int:
    """How long a reply, or what a subscription begins with, may take."""
    service = commander.service
    replies = [operation.within_ms for operation in service.operations.values()]
    if service.rules.streams:
        replies.append(service.rules.streams.snapshot_within_ms)
    return max(replies, default=0) or PATIENCE_MS


def _talkative(commander: Commander) -> Iterator[tuple[object, ...]]:
    """Commands that can be sent over and over, change nothing, and bring something."""
    service = commander.service
    streams = service.rules.streams
    for kind in streams.kinds if streams else ():
        if kind.snapshot and not commander.named_by_target(kind):
            yield commander.subscription(kind), commander.unsubscription(kind)
    special = credential_operations(service) | subscriptions(service)
    for operation in service.operations.values():
        plain = is_harmless(operation) and operation.replies and not operation.schemes
        if plain and operation.name not in special:
            yield (commander.command(operation),)
            for variant in commander.variants(operation):
                yield (variant.value,)

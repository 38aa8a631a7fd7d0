"""Clocks of streams: the target's own, by which its events are stamped."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.steps import Idle
from conformance.cases.stimuli import replying, subscribed
from conformance.cases.streams import first, following
from conformance.contract.model import Operation
from conformance.contract.rules import StreamKind, Streams

PACE_MS = 300
"""How long a clock is watched: a second counter stands still in it, or goes on by one."""
LIVE = 2
"""Events whose time is held against the clock."""


def _teller(commander: Commander, streams: Streams) -> Operation | None:
    """The command whose reply tells the target's time; None where nobody can ask for it."""
    if streams.clock is None:
        return None
    found = replying(commander, commander.service.messages[streams.clock.message])
    return next((each for each in found if not each.schemes), None)


def _ask(commander: Commander, script: Script, operation: Operation) -> None:
    payload = commander.prepared(script, commander.command(operation), MAIN)
    script.answered(script.send(operation, payload), operation)


def clock(commander: Commander, streams: Streams) -> Iterator[Case]:
    """The clock that a reply tells goes on by milliseconds."""
    teller, clause = _teller(commander, streams), streams.clauses.get("clock", "")
    if teller is None or not clause:
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    _ask(commander, script, teller)
    script.add(Idle(MAIN, PACE_MS, teller.clauses.get("reply", "")))
    _ask(commander, script, teller)
    says = "The target's own clock counts milliseconds."
    yield script.case(Family.STREAMS, "clock", says)


def near_the_clock(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    """Events of one kind of stream are stamped by that clock."""
    teller, clause = _teller(commander, streams), kind.clauses.get("clock", "")
    if teller is None or not clause:
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    _ask(commander, script, teller)
    subscribed(commander, script, kind)
    script.add(first(streams, kind), *(following(streams, kind) for _ in range(LIVE)))
    _ask(commander, script, teller)
    says = f"Live events of the {kind.name} stream are stamped by the target's clock, in milliseconds."
    yield script.case(Family.STREAMS, f"{kind.name}/clock", says)

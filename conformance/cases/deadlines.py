"""Deadlines: a connection on which the awaited thing never happens is refused and closed, in its window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.happenings import Happening, happenings
from conformance.cases.steps import As, Close, Condition, Expect, Idle, Silence
from conformance.cases.uncorrelated import answers_nothing
from conformance.contract.rules import Deadline

MARGIN_MS = 300
"""How much later than the window a restarted clock must run out to be told from a late one."""

GUARD_MS = 200
"""How long before the deadline the last command must be answered at the latest."""


def deadline_cases(commander: Commander) -> Iterator[Case]:
    """The cases of every deadline of one service."""
    for deadline in commander.service.rules.deadlines:
        if commander.service.rules.refusals is None:
            continue
        yield _never(commander, deadline)
        if pause_of(deadline):
            for what in happenings(commander, deadline):
                yield _interrupted(commander, deadline, what)
        yield from _stopped(commander, deadline)


def pause_of(deadline: Deadline, reply_ms: int = 0) -> int:
    """When to do what must not restart the clock; 0 when no moment would show it.

    A restarted clock would end the connection at pause + after: that must lie beyond the window, or the
    case could not tell. And the pause must end well before the deadline, or its answer could come too late:
    if there is time for it, so early that all the time that the answer may take is left.
    """
    late = min(deadline.after_ms * 7 // 10, deadline.after_ms - reply_ms - GUARD_MS)
    pause = max(late, deadline.within_ms + MARGIN_MS)
    return pause if pause + GUARD_MS <= deadline.after_ms else 0


def _ends(commander: Commander, script: Script, deadline: Deadline) -> None:
    """The refusal, then the Close, both in the window that opened with the connection."""
    refusals = commander.service.rules.refusals
    assert refusals is not None
    clauses = deadline.clauses
    error, early, close = (clauses.get(name, "") for name in ("error", "early", "close"))
    end = deadline.after_ms + deadline.within_ms
    script.add(
        Expect(
            MAIN,
            (refusals.message,),
            error,
            where=(Condition(refusals.code, "eq", deadline.refusal), *answers_nothing(commander)),
            within_ms=end,
            not_before_ms=deadline.after_ms,
            since="connected",
            correlated=False,
            where_clause=error,
            within_clause=error,
            early_clause=early,
        ),
        Close(
            MAIN,
            (deadline.close,),
            close,
            within_ms=end,
            not_before_ms=deadline.after_ms,
            since="connected",
            early_clause=early,
            late_clause=close,
        ),
    )


def _never(commander: Commander, deadline: Deadline) -> Case:
    script = commander.script()
    script.claim(*deadline.clauses.values())
    script.connect()
    _ends(commander, script, deadline)
    says = (
        f"A connection without {deadline.stopped_by} is refused and closed {deadline.after_ms} to "
        f"{deadline.after_ms + deadline.within_ms} ms after it opened."
    )
    return script.case(Family.AUTH, f"deadline/{deadline.name}/closes", says)


def _interrupted(commander: Commander, deadline: Deadline, what: Happening) -> Case:
    """What happens starts the clock not again, however often, however fast."""
    early = deadline.clauses.get("early", "")
    script = commander.script()
    script.claim(*deadline.clauses.values())
    script.connect()
    for _ in range(what.rounds):
        script.add(Idle(MAIN, 0, early))
        what.happen(script)
    if what.rounds > 1:
        script.hasten()
    idle = [place for place, step in enumerate(script.steps) if isinstance(step, Idle)]
    replies = {place: step for place, step in enumerate(script.steps) if isinstance(step, Expect)}
    reply_ms = max((step.within_ms for step in replies.values()), default=0)
    pause = pause_of(deadline, reply_ms)
    for number, place in enumerate(idle, 1):
        script.steps[place] = Idle(MAIN, pause * number // what.rounds, early, "connected")
    for place, step in replies.items() if pause + reply_ms > deadline.after_ms else ():
        script.steps[place] = replace(step, optional=True)  # the connection may end before it has to come
    _ends(commander, script, deadline)
    says = f"The {deadline.name} deadline is not put off by {what.phrase}."
    words = f"deadline/{deadline.name}/not-put-off-by-{what.name}"
    return script.case(Family.AUTH, words, says, exclusive=what.forceful)


def _stopped(commander: Commander, deadline: Deadline) -> Iterator[Case]:
    """One case only, for it costs a whole window: an authenticated connection outlives the deadline."""
    refusals = commander.service.rules.refusals
    assert refusals is not None
    schemes = tuple(
        each.scheme
        for each in commander.service.credentials.values()
        if each.success == deadline.stopped_by and not each.issued_by
    )
    error = deadline.clauses.get("error", "")
    if not schemes or not error:
        return
    script = commander.script()
    script.claim(error, deadline.clauses.get("close", ""))
    script.connect(who=As(schemes))
    window = deadline.after_ms + deadline.within_ms + PATIENCE_MS // 10
    refused = (Condition(refusals.code, "eq", deadline.refusal),)
    script.add(Silence(MAIN, (refusals.message,), error, where=refused, for_ms=window))
    commander.probe(script)
    says = f"A connection with {deadline.stopped_by} outlives the {deadline.name} deadline."
    yield script.case(Family.AUTH, f"deadline/{deadline.name}/stopped", says)

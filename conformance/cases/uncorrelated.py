"""Refusals that answer no command: a deadline was missed, a credential is no longer good."""

from __future__ import annotations

from conformance.cases.commanding import Commander
from conformance.cases.steps import Condition, Expect
from conformance.documents.pointers import split


def answers_nothing(commander: Commander) -> tuple[Condition, ...]:
    """What a refusal shows that answers nothing: no correlation, where its schema lets it say so."""
    refusals = commander.service.rules.refusals
    assert refusals is not None
    message = commander.service.messages[refusals.message]
    words = tuple(split(message.correlation))
    types = [node.values.get("type") for node in message.payload.walk() if node.words == words]
    nullable = any(isinstance(each, tuple) and "null" in each for each in types)
    return (Condition(message.correlation, "eq", None),) if words and nullable else ()


def notice(commander: Commander, session: str, role: str, clause: str, within_ms: int) -> Expect:
    """A connection is told, without having asked, a refusal of this role."""
    refusals = commander.service.rules.refusals
    assert refusals is not None
    codes = refusals.of(role)
    named = (
        Condition(refusals.code, "among", codes) if codes[1:] else Condition(refusals.code, "eq", codes[0])
    )
    return Expect(
        session,
        (refusals.message,),
        clause,
        where=(named, *answers_nothing(commander)),
        within_ms=within_ms,
        correlated=False,
        where_clause=clause,
        within_clause=clause,
    )

"""Two addresses of one environment: the same question to both, the same answer from both.

Of how many other addresses an environment has, the document tells; which ones they are, the target.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.abreast import Abreast, Watched
from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.elsewhere import AS_ELSEWHERE
from conformance.cases.facts import (
    PATIENCE_MS,
    credential_operations,
    discriminator,
    documented,
    is_harmless,
    key,
    subscriptions,
)
from conformance.cases.issuing import ISSUER, issue, issuer, revoke, show, use
from conformance.cases.malformed import frames, unknown_command
from conformance.cases.reading import codec_of
from conformance.cases.steps import Close, Condition, Expect, Saved
from conformance.cases.stimuli import subscribed
from conformance.cases.streams import data_messages, first
from conformance.cases.terms import Elsewhere
from conformance.contract.endpoints import most_aliases
from conformance.contract.model import Credential, Operation, Service
from conformance.contract.rules import StreamKind, Streams

ALIAS = "alias"
LATER = "later"
THERE, BEFORE, CODE = "there", "before", "code"
MOVING = ("clock.", "market.", "price.", "book.")
"""The roles of what moves by itself, but for the past: candles."""
PAST = "market.candles."


def endpoint_cases(commander: Commander) -> Iterator[Case]:
    """All cases about the other addresses of one WebSocket service's environments."""
    for alias in range(1, most_aliases(commander.service) + 1):
        yield from _upgrade(commander, alias)
        yield from _limits(commander, alias)
        yield from _refusals(commander, alias)
        yield from _keys(commander, alias)
        for operation in commander.service.operations.values():
            yield from _answers(commander, alias, operation)
        if (streams := commander.service.rules.streams) is not None:
            for kind in streams.kinds:
                yield from _streams(commander, alias, streams, kind)


def words(alias: int, name: str) -> str:
    """How a case about this other address is called."""
    return f"endpoints/{name}" if alias == 1 else f"endpoints-{alias}/{name}"


def _promise(service: Service, name: str) -> str:
    return service.rules.clauses.get(f"endpoints/{name}", "")


def _at_alias(commander: Commander, script: Script, alias: int, session: str = ALIAS) -> None:
    script.connect(session, clause=_promise(commander.service, "same-upgrade"), alias=alias)


def _upgrade(commander: Commander, alias: int) -> Iterator[Case]:
    script = commander.script()
    script.claim(_promise(commander.service, "same-upgrade"))
    script.connect()
    commander.probe(script)
    _at_alias(commander, script, alias)
    commander.probe(script, ALIAS)
    says = "Another address of the environment takes connections as well."
    yield script.case(Family.TRANSPORT, words(alias, "upgrade"), says)


def _limits(commander: Commander, alias: int) -> Iterator[Case]:
    service = commander.service
    limit, code = service.rules.limits.get("message_bytes", 0), service.rules.close.get("oversize", 0)
    field, clause = discriminator(service), _promise(service, "same-limits")
    if not limit or not field or service.rules.refusals is None:
        return
    codec = codec_of(service)
    script = commander.script()
    script.claim(clause)
    script.connect()
    _at_alias(commander, script, alias)
    known = service.rules.clauses
    own = known.get("limits/message_bytes", ""), known.get("close/oversize", "")
    for session, (accepted, closed) in {MAIN: own, ALIAS: (clause, clause)}.items():
        index = script.raw(unknown_command(codec, key(field), limit), opcode=codec.opcode, session=session)
        script.refused(index, accepted, correlated=False)
        if code:
            script.raw(unknown_command(codec, key(field), limit + 1), opcode=codec.opcode, session=session)
            script.add(Close(session, (code,), closed, PATIENCE_MS))
    says = f"Another address of the environment takes messages of {limit} bytes as well, and no longer ones."
    yield script.case(Family.TRANSPORT, words(alias, "limits"), says)


def _refusals(commander: Commander, alias: int) -> Iterator[Case]:
    service = commander.service
    script = commander.script()
    script.claim(_promise(service, "same-refusals"))
    script.connect()
    _at_alias(commander, script, alias)
    begun = len(script.steps)
    codec, field = codec_of(service), discriminator(service)
    if commander.refusal_clause("malformed"):
        broken = next(iter(frames(codec, key(field) if field else "", "x")))
        _refused_alike(commander, script, "malformed", data=broken.data, opcode=broken.opcode)
    if commander.refusal_clause("unknown_operation") and field:
        data = unknown_command(codec, key(field))
        _refused_alike(commander, script, "unknown_operation", data=data, opcode=codec.opcode)
    guarded = next((each for each in service.operations.values() if each.clauses.get("security")), None)
    carried = guarded is not None and any(each in service.handshakes for each in guarded.schemes)
    if guarded is not None and not carried and commander.refusal_clause("unauthenticated"):
        _refused_alike(commander, script, "unauthenticated", operation=guarded)
    if len(script.steps) > begun:
        commander.probe(script, ALIAS)
        says = "What is refused at one address of the environment is refused at another, for the same reason."
        yield script.case(Family.COMMANDS, words(alias, "refusals"), says)


def _refused_alike(
    commander: Commander,
    script: Script,
    role: str,
    *,
    data: bytes = b"",
    opcode: str = "",
    operation: Operation | None = None,
) -> None:
    """The same to both: the other one refuses with the code that this one told."""
    refusals, clause = commander.service.rules.refusals, _promise(commander.service, "same-refusals")
    assert refusals is not None
    for session in (MAIN, ALIAS):
        if operation is not None:
            index = script.send(operation, commander.unprepared(operation), session=session)
        else:
            index = script.raw(data, opcode=opcode, session=session)
        own = commander.refusal_clause(role) if session == MAIN else clause
        script.refused(index, own, role=role, correlated=operation is not None)
        waiting = script.steps[-1]
        assert isinstance(waiting, Expect)
        if session == MAIN:
            script.steps[-1] = replace(waiting, save={CODE: refusals.code})
        else:
            same = Condition(refusals.code, "eq", Saved(CODE))
            script.steps[-1] = replace(waiting, where=(same,), where_clause=clause)


def _keys(commander: Commander, alias: int) -> Iterator[Case]:
    """A credential that one address made opens the other one, and is worthless there when it is here."""
    service = commander.service
    clause = _promise(service, "same-state")
    for credential in service.credentials.values():
        if not credential.issued_by:
            continue
        revoking = service.operations.get(credential.revoked_by)
        script = commander.script()
        script.claim(clause)
        script.connect(ISSUER, who=issuer(commander, credential, *([revoking] if revoking else [])))
        issue(commander, script, credential)
        _at_alias(commander, script, alias)
        use(commander, script, credential, ALIAS, clause)
        if revoking is not None and credential.refusal and service.rules.refusals is not None:
            _at_alias(commander, script, alias, LATER)
            revoke(commander, script, credential)
            index = show(commander, script, credential, LATER)
            _refused_with(script, index, credential, clause)
        says = f"A {credential.scheme} made at one address is good at another, until it is revoked."
        yield script.case(Family.AUTH, words(alias, credential.scheme), says)


def _refused_with(script: Script, index: int, credential: Credential, clause: str) -> None:
    script.refused(index, clause, code=credential.refusal)
    waiting = script.steps[-1]
    assert isinstance(waiting, Expect)
    script.steps[-1] = replace(waiting, where_clause=clause)


def _answers(commander: Commander, alias: int, operation: Operation) -> Iterator[Case]:
    """The other address is asked before and behind this one: what it says both times does not move."""
    service = commander.service
    clause = _promise(service, "same-answers")
    special = credential_operations(service) | subscriptions(service)
    if not is_harmless(operation) or operation.name in special or not operation.replies or operation.narrowed:
        return
    if not commander.forms.can_make(operation):
        return
    script = commander.script()
    script.claim(clause)
    who = commander.who(operation)
    script.connect(who=who)
    script.connect(ALIAS, who=who, clause=_promise(service, "same-upgrade"), alias=alias)
    payload = commander.prepared(script, commander.command(operation))
    name = documented(service, operation)[0]
    apart = tuple(_apart(service, name))
    for session, save in ((ALIAS, BEFORE), (MAIN, THERE), (ALIAS, "")):
        index = script.send(operation, payload, session=session)
        own = "" if session == MAIN else clause
        script.answered(index, operation, clause=own, save={save: ""} if save else {})
    last = script.steps[-1]
    assert isinstance(last, Expect)
    held = Condition("", AS_ELSEWHERE, Elsewhere(Saved(THERE), Saved(BEFORE), apart), clause=clause)
    script.steps[-1] = replace(last, holds=(held,))
    says = f"{operation.name} is answered alike at another address of the environment."
    case = script.case(Family.COMMANDS, words(alias, operation.name), says)
    # What is said of an account must not move meanwhile, and back again.
    yield replace(case, resource=f"{service.name}/account") if operation.schemes else case


def _streams(commander: Commander, alias: int, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = _promise(commander.service, "same-streams")
    if not kind.clauses.get("sequence"):
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    subscribed(commander, script, kind)
    script.add(first(streams, kind))
    _at_alias(commander, script, alias)
    subscribed(commander, script, kind, ALIAS)
    if kind.snapshot:  # what it includes comes no more as an event of its own
        script.add(first(streams, kind, ALIAS))
    ids = stream_id(ALIAS), stream_id(MAIN)
    watched = Watched(kind.name, data_messages(kind), clause, *ids, same=clause)
    script.add(Abreast(ALIAS, MAIN, (watched,), witness_ms=PATIENCE_MS))
    says = f"An event of the {kind.name} stream is the same, to number and byte, at another address."
    yield script.case(Family.STREAMS, words(alias, kind.name), says)


def _apart(service: Service, message: str) -> Iterator[str]:
    """Where a message holds what belongs to its command alone, and what moves by itself."""
    correlation = service.messages[message].correlation
    if correlation:
        yield correlation
    for role, places in service.rules.roles.items():
        if role.startswith(MOVING) and not role.startswith(PAST):
            for place in places:
                owner, _, at = place.partition("#")
                if owner == message and at:
                    yield at.partition("=")[0]

"""Authentication: deadlines, credentials, and what each operation demands of them."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.credentials import credential_cases
from conformance.cases.deadlines import deadline_cases
from conformance.cases.facts import always_asked, credential_operations
from conformance.cases.grants import grant_cases
from conformance.cases.issuing import grantable
from conformance.cases.mutated import INVALID, intact, role_of
from conformance.cases.sessions import session_cases
from conformance.cases.steps import As, Door
from conformance.cases.stimuli import usual_command
from conformance.contract.model import Operation


def auth_cases(commander: Commander) -> Iterator[Case]:
    """All authentication cases of one WebSocket service."""
    service = commander.service
    yield from handshake_cases(commander)
    if not service.credentials and not service.rules.deadlines and not service.handshakes:
        return
    yield from deadline_cases(commander)
    yield from credential_cases(commander)
    yield from session_cases(commander)
    yield from grant_cases(commander)
    special = credential_operations(commander.service)
    for operation in commander.service.operations.values():
        if operation.name in special:
            continue
        if operation.schemes:
            yield from _needs_authentication(commander, operation)
            yield from _needs_permissions(commander, operation)
            yield from _order(commander, operation)
        else:
            yield from _needs_none(commander, operation)


def handshake_cases(commander: Commander) -> Iterator[Case]:
    """Who has no credential, or a wrong one, is turned away at the upgrade, where the document says so."""
    for each in commander.service.handshakes.values():
        status = f"refused with HTTP {each.refusal}"
        clause = each.clauses.get("without", "")
        if clause:
            script = commander.script()
            script.claim(clause)
            script.connect(clause=clause, door=Door(refusal=each.refusal))
            says = f"An upgrade without a {each.scheme} is {status}."
            yield script.case(Family.AUTH, f"{each.scheme}/upgrade-without", says)
        clause = each.clauses.get("wrong", "")
        if clause:
            script = commander.script()
            script.claim(clause)
            # A session that is taken shows that it is the credential that is refused, and not the address.
            script.connect(who=As((each.scheme,)))
            script.connect("stranger", clause=clause, door=Door(each.scheme, each.refusal))
            says = f"An upgrade with a wrong {each.scheme} is {status}."
            yield script.case(Family.AUTH, f"{each.scheme}/upgrade-wrong", says)


def carried(commander: Commander, operation: Operation) -> bool:
    """Whether an opening may say who sends the operation."""
    return any(scheme in commander.service.handshakes for scheme in operation.schemes)


def unknown(commander: Commander, operation: Operation) -> Door | None:
    """The opening of a session of which the operation's receiver does not know whose it is."""
    return Door() if carried(commander, operation) else None


def _needs_authentication(commander: Commander, operation: Operation) -> Iterator[Case]:
    clause = operation.clauses.get("security", "")
    if not clause or not commander.refusal_clause("unauthenticated"):
        return
    if carried(commander, operation) and always_asked(commander.service):
        return
    script = commander.script()
    script.claim(clause, commander.refusal_clause("unauthenticated"))
    script.connect(door=unknown(commander, operation))
    index = script.send(operation, commander.unprepared(operation))
    script.refused(index, clause, role="unauthenticated")
    commander.probe(script)
    says = f"{operation.name} before authentication is refused and the connection stays open."
    yield script.case(Family.AUTH, f"{operation.name}/unauthenticated", says)


def _needs_permissions(commander: Commander, operation: Operation) -> Iterator[Case]:
    clause = operation.clauses.get("permissions", "")
    if not clause or not operation.permissions or not commander.refusal_clause("forbidden"):
        return
    for permission in operation.permissions:
        script = commander.script()
        script.claim(clause, commander.refusal_clause("forbidden"))
        script.connect(who=As(operation.schemes, lacks=frozenset((permission,))))
        index = script.send(operation, commander.unprepared(operation))
        script.refused(index, clause, role="forbidden")
        commander.probe(script)
        says = f"{operation.name} is refused to a credential without {permission}; the connection stays open."
        yield script.case(Family.AUTH, f"{operation.name}/without-{permission}", says)
    for other in _beside(commander, operation):
        script = commander.script()
        script.claim(clause, commander.refusal_clause("forbidden"))
        script.connect(who=As(operation.schemes, frozenset((other,)), frozenset(operation.permissions)))
        index = script.send(operation, commander.unprepared(operation))
        script.refused(index, clause, role="forbidden")
        commander.probe(script)
        says = f"{operation.name} is refused to a credential with {other} instead; the connection stays open."
        yield script.case(Family.AUTH, f"{operation.name}/with-{other}", says)


def _beside(commander: Commander, operation: Operation) -> tuple[str, ...]:
    """What a credential may be permitted and the command does not ask for."""
    known = commander.service.credentials
    schemes = [known[each] for each in operation.schemes if each in known]
    words = (word for each in schemes for word in grantable(commander, each))
    return tuple(dict.fromkeys(word for word in words if word not in operation.permissions))


def _broken(commander: Commander, operation: Operation) -> Iterator[object]:
    """The command with a fault that leaves its correlation whole."""
    for mutant in commander.forms.mutants(operation):
        payload = commander.with_examples(commander.forms.opened(operation, mutant.value))
        if role_of(commander, operation, mutant) == INVALID and intact(commander, operation, payload):
            yield payload


def _order(commander: Commander, operation: Operation) -> Iterator[Case]:
    """Who sends a command is looked at before what stands in it, where the document says so."""
    refusals = commander.service.rules.refusals
    order = refusals.order if refusals else ()
    broken = next(_broken(commander, operation), None)
    lacking = As(operation.schemes, lacks=frozenset(operation.permissions)) if operation.permissions else None
    for role, who in (("unauthenticated", None), ("forbidden", lacking)):
        clause = commander.refusal_clause(role)
        known = role in order and INVALID in order and order.index(role) < order.index(INVALID)
        if broken is None or not clause or not known or (role == "forbidden" and who is None):
            continue
        if who is None and carried(commander, operation) and always_asked(commander.service):
            continue
        script = commander.script()
        script.claim(clause)
        script.connect(who=who, door=unknown(commander, operation) if who is None else None)
        index = script.send(operation, broken)
        script.refused(index, clause, role=role)
        says = f"{operation.name} is refused as {role} even when it is broken."
        yield script.case(Family.AUTH, f"{operation.name}/{role}-before-{INVALID}", says)


def _needs_none(commander: Commander, operation: Operation) -> Iterator[Case]:
    clause = operation.clauses.get("reply", "")
    service = commander.service
    if not clause or not (service.credentials or (service.handshakes and not always_asked(service))):
        return
    script = commander.script()
    script.claim(clause)
    script.connect(door=Door() if service.handshakes and not always_asked(service) else None)
    index = script.send(operation, usual_command(commander, script, operation))
    script.answered(index, operation)
    says = f"{operation.name} is answered on a connection that never authenticated."
    yield script.case(Family.AUTH, f"{operation.name}/needs-none", says)

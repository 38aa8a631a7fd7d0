"""Authentication: deadlines, credentials, and what each operation demands of them."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.credentials import credential_cases
from conformance.cases.deadlines import deadline_cases
from conformance.cases.facts import credential_operations
from conformance.cases.steps import As
from conformance.cases.stimuli import usual_command
from conformance.contract.model import Operation


def auth_cases(commander: Commander) -> Iterator[Case]:
    """All authentication cases of one WebSocket service."""
    if not commander.service.credentials and not commander.service.rules.deadlines:
        return
    yield from deadline_cases(commander)
    yield from credential_cases(commander)
    special = credential_operations(commander.service)
    for operation in commander.service.operations.values():
        if operation.name in special:
            continue
        if operation.schemes:
            yield from _needs_authentication(commander, operation)
            yield from _needs_permissions(commander, operation)
        else:
            yield from _needs_none(commander, operation)


def _needs_authentication(commander: Commander, operation: Operation) -> Iterator[Case]:
    clause = operation.clauses.get("security", "")
    if not clause or not commander.refusal_clause("unauthenticated"):
        return
    script = commander.script()
    script.claim(clause, commander.refusal_clause("unauthenticated"))
    script.connect()
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


def _needs_none(commander: Commander, operation: Operation) -> Iterator[Case]:
    clause = operation.clauses.get("reply", "")
    if not clause or not commander.service.credentials:
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    index = script.send(operation, usual_command(commander, script, operation))
    script.answered(index, operation)
    says = f"{operation.name} is answered on a connection that never authenticated."
    yield script.case(Family.AUTH, f"{operation.name}/needs-none", says)

"""Permissions apart: what a credential may do is what it was given, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.issuing import ISSUER, grantable, issue, issuer, use, wrong_command
from conformance.cases.steps import As, Condition, Expect, Saved
from conformance.contract.model import Credential, Operation

MOST = 4
"""Of so many permissions all sets are tried; of more, each alone, and all together. One that no command asks
for is tried alone."""
Grant = tuple[str, ...]


def grant_cases(commander: Commander) -> Iterator[Case]:
    """The cases of every in-band credential that can be had with some permissions and without others."""
    service = commander.service
    known = tuple(sorted({one for each in service.operations.values() for one in each.permissions}))
    guarded = [each for each in service.operations.values() if each.permissions and each.replies]
    for credential in service.credentials.values():
        own = [each for each in guarded if credential.scheme in each.schemes]
        if not credential.issued_by:
            for operation in own:
                yield from _exactly(commander, credential, operation, known)
        elif credential.grants_at:
            needless = sorted(set(grantable(commander, credential)) - set(known))
            for grant in (*_grants(known), *((word,) for word in needless)):
                yield from _listed(commander, credential, grant)
                for operation in own:
                    yield from _granted(commander, credential, operation, grant)


def _grants(known: Grant) -> Iterator[Grant]:
    for size in range(1, len(known) + 1):
        if len(known) <= MOST or size in (1, len(known)):
            yield from combinations(known, size)


def _exactly(
    commander: Commander, credential: Credential, operation: Operation, known: Grant
) -> Iterator[Case]:
    """Who may do just this may do it: nothing else is asked for."""
    rest = frozenset(known) - frozenset(operation.permissions)
    clause = operation.clauses.get("reply", "")
    around = [each for each in commander.closure(operation) if each is not operation]
    if not rest or not clause or any(frozenset(each.permissions) & rest for each in around):
        return
    script = commander.script()
    script.claim(clause)
    script.connect(who=As((credential.scheme,), frozenset(operation.permissions), rest))
    index = script.send(operation, commander.prepared(script, commander.command(operation)))
    commander.accepted(script, index, operation)
    granted = "-".join(operation.permissions)
    says = f"With {credential.scheme} {operation.name} asks for {' and '.join(operation.permissions)} alone."
    yield script.case(Family.AUTH, f"grants/{credential.scheme}/{granted}/{operation.name}", says)


def _begun(commander: Commander, credential: Credential, grant: Grant, *operations: Operation) -> Script:
    """A credential with just these permissions, made by somebody who may also send these commands."""
    script = commander.script()
    who = issuer(commander, credential, *operations)
    who = As(who.schemes, who.has | frozenset(grant)) if who is not None else None
    script.connect(ISSUER, who=who)
    issue(commander, script, credential, grant)
    script.connect()
    return script


def _granted(
    commander: Commander, credential: Credential, operation: Operation, grant: Grant
) -> Iterator[Case]:
    allowed = set(operation.permissions) <= set(grant)
    clause = operation.clauses.get("reply" if allowed else "permissions", "")
    if not clause or not (allowed or commander.refusal_clause("forbidden")):
        return
    around = [each for each in commander.closure(operation) if each is not operation]
    script = _begun(commander, credential, grant, operation, *around)
    script.claim(clause)
    use(commander, script, credential)
    if allowed:
        payload = commander.prepared(script, commander.command(operation), ISSUER)
        commander.accepted(script, script.send(operation, payload), operation, undo_on=ISSUER)
    else:
        script.claim(commander.refusal_clause("forbidden"))
        index = script.send(operation, commander.unprepared(operation))
        script.refused(index, clause, role="forbidden")
        commander.probe(script)
    word = "taken from" if allowed else "refused to"
    says = f"{operation.name} is {word} the {credential.scheme} that was made to {' and '.join(grant)}."
    words = f"grants/{credential.scheme}/{'-'.join(grant)}/{operation.name}"
    yield script.case(Family.AUTH, words, says)


def _listed(commander: Commander, credential: Credential, grant: Grant) -> Iterator[Case]:
    """The acceptance lists what was asked for, in any order."""
    clause = credential.clauses.get("permissions", "")
    if not clause:
        return
    script = _begun(commander, credential, grant)
    script.claim(clause)
    operation = commander.service.operations[credential.operation]
    payload = wrong_command(commander, credential, Saved(credential.scheme))
    index = script.send(operation, payload)
    at = credential.permissions
    each = (Condition(f"{at}/{number}", "among", grant) for number in range(len(grant)))
    script.add(
        Expect(
            MAIN,
            (credential.success,),
            credential.clauses.get("success", ""),
            reply_to=index,
            where=(*each, Condition(f"{at}/{len(grant)}", "absent")),
            where_clause=clause,
            within_clause=operation.clauses.get("within", ""),
            correlation_clause=operation.clauses.get("correlation", ""),
        )
    )
    says = f"The {credential.scheme} that was made to {' and '.join(grant)} is told that it may, and no more."
    yield script.case(Family.AUTH, f"grants/{credential.scheme}/{'-'.join(grant)}/listed", says)

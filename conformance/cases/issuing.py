"""Credentials in commands; those that the target makes itself: asked for, used, and made worthless again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from conformance.cases.building import MAIN, Script
from conformance.cases.commanding import MADE, Commander, Payload, as_map
from conformance.cases.facts import PATIENCE_MS, credentials_of
from conformance.cases.steps import As, Reckoned, Saved
from conformance.contract.model import Credential, Operation
from conformance.contract.schema import Schema
from conformance.documents.pointers import get
from conformance.payloads import Hole, place

ISSUER = "issuer"
LASTING = 100
"""So many times the least that may be asked for is a life that outlasts a case."""
OVERDUE_MS = 100
"""So long after something has to be over, and the target's tolerance, it is."""


def wrong_command(commander: Commander, credential: Credential, value: object) -> object:
    """The command that carries the credential, with this value in its place."""
    return place(commander.credential_command(credential), credential.location, value)


def schema_at(schema: Schema, pointer: str) -> Schema | None:
    """The schema of the field that carries the credential, in whichever branch has it."""
    word = pointer.rsplit("/", 1)[-1]
    return next((node for node in schema.walk() if node.words[-1:] == (word,)), None)


def grantable(commander: Commander, credential: Credential) -> tuple[str, ...]:
    """What there is to be permitted, as the message that accepts the credential enumerates it."""
    accepted = commander.service.messages.get(credential.success)
    listed = schema_at(accepted.payload, credential.permissions) if accepted else None
    enums = [node.values.get("enum") for node in listed.walk()] if listed else []
    words = (word for each in enums if isinstance(each, tuple) for word in each)
    return tuple(dict.fromkeys(word for word in words if isinstance(word, str)))


def lives(commander: Commander, credential: Credential, uses: int = 0) -> int:
    """How many brief lives make one that is over soon, but not before it was used, each time after the other,
    however long the target takes for its replies; 0 where none can be waited for."""
    if not credential.life_at or not credential.brief:
        return 0
    operations = commander.service.operations
    making, using = (operations[each].within_ms for each in (credential.issued_by, credential.operation))
    needed = (making or PATIENCE_MS) + uses * (using or PATIENCE_MS) if uses else 0
    return 1 + -(-needed // credential.brief_ms)


def issuer(commander: Commander, credential: Credential, *operations: Operation) -> As | None:
    """Whoever may make such a credential for these commands."""
    who = commander.who(commander.service.operations[credential.issued_by], *operations)
    needed = {permission for each in operations for permission in each.permissions}
    return As(who.schemes, who.has | needed, who.lacks) if who is not None else None


def issue(
    commander: Commander,
    script: Script,
    credential: Credential,
    permissions: Collection[str] = (),
    *,
    brief: int = 0,
    session: str = ISSUER,
    clause: str = "",
) -> None:
    """Ask for a credential with these permissions (none named: what a command asks for anyway).

    It is saved under the name of its scheme, and made worthless at the end, unless it is good for so many
    ``brief`` lives only.
    """
    operation = commander.service.operations[credential.issued_by]
    payload: Payload = commander.command(operation)
    if credential.grants_at and permissions:
        payload = as_map(place(payload, credential.grants_at, sorted(permissions)))
    if credential.life_at:
        payload = as_map(place(payload, credential.life_at, _life(payload, credential, brief)))
    index = script.send(operation, commander.prepared(script, payload, session), session=session)
    save = {credential.scheme: credential.issued_at, **_names(commander, operation)}
    if not brief:
        for name in operation.replies:
            save |= commander.undoable(script, operation, name, session)
    script.answered(index, operation, clause=clause, save=save)


def show(commander: Commander, script: Script, credential: Credential, session: str = MAIN) -> int:
    """Show the credential that was issued; the index of the command."""
    operation = commander.service.operations[credential.operation]
    payload = wrong_command(commander, credential, Saved(credential.scheme))
    return script.send(operation, payload, session=session)


def let_in(
    commander: Commander, script: Script, credential: Credential, index: int, clause: str = ""
) -> None:
    """Who showed it by the command of that index is accepted."""
    operation = commander.service.operations[credential.operation]
    script.answered(index, operation, clause=clause or credential.clauses.get("success", ""))


def use(
    commander: Commander, script: Script, credential: Credential, session: str = MAIN, clause: str = ""
) -> None:
    """Authenticate with the credential that was issued."""
    let_in(commander, script, credential, show(commander, script, credential, session), clause)


def revoke(commander: Commander, script: Script, credential: Credential, session: str = ISSUER) -> None:
    """Make the credential that was issued worthless."""
    operation = commander.service.operations[credential.revoked_by]
    payload = commander.prepared(script, commander.command(operation), session)
    script.answered(script.send(operation, payload, session=session), operation)


def _plain(commander: Commander, operation: Operation) -> Credential | None:
    carried = credentials_of(commander.service, operation.name)
    return next((each for each in carried if not each.issued_by), None)


def shown(commander: Commander, operation: Operation) -> Payload:
    """The command as it stands, with a place for a credential where it carries one."""
    plain = _plain(commander, operation)
    return commander.credential_command(plain) if plain else commander.unprepared(operation)


def holder(commander: Commander, operation: Operation) -> As | None:
    """Whose credential the command carries, if it carries one."""
    plain = _plain(commander, operation)
    return As((plain.scheme,)) if plain else None


def _life(payload: Payload, credential: Credential, brief: int) -> object:
    if brief:
        return Reckoned(Hole("source", credential.brief), brief)
    usual = get(payload, credential.life_at)
    return usual * LASTING if isinstance(usual, int) else usual


def _names(commander: Commander, operation: Operation) -> Mapping[str, str]:
    """What else is told of it, under the names by which commands ask for it."""
    return {
        MADE + name: pointer
        for source in commander.service.rules.sources
        if source.operation == operation.name and source.scope == "case" and not source.each
        for name, pointer in source.values.items()
    }

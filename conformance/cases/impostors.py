"""Who shows what only looks like a credential of the target is let in no more than anybody else."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.issuing import (
    ISSUER,
    OVERDUE_MS,
    issue,
    issuer,
    lives,
    revoke,
    schema_at,
    use,
    wrong_command,
)
from conformance.cases.lookalikes import HOW, Alike
from conformance.cases.steps import As, Idle, Saved
from conformance.contract.model import Credential
from conformance.payloads import Hole

BOUNDS = frozenset({"pattern", "enum", "const", "minLength", "maxLength"})
"""Where a schema bounds credentials, a look-alike may be refused for that, and not as a wrong one."""


def impostor_cases(commander: Commander, credential: Credential) -> Iterator[Case]:
    """One case for each way to look like a credential: it is refused, and the real one still accepted."""
    clause = credential.clauses.get("failure", "")
    if not clause or not credential.refusal or commander.service.rules.refusals is None:
        return
    operation = commander.service.operations[credential.operation]
    schema = schema_at(commander.service.messages[operation.message].payload, credential.location)
    if schema is None or BOUNDS & schema.values.keys():
        return
    for how in HOW:
        script = _begun(commander, credential)
        _shown(commander, script, credential, credential, how)
        _real(commander, script, credential)
        words = how.replace("-", " ")
        says = (
            f"What looks like the {credential.scheme} ({words}) is refused, and the real one still accepted."
        )
        yield script.case(Family.AUTH, f"{credential.scheme}/alike-{how}", says)
    for other in commander.service.credentials.values():
        if other.scheme != credential.scheme and other.operation == credential.operation:
            script = _begun(commander, other)
            _shown(commander, script, credential, other, "")
            _real(commander, script, other)
            says = f"A valid {other.scheme} is no {credential.scheme}: it is refused when it is shown as one."
            yield script.case(Family.AUTH, f"{credential.scheme}/really-{other.scheme}", says)

    yield from _worthless(commander, credential)


def _worthless(commander: Commander, credential: Credential) -> Iterator[Case]:
    """What was a good credential is a wrong one when it was revoked, and when its life is over."""
    if credential.issued_by and credential.revoked_by:
        script = _begun(commander, credential, opened=False)
        revoke(commander, script, credential)
        script.connect()
        _shown(commander, script, credential, credential, "")
        commander.probe(script)
        says = f"Once it was revoked a {credential.scheme} is a wrong one."
        yield script.case(Family.AUTH, f"{credential.scheme}/really-revoked", says)
    brief = lives(commander, credential) if credential.issued_by else 0
    if brief:
        script = _begun(commander, credential, opened=False, brief=brief)
        script.add(Idle(ISSUER, brief * credential.brief_ms + OVERDUE_MS, "", "overdue"))
        script.connect()
        _shown(commander, script, credential, credential, "")
        commander.probe(script)
        says = f"Once its life is over a {credential.scheme} is a wrong one."
        yield script.case(Family.AUTH, f"{credential.scheme}/really-expired", says)


def _begun(commander: Commander, credential: Credential, *, opened: bool = True, brief: int = 0) -> Script:
    """What is to be imitated is there, and (``opened``) a connection of nobody yet."""
    script = commander.script()
    if credential.issued_by:
        script.connect(ISSUER, who=issuer(commander, credential))
        issue(commander, script, credential, brief=brief)
    if opened:
        script.connect()
    return script


def _shown(commander: Commander, script: Script, field: Credential, real: Credential, how: str) -> None:
    """In the place of one credential another is shown, or what looks like it."""
    operation = commander.service.operations[field.operation]
    clause = field.clauses.get("failure", "")
    script.claim(clause, field.clauses.get("secret", ""))
    base = Saved(real.scheme) if real.issued_by else Hole("credential", real.scheme)
    payload = wrong_command(commander, field, Alike(base, how) if how else base)
    who = None if real.issued_by else As((real.scheme,))
    index = script.send(operation, payload, who=who)
    script.refused(index, clause, code=field.refusal)


def _real(commander: Commander, script: Script, credential: Credential) -> None:
    """What was imitated is a good credential: else nothing would have been shown."""
    success = credential.clauses.get("success", "")
    script.claim(success)
    if credential.issued_by:
        use(commander, script, credential)
        return
    operation = commander.service.operations[credential.operation]
    index = script.send(operation, commander.credential_command(credential), who=As((credential.scheme,)))
    script.answered(index, operation, clause=success)

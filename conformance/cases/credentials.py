"""Credentials: each scheme lets its holder in, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.impostors import impostor_cases
from conformance.cases.issuing import schema_at, wrong_command
from conformance.cases.steps import As, Saved
from conformance.contract.model import Credential
from conformance.contract.schema import Schema

WRONG: Mapping[str, str] = {
    "never-issued": "7q4xw9zk-never-issued-5v2tb8lm",
    "empty": "",
    "blank": " ",
    "nul": "\0",
    "non-ascii": "clé-鍵-🔑",
    "very-long": "x" * 4096,
}
"""Strings that nobody's credential is: name -> string. The first begins and ends as no word and no number
does, so that a piece of it is known again."""


def credential_cases(commander: Commander) -> Iterator[Case]:
    """The cases of every scheme of one service."""
    for credential in commander.service.credentials.values():
        yield from _accepted(commander, credential)
        yield from _wrong(commander, credential)
        yield from impostor_cases(commander, credential)


def _accepted(commander: Commander, credential: Credential) -> Iterator[Case]:
    clause = credential.clauses.get("success", "")
    if not clause:
        return
    if credential.issued_by:
        yield from _issued(commander, credential, clause)
        return
    operation = commander.service.operations[credential.operation]
    who = As((credential.scheme,))
    for name, says in (
        ("accepted", f"A valid {credential.scheme} is accepted."),
        (
            "accepted-later",
            f"A valid {credential.scheme} is accepted after other commands: it need not come first.",
        ),
        ("accepted-after-wrong", f"A valid {credential.scheme} is accepted after a wrong one."),
    ):
        script = commander.script()
        script.claim(clause, credential.clauses.get("secret", ""))
        script.connect()
        if name == "accepted-later":
            if commander.probing is None:
                continue
            commander.probe(script)
        if name == "accepted-after-wrong":
            if not credential.refusal or commander.service.rules.refusals is None:
                continue
            index = script.send(operation, wrong_command(commander, credential, WRONG["never-issued"]))
            script.refused(index, credential.clauses.get("failure", ""), code=credential.refusal)
        index = script.send(operation, commander.credential_command(credential), who=who)
        script.answered(index, operation, clause=clause)
        yield script.case(Family.AUTH, f"{credential.scheme}/{name}", says)


def _issued(commander: Commander, credential: Credential, clause: str) -> Iterator[Case]:
    """The target makes the credential itself: one session asks for it, another one uses it."""
    service = commander.service
    issuing, carrying = service.operations[credential.issued_by], service.operations[credential.operation]
    script = commander.script()
    script.claim(clause, credential.clauses.get("secret", ""))
    script.connect("issuer", who=commander.who(issuing))
    payload = commander.prepared(script, commander.command(issuing), "issuer")
    index = script.send(issuing, payload, session="issuer")
    script.answered(index, issuing, save={credential.scheme: credential.issued_at})
    script.connect()
    index = script.send(carrying, wrong_command(commander, credential, Saved(credential.scheme)))
    script.answered(index, carrying, clause=clause)
    says = f"A {credential.scheme} that the target has just issued is accepted on another connection."
    yield script.case(Family.AUTH, f"{credential.scheme}/accepted", says)


def _wrong(commander: Commander, credential: Credential) -> Iterator[Case]:
    clause = credential.clauses.get("failure", "")
    if not clause or not credential.refusal or commander.service.rules.refusals is None:
        return
    operation = commander.service.operations[credential.operation]
    schema = schema_at(commander.service.messages[operation.message].payload, credential.location)
    for name, value in WRONG.items():
        if schema is not None and not _plainly_fits(schema, value):
            continue
        script = commander.script()
        script.claim(clause, credential.clauses.get("secret", ""))
        script.connect()
        index = script.send(operation, wrong_command(commander, credential, value))
        script.refused(index, clause, code=credential.refusal)
        commander.probe(script)
        says = f"A wrong {credential.scheme} ({name}) is refused and the connection stays open."
        yield script.case(Family.AUTH, f"{credential.scheme}/wrong-{name}", says)


def _plainly_fits(schema: Schema, value: str) -> bool:
    """Whether a wrong credential is wrong *only* as a credential: otherwise the schema refuses it first.

    A pattern is not run here (it is the document's, and may never end): with one, nothing plainly fits.
    """
    if "enum" in schema.values or "const" in schema.values:
        return False
    if "pattern" in schema.values and value != WRONG["never-issued"]:
        return False
    shortest, longest = schema.values.get("minLength", 0), schema.values.get("maxLength", len(value))
    return isinstance(shortest, int) and isinstance(longest, int) and shortest <= len(value) <= longest

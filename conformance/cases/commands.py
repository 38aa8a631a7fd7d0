"""Commands: each is answered as documented, and each broken one is refused."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, as_map
from conformance.cases.facts import (
    credentials_of,
    is_harmless,
    message_clauses,
    stream_messages,
    subscriptions,
)
from conformance.cases.mutated import mutant_cases
from conformance.cases.steps import As
from conformance.cases.stimuli import is_pushed, listed, observe, replying, usual_command
from conformance.cases.stream_forms import begun_before, form_taken, stream_forms
from conformance.contract.model import Message, Operation


def command_cases(commander: Commander) -> Iterator[Case]:
    """All command cases of one WebSocket service."""
    for operation in commander.service.operations.values():
        if operation.replies:
            yield from _accepted(commander, operation)
            yield from _narrowed(commander, operation)
            yield from _variants(commander, operation)
        yield from _unknown(commander, operation)
        yield from mutant_cases(commander, operation)
    yield from _rules(commander)


def open_for(commander: Commander, script: Script, operation: Operation) -> As | None:
    """Connect as whoever may send the command; a credential's own command is sent by nobody yet."""
    carried = credentials_of(commander.service, operation.name)
    plain = next((each for each in carried if not each.issued_by), None)
    script.connect(who=None if carried else commander.who(operation))
    return As((plain.scheme,)) if plain else None


def _accepted(commander: Commander, operation: Operation) -> Iterator[Case]:
    """One case claims what command and reply promise together, and all that the reply promises of itself."""
    clauses = [
        operation.clauses[name] for name in ("reply", "correlation", "within") if name in operation.clauses
    ]
    if not clauses:
        return
    script = commander.script()
    script.claim(*clauses)
    for name in commander.taken(operation):
        script.claim(*message_clauses(commander.service.messages[name]))
    who = open_for(commander, script, operation)
    index = script.send(operation, usual_command(commander, script, operation), who=who)
    commander.accepted(script, index, operation)
    replies = " or ".join(commander.taken(operation))
    says = f"{operation.name} is answered with {replies}, in time and to its sender."
    yield script.case(Family.COMMANDS, f"{operation.name}/accepted", says)


def _narrowed(commander: Commander, operation: Operation) -> Iterator[Case]:
    """A whole command that the document says is refused: the code is that of its role."""
    for role, clause in commander.narrowed_roles(operation).items():
        script = commander.script()
        script.claim(clause, operation.clauses.get("reply", ""))
        script.connect(who=commander.who(operation))
        index = script.send(operation, usual_command(commander, script, operation))
        script.refused(index, operation.clauses.get("reply", "") or clause, role=role)
        says = f"{operation.name} is refused as {role}, as documented."
        yield script.case(Family.COMMANDS, f"{operation.name}/{role}", says)


def _variants(commander: Commander, operation: Operation) -> Iterator[Case]:
    """The other forms of the command: optional fields, other branches, other values of an enum."""
    clause = operation.clauses.get("reply", "")
    if not clause or credentials_of(commander.service, operation.name):
        return
    if operation.name in subscriptions(commander.service):
        yield from _forms_of_streams(commander, operation)
        return
    for variant in commander.variants(operation):
        script = _varied(commander, operation)
        payload = commander.prepared(script, as_map(variant.value), MAIN)
        index = script.send(operation, payload)
        # Another form of a command that changes something may well trade, or be refused by rules that no
        # schema states: only where nobody else trades, and then any documented reply is right.
        if is_harmless(operation) or operation.narrowed:
            commander.accepted(script, index, operation)
            says = f"{operation.name} ({variant.label}) is answered like any other."
        else:
            commander.replied(script, index, operation)
            says = f"{operation.name} ({variant.label}) gets a documented reply."
        exclusive = not is_harmless(operation) and not operation.narrowed
        yield script.case(Family.COMMANDS, f"{operation.name}/{variant.label}", says, exclusive=exclusive)


def _forms_of_streams(commander: Commander, operation: Operation) -> Iterator[Case]:
    """The other forms of a command that begins or ends a stream."""
    for variant in stream_forms(commander, operation):
        script = _varied(commander, operation)
        form = as_map(variant.value)
        begun_before(commander, script, operation, form)
        index = script.send(operation, commander.prepared(script, form, MAIN))
        declared = form_taken(commander, script, index, operation, form)
        answer = "is answered like any other" if declared else "gets a documented reply"
        says = f"{operation.name} ({variant.label}) {answer}."
        # What a stream that no kind declares brings, no document describes.
        yield script.case(Family.COMMANDS, f"{operation.name}/{variant.label}", says, focused=not declared)


def _varied(commander: Commander, operation: Operation) -> Script:
    """A connection on which another form of the command can be sent, and what its reply promises."""
    script = commander.script()
    script.claim(operation.clauses.get("reply", ""))
    if is_harmless(operation):  # else the reply may well be a refusal
        for name in commander.taken(operation):
            script.claim(*message_clauses(commander.service.messages[name]))
    script.connect(who=commander.who(operation))
    return script


def _unknown(commander: Commander, operation: Operation) -> Iterator[Case]:
    """A value that fits the schema and does not exist."""
    for pointer, (_source, code) in operation.unknown.items():
        word = pointer.rsplit("/", 1)[-1]
        clause = operation.clauses.get(f"unknown-{word}", "")
        payload = commander.unknown_value(operation, pointer)
        if not clause or payload is None or commander.service.rules.refusals is None:
            continue
        script = commander.script()
        script.claim(clause)
        script.connect(who=commander.who(operation))
        index = script.send(operation, payload)
        script.refused(index, clause, code=code)
        says = f"{operation.name} with a {word} that does not exist is refused."
        yield script.case(Family.COMMANDS, f"{operation.name}/unknown-{word}", says)


def _rules(commander: Commander) -> Iterator[Case]:
    """The rules of replies to harmless commands; those of others are claimed where a command is accepted."""
    streamed = stream_messages(commander.service)
    for message in commander.service.from_target():
        pushed = is_pushed(commander.service, message)
        if message.name not in streamed and (pushed or replying(commander, message)):
            yield from _message_rules(commander, message)


def _message_rules(commander: Commander, message: Message) -> Iterator[Case]:
    if not message.rules:
        return
    varied = any(True for each in replying(commander, message) for _ in commander.variants(each))
    for rule in message.rules:
        if rule.kind in ("ascending", "descending") and varied:
            continue  # the plainest command may bring one value, which is in any order; its variants tell
        script = commander.script()
        script.claim(rule.clause)
        times = 2 if rule.kind == "not_decreasing" else 1
        if observe(commander, script, message, times, listed(commander, message, rule)):
            says = rule.says or f"{message.name} keeps the rule {rule.name}."
            yield script.case(Family.COMMANDS, f"{message.name}/rules/{rule.name}", says, focused=True)

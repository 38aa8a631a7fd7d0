"""Commands in flight: many on one connection, ids at the edges, the same id twice, several connections.

A correlation id is what lets a client ask for more before it was answered: replies come in any order, each to
its own command.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, Payload, as_map
from conformance.cases.correlation import identifying
from conformance.cases.facts import credential_operations, is_harmless, subscriptions
from conformance.cases.reading import codec_of
from conformance.cases.steps import As
from conformance.codec import MESSAGEPACK, widths
from conformance.contract.model import Operation
from conformance.documents.pointers import split
from conformance.payloads import Hole, fill, place

IN_FLIGHT = 100
ON_EACH = 12
CONNECTIONS = 3
EDGES = (0, 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1)
"""Integers at which a reader that has too few bits, a sign, or floats only goes wrong."""

EXACT = 2**53
"""Beyond it not every reader of JSON is exact (RFC 8259, 6): only where a document says that ids go on."""


@dataclass(frozen=True, slots=True)
class Question:
    """A harmless command whose reply tells whose it is; ``code`` is what refuses it, '' where it is taken.

    ``sure``: it is not known to be refused.
    """

    operation: Operation
    payload: Payload
    code: str | int = ""
    sure: bool = True

    def reply(self, script: Script, index: int, clause: str = "") -> None:
        """The command's one reply; ``clause`` is that it comes at all."""
        clause = clause or self.operation.clauses.get("reply", "")
        if self.code:
            script.refused(index, clause, code=self.code)
        elif self.sure:
            script.answered(index, self.operation, clause=clause)
        else:
            script.any_reply(index, self.operation, clause=clause)


def pipelining_cases(commander: Commander) -> Iterator[Case]:
    """All cases of one WebSocket service that have more than one command in flight."""
    asking = tuple(_questions(commander))
    by_name: dict[str, list[Question]] = {}
    for question in asking:
        by_name.setdefault(question.operation.name, []).append(question)
    for operation, own in by_name.items():
        yield _many(commander, own[:1], f"{operation}/in-flight", f"{IN_FLIGHT} times {operation}")
        yield from _others(commander, own[0])
        yield from _edges(commander, own[0])
    if len(asking) > 1:
        words = f"{IN_FLIGHT} commands of {len(asking)} kinds"
        yield _many(commander, asking, "in-flight/mixed", words)
    yield from _repeated(commander, asking)
    yield from _connections(commander, asking)
    for each in commander.service.operations.values():
        if each.schemes and not is_harmless(each):
            yield from _refused_edges(commander, each)


def _questions(commander: Commander) -> Iterator[Question]:
    """The plain form of each harmless command, then its other forms and what does not exist."""
    service = commander.service
    special = credential_operations(service) | subscriptions(service)
    found = [
        each
        for each in service.operations.values()
        if each.replies
        and "correlation" in each.clauses
        and is_harmless(each)
        and each.name not in special
        and commander.forms.can_make(each)
        and _is_told_apart(commander, commander.command(each))
    ]
    for each in found:
        plain = commander.command(each)
        unprepared = commander.unprepared(each)
        yield Question(each, unprepared, sure=fill(plain, lambda hole: hole) == unprepared)
    for each in found:
        for variant in commander.variants(each):
            form = as_map(variant.value)
            unprepared = as_map(commander.with_examples(form))
            if _is_told_apart(commander, form):
                yield Question(each, unprepared, sure=fill(form, lambda hole: hole) == unprepared)
        for pointer, (_source, code) in each.unknown.items():
            payload = commander.unknown_value(each, pointer)
            if payload is not None and service.rules.refusals is not None:
                yield Question(each, as_map(commander.with_examples(payload)), code)


def _is_told_apart(commander: Commander, payload: object) -> bool:
    """Whether each time that it is sent something in the command is new."""
    fresh: list[Hole] = []
    fill(payload, lambda hole: fresh.append(hole) if hole.kind in ("correlation", "unique") else hole)
    return bool(fresh)


def somebody(commander: Commander, *operations: Operation) -> As | None:
    """Whoever may send these; where a deadline ends who does not authenticate, somebody who does."""
    who = commander.who(*operations)
    stops = {each.stopped_by for each in commander.service.rules.deadlines}
    plain = (each for each in commander.service.credentials.values() if not each.issued_by)
    schemes = tuple(each.scheme for each in plain if each.success in stops)
    return who or (As(schemes) if schemes else None)


def _claims(script: Script, *operations: Operation) -> None:
    for each in operations:
        script.claim(*(each.clauses.get(name, "") for name in ("reply", "correlation", "within")))


def _asked(script: Script, session: str, asked: list[tuple[Question, Payload]]) -> list[tuple[Question, int]]:
    """All of them sent at once."""
    last = len(asked) - 1
    return [
        (each, script.send(each.operation, form, session=session, more=number < last))
        for number, (each, form) in enumerate(asked)
    ]


def _many(commander: Commander, asking: tuple[Question, ...] | list[Question], words: str, what: str) -> Case:
    script = commander.script()
    operations = tuple({each.operation.name: each.operation for each in asking}.values())
    _claims(script, *operations)
    script.connect(who=somebody(commander, *operations))
    chosen = [asking[number % len(asking)] for number in range(IN_FLIGHT)]
    for each, index in _asked(script, MAIN, [(each, each.payload) for each in chosen]):
        each.reply(script, index)
    return script.case(
        Family.COMMANDS, words, f"{what} in flight at once are each answered once, with what was asked."
    )


def _others(commander: Commander, question: Question) -> Iterator[Case]:
    """Of two values that the target gave, each is answered with its own."""
    operation = question.operation
    whole = {
        template
        for echoes in operation.correlates.values()
        for templates in echoes.values()
        for template in templates
    }

    def other(hole: Hole) -> object:
        echoed = "{/" + "/".join(hole.words) + "}" in whole
        return replace(hole, name=f"{hole.name}#1") if hole.kind == "source" and echoed else hole

    second = as_map(fill(question.payload, other))
    if second == fill(question.payload, lambda hole: hole):
        return
    script = commander.script()
    _claims(script, operation)
    script.connect(who=somebody(commander, operation))
    forms = [(question, second if number % 2 else question.payload) for number in range(ON_EACH)]
    for each, index in _asked(script, MAIN, forms):
        each.reply(script, index)
    says = f"Of two things that {operation.name} asks for at once each is answered with its own."
    yield script.case(Family.COMMANDS, f"{operation.name}/in-flight-two-things", says)


# -- ids ---------------------------------------------------------------------------------------------


def bounds(commander: Commander, operation: Operation) -> tuple[str, int, int] | None:
    """Where the id of a command stands, its least and its greatest value; None where it is no integer."""
    at = identifying(commander.service, operation)
    words = tuple(split(at))
    for node in commander.forms.schema(operation).walk() if at else ():
        kinds = node.values.get("type")
        if node.words[-len(words) :] == words and "integer" in (
            kinds if isinstance(kinds, tuple) else (kinds,)
        ):
            low, high = node.values.get("minimum", 0), node.values.get("maximum", EXACT)
            if isinstance(low, int) and isinstance(high, int):
                return at, low, high
    return None


def _edge_values(commander: Commander, low: int, high: int) -> Iterator[object]:
    """The edges that lie within the bounds, and the bounds, in each way to write them."""
    for number in sorted({*(each for each in EDGES if low <= each <= high), low, high}):
        yield number
        if codec_of(commander.service) is MESSAGEPACK and number >= 0:
            yield from widths(number)


def _edges(commander: Commander, question: Question) -> Iterator[Case]:
    found = bounds(commander, question.operation)
    if found is None:
        return
    at, low, high = found
    script = commander.script()
    _claims(script, question.operation)
    script.connect(who=somebody(commander, question.operation))
    values = _edge_values(commander, low, high)
    forms = [(question, as_map(place(question.payload, at, value))) for value in values]
    for each, index in _asked(script, MAIN, forms):
        each.reply(script, index)
    says = f"{question.operation.name} is answered to ids from {low} to {high}, however they are encoded."
    yield script.case(Family.COMMANDS, f"{question.operation.name}/correlation-edges", says)


def _refused_edges(commander: Commander, operation: Operation) -> Iterator[Case]:
    """What nobody may send yet is refused to its id, too."""
    clause = commander.refusal_clause("unauthenticated")
    if not clause or "correlation" not in operation.clauses or not commander.forms.can_make(operation):
        return
    found = bounds(commander, operation)
    if found is None:
        return
    at, low, high = found
    script = commander.script()
    reply = operation.clauses.get("reply", "")
    script.claim(operation.clauses["correlation"], reply)
    script.connect()
    payload = commander.unprepared(operation)
    sent = [script.send(operation, place(payload, at, value)) for value in _edge_values(commander, low, high)]
    for index in sent:
        script.refused(index, reply, role="unauthenticated")
    says = f"{operation.name} is refused to ids from {low} to {high}, however they are encoded."
    yield script.case(Family.COMMANDS, f"{operation.name}/correlation-edges", says)


def _repeated(commander: Commander, asking: tuple[Question, ...]) -> Iterator[Case]:
    """The same id again and again."""
    clause = commander.service.rules.clauses.get("connections/repeated_ids", "")
    plain = _plain(asking)
    if not clause or not plain:
        return
    for word, times in (("repeated-ids", 2), ("one-id-often", ON_EACH)):
        chosen = plain if times == 2 else plain[-1:]
        script = commander.script()
        script.claim(clause)
        script.connect(who=somebody(commander, *(each.operation for each in chosen)))
        forms = [(each, _numbered(commander, each, 7)) for each in chosen for _ in range(times)]
        for each, index in _asked(script, MAIN, forms):
            each.reply(script, index, clause)
        commander.probe(script)
        says = f"{len(forms)} commands in flight with the same id are each answered once."
        yield script.case(Family.COMMANDS, f"in-flight/{word}", says)


def _plain(asking: tuple[Question, ...]) -> list[Question]:
    """Of each command the plain form."""
    return list({each.operation.name: each for each in reversed(asking)}.values())[::-1]


def _numbered(commander: Commander, question: Question, number: int) -> Payload:
    """The command with that id, or what comes nearest within its bounds; without bounds, as it is."""
    found = bounds(commander, question.operation)
    if found is None:
        return question.payload
    at, low, high = found
    return as_map(place(question.payload, at, min(low + number, high)))


def _connections(commander: Commander, asking: tuple[Question, ...]) -> Iterator[Case]:
    """Several connections ask with the same ids at the same time, each for something else."""
    clause = commander.service.rules.clauses.get("connections/apart", "")
    plain = _plain(asking)
    if not clause or len(plain) < 2 or bounds(commander, plain[0].operation) is None:
        return
    script = commander.script()
    script.claim(clause)
    who = somebody(commander, *(each.operation for each in plain))
    sessions = [f"connection-{number + 1}" for number in range(CONNECTIONS)]
    for session in sessions:
        script.connect(session, who=who)
    waiting: list[tuple[Question, int]] = []
    for turn, session in enumerate(sessions):
        chosen = [plain[(number + turn) % len(plain)] for number in range(ON_EACH)]
        forms = [(each, _numbered(commander, each, number)) for number, each in enumerate(chosen)]
        waiting += _asked(script, session, forms)
    for each, index in waiting:
        each.reply(script, index, clause)
    for session in sessions:
        commander.probe(script, session)
    says = f"Of {CONNECTIONS} connections that use the same ids each gets its own replies, and no other."
    yield script.case(Family.COMMANDS, "in-flight/other-connections", says)

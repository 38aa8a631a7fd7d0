"""Faults of replies: none, two, too late, of another kind, to another request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from conformance.cases.correlation import correlation
from conformance.codec import MISSING
from conformance.contract import Contract, Operation, Service, find, identify
from conformance.contract.sessions import Does
from conformance.faults.altered import put_pointer
from conformance.faults.asked import Asked
from conformance.faults.fault import Fault, Kind
from conformance.faults.shadow import of_message, of_operation, of_refusals
from conformance.payloads import exemplified, valid

FAMILY = "reply"
LATE_MS = 700
"""Beyond the tolerance of any run, and within the time for which a conversation still listens."""

Answer = list[tuple[object, float]] | None
Change = Callable[[Service, Operation, object, object], Answer]
"""Service, operation, command, reply -> what is sent instead, or None where it cannot be made."""


def never(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """No reply at all."""
    return []


def twice(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """The reply, and again."""
    return [(value, 0.0), (value, 0.0)]


def late(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """The reply, when its time is over."""
    return [(value, (operation.within_ms + LATE_MS) / 1000)]


def another_kind(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """A message of another operation, whole and well correlated."""
    refusals = service.rules.refusals
    known = {*operation.replies, refusals.message if refusals else ""}
    for other in service.operations.values():
        for name in other.replies:
            if name in known or name not in service.messages:
                continue
            answered = _made_up(service, other, name, sent)
            if answered is not None:
                return answered
    return None


def to_another(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """The reply, but to a request that nobody made."""
    for message in identify(service, value):
        for pointer in correlation(service, operation, message.name, sent):
            for _path, found in find(value, pointer):
                strange = _another(found)
                if strange is not MISSING:
                    made = put_pointer(value, pointer, strange)
                    return None if made is MISSING else [(made, 0.0)]
    return None


def refused(service: Service, operation: Operation, sent: object, value: object) -> Answer:
    """A refusal, in place of what was asked for."""
    refusals = service.rules.refusals
    if refusals is None or refusals.message in {each.name for each in identify(service, value)}:
        return None
    return _made_up(service, operation, refusals.message, sent)


def _made_up(service: Service, operation: Operation, name: str, sent: object) -> Answer:
    """A valid message of that name, correlated as an answer to what was sent."""
    made = exemplified(valid(service.messages[name].payload))
    for pointer, values in correlation(service, operation, name, sent).items():
        made = put_pointer(made, pointer, values[0])
    return None if made is MISSING else [(made, 0.0)]


def accepted(service: Service, operation: Operation, sent: object) -> Answer:
    """A made-up acceptance, in place of a refusal; of another operation where this one is always refused."""
    refusals = service.rules.refusals
    refusal = refusals.message if refusals else ""
    for each in (operation, *service.operations.values()):
        for name in each.replies:
            if name == refusal:
                continue
            answered = _made_up(service, each, name, sent)
            if answered is not None:
                return answered
    return None


RULES: tuple[tuple[str, str, str, Change], ...] = (
    ("is-never-answered", "reply", "is never answered", never),
    ("is-answered-twice", "reply", "is answered twice", twice),
    ("is-answered-by-another-kind", "reply", "is answered by a message of another operation", another_kind),
    ("is-always-refused", "reply", "is refused, whatever it asks for", refused),
    ("is-answered-late", "within", "is answered too late", late),
    ("is-answered-to-another", "correlation", "is answered as if somebody else had asked", to_another),
)
"""Name, clause of the operation, sentence, what is done to the reply."""


def reply_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """Each way to spoil the replies to an operation."""
    for service in contract.services.values():
        for operation in service.operations.values():
            shadow = of_operation(operation) | of_refusals(service)
            shadow |= {
                clause
                for node in service.messages[operation.message].payload.walk()
                for clause in node.clauses.values()
            }
            for name in operation.replies:
                shadow |= of_message(service, service.messages[name])
            if operation.changes_state:  # what it did is found, whatever was said of it
                shadow |= {clause for name, clause in service.rules.clauses.items() if "trading/" in name}
            for word, clause, says, change in RULES:
                refusals = service.rules.refusals
                refuses_always = refusals is not None and set(operation.replies) == {refusals.message}
                if clause in operation.clauses and not (refuses_always and change is refused):
                    yield Fault(
                        f"{service.name}/{operation.name}/{word}",
                        Kind.DERIVED,
                        FAMILY,
                        f"{operation.name} {says}",
                        (
                            operation.clauses[clause],
                            *(_taken(service, operation) if change in (another_kind, refused) else ()),
                        ),
                        shadow,
                        partial(_behaviour, service, operation, change),
                        waits_ms=operation.within_ms + LATE_MS if change is late else 0,
                    )


def _taken(service: Service, operation: Operation) -> Iterator[str]:
    """Where the states of a connection say that the operation is taken."""
    sessions = service.rules.sessions
    for state in sessions.states if sessions else ():
        cell = state.cells.get(operation.name)
        if cell is not None and cell.does is Does.TAKEN:
            yield cell.clause


def _behaviour(service: Service, operation: Operation, change: Change) -> type[Asked]:
    class Replying(Asked):
        """Spoils the replies to one operation."""

        def reply(self, asked: Operation, sent: object, value: object) -> Answer:
            """Its replies alone."""
            return change(service, asked, sent, value) if asked.name == operation.name else None

    Replying.service = service
    return Replying


def _another(value: object) -> object:
    if isinstance(value, bool):
        return MISSING
    if isinstance(value, int):
        return value ^ 1
    return value[:-1] + ("x" if value[-1:] != "x" else "y") if isinstance(value, str) and value else MISSING

"""What else turns red when a message is broken: the same message, and the rules that look at it later.

A declared shadow is a set of clauses. It is computed from the contract alone, before anything is played.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract import Contract, HttpOperation, Message, Operation, Service


def of_message(service: Service, message: Message) -> frozenset[str]:
    """The clauses that may break with a message of the target."""
    found = {clause for node in message.payload.walk() for clause in node.clauses.values()}
    found |= {rule.clause for rule in message.rules}
    found |= {clause for name, clause in service.rules.clauses.items() if name == "wire/known-message"}
    for operation in service.operations.values():
        if message.name in operation.replies:
            found |= of_operation(operation) | set(_cells(service, operation))
    refusals = service.rules.refusals
    if refusals is not None and message.name == refusals.message:
        found |= of_refusals(service)
    for credential in service.credentials.values():
        if message.name == credential.success:
            found |= set(credential.clauses.values())
    return frozenset(found | set(_streams(service, message)))


def of_operation(operation: Operation) -> frozenset[str]:
    """The clauses about the replies to an operation."""
    return frozenset(operation.clauses.values())


def of_refusals(service: Service) -> frozenset[str]:
    """The clauses that ask for a refusal."""
    refusals = service.rules.refusals
    found = set(refusals.clauses.values()) if refusals else set[str]()
    for operation in service.operations.values():
        found |= of_operation(operation)
    for deadline in service.rules.deadlines:
        found |= set(deadline.clauses.values())
    for credential in service.credentials.values():
        found |= set(credential.clauses.values())
    if service.rules.streams is not None:
        found |= set(service.rules.streams.clauses.values())
    for state in service.rules.sessions.states if service.rules.sessions else ():
        found |= {*state.clauses.values(), *(cell.clause for cell in state.cells.values())}
    return frozenset(found)


def of_http(operation: HttpOperation) -> frozenset[str]:
    """The clauses that may break with the answer to an HTTP operation."""
    found = set(operation.clauses.values()) | {rule.clause for rule in operation.rules}
    for response in operation.responses:
        for schema in response.content.values():
            found |= {clause for node in schema.walk() for clause in node.clauses.values()}
    return frozenset(found)


def of_http_service(service: Service) -> frozenset[str]:
    """The clauses of an HTTP service about all of its answers."""
    return frozenset(service.rules.http.clauses.values())


def of_service(contract: Contract, service: Service) -> frozenset[str]:
    """All clauses of a service: what breaks with every frame."""
    return frozenset(clause.id for clause in contract.clauses.values() if clause.service == service.name)


def _cells(service: Service, operation: Operation) -> Iterator[str]:
    """What the states of a connection promise of the operation."""
    sessions = service.rules.sessions
    for state in sessions.states if sessions else ():
        if operation.name in state.cells:
            yield state.cells[operation.name].clause


def _streams(service: Service, message: Message) -> Iterator[str]:
    streams = service.rules.streams
    if streams is None:
        return
    for kind in streams.kinds:
        own = message.name in (kind.snapshot, *kind.events)
        if own or message.name in (streams.acknowledged, streams.ended):
            yield from kind.clauses.values()
            for name in (kind.snapshot, *kind.events):
                if name in service.messages:
                    yield from (rule.clause for rule in service.messages[name].rules)


def of_rules(contract: Contract) -> frozenset[str]:
    """All clauses that are no schema keyword: what breaks when a service decides otherwise."""
    return frozenset(clause.id for clause in contract.clauses.values() if clause.kind == "rule")

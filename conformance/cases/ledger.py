"""The ledger: every message, operation and clause of a contract, with its cases or why it has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.forms import Forms
from conformance.cases.steps import Connect, Expect, Generate, Request, Send, Silence
from conformance.cases.unenforced import of_message, of_operation
from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.clauses import slug
from conformance.contract.model import Contract, HttpOperation, Message, Operation, Sending, Service
from conformance.contract.schema import Provenance
from conformance.documents.where import Where


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger. ``kind``: message, operation, schema or rule. ``why`` is '' exactly when there
    are ``cases`` (their ids)."""

    id: str
    kind: str
    service: str
    says: str
    level: Level
    binds: Binds
    provenance: Provenance
    where: Where
    cases: tuple[str, ...]
    why: str


def ledger(contract: Contract, catalogue: Catalogue) -> tuple[Row, ...]:
    """The rows of all services, each message and operation before its own clauses."""
    put = _Put(contract, catalogue.cases)
    about: defaultdict[tuple[str, str], list[Clause]] = defaultdict(list)
    for clause in catalogue.clauses.values():
        about[clause.service, clause.subject].append(clause)

    def clauses(service: str, subjects: Iterable[str]) -> Iterator[Row]:
        for subject in subjects:
            for clause in about.pop((service, subject), ()):
                yield _of_clause(clause, put.claiming[clause.id], catalogue.unenforced.get(clause.id, ""))

    rows: list[Row] = []
    for service in contract.services.values():
        forms = Forms(service)
        for message in service.messages.values():
            rows.append(_of_message(forms, message, put))
            rows += clauses(service.name, (message.name,))
        operations: tuple[Operation | HttpOperation, ...] = (*service.operations.values(), *service.http)
        for operation in operations:
            rows.append(_of_operation(forms, operation, put))
            bodies = [name for each, name in about if each == service.name and _is_of(name, operation)]
            rows += clauses(service.name, (operation.name, *bodies))
        known = {*service.operations}
        rows += [_of_sending(service, each, put) for each in service.sendings if each.name not in known]
        rows += [_unread(service, name, why) for name, why in service.unread.items()]
        rows += clauses(service.name, [name for each, name in list(about) if each == service.name])
    return (*rows, *(row for service, subject in list(about) for row in clauses(service, (subject,))))


class _Put:
    """Which cases claim a clause, and which put a message or an operation to the target."""

    def __init__(self, contract: Contract, cases: Iterable[Case]) -> None:
        self.claiming: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        claiming: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.of_subject: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for case in cases:
            for clause in case.clauses:
                claiming[clause][case.id] = None
                if clause in contract.clauses:
                    known = contract.clauses[clause]
                    self.of_subject[known.service, known.subject][case.id] = None
            for service, name in _touched(case, contract.services):
                self.of_subject[service, name][case.id] = None
        self.claiming.update({clause: tuple(names) for clause, names in claiming.items()})

    def cases(self, service: str, *names: str) -> tuple[str, ...]:
        """The cases about one of these, in the order in which they were met."""
        return tuple(dict.fromkeys(case for name in names for case in self.of_subject[service, name]))


def _touched(case: Case, services: Mapping[str, Service]) -> Iterator[tuple[str, str]]:
    """The messages and operations that the steps of a case send, await or forbid."""
    sessions = {step.session: step.service for step in case.steps if isinstance(step, Connect)}
    for step in case.steps:
        match step:
            case Send():
                service = sessions.get(step.session, case.service)
                yield service, step.operation
                operation = services[service].operations.get(step.operation) if service in services else None
                if operation is not None:
                    yield service, operation.message
            case Expect() | Silence():
                service = sessions.get(step.session, case.service)
                yield from ((service, name) for name in step.messages)
            case Request() | Generate():
                yield step.service, step.operation
            case _:
                pass


def _is_of(subject: str, operation: Operation | HttpOperation) -> bool:
    """Bodies, parameters and headers of an HTTP operation have a phrase as their subject."""
    return isinstance(operation, HttpOperation) and subject.endswith(f" of {operation.name}")


def _of_clause(clause: Clause, cases: tuple[str, ...], why: str) -> Row:
    return Row(
        clause.id, clause.kind, clause.service, clause.says, clause.level, clause.binds, clause.provenance,
        clause.where, cases, why if not cases else "",
    )  # fmt: skip


def _of_message(forms: Forms, message: Message, put: _Put) -> Row:
    service = forms.service
    sides = {"the target": message.sent_by_target, "a client": message.sent_by_client}
    senders = " and ".join(name for name, sends in sides.items() if sends) or "nobody"
    cases = put.cases(service.name, message.name)
    return Row(
        f"{slug(service.name)}/messages/{slug(message.name)}",
        "message",
        service.name,
        f"{message.name} is a message that {senders} sends.",
        Level.MUST,
        Binds.TARGET if message.sent_by_target or not message.sent_by_client else Binds.CLIENT,
        message.provenance,
        message.where,
        cases,
        "" if cases else of_message(forms, message),
    )


def _of_sending(service: Service, sending: Sending, put: _Put) -> Row:
    """An operation by which the target sends: its cases are those about what it sends."""
    cases = put.cases(service.name, *sending.messages)
    listed = ", ".join(sending.messages) or "no message that can be read"
    return Row(
        f"{slug(service.name)}/operations/{slug(sending.name)}",
        "operation",
        service.name,
        f"{sending.name} sends {listed}.",
        Level.MUST,
        Binds.TARGET,
        service.provenance,
        sending.where,
        cases,
        "" if cases else "no case is about a message that it sends",
    )


def _unread(service: Service, name: str, why: str) -> Row:
    """A message that nothing can be said of."""
    return Row(
        f"{slug(service.name)}/messages/{slug(name)}",
        "message",
        service.name,
        f"{name} is a message that cannot be read.",
        Level.MUST,
        Binds.TARGET,
        service.provenance,
        service.where,
        (),
        why,
    )


def _of_operation(forms: Forms, operation: Operation | HttpOperation, put: _Put) -> Row:
    service = forms.service
    cases = put.cases(service.name, operation.name)
    says = (
        f"{operation.name} is {operation.method} {operation.path}."
        if isinstance(operation, HttpOperation)
        else f"{operation.name} is the command {operation.message}."
    )
    return Row(
        f"{slug(service.name)}/operations/{slug(operation.name)}",
        "operation",
        service.name,
        says,
        Level.MUST,
        Binds.TARGET,
        operation.provenance,
        operation.where,
        cases,
        "" if cases else of_operation(forms, operation),
    )

"""Faults of the state table: what is refused in a state is answered as if it had been taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.codec import same
from conformance.contract import Contract, Operation, Service, find
from conformance.contract.sessions import Does
from conformance.faults.asked import Asked
from conformance.faults.fault import Fault, Kind
from conformance.faults.replies import Answer, accepted
from conformance.faults.shadow import of_rules
from conformance.validation import judge

FAMILY = "session"
INVALID = "invalid"


def session_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault for each command that a state refuses."""
    for service in contract.services.values():
        sessions = service.rules.sessions
        for state in sessions.states if sessions else ():
            for cell in state.cells.values():
                if cell.does is not Does.REFUSED or cell.operation not in service.operations:
                    continue
                operation = service.operations[cell.operation]
                yield Fault(
                    f"{service.name}/sessions/{state.name}/{operation.name}-is-taken",
                    Kind.DERIVED,
                    FAMILY,
                    f"{operation.name} is answered as if it were taken on a connection that is {state.name}",
                    (cell.clause,),
                    of_rules(contract),
                    partial(_behaviour, service, operation, cell.role),
                )


def _behaviour(service: Service, operation: Operation, role: str) -> type[Asked]:
    refusals = service.rules.refusals
    assert refusals is not None
    codes, at = refusals.of(role), refusals.code
    payload = service.messages[operation.message].payload

    class Taking(Asked):
        """Answers one command with success, where it is refused for this reason and not for what it says."""

        def reply(self, asked: Operation, sent: object, value: object) -> Answer:
            """Its refusals of the role alone."""
            if asked.name != operation.name:
                return None
            if role == INVALID and judge(payload, sent).findings:  # refused in every state
                return None
            found = [code for _path, code in find(value, at)]
            refused = any(same(code, each) for code in found for each in codes)
            return accepted(service, operation, sent) if refused else None

    Taking.service = service
    return Taking

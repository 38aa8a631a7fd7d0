"""What any conversation may need beside its own steps: a harmless round trip, and to authenticate."""

from __future__ import annotations

from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS, documented
from conformance.cases.steps import Connect, Expect
from conformance.contract import Contract, Operation, Service


class Probing:
    """Probes and authentication commands of one contract, each derived once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._commanders: dict[str, Commander] = {}

    def commander(self, service: Service) -> Commander:
        """Who makes this service's commands."""
        if service.name not in self._commanders:
            self._commanders[service.name] = Commander(self._contract, service)
        return self._commanders[service.name]

    def probe(self, service: Service) -> tuple[Operation, object] | None:
        """A command that changes nothing and needs no authentication, with its payload; None without one."""
        commander = self.commander(service)
        operation = commander.probing
        return (operation, commander.command(operation)) if operation is not None else None

    def authentication(self, service: Service, scheme: str) -> object:
        """The command that carries a credential of this scheme, with a hole for it."""
        return self.commander(service).credential_command(service.credentials[scheme])


def authenticated(index: int, step: Connect, service: Service, scheme: str) -> Expect:
    """What a session that authenticates waits for: the acceptance, which also says what is permitted."""
    credential = service.credentials[scheme]
    operation = service.operations[credential.operation]
    save = {"permissions": credential.permissions} if credential.permissions else {}
    return Expect(
        step.session,
        (credential.success,),
        credential.clauses.get("success", ""),
        reply_to=index,
        save=save,
        within_ms=operation.within_ms or PATIENCE_MS,
        within_clause=operation.clauses.get("within", ""),
        correlation_clause=operation.clauses.get("correlation", ""),
    )


def probed(session: str, operation: Operation, service: Service, clause: str, index: int) -> Expect:
    """What a session waits for behind a probe."""
    return Expect(
        session,
        documented(service, operation),
        clause,
        reply_to=index,
        within_ms=operation.within_ms or PATIENCE_MS,
    )

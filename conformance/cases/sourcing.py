"""A run-wide source of values as a conversation: ask the operation, keep the message that holds them."""

from __future__ import annotations

from conformance.cases.building import MAIN, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.steps import Expect
from conformance.contract import Contract, Source

SOURCED = "sourced"
"""The name under which the conversation saves the whole message."""


def source_case(contract: Contract, source: Source, commander: Commander) -> Case:
    """The conversation that asks a source; its message is saved as ``SOURCED``.

    ``commander`` is that of the source's service.
    """
    service = contract.services[source.service]
    operation = service.operations[source.operation]
    script = Script(contract, service)
    script.connect(who=commander.who(operation))
    index = script.send(operation, commander.command(operation, source.fields))
    if source.message in operation.replies:
        script.answered(index, operation, save={SOURCED: ""})
    else:
        script.answered(index, operation)
        script.add(Expect(MAIN, (source.message,), "", within_ms=PATIENCE_MS, save={SOURCED: ""}))
    return script.case(
        Family.COMMANDS, f"source-{source.name}", f"Where {', '.join(source.values)} come from."
    )

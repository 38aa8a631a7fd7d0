"""What a target must offer before these steps are put to it: computed from the steps, never stated twice."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.cases.case import Needs
from conformance.cases.filling import sourced_names
from conformance.cases.steps import (
    As,
    Condition,
    Connect,
    Expect,
    Generate,
    Request,
    Send,
    Silence,
    Stall,
    Step,
)
from conformance.contract.model import Contract


def needs(contract: Contract, steps: Iterable[Step], *, exclusive: bool = False) -> Needs:
    """The needs of a conversation of these steps."""
    services: dict[str, None] = {}
    reached: dict[str, None] = {}
    who: dict[As, None] = {}
    values: dict[str, None] = {}
    sessions: dict[str, str] = {}
    trading = False
    for step in steps:
        match step:
            case Connect(session=session, service=service, who=one, promised=promised, door=door):
                about = promised or (door is not None and bool(door.refusal))
                (reached if about else services)[service] = None
                sessions[session] = service
                if one is not None:
                    who[one] = None
            case Send(session=session, operation=operation, payload=payload, who=one):
                sent = contract.services[sessions[session]].operations.get(operation)
                trading = trading or (sent is not None and sent.changes_state)
                if one is not None:
                    who[one] = None
                values.update((name, None) for name in sourced_names(payload))
            case Stall(asks=payloads):
                values.update((name, None) for name in sourced_names(payloads))
            case Expect() | Silence() | Request():
                for condition in _conditions(step):
                    values.update((name, None) for name in sourced_names(condition.value))
            case _:
                pass
        if isinstance(step, Request | Generate):
            services[step.service] = None
    return Needs(tuple(services), tuple(who), tuple(values), trading, exclusive, tuple(reached))


def _conditions(step: Expect | Silence | Request) -> tuple[Condition, ...]:
    match step:
        case Silence(where=where):
            return where
        case Request(holds=holds):
            return holds
        case Expect(where=where, holds=holds):
            return where + holds

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
    Gather,
    Generate,
    Moves,
    Request,
    Send,
    Silence,
    Stall,
    Step,
)
from conformance.contract.model import Contract
from conformance.trading.quiet import QUIET

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1): what a document offers under another may."""


def needs(contract: Contract, steps: Iterable[Step], *, exclusive: bool = False) -> Needs:
    """The needs of a conversation of these steps."""
    services: dict[str, None] = {}
    reached: dict[str, None] = {}
    who: dict[As, None] = {}
    values: dict[str, None] = {}
    sessions: dict[str, str] = {}
    aliases: dict[tuple[str, int], None] = {}
    trading = False
    for step in steps:
        if isinstance(step, Expect):  # nearly all steps are these two
            _asked((*step.where, *step.holds), values)
            continue
        if isinstance(step, Send):
            sent = contract.services[sessions[step.session]].operations.get(step.operation)
            trading = trading or (sent is not None and sent.changes_state)
            if step.who is not None:
                who[step.who] = None
            if names := sourced_names(step.payload):
                values.update(dict.fromkeys(names))
            continue
        match step:
            case Connect(session=session, service=service, who=one, promised=promised, door=door):
                about = promised or (door is not None and bool(door.refusal))
                (reached if about else services)[service] = None
                sessions[session] = service
                if step.alias:
                    aliases[service, step.alias] = None
                if one is not None:
                    who[one] = None
            case Moves():
                trading = True
                values.update((name, None) for name in QUIET)
            case Gather(service=service, who=one, command=payload):
                services[service] = None
                if one is not None:
                    who[one] = None
                values.update((name, None) for name in sourced_names(payload))
            case Stall(asks=payloads):
                values.update((name, None) for name in sourced_names(payloads))
            case Silence(where=conditions) | Request(holds=conditions):
                _asked(conditions, values)
            case _:
                pass
        if isinstance(step, Request | Generate):
            services[step.service] = None
            trading = trading or (bool(step.operation) and step.method not in SAFE)
    return Needs(
        tuple(services), tuple(who), tuple(values), trading, exclusive, tuple(reached), tuple(aliases)
    )


def _asked(conditions: Iterable[Condition], values: dict[str, None]) -> None:
    for condition in conditions:
        if names := sourced_names(condition.value):
            values.update(dict.fromkeys(names))

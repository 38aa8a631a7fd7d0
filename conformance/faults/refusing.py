"""Faults of refusals: the code of another reason, for each reason that the document knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.codec import MISSING, same
from conformance.contract import Contract, Service, find
from conformance.faults.altered import altering, put_pointer
from conformance.faults.fault import Derived, Fault, Kind
from conformance.faults.shadow import of_refusals

FAMILY = "refusal"


def refusal_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault a documented reason: it is refused for another one."""
    for service in contract.services.values():
        refusals = service.rules.refusals
        if refusals is None:
            continue
        for role, clause in refusals.clauses.items():
            codes = list(refusals.codes.items())
            other = next(
                (code for word, code in codes if word != role and code not in refusals.of(role)), None
            )
            if other is None:
                continue
            yield Fault(
                f"{service.name}/refusals/{role}-as-another",
                Kind.DERIVED,
                FAMILY,
                f"{service.name}: what is {role.replace('_', ' ')} is refused with {other}",
                (clause,),
                of_refusals(service)
                | {each.id for each in contract.clauses.values() if each.binds == "client"},
                partial(_behaviour, service, refusals.codes[role], other),
            )


def _behaviour(service: Service, code: str | int, other: str | int) -> type[Derived]:
    refusals = service.rules.refusals
    assert refusals is not None

    def change(value: object) -> object:
        found = find(value, refusals.code)
        return put_pointer(value, refusals.code, other) if found and same(found[0][1], code) else MISSING

    return altering(service, refusals.message, change)

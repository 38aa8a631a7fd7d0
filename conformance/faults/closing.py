"""Faults of the closes that a service starts: another code, or no close at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.contract import Contract
from conformance.faults.fault import Derived, Fault, Kind
from conformance.faults.shadow import of_rules

FAMILY = "close"
CODES = (1000, 1002, 1008, 1011)
"""Codes that a careless server closes with (RFC 6455, 7.4.1)."""
WHETHER = {"slow_reader": "limits/unread_ms"}
"""Closes for which one clause says that and when they come, and another with which code."""


def close_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """For each code that the documents promise: each other code, and none."""
    codes: dict[int, list[str]] = {}
    at_all: dict[int, list[str]] = {}
    for service in contract.services.values():
        rules = service.rules
        for name, code in rules.close.items():
            clause = rules.clauses.get(f"close/{name}", "")
            codes.setdefault(code, []).append(clause)
            at_all.setdefault(code, []).append(rules.clauses.get(WHETHER.get(name, ""), clause))
        for deadline in rules.deadlines:
            clause = deadline.clauses.get("close", "")
            codes.setdefault(deadline.close, []).append(clause)
            at_all.setdefault(deadline.close, []).append(clause)
    for code in codes:
        for other in CODES:
            if other != code:
                says = f"what should be closed with {code} is closed with {other}"
                yield from _fault(contract, f"close/{code}-as-{other}", says, codes[code], code, other)
        says = f"what should be closed with {code} is never closed"
        yield from _fault(contract, f"close/{code}-never", says, at_all[code], code, None)


def _fault(
    contract: Contract, name: str, says: str, clauses: list[str], code: int, other: int | None
) -> Iterator[Fault]:
    named = tuple(clause for clause in clauses if clause)
    if named:
        make = partial(_behaviour, code, other)
        yield Fault(name, Kind.DERIVED, FAMILY, says, named, of_rules(contract), make)


def _behaviour(code: int, other: int | None) -> type[Derived]:
    class Closing(Derived):
        """Closes otherwise."""

        def close_code(self, wanted: int) -> int | None:
            """Another code for this one, or none."""
            chosen = super().close_code(wanted)
            if chosen != code:
                return chosen
            self.applied += 1
            return other

    return Closing

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


def close_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """For each code that the documents promise: each other code, and none."""
    promised: dict[int, list[str]] = {}
    for service in contract.services.values():
        for name, code in service.rules.close.items():
            promised.setdefault(code, []).append(service.rules.clauses.get(f"close/{name}", ""))
        for deadline in service.rules.deadlines:
            promised.setdefault(deadline.close, []).append(deadline.clauses.get("close", ""))
    shadow = of_rules(contract)
    for code, clauses in promised.items():
        named = tuple(clause for clause in clauses if clause)
        for other in (*CODES, None):
            if other == code or not named:
                continue
            word = "never" if other is None else f"as-{other}"
            says = f"what should be closed with {code} is " + (
                "never closed" if other is None else f"closed with {other}"
            )
            yield Fault(
                f"close/{code}-{word}",
                Kind.DERIVED,
                FAMILY,
                says,
                named,
                shadow,
                partial(_behaviour, code, other),
            )


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

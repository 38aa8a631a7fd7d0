"""All faults by name: those derived from a contract, and the behavioural ones of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from conformance.contract import Contract
from conformance.faults.accepting import acceptance_faults
from conformance.faults.bodies import answer_faults, exposure_faults
from conformance.faults.closing import close_faults
from conformance.faults.fault import Fault, Kind
from conformance.faults.refusing import refusal_faults
from conformance.faults.relations import relation_faults
from conformance.faults.replies import reply_faults
from conformance.faults.sessions import session_faults
from conformance.faults.values import body_faults, value_faults
from conformance.faults.wire import wire_faults
from conformance.reference.faults import catalogue as behavioural

RULES = (
    value_faults,
    relation_faults,
    wire_faults,
    reply_faults,
    refusal_faults,
    close_faults,
    acceptance_faults,
    session_faults,
    body_faults,
    answer_faults,
    exposure_faults,
)
"""The rules by which faults are derived from a contract, in the order of the catalogue."""


def derived(contract: Contract, name: str = "") -> Iterator[Fault]:
    """Every fault that the rules make of this contract and that breaks one of its clauses.

    With a name: few more than the one of that name, which is faster.
    """
    for fault in chain.from_iterable(rule(contract, name) for rule in RULES):
        if any(clause in contract.clauses for clause in fault.clauses):
            yield fault


def of_the_reference() -> Iterator[Fault]:
    """The behavioural faults."""
    for family, modules in behavioural.FAMILIES.items():
        names = {module.__name__ for module in modules}
        for fault in behavioural.ALL.values():
            if fault.behaviour.__module__ in names:
                yield Fault(
                    fault.name,
                    Kind.BEHAVIOURAL,
                    family,
                    fault.breaks,
                    fault.clauses,
                    None,
                    fault.apply,
                )


def catalogue(contract: Contract) -> Mapping[str, Fault]:
    """All faults: the behavioural ones first. Names are unique."""
    made: dict[str, Fault] = {}
    for fault in chain(of_the_reference(), derived(contract)):
        assert fault.name not in made, fault.name
        made[fault.name] = fault
    return made


def named(contract: Contract, name: str) -> Fault | None:
    """The fault of that name, or None."""
    return next(
        (each for each in chain(of_the_reference(), derived(contract, name)) if each.name == name), None
    )

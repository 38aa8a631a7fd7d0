"""The catalogue: every case of a contract, and every promise that no case enforces, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from conformance.cases.auth import auth_cases
from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.commands import command_cases
from conformance.cases.crowds import SMALL, Crowds, crowd_cases
from conformance.cases.endpoints import endpoint_cases
from conformance.cases.fills import fill_cases
from conformance.cases.health import health_cases
from conformance.cases.layouts import layout_cases
from conformance.cases.lengths import length_cases
from conformance.cases.markets import market_cases
from conformance.cases.orders.catalogue import order_cases
from conformance.cases.pipelining import pipelining_cases
from conformance.cases.scenarios import read_scenarios, scenario_clauses
from conformance.cases.sequences import DRAWN, Sequences, sequence_cases
from conformance.cases.spellings import spelling_cases
from conformance.cases.stated import as_stated
from conformance.cases.stream_depth import stream_depth_cases
from conformance.cases.stream_limits import limit_cases
from conformance.cases.streams import stream_cases
from conformance.cases.transport import transport_cases
from conformance.cases.unenforced import reasons
from conformance.contract.clause import Clause
from conformance.contract.model import Contract, Protocol

Family = Callable[[Commander], Iterator[Case]]
FAMILIES: Mapping[Protocol, tuple[Family, ...]] = {
    Protocol.WEBSOCKET: (
        transport_cases,
        auth_cases,
        command_cases,
        pipelining_cases,
        spelling_cases,
        endpoint_cases,
        length_cases,
        order_cases,
        layout_cases,
        stream_cases,
        limit_cases,
        stream_depth_cases,
    ),
    Protocol.HTTP: (health_cases,),
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All cases of a contract in a fixed order; ``clauses`` holds the scenarios' clauses too.

    Every clause is claimed by a case or stands in ``unenforced`` with its reason.
    """

    cases: tuple[Case, ...]
    clauses: Mapping[str, Clause]
    unenforced: Mapping[str, str]


def catalogue(
    contract: Contract,
    scenarios: Iterable[Path] = (),
    *,
    deadlines: Mapping[str, int] = MappingProxyType({}),
    minimums: Mapping[str, int] = MappingProxyType({}),
    sequences: Sequences = DRAWN,
    crowds: Crowds = SMALL,
) -> Catalogue:
    """The catalogue of a contract and its scenario files.

    ``deadlines`` (ms, by name) and ``minimums`` (by field of a command) are those that a target states
    otherwise than the documents; ``sequences`` says which ones are drawn, ``crowds`` how many
    subscribe at once. Raises DocumentError for a
    scenario that cannot be used.
    """
    stated = as_stated(contract, deadlines, minimums)
    commanders = {name: Commander(stated, service) for name, service in stated.services.items()}
    authored = read_scenarios(commanders, scenarios, stated.scenarios)
    cases = [case for commander in commanders.values() for case in derived(commander, sequences, crowds)]
    cases += market_cases(commanders)
    cases += fill_cases(commanders)
    cases += [each.case for each in authored if each.case is not None]
    written = scenario_clauses(authored)
    clauses = {**stated.clauses, **written} if written else stated.clauses
    claimed = {clause for case in cases for clause in case.clauses}
    unenforced = reasons(stated, (each for each in clauses if each not in claimed))
    unenforced.update((each.clause.id, each.why) for each in authored if each.case is None)
    return Catalogue(
        cases=tuple(_unique(cases)),
        clauses=MappingProxyType(clauses) if written else clauses,
        unenforced=MappingProxyType(unenforced),
    )


def derived(commander: Commander, sequences: Sequences, crowds: Crowds) -> Iterator[Case]:
    """The cases that follow from one document by rule."""
    for family in FAMILIES[commander.service.protocol]:
        yield from family(commander)
    if commander.service.protocol is Protocol.WEBSOCKET:
        yield from crowd_cases(commander, crowds)
    yield from sequence_cases(commander, sequences)


def _unique(cases: Iterable[Case]) -> Iterator[Case]:
    """Two names of a document may fall together once they are written as an id: the later gets a number."""
    seen: set[str] = set()
    for case in cases:
        name, count = case.id, 1
        while name in seen:
            count += 1
            name = f"{case.id}-{count}"
        seen.add(name)
        yield case if name == case.id else replace(case, id=name)

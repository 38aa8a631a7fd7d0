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
from conformance.cases.health import health_cases
from conformance.cases.layouts import layout_cases
from conformance.cases.scenarios import read_scenarios, scenario_clauses
from conformance.cases.stated import as_stated
from conformance.cases.streams import stream_cases
from conformance.cases.transport import transport_cases
from conformance.cases.unenforced import reasons
from conformance.contract.clause import Clause
from conformance.contract.model import Contract, Protocol

Family = Callable[[Commander], Iterator[Case]]
FAMILIES: Mapping[Protocol, tuple[Family, ...]] = {
    Protocol.WEBSOCKET: (transport_cases, auth_cases, command_cases, layout_cases, stream_cases),
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
) -> Catalogue:
    """The catalogue of a contract and its scenario files.

    ``deadlines`` (ms, by name) and ``minimums`` (by field of a command) are those that a target states
    otherwise than the documents. Raises DocumentError for a scenario that cannot be used.
    """
    stated = as_stated(contract, deadlines, minimums)
    commanders = {name: Commander(stated, service) for name, service in stated.services.items()}
    authored = read_scenarios(commanders, scenarios, stated.scenarios)
    cases = [case for commander in commanders.values() for case in derived(commander)]
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


def derived(commander: Commander) -> Iterator[Case]:
    """The cases that follow from one document by rule."""
    for family in FAMILIES[commander.service.protocol]:
        yield from family(commander)


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

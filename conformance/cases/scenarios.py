"""Scenario files: authored cases beside the documents, read into the same steps as derived ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.cases.building import gravity
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import message_clauses, slug
from conformance.cases.needs import needs
from conformance.cases.scenario_steps import StepReader
from conformance.cases.scenario_values import flag, mapping, one_of, only, required, text
from conformance.cases.steps import Connect, Expect
from conformance.cases.stimuli import is_reachable
from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.model import Contract, Service
from conformance.contract.scenarios import story
from conformance.contract.schema import Provenance
from conformance.documents.find import Sources
from conformance.documents.loader import load_tree
from conformance.documents.tree import Node, Tree

VERSION = 1
FILE = ("scenarios", "service", "values", "cases", "x-provenance")
SCENARIO = ("name", "family", "says", "level", "x-provenance", "needs", "steps")
NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One authored case and the clause that it is; without a case, ``why`` there is none."""

    case: Case | None
    clause: Clause
    why: str = ""


def read_scenarios(
    commanders: Mapping[str, Commander], files: Iterable[Path], known: Iterable[Tree] = ()
) -> tuple[Scenario, ...]:
    """All scenarios of these files; ``known`` have been read already, and changed by overlays.

    Raises DocumentError, with its line, for whatever is wrong in one.
    """
    found: dict[str, Scenario] = {}
    trees = {tree.path: tree for tree in known}
    for file in files:
        tree = trees.get(file) or load_tree(file, Sources().shown(file))
        for scenario, node in _read_file(commanders, tree.root):
            if scenario.clause.id in found:
                raise node.refuse(f"a second scenario called {node.text('name')}", expected="unique names")
            found[scenario.clause.id] = scenario
    return tuple(found.values())


def scenario_clauses(scenarios: Iterable[Scenario]) -> dict[str, Clause]:
    """The clauses that scenarios add to a contract: each scenario is one rule."""
    return {each.clause.id: each.clause for each in scenarios}


def _read_file(commanders: Mapping[str, Commander], root: Node) -> Iterator[tuple[Scenario, Node]]:
    version = root.get("scenarios")
    if version is None or version.value != VERSION or isinstance(version.value, bool):
        raise (version or root).refuse(
            "not a scenario file that we can read", expected=f"scenarios: {VERSION}"
        )
    only(root, FILE, "a scenario file")
    service = required(root, "service", "a scenario file")
    if service.value not in commanders:
        raise service.refuse(f"no document is called {service.value!r}", expected=one_of(commanders))
    cases = required(root, "cases", "a scenario file")
    if not isinstance(cases.value, list):
        raise cases.refuse("the cases are no list", expected="a list of scenarios")
    inherited = root.text("x-provenance", default=Provenance.ASSUMED.value)
    stated = _stated(root.get("values"))
    for node in cases.elements():
        yield _read_case(commanders, str(service.value), node, inherited, stated), node


def _stated(node: Node | None) -> tuple[str, ...]:
    """The values that nobody can be asked for: whoever knows the target states them; each says what it is."""
    if node is None:
        return ()
    return tuple(name for name, says in mapping(node, "values").items() if text(says, "what a value is"))


def _read_case(
    commanders: Mapping[str, Commander], service: str, node: Node, inherited: str, stated: tuple[str, ...]
) -> Scenario:
    mapping(node, "a scenario")
    only(node, SCENARIO, "a scenario")
    name = text(required(node, "name", "a scenario"), "the name of a scenario")
    if not NAME.fullmatch(name):
        raise required(node, "name", "a scenario").refuse(
            f"{name!r} cannot stand in a case id", expected="lower-case words joined by - or _"
        )
    family = _choice(required(node, "family", "a scenario"), [each.value for each in Family])
    says = text(required(node, "says", "a scenario"), "what a scenario says")
    if not says.endswith("."):
        raise required(node, "says", "a scenario").refuse(
            "what a scenario says is no sentence", expected="a full stop"
        )
    clause = Clause(
        id=f"{service}/scenarios/{name}",
        kind="rule",
        service=service,
        subject="",
        path=("scenarios",),
        keyword=name,
        said=says,
        binds=Binds.TARGET,
        level=Level(_choice(node.get("level"), [each.value for each in Level]) or Level.MUST.value),
        provenance=Provenance(
            _choice(node.get("x-provenance"), [each.value for each in Provenance]) or inherited
        ),
        where=node.where,
        value=story(node),
    )
    steps = required(node, "steps", "a scenario")
    if other := _elsewhere(commanders, steps):
        return Scenario(None, clause, f"it needs the service {other}, whose document is not given")
    reader = StepReader(commanders, service, clause.id, stated)
    reader.read(steps)
    return Scenario(_case(commanders[service], node, clause, Family(family), reader), clause)


def _elsewhere(commanders: Mapping[str, Commander], steps: Node) -> str:
    """A service that a scenario connects to and whose document is not given, or ''."""
    if isinstance(steps.value, list):
        for step in steps.elements():
            connect = step.get("connect") if isinstance(step.value, dict) else None
            name = connect.text("service") if connect is not None and isinstance(connect.value, dict) else ""
            if name and name not in commanders:
                return name
    return ""


def _case(commander: Commander, node: Node, clause: Clause, family: Family, reader: StepReader) -> Case:
    contract = commander.contract
    claims = dict.fromkeys((clause.id, *_only_here(contract, reader)))
    _, provenance = gravity(claims, {**contract.clauses, clause.id: clause})
    steps, cleanup = tuple(reader.steps), tuple(reader.cleanup)
    owners = (step.service for step in steps if isinstance(step, Connect) and step.who is not None)
    owner = next(owners, "")
    return Case(
        id=f"{slug(clause.service)}/{family.value}/{clause.keyword}",
        family=family,
        service=clause.service,
        says=clause.says,
        clauses=tuple(claims),
        level=clause.level,
        provenance=provenance,
        steps=steps,
        needs=needs(contract, (*steps, *cleanup), exclusive=_needs(node, "exclusive")),
        # What a scenario compares may be moved by any other case on the same account.
        resource=f"{owner}/account" if owner and _needs(node, "own_account", usual=True) else "",
        cleanup=cleanup,
    )


def _only_here(contract: Contract, reader: StepReader) -> Iterator[str]:
    """The promises of messages that no derived case can bring about, and this scenario waits for."""
    for step in reader.steps:
        if isinstance(step, Expect):
            service: Service = contract.services[reader.sessions[step.session]]
            for name in step.messages:
                if not is_reachable(service, service.messages[name]):
                    yield from message_clauses(service.messages[name])


def _needs(node: Node, name: str, *, usual: bool = False) -> bool:
    wants = node.get("needs")
    if wants is None:
        return usual
    mapping(wants, "needs")
    only(wants, ("exclusive", "own_account"), "needs")
    told = wants.get(name)
    return usual if told is None else flag(told)


def _choice(node: Node | None, known: list[str]) -> str:
    if node is None:
        return ""
    if node.value not in known:
        raise node.refuse(f"{node.key} cannot be {node.value!r}", expected=one_of(known))
    return str(node.value)

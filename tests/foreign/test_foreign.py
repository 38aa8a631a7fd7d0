"""A service that the suite was not made for: nothing but its documents is known, and that is enough."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.target import Credentials, Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.run import Engine, Result
from conformance.verdict import Outcome
from tests.foreign.harbour import ASYNCAPI, OPENAPI, TOKEN, Hub

NAME = "harbour-gauges"
CAUGHT = {
    "wrong-type": "gaugeList/gauges/each/floating/buoy/type",
    "missing-field": "gaugeList/required",
    "wrong-correlation": "ask.listGauges/correlation",
    "unknown-message": "gaugeList/kind/const",
    "longer-sample": "tides/table/each/items",
    "event-first": "streams/quay/acknowledged-first",
    "no-snapshot": "streams/quay/snapshot-first",
    "gap": "streams/quay/sequence",
    "time-runs-back": "level/rules/time-goes-on",
    "wrong-code": "refusals/invalid",
    "open-door": "calibrate/security",
    "takes-anything": "tideTable/days/maximum",
    "never-ends": "streams/quay/silent-after-unsubscribe",
    "follows-twice": "streams/repeated",
    "late": "calibrate/within",
    "mute": "calibrate/reply",
    "binary": "wire/text",
}
"""Misbehaviour -> the clause that a case which enforces it finds broken."""


@cache
def made() -> tuple[Contract, Catalogue]:
    contract = load(find(asyncapi=[str(ASYNCAPI)], openapi=[str(OPENAPI)]))
    return contract, catalogue(contract)


def stripped(node: object) -> object:
    if isinstance(node, dict):
        return {key: stripped(value) for key, value in node.items() if key != "x-conformance"}
    return [stripped(each) for each in node] if isinstance(node, list) else node


@cache
def bare() -> tuple[Contract, Catalogue]:
    """The same document without a word of ours."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bare.yaml"
        document = stripped(yaml.safe_load(ASYNCAPI.read_text("utf-8")))
        path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
        contract = load(find(asyncapi=[str(path)]))
    return contract, catalogue(contract)


def ran(contract: Contract, whole: Catalogue, clause: str = "", fault: str = "") -> Mapping[str, Result]:
    """All cases, or those of a clause, put to the hub."""

    async def main() -> Mapping[str, Result]:
        async with Hub(fault) as hub:
            addresses = {NAME: f"ws://{hub.place}", f"{NAME}-health": f"http://{hub.place}"}
            target = Target("pier", addresses, credentials=(Credentials("token", TOKEN),))
            cases = [case for case in whole.cases if not clause or clause in case.clauses]
            async with Engine(contract, whole, target) as engine:
                return {result.case.id: result for result in await engine.play(cases)}

    return asyncio.run(main())


def test_every_clause_is_claimed() -> None:
    """Its documents say enough for a case to each of their promises."""
    _, whole = made()
    assert len(whole.cases) > 250
    assert whole.unenforced == {}


def test_a_hub_that_keeps_its_promises_passes() -> None:
    """All cases pass: no field, format or habit of another service is asked for."""
    results = ran(*made())
    assert {name: each.verdict.reason for name, each in results.items() if each.verdict.reason} == {}
    assert {each.verdict.outcome for each in results.values()} == {Outcome.PASSED}


@pytest.mark.parametrize("fault", CAUGHT)
def test_a_broken_promise_is_caught(fault: str) -> None:
    """A case that enforces the clause fails, and says that it was this one."""
    clause = f"{NAME}/{CAUGHT[fault]}"
    results = ran(*made(), clause, fault)
    found = [each.verdict.findings[0].clause for each in results.values() if each.verdict.findings]
    assert clause in found


def test_a_sick_health_is_caught() -> None:
    """OpenAPI 3.0, with a field that may be null."""
    clause = f"{NAME}-health/getHealth/200/gauges/type"
    (result,) = ran(*made(), clause, "sick-health").values()
    assert [finding.clause for finding in result.verdict.findings] == [clause]


def test_without_extensions_nothing_is_made_up() -> None:
    """What the document alone promises is asked; the rest is named with its reason."""
    contract, whole = bare()
    results = ran(contract, whole)
    assert {each.verdict.outcome for each in results.values()} == {Outcome.PASSED, Outcome.SKIPPED}
    assert results[f"{NAME}/layouts/gaugeList/gauges"].verdict.outcome is Outcome.PASSED
    assert results[f"{NAME}/layouts/tides/table"].verdict.outcome is Outcome.PASSED
    silent = results[f"{NAME}/layouts/level/n"].verdict
    assert silent.reason.endswith("it sent no message at all")
    refused = results[f"{NAME}/layouts/signedIn/until"].verdict
    assert refused.reason.endswith("it sent only trouble")
    assert set(whole.unenforced.values()) == {
        "the document does not say how a broken command is refused",
        "the document does not say how a command without authentication is refused",
    }
    assert not any("/streams/" in case.id or "/malformed/" in case.id for case in whole.cases)


def test_events_that_nobody_asks_for_are_listened_to() -> None:
    """A hub that pushes to whoever is connected has its events judged without any extension."""
    results = ran(*bare(), f"{NAME}/level/n/type", "pushes")
    assert {each.verdict.outcome for each in results.values()} == {Outcome.PASSED}
    results = ran(*bare(), f"{NAME}/level/n/type", "pushes-nonsense")
    assert [each.verdict.findings[0].clause for each in results.values()] == [f"{NAME}/level/n/type"]

"""An AsyncAPI 2 document of several channels and two encodings, put to a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache

import pytest

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.run import Engine, Result
from conformance.verdict import Outcome
from tests.foreign.depot import ASYNCAPI, Depot

DESK, BELT, LAMP = "parcel-depot.desk", "parcel-depot.belt-line", "parcel-depot.lamp-site"


@cache
def made() -> tuple[Contract, Catalogue]:
    contract = load(find(asyncapi=[str(ASYNCAPI)]))
    return contract, catalogue(contract)


def ran(fault: str = "", clause: str = "", **values: object) -> tuple[Mapping[str, Result], set[str]]:
    """All cases, or those of a clause, put to the depot; and the paths that were asked for."""
    contract, whole = made()

    async def main() -> tuple[Mapping[str, Result], set[str]]:
        async with Depot(fault) as depot:
            target = Target("depot", dict.fromkeys(contract.services, depot.url), values=values)
            cases = [case for case in whole.cases if not clause or clause in case.clauses]
            async with Engine(contract, whole, target) as engine:
                return {each.case.id: each for each in await engine.play(cases)}, depot.asked

    return asyncio.run(main())


def test_each_channel_is_a_service_with_cases() -> None:
    """Commands, refusals and events of the channels, each at its own address."""
    contract, whole = made()
    assert list(contract.services) == [DESK, BELT, LAMP]
    names = [case.id for case in whole.cases]
    assert f"{DESK}/commands/desk.publish.weigh/accepted" in names
    assert len([name for name in names if name.startswith(DESK)]) > 20


def test_a_depot_that_keeps_its_promises_passes() -> None:
    """What has no address is skipped with the reason, and no request goes to an address with braces."""
    results, asked = ran()
    reasons = {name: each.verdict.reason for name, each in results.items() if each.verdict.reason}
    assert {name for name in reasons if not name.startswith(LAMP)} == set()
    assert set(reasons.values()) == {
        f"the address /lamp/{{site}} of {LAMP} has no value for site: give --value site=…"
    }
    outcomes = {each.verdict.outcome for name, each in results.items() if name.startswith(LAMP)}
    assert outcomes == {Outcome.SKIPPED}
    assert asked == {"/v1/desk", "/v1/belt/north"}


def test_a_value_fills_the_address() -> None:
    """Also one that the document knows otherwise; it is quoted as a path wants it."""
    _, asked = ran(clause=f"{LAMP}/transport/upgrade", site="quai d'Orsay/7")
    assert "/v1/lamp/quai%20d'Orsay%2F7" in asked
    _, asked = ran(clause=f"{BELT}/transport/upgrade", line="south")
    assert "/v1/belt/south" in asked
    assert "/v1/belt/north" not in asked


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("text-label", f"{DESK}/weight/label/format"),
        ("weight-as-text", f"{DESK}/desk.publish.weigh/reply"),
        ("nameless", f"{BELT}/passed/parcel/minLength"),
    ],
)
def test_a_broken_promise_is_found(fault: str, clause: str) -> None:
    """At any of the addresses, in either encoding."""
    results, _ = ran(fault, clause)
    assert any(finding.clause == clause for each in results.values() for finding in each.verdict.findings)

"""Streams that the target numbers itself, their number at another place in each message, put to a real
server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache

import pytest

from conformance.cases.case import Family
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.run import Engine, Result
from conformance.verdict import Outcome
from tests.foreign.aviary import ASYNCAPI, Aviary

CAUGHT = {
    "event-first": "oak/acknowledged-first",
    "no-snapshot": "oak/snapshot-first",
    "gap": "elm/sequence",
    "never-ends": "oak/silent-after-unsubscribe",
    "watches-twice": "repeated",
    "lets-strangers-go": "absent",
    "bottomless": "exhausted",
}
"""Misbehaviour -> the stream clause that a case which enforces it finds broken."""


@cache
def made() -> tuple[Contract, Catalogue]:
    contract = load(find(asyncapi=[str(ASYNCAPI)]))
    return contract, catalogue(contract)


def ran(fault: str = "", clause: str = "") -> Mapping[str, Result]:
    """All stream cases, or those of a clause, put to the aviary."""
    contract, whole = made()

    async def main() -> Mapping[str, Result]:
        async with Aviary(fault) as aviary:
            target = Target("aviary", {"aviary": aviary.url})
            cases = [
                case
                for case in whole.cases
                if case.family is Family.STREAMS and (not clause or clause in case.clauses)
            ]
            async with Engine(contract, whole, target) as engine:
                return {each.case.id: each for each in await engine.play(cases)}

    return asyncio.run(main())


def test_an_aviary_that_keeps_its_promises_passes() -> None:
    """Each kind of case, the limit of streams among them."""
    results = ran()
    names = {name.removeprefix("aviary/streams/") for name in results}
    begun = {"acknowledged-first", "snapshot-first", "snapshot-first-again", "sequence", "two-subscribers"}
    ended = {"silent-after-unsubscribe", "subscribed-twice", "ended-twice"}
    assert {f"oak/{each}" for each in begun | ended} | {"as-many-as-promised", "one-too-many"} <= names
    assert {name: each.verdict.reason for name, each in results.items() if each.verdict.reason} == {}
    assert {each.verdict.outcome for each in results.values()} == {Outcome.PASSED}


@pytest.mark.parametrize("fault", CAUGHT)
def test_a_broken_promise_is_caught(fault: str) -> None:
    """A case that enforces the clause fails, and says that it was this one."""
    clause = f"aviary/streams/{CAUGHT[fault]}"
    results = ran(fault, clause)
    found = [each.verdict.findings[0].clause for each in results.values() if each.verdict.findings]
    assert clause in found

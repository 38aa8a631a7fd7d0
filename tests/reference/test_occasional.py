"""Faults that show now and then: on their share of the connections, and on the whole of each of these."""

import asyncio

import pytest

from conformance.contract import load
from conformance.documents.find import find
from conformance.faults.catalogue import derived
from conformance.faults.fault import Derived
from conformance.reference import connection
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.catalogue import ALL
from conformance.reference.faults.fault import Fault, combine
from conformance.reference.faults.occasional import occasional
from conformance.reference.server import Reference
from conformance.reference.settings import Settings

from .stage import FREE, Stage

SEEN = ALL["accepts_trailing_bytes"]


def shown(behaviour: Behaviour, connections: int = 2000) -> list[bool]:
    """For each of so many connections, whether trailing bytes are overlooked."""
    found = []
    for number in range(1, connections + 1):
        connection.enter(number)
        found.append(behaviour.tolerates("trailing"))
        assert behaviour.tolerates("trailing") == found[-1], "a connection has it or has it not"
    return found


@pytest.mark.parametrize("chance", [0.05, 0.3, 0.9])
def test_it_shows_on_its_share_of_the_connections(chance: float) -> None:
    """Within four standard deviations of 2000 draws; the same seed draws the same, another draws others."""
    drawn = shown(combine([occasional(SEEN, chance, seed=1)]))
    assert abs(sum(drawn) - 2000 * chance) < 4 * (2000 * chance * (1 - chance)) ** 0.5
    assert drawn == shown(combine([occasional(SEEN, chance, seed=1)]))
    assert drawn != shown(combine([occasional(SEEN, chance, seed=2)]))


def test_a_share_of_one_is_the_fault_itself() -> None:
    """On every connection."""
    assert all(shown(combine([occasional(SEEN, 1, seed=0)]), 100))


def test_faults_combine_now_and_then_too() -> None:
    """Each has its own coin, and where neither shows the service is honest."""
    other = occasional(ALL["accepts_duplicate_keys"], 0.5, seed=1)
    both = combine([occasional(SEEN, 0.5, seed=1), other, ALL["ignores_margin"]])
    pairs = set()
    for number in range(1, 100):
        connection.enter(number)
        pairs.add((both.tolerates("trailing"), both.tolerates("duplicate")))
        assert not both.tolerates("key")
        assert not both.enforces("margin")
        assert both.enforces("post_only")
    assert len(pairs) == 4


def test_what_is_honest_stays_honest() -> None:
    """Each decision of each fault, on connections where it does not show, is that of an honest service."""
    honest = Behaviour()
    for fault in ALL.values():
        rare = combine([occasional(fault, 1e-12, seed=0)])
        connection.enter(1)
        for rule in ("margin", "post_only", "expiry", "one_auth", "revocation"):
            assert rare.enforces(rule) == honest.enforces(rule)
        assert rare.auth_deadline(5.0) == honest.auth_deadline(5.0)
        assert rare.replies({}, {"type": "error"}) == honest.replies({}, {"type": "error"})
        assert rare.outgoing("gateway", {"a": 1}) == honest.outgoing("gateway", {"a": 1})


def test_derived_faults_show_now_and_then() -> None:
    """Those that are made by rule count how often they were applied, and are not on the other connections."""
    made = next(fault for fault in derived(load(find())) if fault.name.startswith("market-data/"))
    behaviour = combine([occasional(Fault(made.name, "", made.clauses, made.make()), 1e-12, seed=0)])
    assert isinstance(behaviour, Derived)
    connection.enter(1)
    value = ["pong", 1, 2]
    assert behaviour.outgoing("market-data", value) == Behaviour().outgoing("market-data", value)
    assert behaviour.applied == 0


def test_live_connections_differ() -> None:
    """A real service breaks its promise on some connections, and keeps it on the others, each time it is
    asked on one of them."""

    async def scene() -> list[bool]:
        behaviour = combine([occasional(ALL["ignores_unknown_commands"], 0.5, seed=3)])
        settings = Settings(gateway=FREE, gateway_health=FREE, market_data=FREE)
        found = []
        async with Reference(settings, behaviour) as reference:
            stage = Stage(reference)
            for _ in range(24):
                async with stage.gateway(None) as client:
                    for number in (1, 2):
                        await client.send(type="none_such", request_id=number)
                    await client.send(type="getMarketSnapshot", request_id=3)
                    answers = [await client.hear()]
                    while answers[-1]["request_id"] != 3:
                        answers.append(await client.hear())
                    assert len(answers) in (1, 3)
                    found.append(len(answers) == 1)
        return found

    found = asyncio.run(scene())
    assert 2 <= sum(found) <= 22

"""The catalogue: every fault starts, breaks what it says in each family, and can be combined."""

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.catalogue import FAMILIES, FAULTS
from conformance.reference.faults.fault import combine
from conformance.reference.frames import FLAWS

from .stage import LIVELY, Stage, play


@pytest.mark.parametrize("name", FAULTS)
def test_starts(name: str) -> None:
    """A reference with this fault opens its ports, ticks and stops; the fault names what it breaks."""

    async def scene(stage: Stage) -> None:
        stage.reference.simulator.tick()

    play(scene, [name])
    fault = FAULTS[name]
    assert fault.breaks
    assert fault.clause
    replaced = {attribute for attribute in vars(fault.behaviour) if not attribute.startswith("_")}
    known = {attribute for base in fault.behaviour.__mro__[1:] for attribute in vars(base)} | {"asked"}
    assert replaced <= known, "replaces a decision that does not exist"


def test_families() -> None:
    """Six families, and no fault outside them."""
    modules = {module.__name__ for family in FAMILIES.values() for module in family}
    assert len(FAMILIES) == 6
    assert {fault.behaviour.__module__ for fault in FAULTS.values()} == modules


def test_faults_combine() -> None:
    """Several faults make one behaviour; none undoes another."""
    both = combine(
        [FAULTS["accepts_trailing_bytes"], FAULTS["accepts_duplicate_keys"], FAULTS["ignores_margin"]]
    )
    flaws = {flaw for flaw in FLAWS if both.tolerates(flaw)}
    assert flaws == {"trailing", "duplicate"}
    assert not both.enforces("margin")
    assert both.enforces("post_only")
    assert type(combine([])) is Behaviour


def test_transport() -> None:
    """closes_oversize_with_1008"""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            await client.socket.send(b"\x00" * 65_537)
            assert await client.until_closed() == ([], 1008)

    play(scene, ["closes_oversize_with_1008"])


def test_auth() -> None:
    """auth_timeout_without_error"""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            assert await client.until_closed() == ([], 1008)

    play(scene, ["auth_timeout_without_error"], auth_secs=0.1)


def test_commands() -> None:
    """sends_money_as_floats, and accepts_unknown_fields with it"""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            quote = await client.ask("getMarketSnapshot", symbol=LIVELY, extra=1)
            assert isinstance(quote["mark_price"], float)

    play(scene, ["sends_money_as_floats", "accepts_unknown_fields"])


@pytest.mark.parametrize("name", FAMILIES["layouts"] and ["price_events_lack_volatility", "events_as_maps"])
def test_layouts(name: str) -> None:
    """A layout fault changes what subscribers get."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await client.send(type="subscribe", channel="prices", symbol=LIVELY)
            await client.hear()
            event = await client.hear()
            assert isinstance(event, dict) or len(event) == 6

    play(scene, [name])


def test_streams() -> None:
    """acks_after_first_event"""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await client.send(type="subscribe", channel="listings")
            assert [(await client.hear())[0] for _ in range(2)] == ["listings_snapshot", "subscribed"]

    play(scene, ["acks_after_first_event"])


def test_health() -> None:
    """health_answers_500"""

    async def scene(stage: Stage) -> None:
        assert (await stage.http("gateway-health", "GET", "/health")).status == 500

    play(scene, ["health_answers_500"])

"""Market data: subscriptions, snapshots, sequences, and what the streams say."""

import asyncio
from typing import Any

import pytest

from conformance.reference.server import Reference
from conformance.reference.settings import Settings

from .stage import LIVELY, QUIET, Client, Stage, limit, play

KINDS = [
    ({"channel": "listings"}, "listings_snapshot", "listings_update"),
    ({"channel": "provenance"}, "provenance_snapshot", "provenance_update"),
    ({"channel": "corrections"}, None, "settlement_correction"),
    ({"channel": "prices", "symbol": LIVELY}, None, "price"),
    ({"channel": "orderbook", "symbol": LIVELY}, "orderbook_snapshot", "orderbook_snapshot"),
    ({"channel": "trades", "symbol": LIVELY}, "trades_snapshot", "trade"),
]


@pytest.mark.parametrize(("fields", "snapshot", "live"), KINDS)
def test_stream(fields: dict[str, Any], snapshot: str | None, live: str) -> None:
    """Acknowledgement, then the snapshot, then events numbered on by one; the same for all subscribers."""

    async def scene(stage: Stage) -> None:
        sub_id = ":".join(fields.values())
        async with stage.market_data() as first, stage.market_data() as second:
            heard = []
            for client in (first, second):
                await client.send(type="subscribe", **fields)
                assert await client.hear() == ["subscribed", sub_id]
                if snapshot is not None:
                    begun = await client.hear()
                    assert (begun[0], begun[1]) == (snapshot, sub_id)
                    heard.append([begun])
                else:
                    heard.append([])
            for client, events in zip((first, second), heard, strict=True):
                events += [await client.hear() for _ in range(3)]
                numbers = [event[2] for event in events]
                assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
                assert {event[0] for event in events[1:]} == {live}
            shared = {event[2] for event in heard[0][1:]} & {event[2] for event in heard[1][1:]}
            for number in shared:
                pair = [next(event for event in events[1:] if event[2] == number) for events in heard]
                assert pair[0] == pair[1]

    play(scene, tick_secs=0.01)


def test_unsubscribing() -> None:
    """Nothing of a stream follows its `unsubscribed`; subscribing again begins anew."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client, stage.market_data() as witness:
            fields = {"channel": "prices", "symbol": LIVELY}
            for each in (client, witness):
                await each.send(type="subscribe", **fields)
                await each.hear()
            await client.send(type="unsubscribe", **fields)
            while (heard := await client.hear())[0] == "price":
                pass
            assert heard == ["unsubscribed", f"prices:{LIVELY}"]
            for _ in range(4):
                await witness.hear()
            await client.send(type="ping", nonce=5)
            assert (await client.hear())[:2] == ["pong", 5]
            await client.send(type="subscribe", **fields)
            assert await client.hear() == ["subscribed", f"prices:{LIVELY}"]

    play(scene, tick_secs=0.01)


@pytest.mark.parametrize(
    ("command", "code", "sub_id"),
    [
        ({"type": "fly"}, "unknown_command", None),
        ({"type": "ping"}, "invalid_field", None),
        ({"type": "ping", "nonce": 1.0}, "invalid_field", None),
        ({"type": "ping", "nonce": 1, "request_id": 1}, "invalid_field", None),
        ({"type": "subscribe"}, "invalid_field", None),
        ({"type": "subscribe", "channel": "news"}, "invalid_field", None),
        ({"type": "subscribe", "channel": "listings", "symbol": LIVELY}, "invalid_field", None),
        ({"type": "subscribe", "channel": "prices"}, "invalid_field", None),
        ({"type": "subscribe", "channel": "prices", "symbol": "a b"}, "invalid_field", None),
        ({"type": "subscribe", "channel": "prices", "symbol": "NONE"}, "unknown_symbol", "prices:NONE"),
        ({"type": "unsubscribe", "channel": "prices", "symbol": "NONE"}, "unknown_symbol", "prices:NONE"),
        ({"type": "unsubscribe", "channel": "listings"}, "not_subscribed", "listings"),
    ],
)
def test_refusals(command: dict[str, Any], code: str, sub_id: str | None) -> None:
    """A refused command is answered with its code, and names its subscription where it has one."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await client.send(**command)
            answer = await client.hear()
            assert (answer[0], answer[1], answer[3]) == ("error", code, sub_id)

    play(scene, tick_secs=0.01)


async def subscribe_all(client: Client, stage: Stage) -> tuple[int, list[Any]]:
    """Subscribe to everything there is; how often it was acknowledged, and the errors."""
    symbols = [listing.symbol for listing in stage.reference.market.listings]
    wanted = [{"channel": name, "symbol": symbol} for symbol in symbols for name in ("trades", "orderbook")]
    wanted += [{"channel": "prices", "symbol": symbol} for symbol in symbols]
    for fields in wanted:
        await client.send(type="subscribe", **fields)
    await client.send(type="ping", nonce=0)
    acknowledged, errors = 0, []
    while (heard := await client.hear())[0] != "pong":
        acknowledged += heard[0] == "subscribed"
        errors += [heard] if heard[0] == "error" else []
    return acknowledged, errors


def test_sixty_four_subscriptions() -> None:
    """64 subscriptions fit on a connection, the 65th is limit_exceeded, and health counts them."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            acknowledged, errors = await subscribe_all(client, stage)
            assert (acknowledged, {error[1] for error in errors}) == (64, {"limit_exceeded"})
            health = await stage.http("market-data-health", "GET", "/health")
            assert health.value["subscriptions"] == 64
            await client.send(type="subscribe", channel="trades", symbol=LIVELY)
            while (heard := await client.hear())[0] != "error":
                pass
            assert heard[1] == "already_subscribed"

    play(scene)


def test_orders_show_in_the_book() -> None:
    """A quiet book stands still until somebody trades; then each change is one snapshot, bids falling."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client, stage.gateway() as trader:
            await client.send(type="subscribe", channel="orderbook", symbol=QUIET)
            await client.hear()
            before = await client.hear()
            await trader.ask("placeOptionOrder", **limit("shown", "buy", "0.5", "0.7"))
            after = await client.hear()
            assert after[2] == before[2] + 1
            assert after[4] == [*before[4], ["0.5", "0.7"]]
            quote = await trader.ask("getMarketSnapshot", symbol=QUIET)
            assert quote["book_sequence"] == after[2]
            prices = [float(price) for price, _ in after[4]]
            assert prices == sorted(prices, reverse=True)
            assert prices[0] < float(after[5][0][0])

    play(scene)


def test_the_same_seed_moves_the_same_way() -> None:
    """Two exchanges of one seed tick alike, but for their clocks; another seed does not."""

    def run(seed: int) -> list[Any]:
        reference = Reference(Settings(seed=seed))
        heard: list[Any] = []
        market = reference.market
        reference.simulator.open_books()
        for _ in range(60):
            reference.simulator.tick()
            heard.append(market.prices.as_value(LIVELY))
            heard.append([trade.as_value()[:4] for trade in market.trades[LIVELY]])
            heard.append(market.levels(LIVELY))
        return heard

    assert run(1) == run(1) != run(2)


def test_pings_between_events() -> None:
    """A ping is answered in the middle of a stream, with a clock that agrees with the events."""

    async def scene(stage: Stage) -> None:
        async with stage.market_data() as client:
            await client.send(type="subscribe", channel="prices", symbol=LIVELY)
            await client.hear()
            event = await client.hear()
            await client.send(type="ping", nonce=2**64 - 1)
            while (heard := await asyncio.wait_for(client.hear(), 5))[0] != "pong":
                event = heard
            assert heard[1] == 2**64 - 1
            assert 0 <= heard[2] - event[3] <= 1000

    play(scene)

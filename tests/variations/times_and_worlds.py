"""Scenes of other moments and of other worlds."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

import msgpack

from tests.reference.stage import LIVELY, limit
from tests.variations.differences import differs
from tests.variations.wiretap import CLOSE, Scene, Tap

KEY = "omn_demo_trader_a"
AUTH_SECS = 0.3
"""The auth deadline of every scene; ``settled`` may say otherwise."""


async def _timeout(scene: Scene) -> tuple[float, float]:
    """When `auth_timeout` and the close come, in seconds from the upgrade."""
    async with scene.tap() as tap:
        begun = time.monotonic()
        assert (await tap.hear())["code"] == "auth_timeout"
        told = time.monotonic() - begun
        await tap.frame(CLOSE)
        return told, time.monotonic() - begun


@differs("auth_timeout_at_the_last_moment")
async def _(scene: Scene) -> None:
    told, closed = await _timeout(scene)
    assert min(told, closed) > AUTH_SECS + 0.9


@differs("auth_timeout_then_late_close")
async def _(scene: Scene) -> None:
    told, closed = await _timeout(scene)
    assert told < AUTH_SECS + 0.8 < closed


@differs("revocation_at_the_last_moment")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as maker, scene.tap() as tap:
        made = await maker.ask("createSessionKey", permissions=["read"], expires_in_secs=60)
        await tap.ask("auth", session_key=made["session_key"])
        begun = time.monotonic()
        await maker.ask("revokeSessionKey", session_key_id=made["session_key_id"])
        assert (await tap.ask("getAccountState"))["code"] == "unauthenticated"
        await tap.frame(CLOSE)
        assert time.monotonic() - begun > 0.9


@differs("shorter_auth_deadline")
async def _(scene: Scene) -> None:
    assert scene.reference.settings.auth_secs == 1.1


@differs("longer_auth_deadline")
async def _(scene: Scene) -> None:
    assert scene.reference.settings.auth_secs == 6.5


async def _pings(tap: Tap, number: int) -> list[float]:
    taken = []
    for nonce in range(number):
        begun = time.monotonic()
        await tap.ping(nonce)
        taken.append(time.monotonic() - begun)
    return taken


@differs("replies_at_the_last_moment")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        while max(await _pings(tap, 1)) < 1.8:
            pass


@differs("slow_replies")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        assert min(await _pings(tap, 2)) > 0.075


@differs("replies_in_any_order")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as tap:
        before = len(tap.messages)
        for number in range(8):
            tap.send(type="getMarketSnapshot", request_id=number, symbol=LIVELY)
        heard = [(await _next(tap, before + at))["request_id"] for at in range(8)]
        assert sorted(heard) == list(range(8))
        assert heard != sorted(heard)


async def _next(tap: Tap, at: int) -> Any:
    while len(tap.messages) <= at:
        await tap.read()
    return _value(tap.messages[at])


@differs("pongs_in_any_order")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        for number in range(8):
            tap.send(type="ping", nonce=number)
        heard = [(await _next(tap, at))[1] for at in range(8)]
        assert sorted(heard) == list(range(8))
        assert heard != sorted(heard)


async def _order(scene: Scene) -> tuple[float, float]:
    """When the reply to an order and its update come."""
    async with scene.tap(key=KEY) as tap:
        begun = time.monotonic()
        await tap.ask("placeOptionOrder", **limit("one", "buy", "0.5"))
        told = time.monotonic() - begun
        await tap.hear(lambda value: value["type"] == "orderUpdate")
        return told, time.monotonic() - begun


@differs("updates_long_after_replies")
async def _(scene: Scene) -> None:
    told, updated = await _order(scene)
    assert told < 0.45 < updated


@differs("order_replies_late")
async def _(scene: Scene) -> None:
    told, updated = await _order(scene)
    assert told > 0.001
    assert updated > 0.49


@differs("jittery_link")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        taken = await _pings(tap, 8)
        assert min(taken) > 0.004
        assert max(taken) - min(taken) > 0.02


@differs("snapshots_at_the_last_moment")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        begun = time.monotonic()
        await tap.subscribe("listings")
        assert time.monotonic() - begun > 1.8


@differs("market_data_behind")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as view, scene.tap(key=KEY) as tap:
        await asyncio.sleep(0.6)
        told = (await tap.ask("getMarketSnapshot", symbol=LIVELY))["book_sequence"]
        assert (await view.subscribe("orderbook", symbol=LIVELY))[2] < told
        begun = time.monotonic()
        await view.hear(lambda value: value[2] >= told)
        assert 0.3 < time.monotonic() - begun < 1


@differs("busy_machine")
async def _(scene: Scene) -> None:
    loop, worst = asyncio.get_running_loop(), 0.0
    until = loop.time() + 0.7
    while loop.time() < until:
        begun = loop.time()
        await asyncio.sleep(0.001)
        worst = max(worst, loop.time() - begun)
    assert worst > 0.018


@differs("busy_now_and_then")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        codes = {(await tap.ask("getMarketSnapshot", symbol=LIVELY)).get("code") for _ in range(500)}
        assert codes == {None, "rate_limited"}


@differs("orders_are_rationed")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as tap, scene.tap(key="omn_demo_trader_b") as other:
        cancel = {"order_id": "none"}
        codes = [(await tap.ask("cancelOptionOrder", **cancel))["code"] for _ in range(400)]
        assert codes[:50] == ["order_not_found"] * 50
        assert "rate_limited" in codes
        assert (await other.ask("cancelOptionOrder", **cancel))["code"] == "order_not_found"
        await asyncio.sleep(0.1)
        assert (await tap.ask("cancelOptionOrder", **cancel))["code"] == "order_not_found"


def _ids(name: str, order_id: str, secret: int) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap(key=KEY) as tap:
            placed = await tap.ask("placeOptionOrder", **limit("one", "buy", "0.5"))
            assert placed["order"]["order_id"] == order_id
            made = await tap.ask("createSessionKey", permissions=["read"], expires_in_secs=60)
            assert len(made["session_key"]) == secret
            assert (await tap.ask("revokeSessionKey", session_key_id=made["session_key_id"]))[
                "type"
            ] != "error"


_ids("long_ids", "_" * 59 + "ord-1", 595)
_ids("short_ids", "1", 13)
_ids("unusual_ids", "-_-000000000001--", 45)


def _listings(name: str, right: Any) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap:
            assert right((await tap.subscribe("listings"))[4])


_listings("other_symbols", lambda found: {len(each[0]) for each in found} == {1, 32})
_listings("fine_ticks_and_lots", lambda found: found[0][5:7] == ["0.00000003", "0.000000001"])
_listings("coarse_ticks_and_lots", lambda found: found[0][5:7] == ["2", "7"])
_listings("many_listings", lambda found: len(found) == 1000)


def _book(name: str, bids: int, asks: int) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap:
            book = await tap.subscribe("orderbook", symbol="BTC-27DEC30-60000-P")
            assert (len(book[4]), len(book[5])) == (bids, asks)


_book("deep_books", 250, 250)
_book("nobody_offers", 5, 0)
_book("nobody_bids", 0, 5)


@differs("young_market")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        assert (await tap.subscribe("trades", symbol="BTC-27DEC30-60000-P"))[4] == []


async def _pace(scene: Scene) -> float:
    """Events a second of a lively price."""
    async with scene.tap("market-data") as tap:
        first = await tap.subscribe("prices", symbol=LIVELY)
        begun = time.monotonic()
        last = await tap.hear(lambda value: value[2] >= first[2] + 1)
        return float((last[2] - first[2]) / (time.monotonic() - begun))


@differs("fast_market")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        first = await tap.subscribe("prices", symbol=LIVELY)
        await asyncio.sleep(0.5)
        await tap.read()
        last = await tap.hear(lambda value: value[2] > first[2] + 10)
        assert last[3] - first[3] < 1000


@differs("slow_market")
async def _(scene: Scene) -> None:
    assert await _pace(scene) < 4


@differs("another_seed")
async def _(scene: Scene) -> None:
    assert scene.reference.settings.seed == 1_000_003


@differs("books_repeated")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        book = await tap.subscribe("orderbook", symbol=LIVELY)
        told = [book]
        while not any(one[4:] == other[4:] for one, other in pairwise(told)):
            await tap.read()
            told = [event for event in map(_value, tap.messages) if event[0] == "orderbook_snapshot"]


def _value(payload: bytes) -> Any:
    return msgpack.unpackb(payload)


def _clock(name: str, least: float, most: float) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap:
            assert least < (await tap.ping())[2] / 1000 - time.time() < most


_clock("clock_ahead", 21_590, 21_610)
_clock("clock_behind", -21_610, -21_590)


@differs("coarse_clock")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        assert (await tap.ping())[2] % 250 == 0


def _sequences(name: str, least: int) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap("market-data") as tap, scene.tap(key=KEY) as trader:
            assert least <= (await tap.subscribe("listings"))[2] < least + 100
            assert (await trader.ask("getAccountState"))["sequence"] == least


_sequences("sequences_past_53_bits", 2**53 - 3)
_sequences("sequences_past_63_bits", 2**63 - 3)

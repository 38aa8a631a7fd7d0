"""Scenes of wordings and of health."""

from __future__ import annotations

import json
from typing import Any

from tests.reference.stage import LIVELY, limit
from tests.variations.differences import differs
from tests.variations.wiretap import Scene

KEY = "omn_demo_trader_a"
QUIETLY = limit("one", "buy", "0.5")


def _refusal(name: str, length: int) -> None:
    @differs(name)
    async def scene(scene: Scene) -> None:
        async with scene.tap() as tap, scene.tap("market-data") as other:
            assert len((await tap.ask("nothing"))["message"]) == length
            other.send(type="nothing")
            assert len((await other.hear())[2]) == length


_refusal("long_error_messages", 3380)
_refusal("short_error_messages", 1)


@differs("permissions_reversed")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        assert (await tap.ask("auth", api_key=KEY))["permissions"] == ["withdraw", "trade", "read"]


@differs("newest_orders_first")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as tap:
        for own in ("one", "two"):
            await tap.ask("placeOptionOrder", **{**QUIETLY, "client_order_id": own})
        orders = (await tap.ask("getAccountSnapshot"))["open_orders"]
        assert [order["client_order_id"] for order in orders] == ["two", "one"]


@differs("several_balances")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as tap:
        assets = [each["asset"] for each in (await tap.ask("getAccountSnapshot"))["balances"]]
        assert assets == ["BTC", "USDC", "ETH"]


@differs("updates_without_last_fill")
async def _(scene: Scene) -> None:
    async with scene.tap(key=KEY) as tap:
        await tap.ask("placeOptionOrder", **{**limit("taker", "buy", "9000"), "symbol": LIVELY})
        update = await tap.hear(lambda value: value.get("order", {}).get("filled_size", "0") != "0")
        assert update["type"] == "orderUpdate"
        assert not {"last_price", "last_size"} & set(update)


@differs("api_keys_expire")
async def _(scene: Scene) -> None:
    async with scene.tap() as tap:
        assert (await tap.ask("auth", api_key=KEY))["expires_at"] > 1_000_000_000_000


@differs("listings_shuffled")
async def _(scene: Scene) -> None:
    shown = []
    for _ in range(2):
        async with scene.tap("market-data") as tap:
            shown.append([each[0] for each in (await tap.subscribe("listings"))[4]])
    assert sorted(shown[0]) == sorted(shown[1])
    assert shown[0] != shown[1]


@differs("listings_reversed")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        listings = (await tap.subscribe("listings"))[4]
        assert listings[0][7] == "expired"
        assert listings[-2][0] == LIVELY


@differs("other_texts")
async def _(scene: Scene) -> None:
    async with scene.tap("market-data") as tap:
        assert (await tap.subscribe("provenance"))[4][0][2].endswith("\x00")


GET = "GET /health"


@differs("other_http_headers")
async def _(scene: Scene) -> None:
    assert "\r\nCACHE-CONTROL: no-store\r\n" in await scene.exchange(GET, end=b"}}}")
    assert "\r\nallow: GET, HEAD\r\n" in await scene.exchange("PUT /health", end=b"allowed.\n")


@differs("chunked_bodies")
async def _(scene: Scene) -> None:
    told = await scene.exchange(GET, end=b"\r\n0\r\n\r\n")
    assert "content-length" not in told.lower()
    assert '\r\n\r\n5\r\n{"sta\r\n' in told


@differs("connections_close")
async def _(scene: Scene) -> None:
    assert "\r\nConnection: close\r\n" in await scene.exchange(GET)


@differs("content_type_with_charset")
async def _(scene: Scene) -> None:
    assert 'Content-Type: Application/JSON; Charset="UTF-8"\r\n' in await scene.exchange(GET, end=b"}}}")


@differs("spelled_out_json")
async def _(scene: Scene) -> None:
    body = (await scene.exchange(GET, end=b"\r\n\t ")).partition("\r\n\r\n")[2]
    assert '"\\u0073tatus"' in body
    assert list(json.loads(body))[-1] == "status"


async def _health(scene: Scene, path: str = "/health") -> Any:
    return (await scene.http("gateway-health", "GET", path)).value


@differs("degraded_but_up")
async def _(scene: Scene) -> None:
    assert (await scene.http("gateway-health", "GET", "/health")).status == 200
    assert (await _health(scene))["status"] == "degraded"


@differs("other_rings_and_stages")
async def _(scene: Scene) -> None:
    assert "größte/~0 ring" in (await _health(scene))["rings"]
    assert (await _health(scene, "/health/latency"))["stages"][0]["name"] == "同じ"


@differs("no_rings_and_stages")
async def _(scene: Scene) -> None:
    assert (await _health(scene))["rings"] == {}
    assert (await _health(scene, "/health/latency"))["stages"] == []


@differs("bare_refusals")
async def _(scene: Scene) -> None:
    told = await scene.exchange("PUT /health", end=b"\r\n\r\n")
    assert "Allow: HEAD,GET\r\nContent-Length: 0" in told or "Content-Length: 0\r\nAllow: HEAD,GET" in told
    assert "Content-Type" not in told


@differs("json_refusals")
async def _(scene: Scene) -> None:
    told = await scene.http("gateway-health", "GET", "/nothing")
    assert (told.status, told.value) == (404, {"error": "no"})

"""The health endpoints: what they count, and all that they refuse."""

import asyncio

import pytest

from .stage import LIVELY, Stage, limit, play


def test_gateway_health_counts() -> None:
    """Connections, sessions, commands and errors are those that were."""

    async def scene(stage: Stage) -> None:
        before = (await stage.http("gateway-health", "GET", "/health")).value
        async with stage.gateway() as client, stage.gateway(None):
            await client.ask("placeOptionOrder", **limit("c", "buy", "0.5"))
            await client.ask("getMarketSnapshot", symbol="NONE")
            answer = await stage.http("gateway-health", "GET", "/health")
        after = answer.value
        assert answer.headers["Content-Type"] == "application/json"
        assert (after["status"], after["connections"], after["authenticated_sessions"]) == ("ok", 2, 1)
        assert after["commands_total"] == before["commands_total"] + 3
        assert after["errors_total"] == before["errors_total"] + 1
        for ring in after["rings"].values():
            assert 0 <= ring["depth"] <= ring["high_watermark"] <= ring["capacity"]

    play(scene)


def test_latency_is_measured() -> None:
    """Stages count the commands that were handled; percentiles are ordered, and 0 before anything was."""

    async def scene(stage: Stage) -> None:
        empty = (await stage.http("gateway-health", "GET", "/health/latency")).value
        assert {tuple(stage.values())[1:] for stage in empty["stages"]} == {(0, 0, 0, 0, 0)}
        async with stage.gateway() as client:
            for _ in range(9):
                await client.ask("getMarketSnapshot", symbol=LIVELY)
        for shown in (await stage.http("gateway-health", "GET", "/health/latency")).value["stages"]:
            assert shown["count"] == 10
            assert shown["p50_us"] <= shown["p90_us"] <= shown["p99_us"] <= shown["max_us"]

    play(scene)


@pytest.mark.parametrize(
    ("name", "method", "path", "status"),
    [
        ("gateway-health", "GET", "/health", 200),
        ("gateway-health", "GET", "/health?verbose=1", 200),
        ("gateway-health", "HEAD", "/health/latency", 200),
        ("gateway-health", "POST", "/health", 405),
        ("gateway-health", "DELETE", "/health/latency", 405),
        ("gateway-health", "OPTIONS", "/health", 405),
        ("gateway-health", "PURGE", "/health", 405),
        ("gateway-health", "GET", "/", 404),
        ("gateway-health", "POST", "/orders", 404),
        ("gateway-health", "GET", "/health/", 404),
        ("market-data-health", "GET", "/health", 200),
        ("market-data-health", "HEAD", "/health", 200),
        ("market-data-health", "PUT", "/health", 405),
        ("market-data-health", "GET", "/", 426),
        ("market-data-health", "POST", "/", 405),
        ("market-data-health", "POST", "/subscribe", 404),
    ],
)
def test_paths_and_methods(name: str, method: str, path: str, status: int) -> None:
    """HEAD as GET; other methods 405 with Allow; other paths 404; a plain GET of the WebSocket 426."""

    async def scene(stage: Stage) -> None:
        answer = await stage.http(name, method, path, b"{}" if method in ("POST", "PUT") else None)
        assert answer.status == status
        assert ("Allow" in answer.headers) == (status == 405)
        assert bool(answer.body) == (method != "HEAD")
        assert int(answer.headers["Content-Length"]) > 0

    play(scene)


def test_pipelined_requests_and_bodies() -> None:
    """Requests that come in one packet are answered in order, bodies and all; nonsense gets 400."""

    async def scene(stage: Stage) -> None:
        host, port = stage.reference.addresses["market-data-health"].split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
        found = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await writer.wait_closed()
        statuses = [part.split(b" ")[1] for part in found.split(b"HTTP/1.1")[1:]]
        assert statuses == [b"405", b"200", b"400"]

    play(scene)


def test_503_when_the_websocket_refuses() -> None:
    """When no connections are taken, health says 503 with the same body."""

    async def scene(stage: Stage) -> None:
        stage.reference.behaviour.upgrades = lambda: False  # type: ignore[method-assign]
        for name in ("gateway-health", "market-data-health"):
            answer = await stage.http(name, "GET", "/health")
            assert (answer.status, answer.value["status"]) == (503, "degraded")

    play(scene)

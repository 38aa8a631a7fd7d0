"""The order of refusals: first match wins."""

from typing import Any

import pytest

from .stage import LIVELY, QUIET, Stage, limit, market, play

LEG = {"symbol": QUIET, "side": "buy", "ratio": 1}
SPREAD = {"client_order_id": "s", "legs": [LEG, LEG], "price": "1", "size": "1"}
CANDLES = {"symbol": LIVELY, "interval": "1m", "start": 0, "end": 2**64 - 1, "limit": 5}


def test_before_authentication() -> None:
    """Unknown commands, then request ids, then authentication, then fields."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            cases: list[tuple[dict[str, Any], str, int | None]] = [
                ({"type": "fly", "request_id": 3}, "unknown_command", 3),
                ({"type": "fly"}, "unknown_command", None),
                ({"type": "getAccountState"}, "invalid_field", None),
                ({"type": "getAccountState", "request_id": "3"}, "invalid_field", None),
                ({"type": "getAccountState", "request_id": 3.0}, "invalid_field", None),
                ({"type": "getAccountState", "request_id": True}, "invalid_field", None),
                ({"type": "getAccountState", "request_id": -1}, "invalid_field", None),
                ({"type": "getAccountState", "request_id": 3, "extra": 1}, "unauthenticated", 3),
                ({"type": "placeOptionSpreadOrder", "request_id": 3}, "unauthenticated", 3),
                ({"type": "getMarketSnapshot", "request_id": 3, "symbol": 5}, "invalid_field", 3),
                ({"type": "getMarketSnapshot", "request_id": 3, "symbol": "NONE"}, "unknown_symbol", 3),
                ({"type": "auth", "request_id": 3}, "invalid_field", 3),
                ({"type": "auth", "request_id": 3, "api_key": b"x"}, "invalid_field", 3),
                ({"type": "auth", "request_id": 3, "api_key": "x", "session_key": "x"}, "invalid_field", 3),
            ]
            for command, code, request_id in cases:
                await client.send(**command)
                answer = await client.hear()
                assert (answer["type"], answer["code"], answer["request_id"]) == ("error", code, request_id)

    play(scene)


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("placeOptionSpreadOrder", SPREAD, "unsupported"),
        ("placeOptionSpreadOrder", {**SPREAD, "legs": [LEG]}, "invalid_field"),
        ("placeOptionSpreadOrder", {**SPREAD, "legs": [LEG, {**LEG, "extra": 1}]}, "invalid_field"),
        ("placeOptionSpreadOrder", {**SPREAD, "legs": [LEG, {**LEG, "symbol": "NONE"}]}, "unsupported"),
        ("placeOptionOrder", limit("a", "buy", "0.5", symbol="NONE"), "unknown_symbol"),
        ("placeOptionOrder", limit("a", "buy", "0.5", symbol="ETH-27DEC24-3200-P"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0.5", symbol="ETH-27DEC30-3200-C"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0.3"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0.5", "0.15"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "-0.5"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "5e-1"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0000000000000000000000.5"), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0.5\n"), "invalid_field"),
        ("placeOptionOrder", {**limit("a", "buy", "1"), "price": 1}, "invalid_field"),
        ("placeOptionOrder", {**limit("a", "buy", "1"), "price": 1.0}, "invalid_field"),
        ("placeOptionOrder", {**limit("a", "buy", "1"), "price": None}, "invalid_field"),
        ("placeOptionOrder", {**limit("a", "buy", "1"), "side": "Buy"}, "invalid_field"),
        ("placeOptionOrder", {**limit("a", "buy", "1"), "post_only": 1}, "invalid_field"),
        ("placeOptionOrder", {**limit("a b", "buy", "1")}, "invalid_field"),
        ("placeOptionOrder", {**market("a", "buy"), "price": "1"}, "invalid_field"),
        ("placeOptionOrder", {**market("a", "buy"), "time_in_force": "gtc"}, "invalid_field"),
        ("placeOptionOrder", {**market("a", "buy"), "post_only": True}, "would_cross"),
        ("placeOptionOrder", limit("a", "buy", "0.5", "9" * 40), "invalid_field"),
        ("placeOptionOrder", limit("a", "buy", "0.5", "1" + "0" * 19), "insufficient_margin"),
        ("placeOptionOrder", limit("a", "buy", "99999", post_only=True), "would_cross"),
        ("placeOptionOrder", limit("a", "buy", "0.5", reduce_only=True), "would_increase"),
        ("cancelOptionOrder", {}, "invalid_field"),
        ("cancelOptionOrder", {"order_id": "x", "client_order_id": "x"}, "invalid_field"),
        ("cancelOptionOrder", {"order_id": "x"}, "order_not_found"),
        ("amendOptionOrder", {"order_id": "x"}, "invalid_field"),
        ("amendOptionOrder", {"order_id": "x", "size": "1"}, "order_not_found"),
        ("getOrder", {"client_order_id": "x"}, "order_not_found"),
        ("revokeSessionKey", {"session_key_id": "x"}, "session_key_not_found"),
        ("getCandles", {**CANDLES, "limit": 0}, "invalid_field"),
        ("getCandles", {**CANDLES, "limit": 1001}, "invalid_field"),
        ("getCandles", {**CANDLES, "interval": "2m"}, "invalid_field"),
        ("getCandles", {**CANDLES, "start": -1}, "invalid_field"),
        ("getCandles", {**CANDLES, "symbol": "NONE"}, "unknown_symbol"),
        ("getAccountState", {"extra": None}, "invalid_field"),
    ],
)
def test_after_authentication(kind: str, fields: dict[str, Any], code: str) -> None:
    """Fields, then support, then symbols, then orders, then what the order would do."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as client:
            before = await client.ask("getAccountSnapshot")
            answer = await client.ask(kind, **fields)
            assert (answer["type"], answer.get("code")) == ("error", code)
            after = await client.ask("getAccountSnapshot")
            assert {**after, "ts": 0, "request_id": 0} == {**before, "ts": 0, "request_id": 0}

    play(scene)

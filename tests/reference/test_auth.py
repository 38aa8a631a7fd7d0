"""Authentication: the deadline, credentials, permissions, and session keys to their end."""

import asyncio
import time

import pytest

from .stage import LIVELY, Stage, limit, play


def test_deadline() -> None:
    """At T: error auth_timeout without request id, then close 1008; reads and failures do not help."""

    async def scene(stage: Stage) -> None:
        begun = time.monotonic()
        async with stage.gateway(None) as client:
            assert (await client.ask("getMarketSnapshot", symbol=LIVELY))["type"] == "marketSnapshot"
            assert (await client.ask("auth", api_key="omn_wrong"))["code"] == "auth_failed"
            heard, code = await client.until_closed()
            assert time.monotonic() - begun >= 0.3
            assert [(error["code"], error["request_id"]) for error in heard] == [("auth_timeout", None)]
            assert code == 1008

    play(scene, auth_secs=0.3)


def test_authenticated_connections_have_no_deadline() -> None:
    """Authentication in time stops the clock, also after a failed attempt."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as idle, stage.gateway(None) as client:
            await client.ask("auth", api_key="")
            assert (await client.ask("auth", api_key="omn_demo_reader_a"))["permissions"] == ["read"]
            assert (await idle.until_closed())[1] == 1008
            assert (await client.ask("getAccountState"))["type"] == "accountState"

    play(scene, auth_secs=0.2)


def test_auth() -> None:
    """Wrong strings are auth_failed, a second auth is invalid_field, and neither echoes a credential."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            failed = await client.ask("auth", session_key="omn_demo_trader_a")
            assert failed["code"] == "auth_failed"
            assert "omn_" not in failed["message"]
            good = await client.ask("auth", api_key="omn_demo_trader_b")
            assert (good["account"], good["expires_at"]) == ("demo-b", None)
            assert (await client.ask("auth", api_key="omn_demo_trader_b"))["code"] == "invalid_field"

    play(scene)


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("omn_demo_reader_a", {"getAccountState", "getAccountSnapshot"}),
        ("omn_demo_trade_only_a", {"placeOptionOrder"}),
        ("omn_demo_withdraw_a", set()),
        ("omn_demo_trader_a", {"getAccountState", "getAccountSnapshot", "placeOptionOrder"}),
    ],
)
def test_permissions(key: str, allowed: set[str]) -> None:
    """A credential does what its permissions say, and the rest is forbidden."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(key) as client:
            for kind in ("getAccountState", "getAccountSnapshot", "placeOptionOrder"):
                fields = limit("c", "buy", "0.5") if kind == "placeOptionOrder" else {}
                answer = await client.ask(kind, **fields)
                assert (answer.get("code") != "forbidden") == (kind in allowed)

    play(scene)


def test_session_key_life() -> None:
    """A session key opens connections until it expires; then error, close 1008, and its orders stay."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as owner:
            made = await owner.ask("createSessionKey", permissions=["trade", "read"], expires_in_secs=1)
            assert made["session_key"].startswith("omns_")
            assert made["permissions"] == ["read", "trade"]
            async with stage.gateway(made["session_key"]) as guest:
                for kind, fields in (
                    ("createSessionKey", {"permissions": ["read"], "expires_in_secs": 60}),
                    ("revokeSessionKey", {"session_key_id": made["session_key_id"]}),
                ):
                    assert (await guest.ask(kind, **fields))["code"] == "forbidden"
                await guest.ask("placeOptionOrder", **limit("stays", "buy", "0.5"))
                heard, code = await guest.until_closed()
                assert [item["code"] for item in heard if item["type"] == "error"] == ["unauthenticated"]
                assert code == 1008
            async with stage.gateway(None) as late:
                assert (await late.ask("auth", session_key=made["session_key"]))["code"] == "auth_failed"
            assert (await owner.ask("getOrder", client_order_id="stays"))["order"]["status"] == "open"

    play(scene)


def test_session_key_revocation() -> None:
    """Revoking a key ends its connections after the reply; a key is revoked once, and only by its account."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as owner, stage.gateway("omn_demo_trader_b") as stranger:
            made = await owner.ask("createSessionKey", permissions=["read"], expires_in_secs=60)
            async with stage.gateway(made["session_key"]) as guest:
                name = {"session_key_id": made["session_key_id"]}
                assert (await stranger.ask("revokeSessionKey", **name))["code"] == "session_key_not_found"
                assert (await owner.ask("revokeSessionKey", **name))["type"] == "sessionKeyRevoked"
                assert (await asyncio.wait_for(guest.until_closed(), 5))[1] == 1008
                assert (await owner.ask("revokeSessionKey", **name))["code"] == "session_key_not_found"

    play(scene)


def test_session_keys_hold_no_more_than_their_maker() -> None:
    """Permissions beyond one's own are forbidden, lives out of bounds are invalid."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway("omn_demo_reader_a") as reader:
            ask = reader.ask
            answer = await ask("createSessionKey", permissions=["trade"], expires_in_secs=60)
            assert answer["code"] == "forbidden"
            for fields in (
                {"permissions": ["read"], "expires_in_secs": 0},
                {"permissions": ["read"], "expires_in_secs": 7_776_001},
                {"permissions": ["read"], "expires_in_secs": 60.0},
                {"permissions": [], "expires_in_secs": 60},
                {"permissions": ["read", "read"], "expires_in_secs": 60},
                {"permissions": ["admin"], "expires_in_secs": 60},
            ):
                assert (await ask("createSessionKey", **fields))["code"] == "invalid_field"

    play(scene)

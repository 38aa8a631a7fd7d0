"""The commands of the gateway: their schemas, what they need, and what they do."""

from dataclasses import replace
from decimal import Decimal

from conformance.reference import margin
from conformance.reference.accounts import COLLATERAL, DEMO_KEYS, PERMISSIONS, Credential
from conformance.reference.candles import INTERVALS
from conformance.reference.decimals import canonical
from conformance.reference.gateway import Command, GatewaySession, Value
from conformance.reference.gateway_shapes import shapes
from conformance.reference.margin import Standing
from conformance.reference.orders import Order, Origin
from conformance.reference.prices import Prices
from conformance.reference.refusals import Refusal
from conformance.reference.settings import Settings


def table(settings: Settings, prices: Prices) -> dict[str, Command]:
    """Every command by its type."""
    forms = shapes(settings)

    def standing(session: GatewaySession) -> Standing:
        exchange, account = session.gateway.exchange, _account(session)
        working = exchange.open_orders(account)
        return margin.standing(exchange.accounts.by_name[account], working, prices.mark_of, prices.index_of)

    def account_snapshot(session: GatewaySession, command: Value) -> Value:
        return _account_snapshot(session, standing(session))

    def account_state(session: GatewaySession, command: Value) -> Value:
        return _account_state(session, standing(session))

    return {
        "auth": Command(forms["auth"], _auth),
        "createSessionKey": Command(forms["createSessionKey"], _create_key, True, api_key_only=True),
        "revokeSessionKey": Command(forms["revokeSessionKey"], _revoke_key, True, api_key_only=True),
        "placeOptionOrder": Command(forms["placeOptionOrder"], _place, True, "trade"),
        "placeOptionSpreadOrder": Command(
            forms["placeOptionSpreadOrder"],
            _place,
            True,
            "trade",
            unsupported="spread orders are not supported",
        ),
        "cancelOptionOrder": Command(forms["cancelOptionOrder"], _cancel, True, "trade"),
        "amendOptionOrder": Command(forms["amendOptionOrder"], _amend, True, "trade"),
        "getOrder": Command(forms["getOrder"], _get_order, True, "read"),
        "getCandles": Command(forms["getCandles"], _get_candles),
        "getMarketSnapshot": Command(forms["getMarketSnapshot"], _get_market_snapshot),
        "getAccountSnapshot": Command(forms["getAccountSnapshot"], account_snapshot, True, "read"),
        "getAccountState": Command(forms["getAccountState"], account_state, True, "read"),
    }


def _auth(session: GatewaySession, command: Value) -> Value:
    gateway, behaviour = session.gateway, session.gateway.behaviour
    if session.credential is not None and behaviour.enforces("one_auth"):
        raise Refusal("invalid_field", "this connection is authenticated already")
    now = gateway.clock.now_ms() if behaviour.enforces("expired_keys") else 0
    scheme, field = ("apiKey", "api_key") if "api_key" in command else ("sessionKey", "session_key")
    shown = behaviour.recognises(command[field], gateway.accounts.secrets(scheme))
    found = gateway.accounts.find(scheme, shown, now)
    found = behaviour.credential(found, DEMO_KEYS[0])
    if found is None:
        raise Refusal("auth_failed", "the credential is not good")
    session.credential = found
    return {
        "type": "authenticated",
        "account": found.account,
        "permissions": list(found.permissions),
        "expires_at": found.expires_at,
    }


def _create_key(session: GatewaySession, command: Value) -> Value:
    gateway, parent = session.gateway, _held(session)
    wanted = command["permissions"]
    if not set(wanted) <= set(parent.permissions) and gateway.behaviour.enforces("key_permissions"):
        raise Refusal("forbidden", "a session key cannot have permissions that its maker lacks")
    secs = command["expires_in_secs"]
    expires_at = gateway.clock.now_ms() + secs * 1000
    if parent.expires_at is not None and expires_at > parent.expires_at:
        raise Refusal("invalid_field", "expires_in_secs is beyond the expiry of the credential in use")
    permissions = tuple(name for name in PERMISSIONS if name in wanted)
    made = gateway.accounts.make(parent, permissions, expires_at)
    gateway.ends_later(made, secs)
    session.keys_made.append(made)
    return {
        "type": "sessionKeyCreated",
        "session_key_id": made.key_id,
        "session_key": made.secret,
        "permissions": list(permissions),
        "expires_at": expires_at,
    }


def _revoke_key(session: GatewaySession, command: Value) -> Value:
    key_id = command["session_key_id"]
    accounts, enforces = session.gateway.accounts, session.gateway.behaviour.enforces
    key = accounts.made(_account(session) if enforces("own_keys") else None, key_id)
    if key is not None and key.maker != _held(session).label and not enforces("any_key_revokes"):
        key = None
    if key is None and enforces("existence"):
        raise Refusal("session_key_not_found", "no such session key")
    if key is not None and enforces("revoked_keys"):
        accounts.revoke(key)
    return {"type": "sessionKeyRevoked", "session_key_id": key_id}


def _place(session: GatewaySession, command: Value) -> Value:
    price = command.get("price") if command["order_type"] == "limit" else None
    order = Order(
        order_id="",
        client_order_id=command["client_order_id"],
        account=_account(session),
        symbol=_symbol(session, command),
        side=command["side"],
        order_type=command["order_type"],
        price=None if price is None else Decimal(price),
        size=Decimal(command["size"]),
        time_in_force=command["time_in_force"],
        post_only=command.get("post_only", False),
        reduce_only=command.get("reduce_only", False),
        ts=0,
        origin=Origin(id(session), _held(session)),
    )
    twin = replace(order, client_order_id=f"{order.client_order_id[:60]}-2")
    accepted = session.gateway.exchange.place(order)
    if not session.gateway.behaviour.enforces("placed_once"):
        session.gateway.exchange.place(twin)
    return {"type": "orderAccepted", "order": accepted}


def _cancel(session: GatewaySession, command: Value) -> Value:
    exchange = session.gateway.exchange
    return {"type": "orderCancelled", "order": exchange.cancel(_account(session), _meant(session, command))}


def _amend(session: GatewaySession, command: Value) -> Value:
    price, size = (Decimal(command[name]) if name in command else None for name in ("price", "size"))
    exchange = session.gateway.exchange
    return {
        "type": "orderAmended",
        "order": exchange.amend(_account(session), command["order_id"], price, size),
    }


def _get_order(session: GatewaySession, command: Value) -> Value:
    found = session.gateway.exchange.find(_account(session), _meant(session, command))
    return {"type": "order", "order": found.as_value()}


def _get_candles(session: GatewaySession, command: Value) -> Value:
    symbol, interval = _symbol(session, command), command["interval"]
    interval = interval if interval in INTERVALS else "1m"
    enforces, most = session.gateway.behaviour.enforces, 1000
    limit = command["limit"] if enforces("candle_limit") else most
    start = command["start"] + (not enforces("candles_from_start"))
    end = command["end"] + (not enforces("candles_before_end"))
    earliest = enforces("earliest_candles")
    rows = session.gateway.candles(symbol, interval, start, end, limit if earliest else most)
    rows = rows if earliest else rows[-limit:]
    return {"type": "candles", "symbol": symbol, "interval": interval, "candles": rows}


def _get_market_snapshot(session: GatewaySession, command: Value) -> Value:
    return {"type": "marketSnapshot", **session.gateway.snapshot(_symbol(session, command))}


def _account_snapshot(session: GatewaySession, stands: Standing) -> Value:
    exchange = session.gateway.exchange
    account = exchange.accounts.by_name[_account(session)]
    available = min(account.cash, stands.available)
    return {
        "type": "accountSnapshot",
        "account": account.name,
        "balances": [
            {"asset": COLLATERAL, "total": canonical(account.cash), "available": canonical(available)}
        ],
        "positions": [
            {"symbol": symbol, "size": canonical(held.size), "average_price": canonical(held.average_price)}
            for symbol, held in sorted(account.positions.items())
        ],
        "open_orders": [order.as_value() for order in exchange.open_orders(account.name)],
        "sequence": account.sequence,
        "ts": session.gateway.clock.now_ms(),
    }


def _account_state(session: GatewaySession, stands: Standing) -> Value:
    account = session.gateway.accounts.by_name[_account(session)]
    return {
        "type": "accountState",
        "account": account.name,
        "equity": canonical(stands.equity),
        "initial_margin": canonical(stands.initial_margin),
        "maintenance_margin": canonical(stands.maintenance_margin),
        "available": canonical(stands.available),
        "sequence": account.sequence,
        "ts": session.gateway.clock.now_ms(),
    }


def _held(session: GatewaySession) -> Credential:
    assert session.credential is not None
    return session.credential


def _account(session: GatewaySession) -> str:
    return _held(session).account


def _symbol(session: GatewaySession, command: Value) -> str:
    known = session.gateway.behaviour.known_symbol(command["symbol"], list(session.gateway.exchange.listings))
    if known is None:
        raise Refusal("unknown_symbol", "no such symbol")
    return known


def _meant(session: GatewaySession, command: Value) -> Order | None:
    exchange = session.gateway.exchange
    if "order_id" in command:
        return exchange.orders.get(command["order_id"])
    if not session.gateway.behaviour.enforces("client_order_ids"):
        return None
    return exchange.names.order(_account(session), command["client_order_id"])

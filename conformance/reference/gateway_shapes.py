"""The schemas of the gateway's commands."""

from collections.abc import Mapping
from typing import Any

from conformance.reference.accounts import PERMISSIONS
from conformance.reference.candles import INTERVALS
from conformance.reference.settings import Settings
from conformance.reference.shapes import (
    Problem,
    Shape,
    array,
    at_least_one,
    boolean,
    exactly_one,
    one_of,
    positive_decimal,
    shape_check,
    text,
    unsigned,
)

ID = text("[A-Za-z0-9_-]{1,64}")
SYMBOL = text("[A-Z0-9_-]{1,32}", "BTC-29MAR30-50000-C")
SIDE = one_of("buy", "sell")
PRICE = positive_decimal("10")
SIZE = positive_decimal("1")


def _order_rule(command: Mapping[str, Any]) -> Problem | None:
    if command["order_type"] == "limit":
        if "price" not in command:
            return Problem("missing", "price", "price is missing", PRICE.stand_in)
        return None
    if "price" in command:
        return Problem("unknown", "price", "a market order has no price")
    if command["time_in_force"] == "gtc":
        return Problem("rule", "time_in_force", "a market order is ioc or fok", "ioc")
    return None


def shapes(settings: Settings) -> dict[str, Shape]:
    """The shape of every command by its type."""
    always = {"type": text(), "request_id": unsigned()}
    leg = Shape({"symbol": SYMBOL, "side": SIDE, "ratio": unsigned(1)})
    expiry = unsigned(settings.min_expiry_secs, settings.max_expiry_secs)
    order = {
        "client_order_id": ID,
        "symbol": SYMBOL,
        "side": SIDE,
        "order_type": one_of("limit", "market"),
        "size": SIZE,
        "time_in_force": one_of("gtc", "ioc", "fok"),
    }
    one_order = Shape(
        always, {"order_id": ID, "client_order_id": ID}, exactly_one("order_id", "client_order_id")
    )
    span = {
        "symbol": SYMBOL,
        "interval": one_of(*INTERVALS),
        "start": unsigned(),
        "end": unsigned(),
        "limit": unsigned(1, 1000),
    }
    legs = array(shape_check(leg, {"symbol": SYMBOL.stand_in, "side": "buy", "ratio": 1}), 2, 4)
    keys = array(one_of(*PERMISSIONS), 1, len(PERMISSIONS), unique=True)
    return {
        "auth": Shape(
            always, {"api_key": text(), "session_key": text()}, exactly_one("api_key", "session_key")
        ),
        "createSessionKey": Shape({**always, "permissions": keys, "expires_in_secs": expiry}),
        "revokeSessionKey": Shape({**always, "session_key_id": ID}),
        "placeOptionOrder": Shape(
            {**always, **order},
            {"price": PRICE, "post_only": boolean(), "reduce_only": boolean()},
            _order_rule,
        ),
        "placeOptionSpreadOrder": Shape(
            {**always, "client_order_id": ID, "legs": legs, "price": PRICE, "size": SIZE}
        ),
        "cancelOptionOrder": one_order,
        "amendOptionOrder": Shape(
            {**always, "order_id": ID}, {"price": PRICE, "size": SIZE}, at_least_one("price", "size")
        ),
        "getOrder": one_order,
        "getCandles": Shape({**always, **span}),
        "getMarketSnapshot": Shape({**always, "symbol": SYMBOL}),
        "getAccountSnapshot": Shape(always),
        "getAccountState": Shape(always),
    }

"""What the exchange publishes is in the documents, under its published name."""

from __future__ import annotations

from .reading import load, messages

GATEWAY_COMMANDS = {
    "auth",
    "createSessionKey",
    "revokeSessionKey",
    "placeOptionOrder",
    "placeOptionSpreadOrder",
    "cancelOptionOrder",
    "amendOptionOrder",
    "getOrder",
    "getCandles",
    "getMarketSnapshot",
    "getAccountSnapshot",
    "getAccountState",
}
COMMAND_FAMILIES = {
    "auth",
    "session-key",
    "order",
    "cancel",
    "amend",
    "candle",
    "market-snapshot",
    "account-snapshot",
    "account-state",
}
MARKET_DATA_MESSAGES = {
    "SubscribeCommand",
    "UnsubscribeCommand",
    "PingCommand",
    "SubscribedEvent",
    "UnsubscribedEvent",
    "PongEvent",
    "ErrorEvent",
    "ListingsSnapshotEvent",
    "ListingsUpdateEvent",
    "ProvenanceSnapshotEvent",
    "ProvenanceUpdateEvent",
    "PriceUpdateEvent",
    "OrderbookSnapshotEvent",
    "TradeEvent",
    "TradesSnapshotEvent",
    "SettlementCorrectionEvent",
}
MARKET_DATA_SCHEMAS = {
    "MarketDataChannel",
    "DecimalString",
    "Side",
    "Listing",
    "SubId",
    "Provenance",
    "OrderBookLevel",
    "Trade",
}
HEALTH_MODELS = {"RingMetrics", "LatencyStage", "GatewayLatencySnapshot"}


def test_titles_and_versions() -> None:
    """The documents bear the published titles and versions."""
    found = {
        path: (load(path)["info"]["title"], load(path)["info"]["version"])
        for path in (
            "gateway/asyncapi.yaml",
            "gateway/health.openapi.yaml",
            "market-data/asyncapi.yaml",
            "market-data/health.openapi.yaml",
        )
    }
    assert found == {
        "gateway/asyncapi.yaml": ("Omen Options Gateway WebSocket API", "0.1.1"),
        "gateway/health.openapi.yaml": ("Omen Options Gateway Health API", "0.1.1"),
        "market-data/asyncapi.yaml": ("Omen Options Market Data WebSocket API", "0.1.0"),
        "market-data/health.openapi.yaml": ("Omen Options Market Data Health API", "0.1.0"),
    }


def test_addresses() -> None:
    """The documents name the published addresses."""

    def sockets(path: str) -> dict[str, str]:
        servers = load(path)["servers"]
        assert all("pathname" not in server for server in servers.values())
        return {name: f"{server['protocol']}://{server['host']}" for name, server in servers.items()}

    def http(path: str) -> list[str]:
        return [server["url"] for server in load(path)["servers"]]

    assert sockets("gateway/asyncapi.yaml") == {
        "public-test": "wss://ws.options.test.omen.trade",
        "public-test-alias": "wss://options.test.omen.trade",
        "local": "ws://localhost:3001",
    }
    assert sockets("market-data/asyncapi.yaml") == {
        "public-test": "wss://stream.options.test.omen.trade",
        "local": "ws://localhost:3003",
    }
    assert http("gateway/health.openapi.yaml") == ["http://localhost:3002"]
    assert http("market-data/health.openapi.yaml") == [
        "https://stream.options.test.omen.trade",
        "http://localhost:3003",
    ]


def test_channels() -> None:
    """Each WebSocket document has its one published channel, at /."""
    for path, name in (
        ("gateway/asyncapi.yaml", "gatewayConnection"),
        ("market-data/asyncapi.yaml", "marketDataConnection"),
    ):
        assert {key: channel["address"] for key, channel in load(path)["channels"].items()} == {name: "/"}
        assert load(path)["defaultContentType"] == "application/msgpack"


def test_gateway_commands() -> None:
    """The gateway has one operation for each command, and the published families are all there."""
    document = load("gateway/asyncapi.yaml")
    received = {name: one for name, one in document["operations"].items() if one["action"] == "receive"}
    assert set(received) == GATEWAY_COMMANDS
    assert set(messages(document)) > GATEWAY_COMMANDS
    assert {tag["name"] for one in received.values() for tag in one["tags"]} == COMMAND_FAMILIES


def test_gateway_permissions() -> None:
    """Keys hold permissions out of read, trade and withdraw, and nothing else."""
    document = load("gateway/asyncapi.yaml")
    assert document["components"]["schemas"]["Permission"]["enum"] == ["read", "trade", "withdraw"]
    stated = {
        permission
        for operation in document["operations"].values()
        for permission in operation.get("x-conformance", {}).get("permissions", [])
    }
    assert stated <= {"read", "trade", "withdraw"}


def test_spread_orders_are_unsupported() -> None:
    """The spread order is documented, and so is that it is answered as unsupported."""
    operation = load("gateway/asyncapi.yaml")["operations"]["placeOptionSpreadOrder"]
    reply = operation["x-conformance"]["reply"]
    assert reply == {"x-provenance": "published", "message": "error", "where": {"/code": "unsupported"}}


def test_market_data_messages() -> None:
    """Market data has exactly the sixteen published messages."""
    document = load("market-data/asyncapi.yaml")
    assert set(messages(document)) == MARKET_DATA_MESSAGES
    assert set(document["components"]["messages"]) == MARKET_DATA_MESSAGES


def test_market_data_schemas() -> None:
    """Market data has exactly the published schemas: eight values, and a payload for each message."""
    schemas = set(load("market-data/asyncapi.yaml")["components"]["schemas"])
    assert schemas == MARKET_DATA_SCHEMAS | {f"{name}Payload" for name in MARKET_DATA_MESSAGES}


def test_market_data_shapes() -> None:
    """Commands are maps, events are arrays of a fixed length."""
    document = load("market-data/asyncapi.yaml")
    for name in MARKET_DATA_MESSAGES:
        schema = document["components"]["schemas"][f"{name}Payload"]
        if name.endswith("Command"):
            assert all(branch["type"] == "object" for branch in schema.get("oneOf", [schema])), name
        else:
            assert schema["type"] == "array", name
            assert schema["minItems"] == schema["maxItems"] == len(schema["items"]), name
            assert schema["additionalItems"] is False, name


def test_health_operations() -> None:
    """The health documents have the published paths, summaries and models, and nothing to trade with."""
    gateway, data = load("gateway/health.openapi.yaml"), load("market-data/health.openapi.yaml")

    def summaries(document: dict[str, dict[str, dict[str, dict[str, str]]]]) -> dict[str, dict[str, str]]:
        return {
            path: {method: one["summary"] for method, one in item.items()}
            for path, item in document["paths"].items()
        }

    assert summaries(gateway) == {
        "/health": {"get": "Gateway liveness and hot-path counters"},
        "/health/latency": {"get": "Structured gateway latency snapshot"},
    }
    assert summaries(data) == {"/health": {"get": "Market-data liveness"}}
    assert set(gateway["components"]["schemas"]) >= HEALTH_MODELS

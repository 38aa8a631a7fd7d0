"""Messages are told apart as well-known exchanges and protocols write them, by whatever their schemas say."""

from __future__ import annotations

import pytest

from conformance.contract.apart import pairs
from conformance.contract.discriminators import ambiguous, identify
from conformance.contract.model import Service
from tests.contract.build import service_of

HEAD = "asyncapi: 3.0.0\ninfo: {title: Toy, version: '1'}\ndefaultContentType: application/json\n"
TAIL = "operations:\n  o: {action: send, channel: {$ref: '#/channels/c'}}\n"


def sending(**payloads: str) -> Service:
    """A service whose target sends these messages (YAML flow maps)."""
    messages = "".join(f"      {name}: {{payload: {payload}}}\n" for name, payload in payloads.items())
    return service_of(f"{HEAD}channels:\n  c:\n    messages:\n{messages}{TAIL}")[0]


def of(required: str, properties: str) -> str:
    return f"{{type: object, required: [{required}], properties: {{{properties}}}}}"


KRAKEN = {
    "beat": of("event", "event: {const: heartbeat}"),
    "status": of("event", "event: {const: systemStatus}, status: {type: string}"),
    "ticker": "{type: array, minItems: 4, items: [{type: integer}, {type: object}, {const: ticker}, {}]}",
    "trade": "{type: array, minItems: 4, items: [{type: integer}, {type: array}, {const: trade}, {}]}",
    "ohlc": "{type: array, minItems: 3, items: [{type: integer}, {type: array}, {enum: [ohlc-1, ohlc-5]}]}",
}
KRAKEN2 = {
    "book": of("channel, type, data", "channel: {const: book}, type: {const: snapshot}, data: {type: array}"),
    "delta": of("channel, type, data", "channel: {const: book}, type: {const: update}, data: {type: array}"),
    "beat": of("channel", "channel: {const: heartbeat}"),
    "pong": of("method", "method: {const: pong}"),
    "subscribed": of("method, success", "method: {const: subscribe}, success: {const: true}"),
    "refused": of("method, success", "method: {const: subscribe}, success: {const: false}"),
}
BINANCE = {
    "done": of("result, id", "result: {type: 'null'}, id: {type: integer}"),
    "trade": of("e, p", "e: {const: trade}, p: {type: string}"),
    "candle": of("e, k", "e: {const: kline}, k: {type: object}"),
}
COMBINED = {
    "done": of("result, id", "result: {type: 'null'}, id: {type: integer}"),
    "trade": of("stream, data", f"stream: {{type: string}}, data: {of('e', 'e: {const: trade}')}"),
    "candle": of("stream, data", f"stream: {{type: string}}, data: {of('e', 'e: {const: kline}')}"),
    "depth": of("stream, data", f"stream: {{type: string}}, data: {of('bids', 'bids: {type: array}')}"),
}
RPC = {
    "result": of("jsonrpc, id, result", "jsonrpc: {const: '2.0'}, id: {type: integer}, result: {}"),
    "error": of("jsonrpc, id, error", "jsonrpc: {const: '2.0'}, id: {type: integer}, error: {type: object}"),
    "event": of("jsonrpc, method", "jsonrpc: {const: '2.0'}, method: {type: string}, params: {type: object}"),
}
DERIBIT = {
    **RPC,
    "event": of(
        "method, params", f"method: {{const: subscription}}, params: {of('data', 'data: {type: object}')}"
    ),
    "rows": of(
        "method, params", f"method: {{const: subscription}}, params: {of('data', 'data: {type: array}')}"
    ),
}
BITFINEX = {
    "info": of("event", "event: {const: info}"),
    "beat": "{type: array, minItems: 2, items: [{type: integer}, {const: hb}]}",
    "rows": "{type: array, minItems: 2, items: [{type: integer}, {type: array}]}",
    "update": "{type: array, minItems: 3, items: [{type: integer}, {enum: [te, tu]}, {type: array}]}",
}
OKX = {
    "event": of("event", "event: {enum: [subscribe, unsubscribe]}, arg: {type: object}"),
    "error": of("event, code", "event: {const: error}, code: {type: string}"),
    "trades": of("arg, data", f"arg: {of('channel', 'channel: {const: trades}')}, data: {{type: array}}"),
}
BITSTAMP = {
    "trade": of("event, channel", "event: {const: trade}, channel: {type: string}"),
    "order": of("event, channel", "event: {enum: [order_created, order_deleted]}, channel: {type: string}"),
}
COINBASE = {
    "ticker": of("type", "type: {const: ticker}, price: {type: string}"),
    "error": of("type, message", "type: {const: error}, message: {type: string}"),
}
SLACK = {
    "hello": "{type: object, properties: {type: {type: string, enum: [hello]}}}",
    "said": "{type: object, properties: {type: {type: string, enum: [message]}, text: {type: string}}}",
    "acknowledged": of("ok, reply_to", "ok: {type: boolean}, reply_to: {type: integer}"),
}
WRAPPED = {name: of(name, f"{name}: {{type: object}}") for name in ("offer", "answer", "leave")}
LENGTHS = {
    "pair": "{type: array, minItems: 2, maxItems: 2, items: {type: string}}",
    "row": "{type: array, minItems: 3, items: {type: string}}",
}


@pytest.mark.parametrize(
    ("payloads", "value", "names"),
    [
        (KRAKEN, {"event": "heartbeat"}, ["beat"]),
        (KRAKEN, [0, {}, "ticker", "XBT/USD"], ["ticker"]),
        (KRAKEN, [0, [], "ohlc-5", "XBT/USD"], ["ohlc"]),
        (KRAKEN, [0, [], "spread", "XBT/USD"], []),
        (KRAKEN2, {"channel": "book", "type": "update", "data": []}, ["delta"]),
        (KRAKEN2, {"channel": "heartbeat"}, ["beat"]),
        (KRAKEN2, {"method": "subscribe", "success": False}, ["refused"]),
        (BINANCE, {"result": None, "id": 1}, ["done"]),
        (BINANCE, {"e": "kline"}, ["candle"]),
        (BINANCE, {"e": "depthUpdate"}, []),
        (COMBINED, {"stream": "a@trade", "data": {"e": "trade"}}, ["trade"]),
        (COMBINED, {"stream": "a@depth", "data": {"bids": []}}, ["depth"]),
        (COMBINED, {"stream": "a@other", "data": {"e": "other"}}, []),
        (RPC, {"jsonrpc": "2.0", "id": 1, "result": None}, ["result"]),
        (RPC, {"jsonrpc": "2.0", "id": 1, "error": {}}, ["error"]),
        (RPC, {"jsonrpc": "2.0", "method": "tick", "params": {}}, ["event"]),
        (DERIBIT, {"method": "subscription", "params": {"data": {}}}, ["event"]),
        (DERIBIT, {"method": "subscription", "params": {"data": []}}, ["rows"]),
        (BITFINEX, [17, "hb"], ["beat"]),
        (BITFINEX, [17, [[1, 2]]], ["rows"]),
        (BITFINEX, [17, "tu", []], ["update"]),
        (BITFINEX, {"event": "info"}, ["info"]),
        (OKX, {"event": "subscribe", "arg": {"channel": "trades"}}, ["event"]),
        (OKX, {"arg": {"channel": "trades"}, "data": []}, ["trades"]),
        (BITSTAMP, {"event": "order_deleted", "channel": "live_orders"}, ["order"]),
        (COINBASE, {"type": "ticker"}, ["ticker"]),
        (SLACK, {"type": "hello"}, ["hello"]),
        (SLACK, {"ok": True, "reply_to": 1}, ["acknowledged"]),
        (SLACK, {"type": "typing"}, []),
        (WRAPPED, {"answer": {}}, ["answer"]),
        (LENGTHS, ["a", "b"], ["pair"]),
        (LENGTHS, ["a", "b", "c"], ["row"]),
    ],
)
def test_a_value_is_its_message_and_no_other(
    payloads: dict[str, str], value: object, names: list[str]
) -> None:
    """Events, replies and arrays: by constants, by what is there, by types, by lengths."""
    assert [each.name for each in identify(sending(**payloads), value)] == names


@pytest.mark.parametrize(
    "payloads", [KRAKEN, KRAKEN2, BINANCE, COMBINED, RPC, BITFINEX, OKX, WRAPPED, LENGTHS]
)
def test_what_is_told_apart_is_not_ambiguous(payloads: dict[str, str]) -> None:
    """Each of these families says all that is needed."""
    assert ambiguous(sending(**payloads)) == ()


def test_what_nothing_tells_apart_is_named() -> None:
    """Two of one kind, and one that takes anything beside all the others."""
    event = of("event, channel", "event: {const: data}, channel: {type: string}")
    found = set(pairs(ambiguous(sending(book=event, diff=event, trade=BITSTAMP["trade"], any="{}"))))
    assert {frozenset(pair) for pair in found} == {
        frozenset(pair) for pair in (("book", "diff"), ("any", "book"), ("any", "diff"), ("any", "trade"))
    }


def test_what_a_message_lists_tells_when_required_was_forgotten() -> None:
    """Nothing is promised to be there: the message that knows the members is the better one."""
    service = sending(
        event="{type: object, properties: {event: {type: string}, arg: {type: object}}}",
        push="{type: object, properties: {arg: {type: object}, data: {type: array}}}",
    )

    def names(value: object) -> list[str]:
        return [each.name for each in identify(service, value)]

    assert names({"event": "x", "arg": {}}) == ["event"]
    assert names({"arg": {}, "data": []}) == ["push"]
    assert names({"arg": {}}) == ["event", "push"]


def test_only_what_is_needed_is_a_mark() -> None:
    """A wrong value elsewhere is a finding in a known message."""
    service = sending(**BITFINEX)
    signs = {name: [str(each.place) for each in message.signs] for name, message in service.messages.items()}
    assert signs == {"info": [], "beat": [], "rows": ["/1"], "update": []}
    assert [each.name for each in identify(service, ["17", "hb"])] == ["beat"]
    assert [each.name for each in identify(sending(**RPC), {"id": "1", "result": 2})] == ["result"]

"""Faults of replies: whether, when, how often and in which form they come."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

Replies = list[tuple[float, dict[str, Any]]]

_ONE = "exactly one reply each, echoing `request_id`"
_MONEY = "financial values are decimal or fixed-point strings, never binary floating point"
_MONEY_FIELDS = {
    "price", "size", "filled_size", "remaining_size", "mark_price", "index_price", "best_bid", "best_ask",
    "total", "available", "average_price", "equity", "initial_margin", "maintenance_margin",
}  # fmt: skip
_READS = ("getMarketSnapshot", "getAccountState")


class _Altered(Behaviour):
    """Alters one kind of reply; a fault says which, and how."""

    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        """The reply as it is sent."""
        return reply

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        return super().replies(command, self.altered(reply))


@breaks(_ONE, "gateway/getAccountState/reply")
class LeavesReadsUnanswered(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        return [] if command["type"] in _READS else super().replies(command, reply)


@breaks(_ONE, "gateway/placeOptionOrder/limit/size/pattern")
class LeavesRefusalsUnanswered(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        return [] if reply["type"] == "error" else super().replies(command, reply)


@breaks(_ONE, "gateway/getAccountState/reply")
class RepliesTwice(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        return 2 * super().replies(command, reply)


@breaks("replies may come in any order, within 2 000 ms", "gateway/getAccountState/within")
class RepliesTooLate(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        made = super().replies(command, reply)
        return [(2.6, value) for _, value in made] if command["type"] in _READS else made


@breaks(_ONE, "gateway/getCandles/correlation")
class RepliesWithAnotherRequestId(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        asked = reply["request_id"]
        return super().altered(
            {**reply, "request_id": (asked or 0) ^ 1 if reply["type"] != "error" else asked}
        )


@breaks(_ONE, "gateway/getCandles/correlation")
class RepliesToTheRequestBefore(_Altered):
    _before: Any = None

    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        asked, self._before = self._before, reply["request_id"]
        return super().altered({**reply, "request_id": asked} if reply["type"] != "error" else reply)


@breaks(_ONE, "gateway/placeOptionOrder/correlation")
class RefusesWithoutRequestId(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        return super().altered({**reply, "request_id": None} if reply["type"] == "error" else reply)


def _as_floats(value: Any, is_money: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: _as_floats(item, name in _MONEY_FIELDS) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_floats(item) for item in value]
    return float(value) if is_money and isinstance(value, str) else value


@breaks(_MONEY, "gateway/marketSnapshot/mark_price/type")
class SendsMoneyAsFloats(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        floats: dict[str, Any] = _as_floats(reply)
        return super().altered(floats)


@breaks("DecimalString: no trailing zeros", "gateway/marketSnapshot/mark_price/pattern")
class PadsMarkPricesWithZeros(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "marketSnapshot":
            price = reply["mark_price"]
            reply = {**reply, "mark_price": price + ("00" if "." in price else ".00")}
        return super().altered(reply)


@breaks("`Order` = {order_id, …, status, ts}", "gateway/orderAccepted/order/required")
class OmitsTheStatusOfOrders(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "orderAccepted":
            order = {name: value for name, value in reply["order"].items() if name != "status"}
            reply = {**reply, "order": order}
        return super().altered(reply)


@breaks("commands and replies of ours are closed", "gateway/accountState/additionalProperties")
class AddsAFieldToReplies(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        return super().altered(reply if reply["type"] == "error" else {**reply, "node": "gw-1"})


@breaks("optional means absent; nil only where `null` is listed", "gateway/accountState/available/type")
class SendsNilForAvailable(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "accountState":
            reply = {**reply, "available": None}
        return super().altered(reply)


@breaks("times: unsigned integer milliseconds since the epoch", "gateway/marketSnapshot/ts/type")
class SendsTimesInSeconds(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        return super().altered({**reply, "ts": reply["ts"] / 1000} if "ts" in reply else reply)


@breaks("best bid < best ask", "gateway/marketSnapshot/rules/uncrossed")
class CrossesMarketSnapshots(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "marketSnapshot":
            reply = {**reply, "best_bid": reply["best_ask"], "best_ask": reply["best_bid"]}
        return super().altered(reply)


@breaks("candles: `[start, end)`, ascending", "gateway/candles/rules/candles-ascend")
class SendsCandlesBackwards(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "candles":
            reply = {**reply, "candles": reply["candles"][::-1]}
        return super().altered(reply)


@breaks("[ts, open, high, low, close, volume]", "gateway/candles/rules/low-not-above-open")
class SwapsHighAndLowOfCandles(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] == "candles":
            rows = [[ts, first, low, high, *rest] for ts, first, high, low, *rest in reply["candles"]]
            reply = {**reply, "candles": rows}
        return super().altered(reply)


@breaks("the earliest `limit`", "gateway/scenarios/candles-keep-to-the-question")
class IgnoresTheLimitOfCandles(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "candle_limit" and super().enforces(rule)


@breaks(
    "snapshots and state carry the `sequence` of the last update they include",
    "gateway/scenarios/state-carries-the-last-update",
    "gateway/scenarios/updates-are-numbered-without-gaps",
    "gateway/trading/current",
)
class AccountSequencesLag(_Altered):
    def altered(self, reply: dict[str, Any]) -> dict[str, Any]:
        if reply["type"] in ("accountState", "accountSnapshot"):
            reply = {**reply, "sequence": max(0, reply["sequence"] - 1)}
        return super().altered(reply)

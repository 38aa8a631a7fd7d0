"""Faults of orders as they are shown, and of what becomes of their numbers and names."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from decimal import Decimal
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.decimals import canonical
from conformance.reference.faults.accounts import Told
from conformance.reference.faults.fault import breaks
from conformance.reference.shapes import Problem

Value = dict[str, Any]
Replies = list[tuple[float, Value]]

_ONE_CHANGE = "`orderUpdate`, one for each change of an order"
_EACH = f"{_ONE_CHANGE}, to every connection of that account"
_ONCE = "a `client_order_id` is unique per account"


@breaks("ids and fills stay", "gateway/trading/identity")
class UpdatesNameOrdersOtherwise(Told):
    def report(self, order: Value, kind: str) -> Value:
        if kind == "orderUpdate":
            order = {**order, "client_order_id": order["order_id"]}
        return super().report(order, kind)


@breaks("`Order` = {order_id, client_order_id, symbol, side, …}", "gateway/trading/identity")
class ReadsShowTheOtherSide(Told):
    def report(self, order: Value, kind: str) -> Value:
        if kind == "order":
            order = {**order, "side": "sell" if order["side"] == "buy" else "buy"}
        return super().report(order, kind)


@breaks("`remaining_size` is what still works", "gateway/trading/arithmetic")
class RemainingForgetsFills(Told):
    def report(self, order: Value, kind: str) -> Value:
        if order["status"] == "partially_filled":
            order = {**order, "remaining_size": order["size"]}
        return super().report(order, kind)


@breaks("status (`open`, `partially_filled`, `filled`, `cancelled`)", "gateway/trading/arithmetic")
class ReportsPartialFillsAsOpen(Told):
    def report(self, order: Value, kind: str) -> Value:
        if order["status"] == "partially_filled":
            order = {**order, "status": "open"}
        return super().report(order, kind)


@breaks("`getOrder` still finds it", "gateway/trading/progress")
class ReadsShowOrdersAsTheyWereAccepted(Told):
    def report(self, order: Value, kind: str) -> Value:
        if kind == "order":
            unfilled = {"filled_size": "0", "remaining_size": order["size"], "status": "open"}
            order = {**order, **unfilled}
        return super().report(order, kind)


@breaks(_ONE_CHANGE, "gateway/trading/reported")
class ReportsAmendmentsTooLate(Told):
    """Each update of an order that is merely open shows it as the update before did."""

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[str, Value] = {}

    def report(self, order: Value, kind: str) -> Value:
        if kind == "orderUpdate" and order["status"] == "open":
            order = {**self._before.setdefault(order["order_id"], order), "ts": order["ts"]}
        return super().report(order, kind)


@breaks("`orderUpdate` {order: Order, last_price?, last_size?, …}", "gateway/trading/reported")
class ReportsFillsHalfAsLarge(Told):
    def update(self, value: Value) -> list[Value]:
        if "last_size" in value:
            value = {**value, "last_size": canonical(Decimal(value["last_size"]) / 2)}
        return super().update(value)


@breaks("never binary floating point", "gateway/trading/exact")
class RoundsNumbersToEightDigits(Told):
    def report(self, order: Value, kind: str) -> Value:
        names = ("price", "size", "filled_size", "remaining_size")
        rounded = {name: canonical(Decimal(f"{Decimal(order[name]):.8g}")) for name in names if order[name]}
        return super().report({**order, **rounded}, kind)


@breaks("clients may send any plain decimal; equality is numeric", "gateway/trading/exact")
class RefusesPaddedNumbers(Behaviour):
    def problem(self, command: Value, problems: list[Problem]) -> Problem | None:
        for name in ("price", "size"):
            text = command.get(name)
            if isinstance(text, str) and (text.startswith("00") or ("." in text and text.endswith("0"))):
                return Problem("pattern", name, f"{name} is padded")
        return super().problem(command, problems)


class _Lax(Behaviour):
    """Does not keep one rule."""

    rule = ""

    def enforces(self, rule: str) -> bool:
        return rule != self.rule and super().enforces(rule)


@breaks(_ONCE, "gateway/trading/unique")
class ClientOrderIdsAreEverybodys(_Lax):
    rule = "ids_of_each_account"


@breaks("unique per account among all orders ever accepted", "gateway/trading/unique")
class ForgetsIdsOfOrdersThatAreDone(_Lax):
    rule = "ids_for_life"


@breaks(_ONCE, "gateway/trading/unique")
class IgnoresTheCaseOfClientOrderIds(_Lax):
    rule = "case_of_ids"


@breaks(_ONCE, "gateway/trading/unique")
class LooksAtTheBeginningOfClientOrderIds(_Lax):
    rule = "whole_ids"


@breaks(_ONCE, "gateway/trading/unique")
class TakesClientOrderIdsOnceForEachCredential(_Lax):
    rule = "ids_of_all_credentials"


@breaks("self-match cancels the incoming remainder", "gateway/trading/self_match")
class TradesWithItselfBetweenConnections(_Lax):
    rule = "self_match_between_connections"


@breaks("price–time priority: of an amended order, too", "gateway/trading/price_priority")
class AmendedOrdersRestWithoutTrading(_Lax):
    rule = "amendments_trade"


@breaks(_EACH, "gateway/trading/reported")
class TellsAConnectionFiftyTimes(_Lax):
    rule = "updates_without_end"


@breaks("candles: [ts, open, high, low, close, volume]", "gateway/trading/traded")
class CandlesForgetTrades(_Lax):
    rule = "candles_of_all_trades"


@breaks("candles: `[start, end)`", "gateway/trading/candles")
class CandlesCountTheEndIn(_Lax):
    rule = "candles_before_end"


@breaks("candles: `[start, end)`", "gateway/trading/candles")
class CandlesLeaveTheStartOut(_Lax):
    rule = "candles_from_start"


@breaks("candles: the earliest `limit`", "gateway/trading/candles")
class SendsTheLatestCandles(_Lax):
    rule = "earliest_candles"


@breaks("`marketSnapshot` {…, best_bid or nil, best_ask or nil, …}", "gateway/trading/traded")
class MarketSnapshotsStandStill(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, Value] = {}

    def replies(self, command: Value, reply: Value) -> Replies:
        if reply["type"] == "marketSnapshot":
            first = self._first.setdefault(reply["symbol"], reply)
            reply = {**reply, "best_bid": first["best_bid"], "best_ask": first["best_ask"]}
        return super().replies(command, reply)

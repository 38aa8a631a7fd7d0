"""Faults of what an account is told of itself: numbers that do not agree with each other."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from decimal import ROUND_DOWN, Decimal
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.decimals import canonical
from conformance.reference.faults.fault import breaks

Value = dict[str, Any]
Replies = list[tuple[float, Value]]

_NUMBERS = "`sequence` rising by one per account"
_SNAPSHOT = "`accountSnapshot` {account, balances, positions, open_orders, sequence, ts}"
_NOTHING = "a reply `error` changes nothing"
_STANDINGS = ("accountSnapshot", "accountState")
_REPORTS = ("orderAccepted", "orderAmended", "orderCancelled", "order")


class Told(Behaviour):
    """Alters what is told of accounts; a fault says what, and how."""

    def standing(self, reply: Value) -> Value:
        """A snapshot or a state."""
        return reply

    def report(self, order: Value, kind: str) -> Value:
        """An order in a message of this kind."""
        return order

    def replies(self, command: Value, reply: Value) -> Replies:
        kind = reply["type"]
        if kind in _REPORTS:
            reply = {**reply, "order": self.report(reply["order"], kind)}
        if kind in _STANDINGS:
            reply = self.standing(reply)
        return super().replies(command, reply)

    def update(self, value: Value) -> list[Value]:
        return super().update({**value, "order": self.report(value["order"], "orderUpdate")})


class _Renumbered(Told):
    """Gives all numbers of accounts otherwise, in updates and answers alike."""

    def number(self, number: int) -> int:
        """What becomes of a number."""
        return number

    def standing(self, reply: Value) -> Value:
        return super().standing({**reply, "sequence": self.number(reply["sequence"])})

    def update(self, value: Value) -> list[Value]:
        return super().update({**value, "sequence": self.number(value["sequence"])})


@breaks(_NUMBERS, "gateway/trading/numbered")
class SkipsNumbers(_Renumbered):
    def number(self, number: int) -> int:
        return number + number // 2


@breaks(_NUMBERS, "gateway/trading/numbered")
class NumbersTwoUpdatesAlike(_Renumbered):
    def number(self, number: int) -> int:
        return number - number % 2


@breaks("snapshots and state carry the `sequence` of the last update they include", "gateway/trading/current")
class StandingsAreOfAnHourAgo(Told):
    def standing(self, reply: Value) -> Value:
        return super().standing({**reply, "sequence": reply["sequence"] // 2})


@breaks(_SNAPSHOT, "gateway/trading/listed")
class ListsCancelledOrders(Told):
    def __init__(self) -> None:
        super().__init__()
        self._cancelled: dict[str, Value] = {}

    def report(self, order: Value, kind: str) -> Value:
        if kind == "orderCancelled" and order["filled_size"] == "0":
            still = {"status": "open", "remaining_size": order["size"]}
            self._cancelled = {order["order_id"]: {**order, **still}}
        return super().report(order, kind)

    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            listed = [*reply["open_orders"], *self._cancelled.values()]
            reply = {**reply, "open_orders": listed}
        return super().standing(reply)


@breaks(_SNAPSHOT, "gateway/trading/listed")
class ListsOnlyUntouchedOrders(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            listed = [order for order in reply["open_orders"] if order["status"] == "open"]
            reply = {**reply, "open_orders": listed}
        return super().standing(reply)


@breaks(_SNAPSHOT, "gateway/trading/listed")
class ListsTheNewestOrderOnly(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            reply = {**reply, "open_orders": reply["open_orders"][-1:]}
        return super().standing(reply)


@breaks(_SNAPSHOT, "gateway/trading/listed")
class ListsTwentyOrders(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            reply = {**reply, "open_orders": reply["open_orders"][:20]}
        return super().standing(reply)


@breaks(_SNAPSHOT, "gateway/trading/listed")
class ListsOrdersAtTheirFirstPrice(Told):
    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, Value] = {}

    def report(self, order: Value, kind: str) -> Value:
        self._first.setdefault(order["order_id"], order)
        return super().report(order, kind)

    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            listed = []
            for order in reply["open_orders"]:
                price = self._first.get(order["order_id"], order)["price"]
                listed.append({**order, "price": price})
            reply = {**reply, "open_orders": listed}
        return super().standing(reply)


@breaks("positions[{symbol, size, average_price}]", "gateway/trading/positions")
class RoundsPositions(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            held = []
            for position in reply["positions"]:
                size = Decimal(position["size"]).quantize(Decimal(1), ROUND_DOWN)
                held += [{**position, "size": canonical(size)}] if size else []
            reply = {**reply, "positions": held}
        return super().standing(reply)


@breaks("balances[{asset, total, available}]", "gateway/trading/balances")
class RoundsBalances(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot":
            made = []
            for balance in reply["balances"]:
                names = ("total", "available")
                whole = {name: Decimal(balance[name]).quantize(Decimal(1), ROUND_DOWN) for name in names}
                made.append({**balance, **{name: canonical(number) for name, number in whole.items()}})
            reply = {**reply, "balances": made}
        return super().standing(reply)


@breaks("`accountState` {…, available, sequence, ts}", "gateway/trading/state")
class StatesForgetWhatOrdersTieUp(Told):
    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountState":
            reply = {**reply, "available": canonical(Decimal(reply["available"]) + 1)}
        return super().standing(reply)


@breaks(_NOTHING, "gateway/trading/untouched")
class RefusalsTieUpMargin(Told):
    def __init__(self) -> None:
        super().__init__()
        self._refused = 0

    def replies(self, command: Value, reply: Value) -> Replies:
        trades = command["type"] not in ("auth", "createSessionKey", "revokeSessionKey")
        self._refused += trades and reply["type"] == "error"
        return super().replies(command, reply)

    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountState":
            tied = max(Decimal(0), Decimal(reply["available"]) - self._refused)
            reply = {**reply, "available": canonical(tied)}
        return super().standing(reply)


@breaks(_NOTHING, "gateway/trading/untouched")
class RefusedAmendmentsHideOrders(Told):
    """What was refused stays away from the next list of its account."""

    def __init__(self) -> None:
        super().__init__()
        self._refused = False

    def replies(self, command: Value, reply: Value) -> Replies:
        if reply["type"] == "error" and command["type"] in ("amendOptionOrder", "cancelOptionOrder"):
            self._refused = True
        elif reply["type"] == "orderAccepted":  # what came before is somebody else's story
            self._refused = False
        return super().replies(command, reply)

    def standing(self, reply: Value) -> Value:
        if reply["type"] == "accountSnapshot" and self._refused:
            self._refused = False
            reply = {**reply, "open_orders": reply["open_orders"][1:]}
        return super().standing(reply)

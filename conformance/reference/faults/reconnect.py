"""Faults of what becomes of commands, orders and keys when a connection ends."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

import asyncio
from typing import Any

import msgpack

from conformance.reference import frames
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_LOST = "a command whose reply was lost happened once or not at all"
_WHOLE = "bytes that are not exactly one map"
_STAY = "disconnect: orders stay"
_ONCE = "gateway/connections/once"
_ANSWERED = "gateway/connections/answered"


_CUT = ("placeOptionOrder", "amendOptionOrder", "cancelOptionOrder")
_WHILE_SECS = 1.2
_TELLING = 10
"""So much of a name tells it from the others."""


class _Ending(Behaviour):
    """Does something to an account when a connection of it ends."""

    def left(self, gateway: Any, account: str) -> None:
        """What is done."""

    def connection_ended(self, gateway: Any, account: str, clean: bool) -> None:
        super().connection_ended(gateway, account, clean)
        if self.concerns(clean):
            self.left(gateway, account)

    def concerns(self, clean: bool) -> bool:
        """Whether it is done to connections that ended with a Close, or without."""
        return not clean


@breaks(_STAY, "gateway/connections/lasting", _ANSWERED)
class CancelsOrdersOfLostConnections(_Ending):
    def left(self, gateway: Any, account: str) -> None:
        gateway.exchange.cancel_all(account)


@breaks(_STAY, "gateway/connections/lasting")
class CancelsOrdersOfClosedConnections(_Ending):
    def concerns(self, clean: bool) -> bool:
        return clean

    def left(self, gateway: Any, account: str) -> None:
        gateway.exchange.cancel_all(account)


@breaks(_LOST, _ONCE, _ANSWERED)
class RepeatsTheLastChangeOfALostConnection(_Ending):
    """The last order that an account changed is changed to the same once more, and counted."""

    def left(self, gateway: Any, account: str) -> None:
        orders = [order for order in gateway.exchange.orders.values() if order.account == account]
        if orders:
            gateway.exchange.report_again(max(orders, key=lambda order: order.ts))


@breaks(_LOST, _ONCE)
class RepeatsTheLastChangeOfAClosedConnection(RepeatsTheLastChangeOfALostConnection):
    def concerns(self, clean: bool) -> bool:
        return clean


@breaks(_STAY, "gateway/connections/lasting")
class CancelsOrdersAWhileAfterALoss(_Ending):
    def left(self, gateway: Any, account: str) -> None:
        orders = gateway.exchange.open_orders(account)
        asyncio.get_running_loop().call_later(_WHILE_SECS, gateway.exchange.end, orders)


@breaks("revoked session keys are worthless", _ANSWERED)
class RestoresKeysOfLostConnections(_Ending):
    """What a connection revoked is undone with it."""

    def left(self, gateway: Any, account: str) -> None:
        gateway.accounts.restore(account)


@breaks("session keys live until they expire or are revoked", _ANSWERED)
class DropsKeysOfLostConnections(_Ending):
    def left(self, gateway: Any, account: str) -> None:
        gateway.accounts.drop(account)


@breaks(_WHOLE, "gateway/connections/unfinished")
class ActsOnUnfinishedMessages(Behaviour):
    def waits_for_the_last_fragment(self) -> bool:
        return False


@breaks(_WHOLE, "gateway/connections/unfinished")
class ActsOnHalfFrames(Behaviour):
    """Completes a command that the connection's end cut off by what it knows of the last order."""

    def __init__(self) -> None:
        super().__init__()
        self._order: dict[str, Any] = {}

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        self._order = reply.get("order", self._order)
        return super().replies(command, reply)

    def torn(self, data: bytes) -> bytes | None:
        fields = _beginning(_payload(data))
        order = self._order.get("order_id", "")
        begun = next((each for each in _CUT if each[:_TELLING].encode() in _payload(data)), "")
        fields.setdefault("type", begun)
        match fields["type"]:
            case "placeOptionOrder":
                rest = {
                    "symbol": "BTC-29MAR30-60000-P", "side": "buy", "order_type": "limit", "price": "0.5",
                    "size": "0.1", "time_in_force": "gtc",
                }  # fmt: skip
            case "amendOptionOrder":
                rest = {"order_id": order, "size": "0.3"}
            case "cancelOptionOrder":
                rest = {"order_id": order}
            case _:
                return super().torn(data)
        return frames.encode({"request_id": 0, **fields, **rest})


def _payload(data: bytes) -> bytes:
    """What came of the payload of a client's frame (RFC 6455, 5.2), without its mask."""
    start = {126: 4, 127: 10}.get(data[1] & 0x7F, 2) if len(data) > 1 else 0
    mask, masked = data[start : start + 4], data[start + 4 :]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked)) if len(mask) == 4 else b""


def _beginning(payload: bytes) -> dict[str, Any]:
    """The whole pairs that a cut map begins with."""
    found: dict[str, Any] = {}
    reading = msgpack.Unpacker()
    reading.feed(payload)
    try:
        for _ in range(reading.read_map_header()):
            key = reading.unpack()
            found[key] = reading.unpack()
    except (msgpack.exceptions.OutOfData, ValueError, TypeError):
        pass
    return found

"""Faults of what accounts are told of their orders."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_UPDATES = "`orderUpdate`, one for each change of an order, `sequence` rising by one per account"


@breaks(
    "`orderUpdate` to every connection of that account",
    "gateway/scenarios/updates-stay-in-the-account",
    "gateway/connections/own_account",
)
class LeaksOrderUpdatesAcrossAccounts(Behaviour):
    def sees_updates_of(self, own: str, owner: str) -> bool:
        return True


@breaks(
    "to every connection of that account authenticated with `read`",
    "gateway/scenarios/updates-need-read",
    "gateway/connections/readers",
)
class SendsOrderUpdatesWithoutRead(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "updates_need_read" and super().enforces(rule)


@breaks(
    _UPDATES,
    "gateway/scenarios/own-orders-are-reported",
    "gateway/scenarios/updates-reach-other-connections",
    "gateway/scenarios/fills-are-reported",
)
class LosesOrderUpdates(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return []


@breaks(
    _UPDATES,
    "gateway/scenarios/updates-come-once",
    "gateway/trading/reported",
)
class RepeatsOrderUpdates(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return 2 * super().update(value)


@breaks(
    _UPDATES,
    "gateway/scenarios/updates-are-numbered-without-gaps",
    "gateway/scenarios/state-carries-the-last-update",
)
class NumbersOrderUpdatesByTwos(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return super().update({**value, "sequence": 2 * value["sequence"]})


@breaks(
    "an order's state change is reported after the reply to the command that caused it",
    "gateway/scenarios/updates-follow-replies",
)
class ReportsChangesBeforeReplying(Behaviour):
    def updates_before_reply(self) -> bool:
        return True


@breaks(
    "`remaining_size` is what still works: 0 when terminal",
    "gateway/scenarios/own-orders-are-reported",
    "gateway/trading/arithmetic",
)
class CancelledOrdersKeepRemaining(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        order = value["order"]
        if order["status"] == "cancelled":
            value = {**value, "order": {**order, "remaining_size": order["size"]}}
        return super().update(value)


@breaks(
    "to every connection of that account authenticated with `read`",
    "gateway/scenarios/updates-need-authentication",
    "gateway/connections/authenticated",
)
class TellsStrangersOfOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "updates_need_auth" and super().enforces(rule)


@breaks(
    "`orderUpdate` to every connection of that account", "gateway/scenarios/updates-reach-other-connections"
)
class TellsOneConnectionOnly(Behaviour):
    def tells(self, told: int) -> bool:
        return not told and super().tells(told)


@breaks(_UPDATES, "gateway/orderUpdate/rules/sequence")
class NumbersOrderUpdatesBackwards(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return super().update({**value, "sequence": max(0, 1_000_000 - value["sequence"])})


@breaks(_UPDATES, "gateway/scenarios/fills-are-reported")
class LosesFills(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return [] if "last_price" in value else super().update(value)


@breaks(
    "`orderUpdate` {order: Order, last_price?, last_size?, …}",
    "gateway/scenarios/fills-are-reported",
    "gateway/scenarios/better-price-trades-first",
)
class ReportsFillsAtAnotherPrice(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        if "last_price" in value:
            value = {**value, "last_price": "1" if value["last_price"] != "1" else "2"}
        return super().update(value)

"""Faults of the exchange behind the gateway, and of what it tells of orders."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_UPDATES = "`orderUpdate`, one for each change of an order, `sequence` rising by one per account"


@breaks("a reply `error` changes nothing", "gateway/scenarios/reduce-only-never-opens")
class KeepsRefusedOrders(Behaviour):
    def keeps_refused_orders(self) -> bool:
        return True


@breaks(
    "a `client_order_id` is unique per account among all orders ever accepted",
    "gateway/scenarios/client-order-id-used-once",
)
class AcceptsDuplicateClientOrderIds(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "unique_ids" and super().enforces(rule)


@breaks("`post_only` that would cross: `would_cross`", "gateway/scenarios/post-only-never-takes")
class TakesWithPostOnlyOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "post_only" and super().enforces(rule)


@breaks("`reduce_only` that would increase: `would_increase`", "gateway/scenarios/reduce-only-never-opens")
class IncreasesWithReduceOnlyOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "reduce_only" and super().enforces(rule)


@breaks("`insufficient_margin`", "gateway/scenarios/margin-is-checked")
class IgnoresMargin(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "margin" and super().enforces(rule)


@breaks("off tick or lot is `invalid_field`", "gateway/scenarios/prices-and-sizes-are-on-the-grid")
class AcceptsPricesOffTick(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "grid" and super().enforces(rule)


@breaks("self-match cancels the incoming remainder")
class TradesWithItself(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "no_self_match" and super().enforces(rule)


@breaks("`ioc` remainder: accepted, then `cancelled`", "gateway/scenarios/far-ioc-order-never-rests")
class RestsWhatIocLeaves(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "immediate_or_cancel" and super().enforces(rule)


@breaks("an unfillable `fok`: accepted, then `cancelled`")
class FillsFokInPart(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "fill_or_kill" and super().enforces(rule)


@breaks("price–time priority")
class ServesTheNewestOrderFirst(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "time_priority" and super().enforces(rule)


@breaks("priority stays only for a pure reduction")
class AmendsAlwaysKeepPriority(Behaviour):
    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return True


@breaks("priority stays only for a pure reduction")
class AmendsNeverKeepPriority(Behaviour):
    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return False


@breaks("ids and fills stay")
class AmendsForgetFills(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "amend_keeps_fills" and super().enforces(rule)

    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return False


@breaks("`orderCancelled` {order: Order}", "gateway/scenarios/place-read-cancel")
class CancelsNothing(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "cancellation" and super().enforces(rule)


@breaks("another account's order is `order_not_found`", "gateway/scenarios/other-accounts-order-is-hidden")
class ShowsOrdersOfOtherAccounts(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ownership" and super().enforces(rule)


@breaks("`orderUpdate` to every connection of that account", "gateway/scenarios/updates-stay-in-the-account")
class LeaksOrderUpdatesAcrossAccounts(Behaviour):
    def sees_updates_of(self, own: str, owner: str) -> bool:
        return True


@breaks(
    "to every connection of that account authenticated with `read`", "gateway/scenarios/updates-need-read"
)
class SendsOrderUpdatesWithoutRead(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "updates_need_read" and super().enforces(rule)


@breaks("orders stay", "gateway/scenarios/order-survives-disconnect")
class CancelsOrdersOnDisconnect(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "orders_stay" and super().enforces(rule)


@breaks(_UPDATES, "gateway/scenarios/own-orders-are-reported")
class LosesOrderUpdates(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return []


@breaks(_UPDATES)
class RepeatsOrderUpdates(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return 2 * super().update(value)


@breaks(_UPDATES, "gateway/scenarios/state-carries-the-last-update")
class NumbersOrderUpdatesByTwos(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        return super().update({**value, "sequence": 2 * value["sequence"]})


@breaks(
    "an order's state change is reported after the reply to the command that caused it",
)
class ReportsChangesBeforeReplying(Behaviour):
    def updates_before_reply(self) -> bool:
        return True


@breaks("`remaining_size` is what still works: 0 when terminal", "gateway/scenarios/own-orders-are-reported")
class CancelledOrdersKeepRemaining(Behaviour):
    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        order = value["order"]
        if order["status"] == "cancelled":
            value = {**value, "order": {**order, "remaining_size": order["size"]}}
        return super().update(value)

"""Faults of the exchange behind the gateway."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks


@breaks(
    "a reply `error` changes nothing",
    "gateway/scenarios/reduce-only-never-opens",
    "gateway/scenarios/post-only-never-takes",
    "gateway/scenarios/margin-is-checked",
    "gateway/trading/untouched",
)
class KeepsRefusedOrders(Behaviour):
    def keeps_refused_orders(self) -> bool:
        return True


@breaks(
    "a `client_order_id` is unique per account among all orders ever accepted",
    "gateway/scenarios/client-order-id-used-once",
    "gateway/trading/unique",
)
class AcceptsDuplicateClientOrderIds(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "unique_ids" and super().enforces(rule)


@breaks(
    "`post_only` that would cross: `would_cross`",
    "gateway/scenarios/post-only-never-takes",
    "gateway/trading/post_only",
)
class TakesWithPostOnlyOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "post_only" and super().enforces(rule)


@breaks(
    "`reduce_only` that would increase: `would_increase`",
    "gateway/scenarios/reduce-only-never-opens",
    "gateway/trading/reduce_only",
)
class IncreasesWithReduceOnlyOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "reduce_only" and super().enforces(rule)


@breaks("`insufficient_margin`", "gateway/scenarios/margin-is-checked")
class IgnoresMargin(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "margin" and super().enforces(rule)


@breaks(
    "off tick or lot is `invalid_field`",
    "gateway/scenarios/prices-and-sizes-are-on-the-grid",
    "gateway/scenarios/rejected-order-changes-nothing",
    "gateway/scenarios/rejected-amend-changes-nothing",
)
class AcceptsPricesOffTick(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "grid" and super().enforces(rule)


@breaks(
    "self-match cancels the incoming remainder",
    "gateway/scenarios/self-match-cancels-the-newcomer",
    "gateway/trading/self_match",
)
class TradesWithItself(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "no_self_match" and super().enforces(rule)


@breaks(
    "`ioc` remainder: accepted, then `cancelled`",
    "gateway/scenarios/far-ioc-order-never-rests",
    "gateway/scenarios/ioc-fills-what-it-can",
    "gateway/trading/immediate",
)
class RestsWhatIocLeaves(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "immediate_or_cancel" and super().enforces(rule)


@breaks(
    "an unfillable `fok`: accepted, then `cancelled`",
    "gateway/scenarios/fok-fills-whole-or-not-at-all",
    "gateway/trading/whole",
)
class FillsFokInPart(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "fill_or_kill" and super().enforces(rule)


@breaks(
    "price–time priority",
    "gateway/scenarios/older-order-trades-first",
    "gateway/scenarios/smaller-order-keeps-its-place",
    "gateway/trading/time_priority",
)
class ServesTheNewestOrderFirst(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "time_priority" and super().enforces(rule)


@breaks(
    "priority stays only for a pure reduction",
    "gateway/scenarios/larger-order-loses-its-place",
    "gateway/trading/queue",
)
class AmendsAlwaysKeepPriority(Behaviour):
    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return True


@breaks(
    "priority stays only for a pure reduction",
    "gateway/scenarios/smaller-order-keeps-its-place",
    "gateway/trading/queue",
)
class AmendsNeverKeepPriority(Behaviour):
    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return False


@breaks(
    "ids and fills stay",
    "gateway/scenarios/amend-keeps-fills",
    "gateway/trading/progress",
)
class AmendsForgetFills(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "amend_keeps_fills" and super().enforces(rule)

    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        return False


@breaks(
    "`orderCancelled` {order: Order}",
    "gateway/scenarios/place-read-cancel",
    "gateway/scenarios/cancel-by-client-order-id",
    "gateway/scenarios/cancelled-order-is-done",
    "gateway/scenarios/commands-take-effect-in-order",
    "gateway/trading/cancels",
)
class CancelsNothing(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "cancellation" and super().enforces(rule)


@breaks(
    "another account's order is `order_not_found`",
    "gateway/scenarios/other-accounts-order-is-hidden",
    "gateway/trading/known",
)
class ShowsOrdersOfOtherAccounts(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ownership" and super().enforces(rule)


@breaks(
    "orders stay",
    "gateway/scenarios/order-survives-disconnect",
    "gateway/scenarios/orders-outlive-their-session-key",
    "gateway/connections/lasting",
)
class CancelsOrdersOnDisconnect(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "orders_stay" and super().enforces(rule)


@breaks(
    "`post_only` that would cross: `would_cross`",
    "gateway/scenarios/far-post-only-order-rests",
    "gateway/trading/post_only",
)
class RefusesPostOnlyOrders(Behaviour):
    def would_cross(self, crosses: bool) -> bool:
        return True


@breaks(
    "an unfillable `fok`: accepted, then `cancelled`",
    "gateway/scenarios/far-fok-order-never-rests",
    "gateway/trading/whole",
)
class RestsUnfillableFokOrders(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule not in ("fill_or_kill", "immediate_or_cancel") and super().enforces(rule)


@breaks(
    "price–time priority", "gateway/scenarios/better-price-trades-first", "gateway/trading/price_priority"
)
class ServesTheWorstPriceFirst(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "price_priority" and super().enforces(rule)


@breaks(
    "amend `size` is the new total, above what is filled",
    "gateway/scenarios/amend-stays-above-fills",
    "gateway/trading/above_fills",
)
class AmendsBelowFills(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "above_fills" and super().enforces(rule)


@breaks("ids and fills stay", "gateway/scenarios/amend-keeps-ids", "gateway/trading/identity")
class AmendsGiveNewOrderIds(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        if reply["type"] == "orderAmended":
            reply = {**reply, "order": {**reply["order"], "order_id": "ord-amended"}}
        return super().replies(command, reply)


@breaks("ids and fills stay", "gateway/scenarios/amend-keeps-ids")
class AmendsDropClientOrderIds(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        if reply["type"] == "orderAmended":
            order = reply["order"]
            reply = {**reply, "order": {**order, "client_order_id": order["order_id"]}}
        return super().replies(command, reply)


@breaks(
    "cancelling or amending an order that no longer works is `order_not_found`",
    "gateway/scenarios/cancelled-order-is-done",
    "gateway/trading/known",
)
class CancelsOrdersTwice(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "terminal" and super().enforces(rule)


@breaks("a reply `error` changes nothing", "gateway/scenarios/rejected-amend-changes-nothing")
class KeepsRefusedAmendments(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "checked_amendments" and super().enforces(rule)


@breaks(
    "a reply `error` changes nothing",
    "gateway/scenarios/rejected-order-changes-nothing",
    "gateway/trading/unique",
)
class RefusedOrdersUseUpTheirIds(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "refused_ids_stay_free" and super().enforces(rule)


@breaks("exactly one reply each", "gateway/scenarios/updates-are-numbered-without-gaps")
class PlacesOrdersTwice(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "placed_once" and super().enforces(rule)

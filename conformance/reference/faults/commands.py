"""Faults in what commands are accepted."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks
from conformance.reference.shapes import Kind, Problem

_SCHEMA = "schema broken: `invalid_field`"


def _overlook(kind: Kind, command: dict[str, Any], problems: list[Problem]) -> list[Problem]:
    """Put right values where problems of one kind are; the problems that are left."""
    for found in problems:
        if found.kind == "unknown" == kind:
            command.pop(found.field, None)
        elif found.kind == kind and found.stand_in is not None:
            command[found.field] = found.stand_in
    return [found for found in problems if found.kind != kind]


@breaks(
    "commands and replies of ours are closed",
    "market-data/SubscribeCommand/service_wide/additionalProperties",
)
class AcceptsUnknownFields(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("unknown", command, problems))


@breaks(_SCHEMA, "gateway/placeOptionOrder/limit/required")
class AcceptsMissingFields(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("missing", command, problems))


@breaks(
    "integers on the wire: a float is never an integer, a bool never a number",
    "gateway/placeOptionOrder/market/client_order_id/type",
)
class CoercesWrongTypes(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("type", command, problems))


@breaks(_SCHEMA, "gateway/getCandles/interval/enum")
class EnumsNotChecked(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("enum", command, problems))


@breaks(_SCHEMA, "gateway/getCandles/start/minimum")
class BoundsNotChecked(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("bounds", command, problems))


@breaks(_SCHEMA, "gateway/placeOptionOrder/limit/size/pattern")
class PatternsNotChecked(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, _overlook("pattern", command, problems))


@breaks(
    "exactly one of `api_key`, `session_key` · at least one of `price`, `size`",
    "gateway/auth/oneOf",
    "gateway/amendOptionOrder/anyOf",
)
class AcceptsBothOrNeitherOfTwoFields(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        for found in problems:
            if found.kind == "rule":
                command.setdefault(found.field, "omn_demo_trader_a")
        return super().problem(command, [found for found in problems if found.kind != "rule"])


@breaks("`request_id` missing or wrong: `invalid_field`", "gateway/getCandles/request_id/minimum")
class AcceptsCommandsWithoutRequestId(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        return super().problem(command, [found for found in problems if found.field != "request_id"])

    def enforces(self, rule: str) -> bool:
        return rule != "request_id" and super().enforces(rule)


@breaks(
    "first match wins: `unauthenticated` before `forbidden` before `invalid_field`",
    "gateway/refusals/unauthenticated",
)
class ChecksFieldsBeforeAccess(Behaviour):
    def looks_at_fields_first(self) -> bool:
        return True


@breaks(
    "`unknown_symbol`",
    "gateway/getMarketSnapshot/unknown-symbol",
    "gateway/getCandles/unknown-symbol",
    "gateway/placeOptionOrder/unknown-symbol",
)
class AcceptsUnknownSymbols(Behaviour):
    def known_symbol(self, symbol: str, symbols: list[str]) -> str | None:
        return symbol if symbol in symbols else symbols[0]


@breaks("`unknown_symbol`", "gateway/getMarketSnapshot/reply")
class RefusesKnownSymbols(Behaviour):
    def known_symbol(self, symbol: str, symbols: list[str]) -> str | None:
        return None


@breaks(
    "`placeOptionSpreadOrder` currently returns an unsupported response",
    "gateway/placeOptionSpreadOrder/reply",
    "gateway/scenarios/spread-changes-nothing",
)
class RefusesSpreadsWithInvalidField(Behaviour):
    def unsupported(self, command: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "code": "invalid_field"}


@breaks(
    "schema broken: `invalid_field` · documented as unsupported: `unsupported`",
    "gateway/refusals/invalid",
)
class RefusesSpreadsWithoutReadingThem(Behaviour):
    def checks_support_first(self) -> bool:
        return True


@breaks(
    "`placeOptionSpreadOrder` currently returns an unsupported response",
    "gateway/placeOptionSpreadOrder/reply",
    "gateway/scenarios/spread-changes-nothing",
)
class AcceptsSpreadOrders(Behaviour):
    def unsupported(self, command: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
        order = {
            "order_id": "spread-1",
            "client_order_id": command["client_order_id"],
            "symbol": command["legs"][0]["symbol"],
            "side": "buy",
            "order_type": "limit",
            "price": command["price"],
            "size": command["size"],
            "filled_size": "0",
            "remaining_size": command["size"],
            "status": "open",
            "ts": 1_800_000_000_000,
        }
        return {"type": "orderAccepted", "order": order}


@breaks(
    "`order_not_found`, `session_key_not_found`",
    "gateway/getOrder/unknown-order_id",
    "gateway/getOrder/unknown-client_order_id",
    "gateway/cancelOptionOrder/unknown-order_id",
    "gateway/cancelOptionOrder/unknown-client_order_id",
    "gateway/amendOptionOrder/unknown-order_id",
    "gateway/revokeSessionKey/unknown-session_key_id",
    "gateway/scenarios/post-only-never-takes",
    "gateway/scenarios/revoked-key-opens-nothing",
    "gateway/trading/known",
)
class TakesUnknownIdsForKnown(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "existence" and super().enforces(rule)


@breaks(
    "exactly one of `order_id`, `client_order_id`",
    "gateway/scenarios/cancel-by-client-order-id",
    "gateway/scenarios/place-read-cancel",
    "gateway/scenarios/order-survives-disconnect",
    "gateway/scenarios/commands-take-effect-in-order",
)
class ForgetsClientOrderIds(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "client_order_ids" and super().enforces(rule)


@breaks(
    "a reply `error` changes nothing",
    "gateway/scenarios/spread-changes-nothing",
    "gateway/scenarios/rejected-order-changes-nothing",
    "gateway/trading/untouched",
)
class RefusalsMoveTheAccount(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "refusals_change_nothing" and super().enforces(rule)


@breaks(
    "per connection, effects happen in order of arrival",
    "gateway/scenarios/commands-take-effect-in-order",
)
class LetsReadsOvertakeOrders(Behaviour):
    def handling_delay(self, command: dict[str, Any]) -> float:
        return 0.2 if command["type"] == "placeOptionOrder" else super().handling_delay(command)

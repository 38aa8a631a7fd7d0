"""Faults of commands that nobody may give, and that are answered as if they had been done."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_DONE = {
    "placeOptionOrder": "orderAccepted",
    "placeOptionSpreadOrder": "orderAccepted",
    "cancelOptionOrder": "orderCancelled",
    "amendOptionOrder": "orderAmended",
    "getOrder": "order",
}
_ORDER = {
    "order_id": "ord-0",
    "client_order_id": "ord-0",
    "symbol": "BTC-29MAR30-50000-C",
    "side": "buy",
    "order_type": "limit",
    "price": "1",
    "size": "1",
    "filled_size": "0",
    "remaining_size": "1",
    "status": "open",
    "ts": 1_800_000_000_000,
}


class _Feigned(Behaviour):
    """Answers one kind of refused command with success; a fault says which."""

    def feigns(self, code: object) -> bool:
        """Whether a refusal with this code is kept to itself."""
        return False

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        done = _DONE.get(command["type"])
        if self.feigns(reply.get("code")) and done is not None:
            order = dict(_ORDER)
            if done == "orderCancelled":
                order |= {"status": "cancelled", "remaining_size": "0"}
            reply = {"type": done, "request_id": reply["request_id"], "order": order}
        elif self.feigns(reply.get("code")) and command["type"] == "revokeSessionKey":
            key = command["session_key_id"]
            reply = {"type": "sessionKeyRevoked", "request_id": reply["request_id"], "session_key_id": key}
        return super().replies(command, reply)


@breaks(
    "trading commands and wallet-scoped account reads require authentication",
    "gateway/placeOptionOrder/security",
    "gateway/placeOptionSpreadOrder/security",
    "gateway/cancelOptionOrder/security",
    "gateway/amendOptionOrder/security",
    "gateway/getOrder/security",
    "gateway/revokeSessionKey/security",
)
class FeignsSuccessBeforeAuth(_Feigned):
    def feigns(self, code: object) -> bool:
        return code == "unauthenticated" or super().feigns(code)


@breaks(
    "permission missing: `forbidden`",
    "gateway/placeOptionOrder/permissions",
    "gateway/placeOptionSpreadOrder/permissions",
    "gateway/cancelOptionOrder/permissions",
    "gateway/amendOptionOrder/permissions",
    "gateway/getOrder/permissions",
    "gateway/scenarios/session-key-permissions-are-enforced",
    "gateway/scenarios/session-key-cannot-handle-keys",
)
class FeignsSuccessWithoutPermission(_Feigned):
    def feigns(self, code: object) -> bool:
        return code == "forbidden" or super().feigns(code)

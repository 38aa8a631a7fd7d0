"""Faults of limits: of long messages, of fragments, of many connections."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference import frames
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_LIMIT = "65 536 bytes accepted, 65 537 → close 1009, no error message"


@breaks(_LIMIT, *(f"{service}/limits/message_bytes" for service in ("gateway", "market-data")))
class CannotReadMessagesInFragments(Behaviour):
    """Reads much less, where a message comes in fragments."""

    def limits_fragments_alone(self) -> int | None:
        return 8192


@breaks(_LIMIT, *(f"{service}/close/oversize" for service in ("gateway", "market-data")))
class LimitsFragmentsOneByOne(Behaviour):
    def limits_fragments_alone(self) -> int | None:
        return self.message_limit()


@breaks("exactly one reply each, echoing `request_id`", "gateway/getCandles/correlation")
class ForgetsIdsOfLongMessages(Behaviour):
    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        found = super().judge(payload, is_text)
        self._long = len(payload) > 4096
        return found

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        return super().replies(command, {**reply, "request_id": None} if self._long else reply)


@breaks(
    "64 connections are served at once",
    *(f"{service}/limits/connections" for service in ("gateway", "market-data")),
)
class TakesFiftyConnections(Behaviour):
    def takes(self, connections: int) -> bool:
        return connections <= 50 and super().takes(connections)

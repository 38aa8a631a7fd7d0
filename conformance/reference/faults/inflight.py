"""Faults of replies that show only where several commands are in flight, or their ids are unusual."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from time import monotonic
from typing import Any

from conformance.reference import connection, frames
from conformance.reference.behaviour import Behaviour, Speaker
from conformance.reference.faults.fault import breaks

Replies = list[tuple[float, dict[str, Any]]]

_ONE = "exactly one reply each, echoing `request_id`"
_SHORT = 0.02
"""Commands that come in one piece are handled well within this time (seconds)."""

_READS = ("getCandles", "getMarketSnapshot", "getAccountSnapshot", "getAccountState", "getOrder")
_REPLIES = tuple(f"gateway/{read}/reply" for read in _READS)


@breaks("replies go to the connection that asked", "gateway/connections/apart")
class CrossesRepliesBetweenConnections(Behaviour):
    """The reply to an id that another connection used before goes to that one."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[int, Speaker] = {}

    def addressee(self, speaker: Speaker, command: dict[str, Any]) -> Speaker:
        own = super().addressee(speaker, command)
        number = command.get("request_id")
        if not isinstance(number, int):
            return own
        before = self._asked.get(number, own)
        self._asked[number] = own
        return before


class _Burst(Behaviour):
    """Answers a little later, and knows what else of the connection is still unanswered by then."""

    def __init__(self) -> None:
        super().__init__()
        self._pending: dict[int, tuple[float, list[dict[str, Any]]]] = {}

    def unanswered(self, reply: dict[str, Any]) -> list[dict[str, Any]]:
        """The replies of this connection that have not left yet; this one is one of them from now on."""
        now, number = monotonic(), connection.current()
        until, others = self._pending.get(number, (0.0, []))
        if now > until:
            until, others = now + _SHORT / 2, []
        before = list(others)
        others.append(reply)
        self._pending[number] = until, others
        return before

    def later(self) -> float:
        """When (s) the replies of the burst leave."""
        return max(0.0, self._pending[connection.current()][0] - monotonic())


@breaks(_ONE, "gateway/getMarketSnapshot/correlation", "gateway/getCandles/correlation")
class SwapsIdsInFlight(_Burst):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        before = self.unanswered(reply)
        if len(before) % 2 and before[-1]["type"] == reply["type"]:
            before[-1]["request_id"], reply["request_id"] = reply["request_id"], before[-1]["request_id"]
        return [(self.later(), value) for _, value in super().replies(command, reply)]


@breaks(_ONE, *_REPLIES)
class ForgetsTheFiftyFirstInFlight(_Burst):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        if command["type"] not in _READS:
            return super().replies(command, reply)
        before = self.unanswered(reply)
        return (
            []
            if len(before) == 50
            else [(self.later(), value) for _, value in super().replies(command, reply)]
        )


@breaks(_ONE, "gateway/getMarketSnapshot/correlation", "gateway/getCandles/correlation")
class AnswersReadsInFlightAlike(_Burst):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        alike = [each for each in self.unanswered(reply) if each["type"] == reply["type"]]
        if alike and command["type"] in ("getMarketSnapshot", "getCandles"):
            reply = {**alike[0], "request_id": reply["request_id"]}
        return super().replies(command, reply)


class _Renumbered(Behaviour):
    """Answers to another id than the one that was given."""

    def number(self, given: int) -> int:
        """The id of the reply."""
        return given

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        given = reply["request_id"]
        return super().replies(
            command, reply if given is None else {**reply, "request_id": self.number(given)}
        )


@breaks(_ONE, *_REPLIES, "gateway/placeOptionOrder/reply", "gateway/amendOptionOrder/reply")
class RoundsIdsToFloats(_Renumbered):
    def number(self, given: int) -> int:
        return min(int(float(given)), frames.MAX_UINT)


@breaks(_ONE, *(f"gateway/{read}/correlation" for read in _READS), "gateway/cancelOptionOrder/correlation")
class TakesIdsForSignedOnes(_Renumbered):
    def number(self, given: int) -> int:
        return given - 2**64 if given >= 2**63 else given


@breaks(_ONE, *_REPLIES, "gateway/createSessionKey/reply", "gateway/revokeSessionKey/reply")
class CutsIdsTo32Bits(_Renumbered):
    def number(self, given: int) -> int:
        return given & 0xFFFF_FFFF


@breaks("ids need not be unique", "gateway/connections/repeated_ids")
class TakesRepeatedIdsForRepetitions(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[int, set[int]] = {}

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> Replies:
        seen = self._seen.setdefault(connection.current(), set())
        made = [] if reply["request_id"] in seen else super().replies(command, reply)
        if reply["request_id"] is not None:
            seen.add(reply["request_id"])
        return made


@breaks("`request_id` unsigned integer", "gateway/getMarketSnapshot/reply", "gateway/getCandles/reply")
class RefusesIdsInWideFormats(Behaviour):
    """Takes an integer in its shortest format only."""

    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        found = super().judge(payload, is_text)
        asked = found.request_id
        key = frames.encode("request_id")
        if asked is None or key + frames.encode(asked) in payload or key not in payload:
            return found
        return frames.Judged(found.command, asked, ("undecodable", *found.flaws))

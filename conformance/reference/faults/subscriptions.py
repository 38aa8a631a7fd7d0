"""Faults of subscriptions: how they begin, end, are counted and refused."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from collections.abc import Iterable
from typing import Any

from conformance.reference.behaviour import Behaviour, OutFrame
from conformance.reference.faults.fault import breaks
from conformance.reference.faults.streams import promised, told
from conformance.reference.shapes import Problem


@breaks(
    "no data event of a SubId after its `unsubscribed`",
    *promised("silent-after-unsubscribe"),
    *told("silent-after-unsubscribe"),
)
class SendsAfterUnsubscribing(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "unsubscription" and super().enforces(rule)


@breaks(
    "no data event of a SubId after its `unsubscribed`, until subscribed again",
    *told("subscribe-again", "subscribe-again-by-symbol"),
)
class UnsubscribesForShow(Behaviour):
    def ends(self, sub_id: str, subscriptions: Iterable[str]) -> Iterable[str]:
        return ()


@breaks(
    "no data event of a SubId after its `unsubscribed`: of that SubId, and of no other",
    *told("ending-one-stream-keeps-the-others"),
)
class EndsAllStreamsAtOnce(Behaviour):
    def ends(self, sub_id: str, subscriptions: Iterable[str]) -> Iterable[str]:
        return subscriptions


@breaks(
    "subscribing twice: `already_subscribed`",
    "market-data/streams/repeated",
    *told("subscribing-twice-keeps-the-stream", "ending-one-stream-keeps-the-others"),
)
class AcceptsDoubleSubscriptions(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "already_subscribed" and super().enforces(rule)


@breaks(
    "subscribing twice: `already_subscribed`; state unchanged",
    *told("subscribing-twice-keeps-the-stream"),
)
class EndsStreamsSubscribedTwice(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "unchanged_by_repetition" and super().enforces(rule)


@breaks(
    "unsubscribing what is not there: `not_subscribed`",
    "market-data/streams/absent",
    *told("subscriptions-are-per-connection", "subscriptions-end-with-the-connection"),
)
class UnsubscribesWhatIsNotThere(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "not_subscribed" and super().enforces(rule)


@breaks(
    "at least 64 subscriptions a connection: each has its own",
    *told("subscriptions-are-per-connection", "subscriptions-end-with-the-connection"),
)
class SharesSubscriptions(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "own_subscriptions" and super().enforces(rule)


@breaks(
    "`unknown_symbol`",
    "market-data/subscribe/unknown-symbol",
    "market-data/unsubscribe/unknown-symbol",
    *told("unknown-symbol-is-named"),
)
class CallsUnknownSymbolsInvalidFields(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if isinstance(value, list) and value[:2] == ["error", "unknown_symbol"]:
            value = ["error", "invalid_field", *value[2:]]
        return super().outgoing(service, value)


@breaks(
    "`unknown_symbol`: code, message, SubId",
    *told("unknown-symbol-is-named"),
)
class RefusesUnknownSymbolsWithoutNamingThem(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        if isinstance(value, list) and value[:2] == ["error", "unknown_symbol"]:
            value = [*value[:3], None]
        return super().outgoing(service, value)


@breaks(
    "streams of the whole service have no symbol",
    *told("symbol-fits-the-channel"),
)
class OverlooksSymbolsOfWholeChannels(Behaviour):
    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        whole = command.get("channel") in ("listings", "provenance", "corrections")
        return super().problem(command, [each for each in problems if not (whole and each.field == "symbol")])


@breaks("at least 64 subscriptions a connection", "market-data/limits/streams")
class RefusesTheSixtiethSubscription(Behaviour):
    def subscription_limit(self, limit: int) -> int:
        return 59


@breaks("at least 64 subscriptions a connection", "market-data/limits/streams")
class ServesThirtyTwoSubscriptions(Behaviour):
    """Those beyond are acknowledged, and begin with their snapshot; no event follows."""

    def enforces(self, rule: str) -> bool:
        return rule != "all_streams_run" and super().enforces(rule)


@breaks("beyond: `limit_exceeded`", "market-data/streams/exhausted")
class AcceptsTooManySubscriptions(Behaviour):
    def subscription_limit(self, limit: int) -> int:
        return 10_000

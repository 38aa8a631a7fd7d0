"""Faults of an alias: a second address of the same environment that is not quite the same."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference import connection
from conformance.reference.accounts import Credential
from conformance.reference.behaviour import Behaviour, Speaker
from conformance.reference.faults.fault import breaks

_ALIAS = "a public host and its alias: the same environment"
Reply = dict[str, Any]


class _AnswersOtherwise(Behaviour):
    """Changes what replies at the alias say."""

    def replies(self, command: Reply, reply: Reply) -> list[tuple[float, Reply]]:
        return super().replies(command, self.changed(reply) if connection.at_alias() else reply)

    def changed(self, reply: Reply) -> Reply:
        return reply


@breaks(_ALIAS, "gateway/endpoints/same-upgrade")
class TakesNoConnectionsAtTheAlias(Behaviour):
    def upgrades(self) -> bool:
        return super().upgrades() and not connection.at_alias()


@breaks(_ALIAS, "gateway/endpoints/same-limits")
class TakesShorterMessagesAtTheAlias(Behaviour):
    def message_limit(self) -> int:
        return 16_384 if connection.at_alias() else super().message_limit()


@breaks(_ALIAS, "gateway/endpoints/same-limits")
class TakesLongerMessagesAtTheAlias(Behaviour):
    def message_limit(self) -> int:
        return super().message_limit() * (2 if connection.at_alias() else 1)


@breaks(_ALIAS, "gateway/endpoints/same-refusals")
class RefusesOtherwiseAtTheAlias(Behaviour):
    """An older build, which had one code for all that it could not make out."""

    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        told = {**error, "code": "malformed_message"} if connection.at_alias() else error
        super().refuse_frame(speaker, code, told)


@breaks(_ALIAS, "gateway/endpoints/same-refusals")
class AsksForPermissionFirstAtTheAlias(_AnswersOtherwise):
    def changed(self, reply: Reply) -> Reply:
        return {**reply, "code": "forbidden"} if reply.get("code") == "unauthenticated" else reply


@breaks(_ALIAS, "gateway/endpoints/same-answers")
class TellsAnotherMarketAtTheAlias(_AnswersOtherwise):
    def changed(self, reply: Reply) -> Reply:
        if reply["type"] == "marketSnapshot":
            return {**reply, "index_price": "1"}
        return {**reply, "candles": reply["candles"][1:]} if reply["type"] == "candles" else reply


@breaks(_ALIAS, "gateway/endpoints/same-answers")
class TellsAnotherAccountAtTheAlias(_AnswersOtherwise):
    def changed(self, reply: Reply) -> Reply:
        is_account = reply["type"] in ("accountSnapshot", "accountState")
        return {**reply, "account": f"{reply['account']}-2"} if is_account else reply


@breaks(_ALIAS, "gateway/endpoints/same-answers", "gateway/endpoints/same-state")
class KnowsNoOrdersAtTheAlias(_AnswersOtherwise):
    def changed(self, reply: Reply) -> Reply:
        if reply["type"] != "order":
            return reply
        message = "there is no such order"
        return {
            "type": "error",
            "request_id": reply["request_id"],
            "code": "order_not_found",
            "message": message,
        }


@breaks(_ALIAS, "gateway/endpoints/same-state")
class KnowsNoSessionKeysAtTheAlias(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        held = super().credential(found, demo)
        issued = held is not None and held.key_id is not None
        return None if issued and connection.at_alias() else held


@breaks(_ALIAS, "gateway/endpoints/same-state")
class TellsNoUpdatesAtTheAlias(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "updates_at_the_alias" and super().enforces(rule)

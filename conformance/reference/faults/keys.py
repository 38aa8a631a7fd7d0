"""Faults of session keys."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from dataclasses import replace
from typing import Any

from conformance.reference.accounts import PERMISSIONS, Credential
from conformance.reference.behaviour import Behaviour, Speaker
from conformance.reference.faults.fault import breaks

COMMANDS = (
    "auth",
    "createSessionKey",
    "revokeSessionKey",
    "placeOptionOrder",
    "placeOptionSpreadOrder",
    "cancelOptionOrder",
    "amendOptionOrder",
    "getOrder",
    "getCandles",
    "getMarketSnapshot",
    "getAccountSnapshot",
    "getAccountState",
)
_END = "within 1 000 ms `error` (nil id, `unauthenticated`), close 1008, nothing accepted after"


@breaks(
    f"expiry of the credential in use: {_END}",
    "gateway/scenarios/expired-key-ends-its-session",
    "gateway/sessions/expired/told",
)
class ExpiryLeavesSessionsOpen(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "expiry" and super().enforces(rule)


@breaks(
    f"revocation of the credential in use: {_END}",
    "gateway/scenarios/revoked-key-ends-its-session",
    "gateway/scenarios/key-revoked-from-another-connection",
    "gateway/scenarios/key-revoked-by-another-key-of-the-account",
    "gateway/scenarios/revoking-one-key-leaves-the-others",
    "gateway/scenarios/orders-outlive-their-session-key",
    "gateway/sessions/expired/told",
)
class RevocationLeavesSessionsOpen(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "revocation" and super().enforces(rule)


@breaks(
    f"expiry or revocation of the credential in use: {_END}",
    "gateway/scenarios/revoked-key-ends-its-session",
    "gateway/scenarios/expired-key-ends-its-session",
    "gateway/sessions/expired/told",
)
class EndsSessionsWithoutError(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "unauthenticated":
            speaker.close(1008, "unauthenticated")
        else:
            super().end_session(speaker, error)


@breaks(
    f"expiry or revocation of the credential in use: {_END}",
    "gateway/scenarios/revoked-key-ends-its-session",
    "gateway/scenarios/expired-key-ends-its-session",
    "gateway/sessions/expired/close",
)
class EndsSessionsWith1000(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "unauthenticated":
            speaker.say(error)
            speaker.close(1000)
        else:
            super().end_session(speaker, error)


@breaks(
    f"expiry or revocation of the credential in use: {_END}",
    *(f"gateway/sessions/expired/{command}" for command in COMMANDS),
)
class EndsSessionsBehindTheNextCommand(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ends_at_once" and super().enforces(rule)


@breaks(f"expiry or revocation of the credential in use: {_END}", "gateway/sessions/expired/told")
class BusySessionsOutliveTheirCredential(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ends_busy_sessions" and super().enforces(rule)


@breaks(f"expiry or revocation of the credential in use: {_END}", "gateway/sessions/expired/told")
class EndsOneSessionOfSeveral(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ends_every_session" and super().enforces(rule)


@breaks(
    f"revocation of the credential in use: {_END}", "gateway/scenarios/revoking-one-key-leaves-the-others"
)
class RevocationEndsAllSessionKeys(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "ends_only_its_sessions" and super().enforces(rule)


@breaks(
    "any API key of the account may revoke its session keys",
    "gateway/scenarios/key-revoked-by-another-key-of-the-account",
)
class OnlyTheMakerRevokesKeys(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "any_key_revokes" and super().enforces(rule)


@breaks(
    "a session key of another account is `session_key_not_found`",
    "gateway/scenarios/key-of-another-account-is-unknown",
)
class RevokesKeysOfOtherAccounts(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "own_keys" and super().enforces(rule)


@breaks(
    "a session key is good until it expires or is revoked",
    "gateway/scenarios/key-outlives-its-makers-connection",
)
class KeysEndWithTheConnectionThatMadeThem(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "keys_outlive_connections" and super().enforces(rule)


@breaks(f"expiry of the credential in use: {_END}", "gateway/sessions/expired/close")
class ExpiryEndsSessionsTooSoon(Behaviour):
    def key_life(self, secs: float) -> float:
        return secs * 0.6


@breaks(f"expiry of the credential in use: {_END}", "gateway/sessions/expired/told")
class ExpiryEndsSessionsTooLate(Behaviour):
    def key_life(self, secs: float) -> float:
        return secs + 1.8


@breaks(
    "session keys cannot make or revoke keys",
    "gateway/scenarios/session-key-cannot-handle-keys",
    "gateway/sessions/delegated/createSessionKey",
)
class SessionKeysMakeKeys(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "api_key_only" and super().enforces(rule)


@breaks("`permissions[]` ⊆ own, else `forbidden`", "gateway/scenarios/session-key-within-own-permissions")
class SessionKeysGainPermissions(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "key_permissions" and super().enforces(rule)


@breaks("`session_key` (`omns_…`)", "gateway/sessionKeyCreated/session_key/pattern")
class SessionKeysWithoutPrefix(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        if reply.get("type") == "sessionKeyCreated":
            reply = {**reply, "session_key": reply["session_key"].removeprefix("omns_")}
        return super().replies(command, reply)


@breaks(
    "expiry or revocation of the credential in use: nothing accepted after",
    "gateway/scenarios/expired-key-opens-nothing",
    "gateway/credentials/sessionKey/failure",
)
class ExpiredKeysStillOpen(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "expired_keys" and super().enforces(rule)


@breaks(
    "expiry or revocation of the credential in use: nothing accepted after",
    "gateway/scenarios/revoked-key-opens-nothing",
    "gateway/credentials/sessionKey/failure",
    "gateway/connections/answered",
    "gateway/connections/once",
)
class RevokedKeysStillOpen(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "revoked_keys" and super().enforces(rule)


@breaks(
    "`auth`: exactly one of `api_key`, `session_key`",
    "gateway/credentials/sessionKey/success",
    "gateway/scenarios/session-key-opens-the-same-account",
    "gateway/sessions/unauthenticated/auth",
)
class RefusesSessionKeys(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        kept = super().credential(found, demo)
        return None if kept is not None and kept.scheme == "sessionKey" else kept


@breaks("`authenticated` {account, …}", "gateway/scenarios/session-key-opens-the-same-account")
class SessionKeysOpenAnotherAccount(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        kept = super().credential(found, demo)
        return replace(kept, account="demo-b") if kept is not None and kept.scheme == "sessionKey" else kept


@breaks(
    "`permissions[]` ⊆ own",
    "gateway/scenarios/session-key-permissions-are-enforced",
    "gateway/scenarios/session-key-opens-the-same-account",
    "gateway/credentials/sessionKey/permissions",
)
class SessionKeysMayEverything(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        kept = super().credential(found, demo)
        is_made = kept is not None and kept.scheme == "sessionKey"
        return replace(kept, permissions=PERMISSIONS) if kept is not None and is_made else kept

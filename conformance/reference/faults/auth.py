"""Faults of authentication."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.accounts import Credential
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks
from conformance.reference.faults.keys import COMMANDS


@breaks(
    "nothing is processed after a Close",
    "gateway/connections/closed",
    *(f"gateway/sessions/closed/{command}" for command in COMMANDS),
)
class HandlesWhatComesBehindAClose(Behaviour):
    def close_waits(self) -> float:
        return 0.05


@breaks(
    "every wrong string is `auth_failed`",
    "gateway/credentials/apiKey/failure",
    "gateway/credentials/sessionKey/failure",
    "gateway/scenarios/wrong-session-key",
    "gateway/scenarios/auth-after-a-failure",
    "gateway/scenarios/revoked-key-opens-nothing",
    "gateway/scenarios/expired-key-opens-nothing",
)
class AcceptsWrongCredentials(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        return found or demo


@breaks(
    "every wrong string is `auth_failed`",
    "gateway/credentials/apiKey/failure",
    "gateway/credentials/sessionKey/failure",
    "gateway/scenarios/wrong-session-key",
)
class CallsFailedAuthUnauthenticated(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        if reply.get("code") == "auth_failed":
            reply = {**reply, "code": "unauthenticated"}
        return super().replies(command, reply)


@breaks("a failed one is `auth_failed`", "gateway/credentials/apiKey/success")
class RefusesGoodCredentials(Behaviour):
    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        return None


@breaks(
    "trading commands and wallet-scoped account reads require authentication",
    "gateway/placeOptionOrder/security",
    "gateway/getAccountSnapshot/security",
    "gateway/getAccountState/security",
    "gateway/createSessionKey/security",
    "gateway/scenarios/private-reads-need-auth",
    "gateway/scenarios/auth-is-per-connection",
    "gateway/scenarios/auth-after-a-failure",
    "gateway/sessions/unauthenticated/getAccountSnapshot",
    "gateway/sessions/unauthenticated/getAccountState",
    "gateway/sessions/unauthenticated/placeOptionOrder",
)
class AcceptsCommandsBeforeAuth(Behaviour):
    def stranger(self, demo: Credential) -> Credential | None:
        return demo


@breaks(
    "permission missing: `forbidden`",
    "gateway/placeOptionOrder/permissions",
    "gateway/getAccountSnapshot/permissions",
    "gateway/getAccountState/permissions",
    "gateway/scenarios/session-key-permissions-are-enforced",
)
class PermissionsNotChecked(Behaviour):
    def permits(self, wanted: str | None, held: tuple[str, ...]) -> bool:
        return True


@breaks(
    "permission missing: `forbidden`",
    "gateway/placeOptionOrder/permissions",
    "gateway/getAccountSnapshot/permissions",
    "gateway/getAccountState/permissions",
)
class WhoMayWithdrawMayEverything(Behaviour):
    def permits(self, wanted: str | None, held: tuple[str, ...]) -> bool:
        return "withdraw" in held or super().permits(wanted, held)


@breaks(
    "auth need not be literally first on the wire",
    "gateway/credentials/apiKey/success",
    "gateway/scenarios/reads-come-before-auth",
)
class AuthMustBeFirst(Behaviour):
    def needs_auth(self, command: str, needs: bool, commands_before: int) -> bool:
        if command == "auth" and commands_before:
            return True
        return super().needs_auth(command, needs, commands_before)


@breaks(
    "commands that need none work before it",
    "gateway/getMarketSnapshot/reply",
    "gateway/scenarios/reads-come-before-auth",
    "gateway/scenarios/wrong-session-key",
)
class RefusesPublicReadsBeforeAuth(Behaviour):
    def needs_auth(self, command: str, needs: bool, commands_before: int) -> bool:
        return command != "auth" or super().needs_auth(command, needs, commands_before)


@breaks(
    "a second one on an authenticated connection is `invalid_field`",
    "gateway/scenarios/second-auth-refused",
    "gateway/scenarios/second-auth-gains-nothing",
    "gateway/scenarios/wrong-second-auth-changes-nothing",
    "gateway/sessions/authenticated/auth",
    "gateway/sessions/delegated/auth",
)
class AcceptsASecondAuth(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "one_auth" and super().enforces(rule)


@breaks(
    "credentials are never echoed",
    "gateway/credentials/apiKey/secret",
    "gateway/credentials/sessionKey/secret",
)
class EchoesCredentials(Behaviour):
    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        shown = command.get("api_key", command.get("session_key"))
        if shown is not None and reply.get("type") == "error":
            reply = {**reply, "message": f"{shown} is not good"}
        return super().replies(command, reply)


class _Quoting(Behaviour):
    """Quotes a piece of what was shown in the refusal; a fault says which."""

    def quoted(self, shown: str) -> str:
        """The piece."""
        return ""

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        shown = command.get("api_key", command.get("session_key"))
        if isinstance(shown, str) and reply.get("code") == "auth_failed":
            reply = {**reply, "message": f"{reply['message']} ({self.quoted(shown)})"}
        return super().replies(command, reply)


@breaks(
    "credentials are never echoed",
    "gateway/credentials/apiKey/secret",
    "gateway/credentials/sessionKey/secret",
)
class QuotesTheBeginningOfCredentials(_Quoting):
    def quoted(self, shown: str) -> str:
        return shown[:10]


@breaks(
    "credentials are never echoed",
    "gateway/credentials/apiKey/secret",
    "gateway/credentials/sessionKey/secret",
)
class QuotesTheEndOfCredentials(_Quoting):
    def quoted(self, shown: str) -> str:
        return shown[-6:]


@breaks("connections of one account are apart", "gateway/scenarios/connections-of-one-account")
class OneEndEndsAllConnectionsOfACredential(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "connections_end_alone" and super().enforces(rule)


@breaks("a failed one is `auth_failed`", "gateway/scenarios/auth-after-a-failure")
class ClosesAfterAFailedAuth(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "open_after_failed_auth" and super().enforces(rule)


@breaks(
    "trading commands and wallet-scoped account reads require authentication",
    "gateway/scenarios/auth-is-per-connection",
)
class AuthOpensEveryConnection(Behaviour):
    _last: Credential | None = None

    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        kept = super().credential(found, demo)
        self._last = kept or self._last
        return kept

    def stranger(self, demo: Credential) -> Credential | None:
        return super().stranger(demo) or self._last

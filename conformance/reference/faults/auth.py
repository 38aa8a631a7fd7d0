"""Faults of authentication and its deadline."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.accounts import Credential
from conformance.reference.behaviour import Behaviour, Speaker
from conformance.reference.faults.fault import breaks

_DEADLINE = "`error` `auth_timeout` and close 1008 both within [T, T + 1 000 ms]"
_CLOCK = "neither permitted reads nor failed attempts stop or restart it"


@breaks(_DEADLINE, "gateway/deadlines/auth/early")
class AuthDeadlineTooEarly(Behaviour):
    def auth_deadline(self, secs: float) -> float | None:
        return secs * 0.6


@breaks(_DEADLINE, "gateway/deadlines/auth/error")
class AuthDeadlineTooLate(Behaviour):
    def auth_deadline(self, secs: float) -> float | None:
        return secs + 1.8


@breaks(_DEADLINE, "gateway/deadlines/auth/error")
class AuthDeadlineNever(Behaviour):
    def auth_deadline(self, secs: float) -> float | None:
        return None


@breaks(_DEADLINE, "gateway/deadlines/auth/error")
class AuthDeadlineInSpiteOfAuth(Behaviour):
    def auth_stops_clock(self) -> bool:
        return False


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class ReadsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "read" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class FailedAuthsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "failed_auth" or super().restarts_auth_clock(event)


@breaks(_DEADLINE, "gateway/deadlines/auth/error")
class AuthTimeoutWithoutError(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "auth_timeout":
            speaker.close(1008, "auth_timeout")
        else:
            super().end_session(speaker, error)


@breaks(_DEADLINE, "gateway/deadlines/auth/close")
class AuthTimeoutWithoutClose(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "auth_timeout":
            speaker.say(error)
        else:
            super().end_session(speaker, error)


@breaks(_DEADLINE, "gateway/deadlines/auth/close")
class AuthTimeoutClosesWith1000(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "auth_timeout":
            speaker.say(error)
            speaker.close(1000)
        else:
            super().end_session(speaker, error)


@breaks(
    "`error` with nil `request_id` is also the notification `auth_timeout`", "gateway/deadlines/auth/error"
)
class AuthTimeoutWithARequestId(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        super().end_session(speaker, {**error, "request_id": 0})


@breaks(_DEADLINE, "gateway/deadlines/auth/error")
class AuthTimeoutIsCalledUnauthenticated(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        super().end_session(speaker, {**error, "code": "unauthenticated"})


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
    "a second one on an authenticated connection is `invalid_field`", "gateway/scenarios/second-auth-refused"
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

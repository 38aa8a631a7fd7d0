"""Faults of the deadline for authentication."""

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


@breaks(
    f"{_DEADLINE}; trading commands and wallet-scoped account reads require authentication",
    "gateway/sessions/closed/auth",
)
class LetsAnybodyInBehindTheDeadline(Behaviour):
    def auth_deadline(self, secs: float) -> float | None:
        return None

    def stranger(self, demo: Credential) -> Credential | None:
        return demo


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class ReadsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "read" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class FailedAuthsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "failed_auth" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class PingsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "ping" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class MalformedMessagesRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "malformed_message" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class UnknownCommandsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "unknown_command" or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class UnauthenticatedCommandsRestartTheAuthClock(Behaviour):
    def restarts_auth_clock(self, event: str) -> bool:
        return event == "unauthenticated" or super().restarts_auth_clock(event)


class _Patient(Behaviour):
    """Starts the clock again at every fifth event of a kind; a fault says of which."""

    event = ""
    _count = 0

    def restarts_auth_clock(self, event: str) -> bool:
        self._count += event == self.event
        return (event == self.event and self._count % 5 == 0) or super().restarts_auth_clock(event)


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class ManyReadsRestartTheAuthClock(_Patient):
    event = "read"


@breaks(_CLOCK, "gateway/deadlines/auth/error")
class ManyFailedAuthsRestartTheAuthClock(_Patient):
    event = "failed_auth"


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

"""The same at other moments, all of them inside what is documented."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

import asyncio
import random
import time
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.reference.behaviour import Behaviour, OutFrame, Speaker
from conformance.reference.settings import Settings
from conformance.reference.variations.variation import conforms

LATEST_SECS = 0.95
"""Just within a window of 1 000 ms."""

LATEST_REPLY_SECS = 1.9
"""Just within a window of 2 000 ms."""

ORDERS_A_SECOND, ORDERS_AT_ONCE = 40, 50
"""As exchanges count them: so many tokens a second, and so many that are kept."""

_CHANGING = ("orderAccepted", "orderAmended", "orderCancelled")
"""Replies behind which an order's changes are reported."""


@conforms("`auth_timeout` and the close come within [T, T + 1 000 ms]: both come at the end of it.")
class AuthTimeoutAtTheLastMoment(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "auth_timeout":
            speaker.later(LATEST_SECS, partial(super().end_session, speaker, error))
        else:
            super().end_session(speaker, error)


@conforms("`auth_timeout` and the close come within [T, T + 1 000 ms]: the one first, the other last.")
class AuthTimeoutThenLateClose(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "auth_timeout":
            speaker.say(error)
            speaker.later(LATEST_SECS, partial(speaker.close, 1008, error["code"]))
        else:
            super().end_session(speaker, error)


@conforms("Expiry or revocation: within 1 000 ms error and close; both as late, nothing is accepted.")
class RevocationAtTheLastMoment(Behaviour):
    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        if error["code"] == "unauthenticated":
            speaker.later(LATEST_SECS, partial(super().end_session, speaker, error))
        else:
            super().end_session(speaker, error)


@conforms("T is 5 000 ms unless the target states another: 1 100 ms.")
class ShorterAuthDeadline(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), auth_secs=1.1)


@conforms("T is 5 000 ms unless the target states another: 6 500 ms.")
class LongerAuthDeadline(Behaviour):
    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), auth_secs=6.5)


@conforms("Replies come within 2 000 ms: one command in forty takes nearly all of it, and those behind wait.")
class RepliesAtTheLastMoment(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("last moment")

    def settled(self, settings: Settings) -> Settings:
        return replace(super().settled(settings), auth_secs=5.0)

    def ponders(self, service: str) -> float:
        return LATEST_REPLY_SECS if self._random.random() < 0.025 else 0.0


@conforms("Replies come within 2 000 ms: every command takes 80 of it.")
class SlowReplies(Behaviour):
    def ponders(self, service: str) -> float:
        return 0.08


@conforms("Replies may come in any order: those that tell of no change wait up to 500 ms.")
class RepliesInAnyOrder(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("any order")

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        kept = reply["type"] in (*_CHANGING, "authenticated")
        wait = 0.0 if kept else self._random.uniform(0.001, 0.5)
        return [(delay + wait, value) for delay, value in super().replies(command, reply)]


@conforms(
    "Pongs answer within 2 000 ms, and no order among them and events is promised: each waits for itself."
)
class PongsInAnyOrder(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("pongs")

    def pongs(self, event: list[Any]) -> list[tuple[float, list[Any]]]:
        return [(delay + self._random.uniform(0.001, 0.5), value) for delay, value in super().pongs(event)]


class _UpdatesLate(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        made = super().outgoing(service, value)
        if isinstance(value, dict) and value.get("type") == "orderUpdate":
            return [replace(frame, delay_secs=frame.delay_secs + 0.5) for frame in made]
        return made


@conforms("An order's change is reported after the reply to the command that caused it: half a second after.")
class UpdatesLongAfterReplies(_UpdatesLate):
    pass


@conforms(
    "Replies to orders may come late, and other replies before them; the changes still come behind them."
)
class OrderRepliesLate(_UpdatesLate):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("order replies")

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        wait = self._random.uniform(0.001, 0.4) if reply["type"] in _CHANGING else 0.0
        return [(delay + wait, value) for delay, value in super().replies(command, reply)]


@conforms("No time is promised on the wire: what is sent takes 5 to 120 ms, in order.")
class JitteryLink(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("link")

    def holds_back(self) -> float:
        return super().holds_back() + self._random.uniform(0.005, 0.12)


@conforms("The snapshot comes within 2 000 ms: just so, and the stream begins with it.")
class SnapshotsAtTheLastMoment(Behaviour):
    def snapshot_delay(self) -> float:
        return LATEST_REPLY_SECS


@conforms("Live events are as near as 1 000 ms to the clock: market data knows half a second later of all.")
class MarketDataBehind(Behaviour):
    def lags(self) -> float:
        return 0.5


@conforms("A machine may have other work: all stands still for 20 to 40 ms, five times a second.")
class BusyMachine(Behaviour):
    async def background(self) -> None:
        chance = random.Random("busy machine")
        while True:
            await asyncio.sleep(chance.uniform(0.1, 0.3))
            time.sleep(chance.uniform(0.02, 0.04))  # noqa: ASYNC251 - to stand still is the point


@conforms("`rate_limited` may stand in for any reply, has no effect and is retryable: for one in a hundred.")
class BusyNowAndThen(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("busy")

    def too_busy(self, account: str, command: dict[str, Any]) -> bool:
        return self._random.random() < 0.01


@conforms(
    "`rate_limited` may stand in for any reply: for orders of an account beyond 40 a second, 50 at once."
)
class OrdersAreRationed(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[str, tuple[float, float]] = {}

    def too_busy(self, account: str, command: dict[str, Any]) -> bool:
        if not account or not str(command.get("type")).endswith("OptionOrder"):
            return super().too_busy(account, command)
        now = time.monotonic()
        tokens, last = self._tokens.get(account, (ORDERS_AT_ONCE, now))
        tokens = min(ORDERS_AT_ONCE, tokens + (now - last) * ORDERS_A_SECOND)
        self._tokens[account] = (tokens - 1 if tokens >= 1 else tokens), now
        return tokens < 1

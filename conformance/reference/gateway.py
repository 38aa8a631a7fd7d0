"""The trading gateway: who is on which connection, and in which order a command is refused."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.reference.accounts import DEMO_KEYS, Accounts, Credential
from conformance.reference.behaviour import Behaviour
from conformance.reference.clock import Clock
from conformance.reference.exchange import Exchange, OrderUpdate
from conformance.reference.frames import FLAWS, is_request_id
from conformance.reference.meters import Meters
from conformance.reference.refusals import Refusal
from conformance.reference.settings import Settings
from conformance.reference.shapes import Shape
from conformance.reference.wire import Wire

Value = dict[str, Any]


@dataclass(frozen=True)
class Command:
    """One row of the command table."""

    shape: Shape
    act: Callable[["GatewaySession", Value], Value]
    needs_auth: bool = False
    permission: str | None = None
    api_key_only: bool = False
    unsupported: str | None = None


class Gateway:
    """The service; its commands stand in a table that it is given."""

    name = "gateway"

    def __init__(
        self,
        settings: Settings,
        behaviour: Behaviour,
        clock: Clock,
        exchange: Exchange,
        snapshot: Callable[[str], Value],
        candles: Callable[[str, str, int, int, int], list[list[Any]]],
        commands: Mapping[str, Command],
    ) -> None:
        self.settings = settings
        self.behaviour = behaviour
        self.clock = clock
        self.exchange = exchange
        self.snapshot = snapshot
        self.candles = candles
        self.commands = commands
        self.meters = Meters()
        self.wires: set[Wire] = set()
        self.sessions: dict[GatewaySession, None] = {}

    @property
    def accounts(self) -> Accounts:
        """Accounts and credentials."""
        return self.exchange.accounts

    def opened(self, wire: Wire) -> "GatewaySession":
        """Start the auth clock of a new connection."""
        session = GatewaySession(self, wire)
        self.sessions[session] = None
        return session

    def publish(self, updates: list[OrderUpdate]) -> None:
        """Tell every connection that may read an account of a change of its orders."""
        self.meters.rings["order_updates"].hold(len(updates))
        for update in updates:
            told = 0
            for session in list(self.sessions):
                held = session.credential
                if held is None:
                    if not self.behaviour.enforces("updates_need_auth"):
                        session.wire.say(update.value)
                    continue
                if "read" not in held.permissions and self.behaviour.enforces("updates_need_read"):
                    continue
                if not self.behaviour.sees_updates_of(held.account, update.account):
                    continue
                if self.behaviour.tells(told):
                    told += 1
                    for value in self.behaviour.update(update.value):
                        session.wire.say(value)
        self.meters.rings["order_updates"].hold(0)

    def end(self, key_id: str) -> None:
        """End every connection that uses a session key which is no longer good."""
        for session in list(self.sessions):
            held = session.credential
            if held is not None and held.key_id == key_id:
                session.end("unauthenticated", "the credential in use is no longer good")

    def ends_later(self, credential: Credential, secs: float) -> None:
        """Watch for the expiry of a session key."""
        if credential.key_id is not None and self.behaviour.enforces("expiry"):
            asyncio.get_running_loop().call_later(secs, self.end, credential.key_id)


class GatewaySession:
    """One connection of the gateway."""

    def __init__(self, gateway: Gateway, wire: Wire) -> None:
        self.gateway = gateway
        self.wire = wire
        self.credential: Credential | None = None
        self._behaviour = gateway.behaviour
        self._commands_before = 0
        self._clock_round = 0
        self.start_auth_clock()
        self._behaviour.greet(wire)

    def received(self, payload: bytes, is_text: bool) -> None:
        """Handle one message: exactly one reply, then the news that it made."""
        meters = self.gateway.meters
        meters.rings["commands"].hold(1)
        begun = time.perf_counter_ns()
        judged = self._behaviour.judge(payload, is_text)
        flaws = [flaw for flaw in judged.flaws if not self._behaviour.tolerates(flaw)]
        decoded = time.perf_counter_ns()
        meters.commands += 1
        command = judged.command
        if flaws or command is None:
            error = self._error(judged.request_id, "malformed_message", FLAWS[(flaws or ["undecodable"])[0]])
            self._behaviour.refuse_frame(self.wire, "malformed_message", error)
            return
        if command.get("type") not in self.gateway.commands:
            error = self._error(judged.request_id, "unknown_command", "there is no such command")
            self._behaviour.refuse_frame(self.wire, "unknown_command", error)
            return
        delay = self._behaviour.handling_delay(command)
        if delay:
            self.wire.later(delay, partial(self._answer, command, begun, decoded))
        else:
            self._answer(command, begun, decoded)

    def _answer(self, command: Value, begun: int, decoded: int) -> None:
        reply = self._handle(command)
        handled = time.perf_counter_ns()
        if self._behaviour.updates_before_reply():
            self.gateway.exchange.tell()
        for delay, value in self._behaviour.replies(command, reply):
            if delay:
                self.wire.later(delay, partial(self.wire.say, value))
            else:
                self.wire.say(value)
        meters = self.gateway.meters
        meters.measure(begun, decoded, handled, time.perf_counter_ns())
        meters.rings["commands"].hold(0)
        self.gateway.exchange.tell()
        self._after(command, reply)

    def closed(self) -> None:
        """The connection is over; the account's orders stay."""
        self.gateway.sessions.pop(self, None)
        if self.credential is not None and not self._behaviour.enforces("orders_stay"):
            self.gateway.exchange.cancel_all(self.credential.account)
        self.credential = None

    def end(self, code: str, message: str) -> None:
        """The connection is not, or no longer, authenticated."""
        error = self._error(None, code, message)
        self._behaviour.end_session(self.wire, error)

    def start_auth_clock(self) -> None:
        """Count T from now."""
        self._clock_round += 1
        deadline = self._behaviour.auth_deadline(self.gateway.settings.auth_secs)
        if deadline is not None:
            self.wire.later(deadline, partial(self._expire, self._clock_round))

    def _expire(self, started: int) -> None:
        stopped = self.credential is not None and self._behaviour.auth_stops_clock()
        if not stopped and started == self._clock_round:
            self.end("auth_timeout", "no successful auth in time")

    def _handle(self, command: Value) -> Value:
        request_id = command.get("request_id")
        if not is_request_id(request_id) and self._behaviour.enforces("request_id"):
            return self._error(None, "invalid_field", "request_id must be an unsigned integer")
        if self._behaviour.too_busy(command):
            return self._error(request_id, "rate_limited", "too many commands; try again")
        known = self.credential
        try:
            reply = self._run(self.gateway.commands[command["type"]], command)
        except Refusal as refused:
            return self._error(request_id, refused.code, refused.message)
        finally:
            if command["type"] != "auth":
                self.credential = known
        return {"type": reply.pop("type"), "request_id": request_id, **reply}

    def _run(self, row: Command, command: Value) -> Value:
        if self._behaviour.looks_at_fields_first():
            self._check_fields(row, command)
        self._check_access(row, command)
        unsupported = Refusal("unsupported", row.unsupported) if row.unsupported else None
        if unsupported and self._behaviour.checks_support_first():
            raise unsupported
        self._check_fields(row, command)
        if unsupported:
            return self._behaviour.unsupported(command, {"type": "error", **_told(unsupported)})
        return row.act(self, command)

    def _check_fields(self, row: Command, command: Value) -> None:
        wrong = self._behaviour.problem(command, row.shape.problems(command))
        if wrong is not None:
            raise Refusal("invalid_field", wrong.sentence)

    def _check_access(self, row: Command, command: Value) -> None:
        held, good = self.credential, self.gateway.accounts.is_good
        if held and self._behaviour.enforces("expiry") and not good(held, self.gateway.clock.now_ms()):
            raise Refusal("unauthenticated", "the credential in use is no longer good")
        before, self._commands_before = self._commands_before, self._commands_before + 1
        needs = self._behaviour.needs_auth(command["type"], row.needs_auth, before)
        if needs and self.credential is None:
            stranger = self._behaviour.stranger(DEMO_KEYS[0])
            if stranger is None:
                raise Refusal("unauthenticated", "this command needs authentication")
            self.credential = stranger
        if self.credential is None or not row.needs_auth:
            return
        if (
            row.api_key_only
            and self.credential.scheme != "apiKey"
            and self._behaviour.enforces("api_key_only")
        ):
            raise Refusal("forbidden", "session keys cannot make or revoke keys")
        if not self._behaviour.permits(row.permission, self.credential.permissions):
            raise Refusal("forbidden", f"this command needs the permission {row.permission}")

    def _after(self, command: Value, reply: Value) -> None:
        kind, restarts = reply.get("type"), self._behaviour.restarts_auth_clock
        enforces = self._behaviour.enforces
        if kind == "error" and self.credential is not None and not enforces("refusals_change_nothing"):
            self.gateway.accounts.by_name[self.credential.account].sequence += 1
        if kind == "error" and command["type"] == "auth" and not enforces("open_after_failed_auth"):
            self.wire.close(1008, "auth_failed")
        if kind == "sessionKeyRevoked" and self._behaviour.enforces("revocation"):
            self.gateway.end(str(reply.get("session_key_id")))
        if kind == "error" and command["type"] == "auth" and restarts("failed_auth"):
            self.start_auth_clock()
        if kind != "error" and self.credential is None and restarts("read"):
            self.start_auth_clock()

    def _error(self, request_id: Any, code: str, message: str) -> Value:
        self.gateway.meters.errors += 1
        return {"type": "error", "request_id": request_id, "code": code, "message": message}


def _told(refused: Refusal) -> Value:
    return {"code": refused.code, "message": refused.message}

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
from conformance.reference.deadline import AuthClock
from conformance.reference.exchange import Exchange, OrderUpdate
from conformance.reference.frames import FLAWS, is_request_id
from conformance.reference.meters import Meters
from conformance.reference.refusals import Refusal
from conformance.reference.settings import Settings
from conformance.reference.shapes import Shape
from conformance.reference.wire import Wire

Value = dict[str, Any]
BUSY_SECS = 0.5
"""So long after a command only a fault takes a connection for busy."""
TOLD_AT_MOST = 50


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
                honest = self._may_hear(held, update.account)
                if not self.behaviour.hears(held, update.account, update.value, honest):
                    continue
                if session.wire.alias and not self.behaviour.enforces("updates_at_the_alias"):
                    continue
                goes_on = session.told < TOLD_AT_MOST or self.behaviour.enforces("updates_without_end")
                if self.behaviour.tells(told) and goes_on:
                    told += 1
                    session.told += 1
                    for value in self.behaviour.update(update.value):
                        session.wire.say(value)
        self.meters.rings["order_updates"].hold(0)

    def _may_hear(self, held: Credential | None, owner: str) -> bool:
        """Whether who holds this is told of an account's orders."""
        enforces = self.behaviour.enforces
        if held is None:
            return not enforces("updates_need_auth")
        if "read" not in held.permissions and enforces("updates_need_read"):
            return False
        return self.behaviour.sees_updates_of(held.account, owner)

    def end(self, key_id: str) -> None:
        """End every connection that uses a session key which is no longer good."""
        for session in list(self.sessions):
            held = session.credential
            own = self.behaviour.enforces("ends_only_its_sessions")
            if held is None or held.key_id is None or (held.key_id != key_id and own):
                continue
            if session.is_busy and not self.behaviour.enforces("ends_busy_sessions"):
                session.wire.later(BUSY_SECS, partial(self.end, key_id))
            elif self.behaviour.enforces("ends_at_once"):
                session.end("unauthenticated", "the credential in use is no longer good")
            else:
                session.is_overdue = True
            if not self.behaviour.enforces("ends_every_session"):
                return

    def ends_later(self, credential: Credential, secs: float) -> None:
        """Watch for the expiry of a session key."""
        if credential.key_id is not None and self.behaviour.enforces("expiry"):
            life = self.behaviour.key_life(secs)
            asyncio.get_running_loop().call_later(life, self.end, credential.key_id)


class GatewaySession:
    """One connection of the gateway."""

    def __init__(self, gateway: Gateway, wire: Wire) -> None:
        self.gateway = gateway
        self.wire = wire
        self.credential: Credential | None = None
        self.is_overdue = False
        self.told = 0
        self.keys_made: list[Credential] = []
        self._behaviour = gateway.behaviour
        self._commands_before = 0
        self._heard_at = 0.0
        self._clock = AuthClock(
            wire,
            gateway.behaviour,
            gateway.settings.auth_secs,
            lambda: self.credential is not None,
            lambda: self.end("auth_timeout", "no successful auth in time"),
        )
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
        self._heard_at = time.perf_counter()
        command = judged.command
        if flaws or command is None:
            error = self._error(judged.request_id, "malformed_message", FLAWS[(flaws or ["undecodable"])[0]])
            self._behaviour.refuse_frame(self.wire, "malformed_message", error)
            self._clock.happened("malformed_message")
            return
        if command.get("type") not in self.gateway.commands:
            error = self._error(judged.request_id, "unknown_command", "there is no such command")
            self._behaviour.refuse_frame(self.wire, "unknown_command", error)
            self._clock.happened("unknown_command")
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
        asking = self._behaviour.addressee(self.wire, command)
        for delay, value in self._behaviour.replies(command, reply):
            if delay:
                self.wire.later(delay, partial(asking.say, value))
            else:
                asking.say(value)
        meters = self.gateway.meters
        meters.measure(begun, decoded, handled, time.perf_counter_ns())
        meters.rings["commands"].hold(0)
        self.gateway.exchange.tell()
        self._after(command, reply)
        if self.is_overdue:
            self.end("unauthenticated", "the credential in use is no longer good")

    def closed(self) -> None:
        """The connection is over; the account's orders stay."""
        self.gateway.sessions.pop(self, None)
        if self.credential is not None and not self._behaviour.enforces("orders_stay"):
            self.gateway.exchange.cancel_all(self.credential.account)
        if not self._behaviour.enforces("keys_outlive_connections"):
            for key in self.keys_made:
                self.gateway.accounts.revoke(key)
        if self.credential is not None and not self._behaviour.enforces("connections_end_alone"):
            same = [each for each in self.gateway.sessions if each.credential == self.credential]
            for other in same:
                other.wire.close(1000)
        if self.credential is not None:
            self._behaviour.connection_ended(self.gateway, self.credential.account, self.wire.was_closed)
        self.credential = None

    def end(self, code: str, message: str) -> None:
        """The connection is not, or no longer, authenticated."""
        error = self._error(None, code, message)
        self._behaviour.end_session(self.wire, error)

    def pinged(self) -> None:
        """Our peer sent a ping, which is no command."""
        self._clock.happened("ping")

    @property
    def is_busy(self) -> bool:
        """Whether a command came just now."""
        return time.perf_counter() - self._heard_at < BUSY_SECS

    def _handle(self, command: Value) -> Value:
        request_id = command.get("request_id")
        if not is_request_id(request_id) and self._behaviour.enforces("request_id"):
            return self._error(None, "invalid_field", "request_id must be an unsigned integer")
        if self._behaviour.too_busy(self.credential.account if self.credential else "", command):
            return self._error(request_id, "rate_limited", "too many commands; try again")
        known = self.credential
        try:
            reply = self._run(self.gateway.commands[command["type"]], command)
        except Refusal as refused:
            told = self._error(request_id, refused.code, refused.message)
        else:
            told = {"type": reply.pop("type"), "request_id": request_id, **reply}
        finally:
            if command["type"] != "auth":
                self.credential = known
        return self._behaviour.confides(told, self.credential)

    def _run(self, row: Command, command: Value) -> Value:
        if self._behaviour.looks_at_fields_first():
            self._check_fields(row, command)
        self._check_access(row, command)
        unsupported = Refusal("unsupported", row.unsupported) if row.unsupported else None
        if unsupported and self._behaviour.checks_support_first():
            raise unsupported
        self._check_fields(row, command)
        if unsupported:
            told = {"type": "error", "code": unsupported.code, "message": unsupported.message}
            return self._behaviour.unsupported(command, told)
        return row.act(self, command)

    def _check_fields(self, row: Command, command: Value) -> None:
        wrong = self._behaviour.problem(command, row.shape.problems(command))
        if wrong is not None:
            raise Refusal("invalid_field", wrong.sentence)

    def _check_access(self, row: Command, command: Value) -> None:
        held, good = self.credential, self.gateway.accounts.is_good
        enforces = self._behaviour.enforces
        watches = enforces("expiry") and enforces("ends_at_once") and enforces("ends_busy_sessions")
        if held and watches and not good(held, self.gateway.clock.now_ms()):
            raise Refusal("unauthenticated", "the credential in use is no longer good")
        before, self._commands_before = self._commands_before, self._commands_before + 1
        if self._behaviour.needs_auth(command["type"], row.needs_auth, before) and self.credential is None:
            stranger = self._behaviour.stranger(DEMO_KEYS[0])
            if stranger is None:
                raise Refusal("unauthenticated", "this command needs authentication")
            self.credential = stranger
        if self.credential is None or not row.needs_auth:
            return
        if row.api_key_only and self.credential.scheme != "apiKey" and enforces("api_key_only"):
            raise Refusal("forbidden", "session keys cannot make or revoke keys")
        if not self._behaviour.permits(row.permission, self.credential.permissions):
            raise Refusal("forbidden", f"this command needs the permission {row.permission}")

    def _after(self, command: Value, reply: Value) -> None:
        kind = reply.get("type")
        enforces = self._behaviour.enforces
        if kind == "error" and self.credential is not None and not enforces("refusals_change_nothing"):
            self.gateway.accounts.by_name[self.credential.account].sequence += 1
        if kind == "error" and not enforces("refusals_stay_with_their_sender"):
            for other in self.gateway.sessions.keys() - {self}:
                other.wire.say(reply)
        if kind == "error" and command["type"] == "auth" and not enforces("open_after_failed_auth"):
            self.wire.close(1008, "auth_failed")
        if kind == "sessionKeyRevoked" and self._behaviour.enforces("revocation"):
            self.gateway.end(str(reply.get("session_key_id")))
        failed = "failed_auth" if command["type"] == "auth" else str(reply.get("code"))
        self._clock.happened(failed if kind == "error" else "read")

    def _error(self, request_id: Any, code: str, message: str) -> Value:
        self.gateway.meters.errors += 1
        return {"type": "error", "request_id": request_id, "code": code, "message": message}

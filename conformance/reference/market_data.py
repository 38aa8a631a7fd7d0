"""The market-data service: subscriptions and pings."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.clock import Clock
from conformance.reference.frames import FLAWS
from conformance.reference.refusals import Refusal
from conformance.reference.settings import Settings
from conformance.reference.shapes import Problem, Shape, one_of, text, unsigned
from conformance.reference.streams import Streams
from conformance.reference.wire import Wire

WHOLE = ("listings", "provenance", "corrections")
"""Channels of the whole market."""

BY_SYMBOL = ("prices", "orderbook", "trades")
"""Channels of one symbol."""


def _channel_rule(command: Mapping[str, Any]) -> Problem | None:
    if command["channel"] in BY_SYMBOL:
        if "symbol" not in command:
            return Problem("missing", "symbol", "symbol is missing", "BTC-29MAR30-50000-C")
    elif "symbol" in command:
        return Problem("unknown", "symbol", f"{command['channel']} is not by symbol")
    return None


_SUBSCRIPTION = Shape(
    {"type": text(), "channel": one_of(*WHOLE, *BY_SYMBOL)},
    {"symbol": text("[A-Z0-9_-]{1,32}", "BTC-29MAR30-50000-C")},
    _channel_rule,
)
SHAPES = {
    "subscribe": _SUBSCRIPTION,
    "unsubscribe": _SUBSCRIPTION,
    "ping": Shape({"type": text(), "nonce": unsigned()}),
}

SURELY = 32
"""So many streams of a connection run, whatever becomes of more."""


class MarketData:
    """The service."""

    name = "market-data"

    def __init__(
        self, settings: Settings, behaviour: Behaviour, clock: Clock, streams: Streams, symbols: list[str]
    ) -> None:
        self.settings = settings
        self.behaviour = behaviour
        self.clock = clock
        self.streams = streams
        self.symbols = symbols
        self.wires: set[Wire] = set()
        self.sessions: dict[MarketDataSession, None] = {}
        self.shared: dict[str, None] = {}

    def opened(self, wire: Wire) -> "MarketDataSession":
        """A new connection needs nothing but a place among the others."""
        session = MarketDataSession(self, wire)
        self.sessions[session] = None
        return session


class MarketDataSession:
    """One connection of the market-data service."""

    def __init__(self, service: MarketData, wire: Wire) -> None:
        own = service.behaviour.enforces("own_subscriptions")
        self.subscriptions: dict[str, None] = {} if own else service.shared
        self._begun: dict[str, int] = {}
        self._ended: set[str] = set()
        self._round = 0
        self._service = service
        self._wire = wire
        self._behaviour = service.behaviour
        self._behaviour.greet(wire)

    def received(self, payload: bytes, is_text: bool) -> None:
        """Handle one message."""
        judged = self._behaviour.judge(payload, is_text)
        flaws = [flaw for flaw in judged.flaws if not self._behaviour.tolerates(flaw)]
        command = judged.command
        if flaws or command is None:
            self._disturb()
            error = _error("malformed_message", FLAWS[(flaws or ["undecodable"])[0]], None)
            self._behaviour.refuse_frame(self._wire, "malformed_message", error)
        elif command.get("type") not in SHAPES:
            self._disturb()
            error = _error("unknown_command", "there is no such command", None)
            self._behaviour.refuse_frame(self._wire, "unknown_command", error)
        else:
            self._handle(command)

    def pinged(self) -> None:
        """Our peer sent a ping, which changes nothing."""

    def closed(self) -> None:
        """The connection is over."""
        self._service.streams.leave(self._wire)
        self._service.sessions.pop(self, None)

    def _handle(self, command: dict[str, Any]) -> None:
        wrong = self._behaviour.problem(command, SHAPES[command["type"]].problems(command))
        if wrong is not None:
            self._disturb()
            self._wire.say(_error("invalid_field", wrong.sentence, None))
        elif command["type"] == "ping":
            self._pong(command["nonce"])
        else:
            channel, symbol = command["channel"], command.get("symbol")
            try:
                if channel in BY_SYMBOL:
                    known = self._behaviour.known_symbol(symbol or "", self._service.symbols)
                    if known is None:
                        raise Refusal("unknown_symbol", "no such symbol")
                    symbol = known
                sub_id = f"{channel}:{symbol}" if channel in BY_SYMBOL else str(channel)
                if command["type"] == "subscribe":
                    self._subscribe(sub_id)
                else:
                    self._unsubscribe(sub_id)
            except Refusal as refused:
                self._disturb()
                named = f"{channel}:{symbol}" if symbol is not None else channel
                self._wire.say(_error(refused.code, refused.message, named))

    def _pong(self, nonce: int) -> None:
        for delay, event in self._behaviour.pongs(["pong", nonce, self._service.clock.now_ms()]):
            if delay:
                self._wire.later(delay, partial(self._wire.say, event))
            else:
                self._wire.say(event)

    def _subscribe(self, sub_id: str) -> None:
        if sub_id in self.subscriptions and self._behaviour.enforces("already_subscribed"):
            if not self._behaviour.enforces("unchanged_by_repetition"):
                self._end(sub_id)
            raise Refusal("already_subscribed", "this connection is subscribed already")
        limit = self._behaviour.subscription_limit(self._service.settings.subscription_limit)
        if len(self.subscriptions) >= limit:
            raise Refusal("limit_exceeded", f"a connection has at most {limit} subscriptions")
        stream = self._service.streams.get(sub_id)
        if not self._behaviour.enforces("streams_beside_others"):
            for other in self.subscriptions:
                self._service.streams.get(other).listeners.pop(self._wire, None)
        self.subscriptions[sub_id] = None
        delay = self._behaviour.snapshot_delay() if stream.snapshot is not None else 0.0
        if delay:
            self._round += 1
            self._begun[sub_id] = self._round
            self._wire.say(["subscribed", sub_id])
            self._wire.later(delay, partial(self._begin_late, sub_id, self._round))
            return
        serves = len(self.subscriptions) <= SURELY or self._behaviour.enforces("all_streams_run")
        if serves and (sub_id not in self._ended or self._behaviour.enforces("streams_begin_again")):
            stream.listeners[self._wire] = None
        snapshot = stream.begins(self._service.clock.now_ms())
        first = self._behaviour.snapshot(snapshot) if snapshot is not None else None
        said: list[Any] = [["subscribed", sub_id]]
        if late := self._behaviour.acknowledgement_delay():
            self._wire.later(late, partial(self._wire.say, said.pop()))
        if first is not None:
            said.append(first)
        for event in reversed(said) if self._behaviour.acknowledges_last() else said:
            self._wire.say(event)

    def _begin_late(self, sub_id: str, begun: int) -> None:
        """Snapshot, then events, unless the subscription was ended by now."""
        if self._begun.get(sub_id) != begun and self._behaviour.enforces("snapshots_of_what_runs"):
            return
        stream = self._service.streams.get(sub_id)
        stream.listeners[self._wire] = None
        snapshot = stream.begins(self._service.clock.now_ms())
        if snapshot is not None:
            self._wire.say(snapshot)

    def _unsubscribe(self, sub_id: str) -> None:
        if sub_id not in self.subscriptions and self._behaviour.enforces("not_subscribed"):
            raise Refusal("not_subscribed", "this connection is not subscribed")
        for each in list(self._behaviour.ends(sub_id, self.subscriptions)):
            self._end(each)
        self._wire.say(["unsubscribed", sub_id])

    def _end(self, sub_id: str) -> None:
        self.subscriptions.pop(sub_id, None)
        self._begun.pop(sub_id, None)
        if self._behaviour.enforces("unsubscription"):
            self._service.streams.end(sub_id, self._wire)
            self._ended.add(sub_id)

    def _disturb(self) -> None:
        """An error is on its way; streams go on."""
        if not self._behaviour.enforces("streams_survive_errors"):
            for sub_id in self.subscriptions:
                self._service.streams.get(sub_id).listeners.pop(self._wire, None)


def _error(code: str, message: str, sub_id: str | None) -> list[Any]:
    return ["error", code, message, sub_id]

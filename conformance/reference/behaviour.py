"""How an honest service decides.

Every method is one decision of the contract, small enough to be replaced: a fault is a subclass that replaces
one of them, and several faults are one class that inherits from all of them. What the contract leaves open
stands in `manner.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.reference import frames
from conformance.reference.accounts import Credential
from conformance.reference.manner import Manner
from conformance.reference.shapes import Problem


class Speaker(Protocol):
    """One connection, as far as a decision may touch it."""

    def say(self, value: Any) -> None:
        """Send one message."""

    def close(self, code: int, reason: str = "") -> None:
        """Start the closing handshake."""

    def later(self, secs: float, action: Callable[[], None]) -> None:
        """Do something later, unless the connection is gone by then."""


@dataclass(frozen=True)
class OutFrame:
    """One message on its way out."""

    payload: bytes
    is_text: bool = False
    delay_secs: float = 0.0


@dataclass(frozen=True)
class HttpAnswer:
    """One HTTP response on its way out."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = field(default=())


class Behaviour(Manner):
    """The honest answers."""

    # The way in. Every WebSocket message that a client sends passes `incoming`.

    def incoming(self, service: str, payload: bytes, is_text: bool) -> tuple[bytes, bool]:
        """A message of a client, before anybody has looked at it."""
        return payload, is_text

    # The way out. Every WebSocket message of both services passes `outgoing`, every HTTP answer `answer`.

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        """Value -> bytes -> frames."""
        return [OutFrame(self.encode(self.phrase(service, value)))]

    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        """An HTTP answer, just before it is written."""
        return answer

    # Transport.

    def message_limit(self) -> int:
        """Limit on the reassembled, decompressed message: 65 536 bytes accepted."""
        return 65_536

    def close_code(self, code: int) -> int | None:
        """The code of a Close that the service starts; None: it starts none."""
        return code

    def pong(self, payload: bytes) -> bytes | None:
        """What a ping is answered with."""
        return payload

    def answers_closes(self) -> bool:
        """Whether a Close is answered by a Close (RFC 6455, 5.5.1)."""
        return True

    def close_waits(self) -> float:
        """How long a Close waits before it is heeded; what comes behind it is handled meanwhile."""
        return 0.0

    def takes(self, connections: int) -> bool:
        """Whether one more connection is taken, so many with it."""
        return True

    def limits_fragments_alone(self) -> int | None:
        """The limit on each fragment, where it is not the message that is limited."""
        return None

    def waits_for_the_last_fragment(self) -> bool:
        """Whether a message is handled when it is whole, and not before."""
        return True

    def torn(self, data: bytes) -> bytes | None:
        """What is handled of a frame of which only this had come when the connection ended: nothing."""
        return None

    def connection_ended(self, gateway: Any, account: str, clean: bool) -> None:
        """What the end of a connection (``clean``: by a Close) does to its account: nothing."""

    def masks(self) -> bool:
        """Whether frames are masked, which only those of a client may be (RFC 6455, 5.1)."""
        return False

    def upgrades(self) -> bool:
        """Whether the WebSocket endpoints take new connections."""
        return True

    def admits_being_closed(self) -> bool:
        """Whether health says so when they do not."""
        return True

    def greet(self, speaker: Speaker) -> None:
        """No application message from the server before the client's first command."""

    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        """Read one message."""
        return frames.judge(payload, is_text)

    def tolerates(self, flaw: str) -> bool:
        """Whether a flaw of a frame is overlooked."""
        return False

    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        """Answer `malformed_message` or `unknown_command`: error, connection open."""
        speaker.say(error)

    def slow_reader(self, speaker: Speaker) -> None:
        """A reader that stops reading is closed with 1013, never given a silent gap."""
        speaker.close(1013, "too slow")

    # Authentication.

    def auth_deadline(self, secs: float) -> float | None:
        """When an unauthenticated connection ends, counted from its upgrade."""
        return secs

    def auth_stops_clock(self) -> bool:
        """Whether a connection that is authenticated in time has no such deadline any more."""
        return True

    def restarts_auth_clock(self, event: str) -> bool:
        """Whether an event (`ping`, `read`, `failed_auth`, the code of a refusal) starts the clock again."""
        return False

    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        """The end of a connection that is not, or no longer, authenticated: error, then close 1008."""
        speaker.say(error)
        speaker.close(1008, error["code"])

    def credential(self, found: Credential | None, demo: Credential) -> Credential | None:
        """Who a shown credential lets in."""
        return found

    def recognises(self, shown: str, known: Iterable[str]) -> str:
        """Which of the known secrets a shown one is meant to be: itself, to the letter."""
        return shown

    def key_life(self, secs: float) -> float:
        """When connections that use a session key are ended, counted from when it was made."""
        return secs

    def confides(self, reply: dict[str, Any], held: Credential | None) -> dict[str, Any]:
        """A reply as the holder of a credential gets it: credentials are never echoed."""
        return reply

    def stranger(self, demo: Credential) -> Credential | None:
        """Who an unauthenticated connection is."""
        return None

    def needs_auth(self, command: str, needs: bool, commands_before: int) -> bool:
        """Whether a command needs an authenticated connection."""
        return needs

    def permits(self, wanted: str | None, held: tuple[str, ...]) -> bool:
        """Whether a credential may do what a command does."""
        return wanted is None or wanted in held

    # Commands.

    def problem(self, command: dict[str, Any], problems: list[Problem]) -> Problem | None:
        """The problem that a command is refused for."""
        return problems[0] if problems else None

    def known_symbol(self, symbol: str, symbols: list[str]) -> str | None:
        """The listed symbol that a command means."""
        return symbol if symbol in symbols else None

    def handling_delay(self, command: dict[str, Any]) -> float:
        """How long a command waits before it takes effect, while those behind it go on."""
        return 0.0

    def replies(self, command: dict[str, Any], reply: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        """The replies to a gateway command, each with its delay: exactly one, at once."""
        return [(0.0, reply)]

    def addressee(self, speaker: Speaker, command: dict[str, Any]) -> Speaker:
        """The connection that a reply goes to: the one that asked."""
        return speaker

    def unsupported(self, command: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
        """The reply to a command that is documented as unsupported."""
        return error

    def looks_at_fields_first(self) -> bool:
        """Whether the schema comes before authentication and permission."""
        return False

    def checks_support_first(self) -> bool:
        """Whether `unsupported` comes before the schema is looked at."""
        return False

    def enforces(self, rule: str) -> bool:
        """Whether a rule of trading, sessions or subscriptions holds, named where it is asked for."""
        return True

    def would_cross(self, crosses: bool) -> bool:
        """Whether a post-only order counts as one that would trade at once."""
        return crosses

    def keeps_refused_orders(self) -> bool:
        """Whether a refused order rests all the same."""
        return False

    def keeps_priority(self, is_pure_reduction: bool) -> bool:
        """Whether an amended order keeps its place."""
        return is_pure_reduction

    def sees_updates_of(self, own: str, owner: str) -> bool:
        """Whether a connection of one account is told of the orders of another."""
        return own == owner

    def hears(self, held: Credential | None, owner: str, update: dict[str, Any], honest: bool) -> bool:
        """Whether who holds this is told of a change of an order; ``honest`` says whether it should."""
        return honest

    def tells(self, told: int) -> bool:
        """Whether one more connection of an account, after so many others, is told of a change."""
        return True

    def update(self, value: dict[str, Any]) -> list[dict[str, Any]]:
        """The notifications of one change of an order."""
        return [value]

    def updates_before_reply(self) -> bool:
        """Whether an order's change is reported before the reply to the command that caused it."""
        return False

    # Streams.

    def subscription_limit(self, limit: int) -> int:
        """How many subscriptions a connection may have."""
        return limit

    def acknowledges_last(self) -> bool:
        """Whether the first data of a subscription comes before its acknowledgement."""
        return False

    def acknowledgement_delay(self) -> float:
        """How long after its begin a subscription is acknowledged."""
        return 0.0

    def ends(self, sub_id: str, subscriptions: Iterable[str]) -> Iterable[str]:
        """Which subscriptions of a connection the end of one ends."""
        return (sub_id,)

    def snapshot(self, event: list[Any]) -> list[Any] | None:
        """The initial snapshot of a subscription."""
        return event

    def events(self, event: list[Any]) -> list[list[Any]]:
        """The live events of one change."""
        return [event]

    def personal(self, event: list[Any], listener: int) -> list[Any]:
        """The event as one of its subscribers gets it: the same bytes for every one of them."""
        return event

    def waits_for_slow_readers(self) -> bool:
        """Whether the events of a stream wait for those of its subscribers that do not read."""
        return False

    def deliveries(self, event: list[Any], listener: int, frames: list[OutFrame]) -> list[OutFrame]:
        """The frames of an event as one of its subscribers is sent them: all, once, in their order."""
        return frames

    def pongs(self, event: list[Any]) -> list[tuple[float, list[Any]]]:
        """The answers to a market-data ping, each with its delay."""
        return [(0.0, event)]

"""A transcript: everything that went over the wire in one conversation, and the conversation's own marks.

Times are nanoseconds of one monotonic clock. Nothing here is judged; a verdict can be computed again from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Direction(StrEnum):
    """Seen from the suite."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Frame:
    """One WebSocket message or control frame (RFC 6455, 5.2).

    ``opcode``: text, binary, ping, pong or close; of frames that we broke on purpose also continuation,
    ``opcode 0xb`` (reserved ones) and raw (bytes that need not be a frame). A fragmented message is one
    entry with ``fragments`` > 1.
    ``code`` and ``reason`` are those of a close frame (None: a close without a body).
    """

    session: str
    direction: Direction
    opcode: str
    data: bytes
    at: int
    fragments: int = 1
    code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the conversation did or noticed.

    Kinds: ``carried`` (what the opening carries: ``names``, ``credentials`` by their labels; no value),
    ``connecting`` (first handshake byte), ``connected`` (101 received), ``refused`` (an HTTP answer
    instead), ``failed`` (``stage``, ``reason``), ``closed`` (``code``, ``reason``, ``by`` peer, us or both,
    ``how`` eof, reset or aborted), ``step`` (begun), ``satisfied``, ``expired``, ``values`` (resolved),
    ``skipped``, ``cancelled``, ``lag``, ``generated`` (Schemathesis' results), ``violation`` (the peer broke
    RFC 6455: ``code`` that we closed with, ``reason``), ``oversize`` (a message beyond ``limit``),
    ``flooded`` (more than is recorded of one conversation), ``unsent`` (not open any more).
    """

    kind: str
    at: int
    session: str = ""
    step: int = -1
    data: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its answer. ``status`` 0: no answer, ``failure`` says why."""

    session: str
    method: str
    url: str
    sent_at: int
    received_at: int
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    step: int = -1

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, whatever its case."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None


Entry = Frame | Mark | Exchange


@dataclass(frozen=True, slots=True)
class Transcript:
    """The entries of one conversation, in the order in which they happened."""

    case: str
    entries: tuple[Entry, ...]
    _marks: dict[str, list[Mark]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The marks by their kinds, once somebody has asked for some."""

    def frames(self, session: str | None = None) -> Iterator[Frame]:
        """All frames, or those of one session."""
        for entry in self.entries:
            if isinstance(entry, Frame) and (session is None or entry.session == session):
                yield entry

    def marks(self, kind: str, session: str | None = None) -> Iterator[Mark]:
        """All marks of a kind, or those of one session."""
        if not self._marks and self.entries:
            marks: dict[str, list[Mark]] = {"": []}
            for entry in self.entries:
                if isinstance(entry, Mark):
                    marks.setdefault(entry.kind, []).append(entry)
            self._marks.update(marks)
        every = self._marks.get(kind, ())
        return iter(every if session is None else [mark for mark in every if mark.session == session])

    def exchanges(self) -> Iterator[Exchange]:
        """All HTTP exchanges."""
        return (entry for entry in self.entries if isinstance(entry, Exchange))

    @property
    def messages_seen(self) -> int:
        """How many messages of the target this conversation saw: data frames, pongs, closes, answers."""
        count = 0
        for entry in self.entries:
            if isinstance(entry, Frame):
                count += entry.direction is Direction.RECEIVED
            elif isinstance(entry, Exchange):
                count += bool(entry.status)
            elif entry.kind in ("connected", "refused"):
                count += 1
            elif entry.kind == "generated":
                count += int(str(entry.data.get("requests", 0)))
            elif entry.kind == "compared":
                count += int(str(entry.data.get("received", 0)))
        return count

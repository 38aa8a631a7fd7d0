"""Steps that put a load on a target: a reader that stops reading, and many subscribers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.cases.steps import As


@dataclass(frozen=True, slots=True)
class Stall:
    """Stops reading, asks for more than lies between the target and us can hold, and reads again when what
    came was left unread for ``for_ms``.

    ``asks`` are rows of commands; the row that brings most is sent over and over. What the target makes of
    that is the next steps' to say; ``clause`` is for a connection that was closed before. Replies may take
    ``reply_ms``: who is not closed before is left unread once more, for so much longer.
    """

    session: str
    asks: tuple[tuple[object, ...], ...]
    for_ms: int
    clause: str
    reply_ms: int = 0


@dataclass(frozen=True, slots=True)
class Gather:
    """Opens ``count`` sessions, each of which begins the same stream, and listens to them from then on.

    They are called ``session`` with a number. What comes is judged as it comes, and followed; in the
    transcript is what a ``Compare`` tells of it. ``command`` begins a stream of ``kind``, and ``operation``
    is its name; its acknowledgement comes within ``within_ms``, else ``clause`` is broken. ``end`` ends the
    stream: with it one session more begins and ends it over and over, and the snapshots that it gets within
    ``snapshot_ms`` witness how far the stream has come.
    """

    session: str
    service: str
    count: int
    kind: str
    operation: str
    command: object
    clause: str
    within_ms: int
    who: As | None = None
    end: object = None
    snapshot_ms: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """What its sessions are called."""
        crowd = tuple(f"{self.session}-{number}" for number in range(1, self.count + 1))
        return (*crowd, self.witness) if self.end is not None else crowd

    @property
    def witness(self) -> str:
        """What the session is called that begins the stream over and over."""
        return f"{self.session}-witness"


@dataclass(frozen=True, slots=True)
class Compare:
    """Who was gathered as ``session`` has seen the same: the same bytes of each number (``clause``).

    They are listened to until each has seen ``events`` events, or for ``for_ms``. How far the stream has
    come by then each of them comes too (``lost_clause``), within ``spread_ms``: of each event no later than
    that behind who saw it first (``spread_clause``), where there is such a promise.
    """

    session: str
    clause: str
    lost_clause: str
    events: int
    for_ms: int
    spread_ms: int
    spread_clause: str = ""

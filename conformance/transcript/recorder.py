"""The growing transcript of one conversation: append-only, bounded, and able to wake who waits for news.

Used from one event loop. Sessions append, a conversation reads ``entries`` from where it left off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import MappingProxyType

from conformance.transcript.model import Direction, Entry, Exchange, Frame, Mark, Transcript

MAX_ENTRIES = 20_000
MAX_BYTES = 16 * 1024 * 1024


def frozen(value: object) -> object:
    """``value`` with its lists as tuples and its mappings read-only, all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(one) for key, one in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(frozen(one) for one in value)
    return value


class Recorder:
    """Records one conversation.

    A hostile endless stream cannot fill the memory: at ``max_entries`` frames and exchanges, or
    ``max_bytes`` of their data, a mark ``flooded`` is set, ``flooded`` becomes true, and further frames
    are dropped; the owner of the session aborts it. Marks are always kept.
    """

    def __init__(self, case: str, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self.case = case
        self.max_entries = max_entries
        self.max_bytes = max_bytes
        self.entries: list[Entry] = []
        self.flooded = False
        self._frames = 0
        self._bytes = 0
        self._news = asyncio.Event()

    @staticmethod
    def now() -> int:
        """Nanoseconds of the monotonic clock that every entry is stamped with."""
        return time.monotonic_ns()

    @property
    def version(self) -> int:
        """How many entries there are; what ``news`` takes to know what its caller has seen."""
        return len(self.entries)

    def frame(
        self,
        session: str,
        direction: Direction,
        opcode: str,
        data: bytes,
        at: int | None = None,
        *,
        fragments: int = 1,
        code: int | None = None,
        reason: str = "",
    ) -> None:
        """Records one frame or message; ``at`` is now unless the wire has stamped it."""
        if self._room_for(session, len(data)):
            at = self.now() if at is None else at
            self._append(Frame(session, direction, opcode, data, at, fragments, code, reason))

    def mark(
        self, kind: str, session: str = "", step: int = -1, *, at: int | None = None, **data: object
    ) -> None:
        """Records something that the conversation did or noticed."""
        stamp = self.now() if at is None else at
        kept: Mapping[str, object] = MappingProxyType({key: frozen(value) for key, value in data.items()})
        self._append(Mark(kind, stamp, session, step, kept))

    def exchange(self, exchange: Exchange) -> None:
        """Records one HTTP exchange."""
        if self._room_for(exchange.session, len(exchange.request_body) + len(exchange.body)):
            self._append(exchange)

    async def news(self, since: int | None = None) -> None:
        """Waits until there are more entries than ``since`` (a ``version``; without it: than now).

        No wake-up is lost: read ``version``, look at the entries, then wait with the version that you read.
        Wrap it in ``asyncio.timeout`` for a deadline.
        """
        if since is None or len(self.entries) <= since:
            await self._news.wait()

    def keep(self, entry: Entry) -> None:
        """Keeps what another recorder has made, and found room for."""
        self._append(entry)

    def transcript(self) -> Transcript:
        """What has been recorded so far."""
        return Transcript(self.case, tuple(self.entries))

    def _append(self, entry: Entry) -> None:
        self.entries.append(entry)
        # set() releases all who wait now; clear() makes the next to come wait for the next entry.
        self._news.set()
        self._news.clear()

    def _room_for(self, session: str, size: int) -> bool:
        if self.flooded:
            return False
        self._frames += 1
        self._bytes += size
        if self._frames <= self.max_entries and self._bytes <= self.max_bytes:
            return True
        self.flood(session)
        return False

    def flood(self, session: str) -> None:
        """Says that more came than is recorded: nothing that follows will be."""
        if not self.flooded:
            self.flooded = True
            self.mark("flooded", session, frames=self._frames, bytes=self._bytes)

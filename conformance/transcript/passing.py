"""A transcript that passes on what the target says, for conversations that receive for long, at full rate.

A ``Recorder`` keeps everything, and so has an end; this one keeps marks, control frames and what we send. The
target's data messages wait in the order in which they came until they are taken: none is dropped. Who takes
them keeps what is worth keeping.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from conformance.transcript.model import Direction, Entry
from conformance.transcript.recorder import Recorder

_DATA: Final = frozenset({"binary", "text"})


Passed = tuple[str, int, int, str, bytes]
"""A data message of the target: session, its number in the transcript (from 0), time, opcode, bytes."""


class Passing(Recorder):
    """``come`` is called when messages wait that did not before. ``received`` counts them all, ``size`` the
    bytes of those that wait.

    It has no bound of its own: who takes the messages stops the sessions from reading where too many wait.
    ``behind``: a recorder that gets all else, in the place of this one.
    """

    def __init__(self, case: str, come: Callable[[], None], behind: Recorder | None = None) -> None:
        super().__init__(case)
        self._behind = behind
        self.waiting: deque[Passed] = deque()
        self.received = 0
        self.size = 0
        self._come = come

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
        """Passes on a data message of the target; records all else as ``Recorder`` does."""
        if direction is not Direction.RECEIVED or opcode not in _DATA:
            super().frame(session, direction, opcode, data, at, fragments=fragments, code=code, reason=reason)
            return
        waiting = self.waiting
        waiting.append((session, self.received, self.now() if at is None else at, opcode, data))
        self.received += 1
        self.size += len(data)
        if len(waiting) == 1:
            self._come()

    def take(self) -> Passed:
        """The message that has waited longest. Raises ``IndexError`` where none waits."""
        message = self.waiting.popleft()
        self.size -= len(message[-1])
        return message

    def _append(self, entry: Entry) -> None:
        if self._behind is None:
            super()._append(entry)
        else:
            self._behind.keep(entry)

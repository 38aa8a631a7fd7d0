"""Who listens to one subscriber of a crowd: what comes is judged, and followed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from conformance.conversation.chorus import Chorus, Part, Told
from conformance.conversation.listening import Judging

LAST: Final = 3
"""Messages of a subscriber that are kept, the last ones."""


class Follower:
    """The ear of one subscriber: what comes is judged, and followed.

    ``stop`` is called for each message behind what the crowd may be sent; such a one is not looked at.
    """

    def __init__(
        self,
        ear: Judging,
        chorus: Chorus,
        name: str = "",
        *,
        witness: bool = False,
        stop: Callable[[], None] = lambda: None,
    ) -> None:
        self.ear = ear
        self.stop = stop
        self.chorus = chorus
        self.name = name
        self.part = Part(name)
        self.last: deque[Told] = deque(maxlen=LAST)
        self.witnessed_at = 0
        self._witness = witness

    @property
    def judged(self) -> int:
        """How many messages have been judged."""
        return self.ear.judged

    @property
    def unjudged(self) -> int:
        """How many came behind what can be followed."""
        return self.ear.unjudged

    def take(self, number: int, at: int, opcode: str, data: bytes) -> None:
        """The subscriber's next message."""
        self.chorus.budget -= len(data)
        if self.chorus.budget < 0:
            self.stop()
            return
        before = len(self.ear.told)
        self.ear.take(number, at, opcode, data)
        self.last.append(Told(at, opcode, data))
        for finding, _ in self.ear.told[before:]:
            self.chorus.found(self.name, finding, self.last[-1])
        if not self._witness:
            self.chorus.heard(self.part, at, opcode, data)
        elif self.chorus.witness(at, opcode, data):
            self.witnessed_at = at

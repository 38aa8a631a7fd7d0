"""A crowd: who was gathered, what they were told, and who listens to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from conformance.cases.steps import Gather
from conformance.conversation.chorus import Chorus
from conformance.conversation.follower import Follower
from conformance.conversation.listening import Listening
from conformance.session import Session

LOOK_S = 0.005
"""How long we judge between two looks at how far the crowd has come."""
LONGEST_S = 0.1
CLOSING_S = 2.0


@dataclass
class Crowd:
    """Those who were gathered by a step, since that moment (ns). ``witness`` subscribes over and over."""

    step: Gather
    begun: int
    chorus: Chorus
    listening: Listening[Follower]
    followers: dict[str, Follower] = field(default_factory=dict)
    witness: asyncio.Task[None] | None = None
    missed_ms: float = 0.0
    waited_ms: float = 0.0
    ended: bool = False

    async def wait(self, look: Callable[[], bool], until: int) -> bool:
        """Waits until that is so; False when the time is up, or nobody is left who could be told anything."""
        listening = self.listening
        while not look():
            left = (until - listening.recorder.now()) / 1e9
            if left <= 0 or listening.recorder.flooded or all(each.is_gone for each in listening.sessions):
                await listening.judged()
                return look()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LONGEST_S)):
                    await listening.more()
            await asyncio.sleep(LOOK_S)
        return True

    async def end(self) -> None:
        """Ends the sessions, each with a closing handshake; those that take too long are cut off."""
        if self.ended:
            return
        self.ended = True
        try:
            if self.witness is not None:
                self.witness.cancel()
                await asyncio.gather(self.witness, return_exceptions=True)
            await asyncio.gather(*(_close(session) for session in self.listening.sessions))
        finally:
            self.cut()

    def cut(self) -> None:
        """Ends what is left of the sessions at once."""
        if self.witness is not None:
            self.witness.cancel()
        for session in self.listening.sessions:
            if not session.is_gone:
                session.abort()


async def _close(session: Session) -> None:
    session.read_again()
    if not session.is_gone:
        await session.close(timeout_s=CLOSING_S)

"""Who looks at every command before it leaves, and may keep it back. The conversation knows no more of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conformance.cases.reading import Seen
from conformance.cases.target import Credentials
from conformance.contract import Operation, Service


@dataclass(frozen=True, slots=True)
class Leaving:
    """A command that is about to leave: its value as its receiver reads it.

    ``operation`` is None for bytes that no document describes. ``credentials`` are those that the session was
    opened with, where it was. ``raw``: the bytes are made already, and go as they are.
    """

    session: str
    service: Service
    operation: Operation | None
    value: object
    credentials: Credentials | None = None
    raw: bool = False


class Withheld(Exception):
    """The command must not be sent; ``reason`` says why in one sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class Guard(Protocol):
    """One conversation's guard."""

    async def admit(self, leaving: Leaving) -> object:
        """The value to send. Raises ``Withheld``."""

    def heard(self, service: Service, session: str, seen: Seen) -> None:
        """A message of the target came on that session."""

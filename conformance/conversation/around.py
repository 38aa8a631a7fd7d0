"""What a conversation is given: the contract, the target, values, and how far its patience goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from ssl import SSLContext

from conformance.cases.probing import Probing
from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.conversation.guard import Guard
from conformance.conversation.listening import Judging
from conformance.session import Generator
from conformance.validation import Finding

CONNECT_TIMEOUT_S = 10.0
LATE_MS = 1000
"""How much longer than promised a conversation waits, so that *late* can be told from *never*."""


class Unavailable(Exception):
    """A value that a case needs and the target did not give; ``reason`` says why in one sentence.

    ``broken`` are the promises that the target broke when it was asked, first finding first.
    """

    def __init__(self, reason: str, broken: tuple[Finding, ...] = ()) -> None:
        super().__init__(reason, broken)
        self.reason = reason
        self.broken = broken

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Around:
    """The surroundings of a conversation.

    ``settle`` is called when the conversation settles down to a long wait and needs no place among the busy.

    ``value`` gives a value of a run-wide source (raises ``Unavailable``); ``fresh`` a number never given
    before in this run; ``tag`` begins every fresh string, so that what the suite made can be told apart.
    ``guard`` looks at each command before it leaves. ``ears`` makes judges of what a service says to many
    sessions, one for each; those clauses are what it is about.
    """

    contract: Contract
    probing: Probing
    target: Target
    value: Callable[[str], Awaitable[object]]
    fresh: Callable[[], int]
    tag: str
    lag: Callable[[int], float] = lambda moment: 0.0
    settle: Callable[[], None] = lambda: None
    generator: Generator | None = None
    guard: Guard | None = None
    ears: Callable[[str, Collection[str]], Callable[[], Judging]] | None = None
    ssl: SSLContext | None = None
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    seed: int = 0
    attempt: int = 1

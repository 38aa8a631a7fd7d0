"""A finding: one broken promise, said in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.frozen import swift


@swift
@dataclass(frozen=True, slots=True)
class Finding:
    """One broken clause at one place of one value.

    ``clause`` is the clause's id ('' where the contract has none), ``where`` the place in words, ``path`` the
    same place as instance path, ``document`` the ``file:line`` that promises it. ``drift`` is what
    became of an array that is off by a position (``inserted at 4``, ``dropped 3 sequence``), or what is
    missing of each alternative that a value is as close to (``as a limit: price missing; as a market: side
    missing``); '' otherwise.
    ``entry`` is the place in the transcript of what it is about: a frame, an HTTP answer, or the mark at
    which it was noticed that something did not come; None where the value is of no transcript.
    """

    clause: str
    where: str
    expected: str
    seen: str
    path: tuple[str | int, ...]
    document: str
    drift: str = ""
    entry: int | None = None

    def __str__(self) -> str:
        drift = f": {self.drift}" if self.drift else ""
        return f"{self.where}: expected {self.expected}, got {self.seen}{drift} ({self.document})"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a value, and which clauses it really put to the test.

    ``exercised`` holds the ids of the clauses whose keyword constrained something that was there; a clause
    on an absent optional field, or of another branch, is not among them.
    """

    findings: tuple[Finding, ...]
    exercised: frozenset[str]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

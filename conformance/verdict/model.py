"""A verdict: what a case concluded about the target, and who is to blame when it is not green."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.validation import Finding


class Outcome(StrEnum):
    """How a case ended. ``broken``: it was meant to be judged and could not be."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    BROKEN = "broken"


class Blame(StrEnum):
    """Who has to mend it. Only ``target`` fails a gate."""

    NOBODY = "nobody"
    TARGET = "target"
    CONTRACT = "contract"
    ENVIRONMENT = "environment"
    SUITE = "suite"


SILENT = "it sent no message at all"
"""In the reason of a case that waited for a message when none came."""
HEARD = "/wire/decodable"
"""Ends the id of the clause that each message of a service is held against."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one case.

    ``findings`` are broken promises, the one to read first at the front. ``exercised`` are the clauses
    that something in the transcript was really held against. ``messages`` counts what the target was
    seen to send. ``overtaken``: the conversation proves nothing, for a documented deadline ended it, the
    target was busy or we were slow: it may be held again. ``timings`` of what was judged: what the target
    was asked for, and after how many milliseconds it came (``latency.timings``). ``evidence``: sentences on
    what a verdict rests on where nothing was to be seen. ``fills``: how many milliseconds behind the update
    of its order each trade came on the stream of trades.
    """

    case: str
    outcome: Outcome
    blame: Blame = Blame.NOBODY
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    exercised: frozenset[str] = frozenset()
    messages: int = 0
    overtaken: bool = False
    timings: tuple[tuple[str, float], ...] = ()
    evidence: tuple[str, ...] = ()
    fills: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What the target's user allows (milliseconds), added to each upper time bound."""

    late_ms: int = 250

    def early_ms(self, bound_ms: int) -> int:
        """How much too early is still on time: a twentieth of the bound, at most the tolerance."""
        return min(self.late_ms, bound_ms // 20)

"""What a history tells, as plain data: runs, the life of a clause, the times of an operation."""

from __future__ import annotations

from dataclasses import dataclass

BROKEN, KEPT, UNTESTED = "x", ".", " "
"""What a run says of a clause: it saw it broken, it held it against something, or neither."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A run, in short: when it started (ISO 8601, UTC) and which build of the target it met."""

    started: str
    build: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. ``kept`` of its ``promised`` clauses were held to, ``broken`` were seen broken; the rest of
    the numbers are cases by their outcome."""

    started: str
    target: str
    build: str
    suite: str
    verdict: str
    exit_code: int
    seconds: float
    selection: str
    passed: int
    failed: int
    skipped: int
    unjudged: int
    promised: int
    kept: int
    broken: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A clause from its first break to its mending, over ``runs`` that saw it broken.

    ``held`` is the last run before that kept it, ``mended`` the first after that did; None: there is none.
    """

    first: Stamp
    last: Stamp
    runs: int
    held: Stamp | None = None
    mended: Stamp | None = None


@dataclass(frozen=True, slots=True)
class ClauseLife:
    """What became of a clause at one target: broken in ``broken`` of the ``tested`` runs.

    ``episodes`` are the latest; there were ``breaks`` in all. ``marks`` is one of ``BROKEN``, ``KEPT`` and
    ``UNTESTED`` for each of the latest runs, the oldest first. ``wordings``: how often it promised something
    else, so that it is more than one clause by that name. ``excused``: the last break did not fail the gate.
    """

    target: str
    clause: str
    says: str
    level: str
    place: str
    tested: int
    broken: int
    breaks: int
    episodes: tuple[Episode, ...]
    marks: str
    wordings: int = 1
    excused: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether the last run that tested it saw it broken."""
        return bool(self.episodes) and self.episodes[-1].mended is None

    @property
    def state(self) -> str:
        """In a word: ``broken``, ``mended``, ``kept`` (never broken) or ``untested``."""
        if self.episodes:
            return "broken" if self.is_broken else "mended"
        return "kept" if self.tested else "untested"


@dataclass(frozen=True, slots=True)
class Point:
    """How long an operation took in one run (ms). A quantile is None where too little was measured."""

    at: Stamp
    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    longest: float


@dataclass(frozen=True, slots=True)
class OperationTimes:
    """How long one operation took at one target, the oldest run first."""

    target: str
    operation: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What was asked of a history. Of ``total`` runs ``runs`` are the latest, the newest first.

    ``lives``: clauses that were broken, what is broken now first; of ``ever`` such clauses, the most recent.
    ``times`` and ``strip`` are of the latest ``window`` runs of each target; ``strips`` are those runs, the
    oldest first. ``since`` and ``clause``: what was asked for.
    """

    shown: str
    total: int
    runs: tuple[RunRow, ...]
    lives: tuple[ClauseLife, ...]
    ever: int
    times: tuple[OperationTimes, ...]
    strips: tuple[tuple[str, tuple[RunRow, ...]], ...]
    window: int
    target: str = ""
    since: str = ""
    clause: str = ""

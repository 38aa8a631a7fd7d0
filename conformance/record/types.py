"""The lines of a run file, as plain data: a header, one line a case, notices, an end.

Everything is text and numbers, so that a run can be read long after its contract or this version of the
suite is gone. What comes from a target is in here as it was sent (secrets excepted): whoever shows it
escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.record.intents import Intent, IntentEnd
from conformance.record.moves import Moves
from conformance.record.repeats import Repeats
from conformance.transcript.model import Transcript

if TYPE_CHECKING:
    from conformance.verdict import Finding

FORMAT = 1
"""The number of this format. It rises when an older reader would misread a newer file."""

OUTCOMES = ("passed", "failed", "skipped", "broken")
"""The outcomes of a case, in the order in which reports show them (``verdict.Outcome``)."""


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """Where the cases were put to, and what was stated of it. No credentials."""

    name: str
    addresses: Mapping[str, str]
    exclusive: bool = False
    trading: bool = False
    embedded: bool = False
    tolerance_ms: int = 0
    deadlines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    limits: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """One document of the contract."""

    name: str
    path: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OverlayEntry:
    """An overlay that changed documents before they were read; ``documents`` are the paths of these."""

    title: str
    path: str
    version: str
    sha256: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """One clause of the contract; ``where`` is the ``file:line`` that promises it."""

    id: str
    says: str
    service: str
    kind: str
    subject: str
    level: str
    provenance: str
    binds: str
    where: str
    digest: str = ""
    """Changes when what it promises does, and for nothing else; '' in files of older versions."""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One case of the run, before it is played."""

    id: str
    family: str
    service: str
    says: str
    level: str
    provenance: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what is put to whom. ``started`` is ISO 8601 in UTC.

    ``clauses`` are all clauses of the contract, ``unenforceable`` says why no case at all can enforce some
    of them. ``cases`` are those of this run; ``selection`` what the user asked for (empty: all of them).
    ``notes`` is what was told of the documents, ``file:line: …``. ``build``: which one of the target this
    is, where that was said. ``versions``: of the software that the run was made with, by name.
    """

    suite: str
    started: str
    target: TargetEntry
    documents: tuple[DocumentEntry, ...]
    seed: int
    jobs: int
    clauses: tuple[ClauseEntry, ...]
    cases: tuple[CaseEntry, ...]
    unenforceable: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    selection: tuple[str, ...] = ()
    overlays: tuple[OverlayEntry, ...] = ()
    notes: tuple[str, ...] = ()
    build: str = ""
    versions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """One broken promise (``validation.Finding``).

    ``entry`` is the place in the case's transcript of what it is about; None where nothing says so, as in
    files of older versions.
    """

    clause: str
    where: str
    expected: str
    seen: str
    path: tuple[str | int, ...]
    document: str
    drift: str = ""
    entry: int | None = None

    @classmethod
    def of(cls, finding: Finding) -> FindingEntry:
        """A finding as the run file holds it."""
        return cls(
            finding.clause,
            finding.where,
            finding.expected,
            finding.seen,
            finding.path,
            finding.document,
            finding.drift,
            finding.entry,
        )

    def __str__(self) -> str:
        drift = f": {self.drift}" if self.drift else ""
        document = f" ({self.document})" if self.document else ""
        return f"{self.where}: expected {self.expected}, got {self.seen}{drift}{document}"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the target took (ms) for ``what``: a reply to an operation, an answer of a path."""

    what: str
    ms: float


@dataclass(frozen=True, slots=True)
class CaseLine:
    """How one case ended. Times are milliseconds since the run began.

    ``exercised`` are indexes into the header's ``clauses``. ``left_out`` says why there is no transcript
    ('' when there is one, or nothing was sent). ``repeat`` is the command that puts the case again. A case
    that was played ``repeats`` times tells of the first play that failed, where one did.
    ``evidence`` says what was watched where nothing was to come, ``moves`` what a sequence of orders was.
    ``fills``: how many milliseconds behind the update of its order each trade came on the stream of trades.
    """

    id: str
    outcome: str
    blame: str
    reason: str
    findings: tuple[FindingEntry, ...]
    exercised: tuple[int, ...]
    messages: int
    started: float
    ended: float
    repeat: str = ""
    transcript: Transcript | None = None
    left_out: str = ""
    timings: tuple[Timing, ...] = ()
    repeats: Repeats | None = None
    evidence: tuple[str, ...] = ()
    moves: Moves | None = None
    fills: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the case took."""
        return max(0.0, self.ended - self.started) / 1000


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The text of a file that documents were read from; ``path`` as ``file:line`` names it.

    Reports show the lines that make a promise. ``sha256`` is of the file's bytes. ``left_out`` says why the
    text, or some of its lines, are missing: empty lines stand for these.
    """

    path: str
    sha256: str
    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user about the run itself, such as a refused credential."""

    text: str


WAIVER_STATES = ("used", "unused", "expired", "changed", "untested", "elsewhere")
"""What became of a waiver: it excused something; nothing had to be excused; it is of the past; its clause
promises something else now; its clause was not put to the test; it is for other builds."""


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver of a clause, as it was given, and what became of it in this run.

    ``where`` is its ``file:line``, ``expires`` its last day (UTC), ``builds`` its range in words. ``cases``
    are the failed cases that saw its clause broken and that it stood up for.
    """

    clause: str
    digest: str
    reason: str
    owner: str
    ticket: str
    expires: str
    where: str
    state: str
    builds: str = ""
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """The last line of a run that was not killed.

    ``gate``: why the gate did not pass, beside the cases that failed. Of these, ``waived`` are those that
    waivers excuse, ``warned`` those that broke nothing but what a target *should* do.
    """

    seconds: float
    interrupted: bool
    verdict: str
    exit_code: int
    gate: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


Line = Header | SourceLine | CaseLine | Intent | IntentEnd | Notice | WaiverLine | End


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as its file tells it. ``end`` is None, and ``complete`` false, when the run was killed.

    ``path`` is the file that it was read from.
    """

    header: Header
    cases: tuple[CaseLine, ...]
    notices: tuple[Notice, ...] = ()
    end: End | None = None
    path: str = ""
    sources: tuple[SourceLine, ...] = ()
    waivers: tuple[WaiverLine, ...] = ()
    intents: tuple[Intent, ...] = ()
    intent_ends: tuple[IntentEnd, ...] = ()

    @property
    def excused(self) -> frozenset[str]:
        """The failed cases that do not fail the gate: waived, or only against what a target should do."""
        return frozenset((*self.end.waived, *self.end.warned)) if self.end is not None else frozenset()

    @property
    def complete(self) -> bool:
        """Whether the run came to its own end."""
        return self.end is not None

"""What a proof found, as plain data: one line a fault, one a case, and the word that follows from them.

Everything is text and numbers, so that a proof can be read long after its faults are gone. Whoever shows
a text of it escapes it: reasons repeat what was seen on the wire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.record.types import DocumentEntry

FORMAT = 1
"""The number of this format. It rises when an older reader would misread a newer file."""

CAUGHT = "caught"
ELSEWHERE = "elsewhere"
OUTSIDE = "outside"
SURVIVED = "survived"
UNAPPLIED = "unapplied"
INCONCLUSIVE = "inconclusive"

OUTCOMES = (CAUGHT, SURVIVED, ELSEWHERE, OUTSIDE, UNAPPLIED, INCONCLUSIVE)
"""The outcomes of a fault, in the order in which reports show them."""

KINDS = ("derived", "behavioural")
MODES = ("default", "full", "sample")

PROVEN = "proven"
NOT_PROVEN = "not proven"
INCOMPLETE = "incomplete"

EXIT_CODES = {PROVEN: 0, NOT_PROVEN: 1, INCOMPLETE: 3}

FIRST = 5
"""As many of the faults that made a case fail are named with it."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A case that turned red although nothing that it claims or saw is declared to break.

    ``clause`` is that of its first finding ('' for a finding without one), ``reason`` what it said.
    """

    case: str
    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A case that could not be judged under a fault: broken or skipped, and why."""

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultLine:
    """How one fault fared.

    ``clauses`` are those that it is meant to break, ``shadow`` those that it may break besides: the name of
    a shadow that the header tells, because many faults share one.
    ``caught_by`` are cases that claim one of its clauses and failed with it as their first finding;
    ``also_red`` failed with another first finding inside clauses and shadow; ``blind`` claim one of its
    clauses, were played, and stayed green. ``applied`` is how many times the fault was really applied, None
    when it does not count that. ``excused`` says why it need not be caught ('' when it must be).
    """

    name: str
    kind: str
    family: str
    says: str
    clauses: tuple[str, ...]
    outcome: str
    shadow: str = ""
    caught_by: tuple[str, ...] = ()
    also_red: tuple[str, ...] = ()
    outside: tuple[Outside, ...] = ()
    blind: tuple[str, ...] = ()
    inconclusive: tuple[Unsettled, ...] = ()
    applied: int | None = None
    played: int = 0
    seconds: float = 0.0
    excused: str = ""

    @property
    def pardoned(self) -> bool:
        """Whether it was not caught as it should be, and need not be."""
        return bool(self.excused) and self.outcome != CAUGHT


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case that faults are put to; ``excused`` says why it need not be seen failing."""

    id: str
    family: str
    excused: str = ""


@dataclass(frozen=True, slots=True)
class CaseProof:
    """What the faults say of one case.

    ``seen`` faults made it fail as they should, ``seen_by`` names the first of them; ``played`` is how many
    fault lines name it at all.
    """

    id: str
    family: str
    seen_by: tuple[str, ...] = ()
    seen: int = 0
    played: int = 0
    excused: str = ""


@dataclass(frozen=True, slots=True)
class Faultless:
    """A clause that no fault breaks, and why ('' when nobody knows)."""

    id: str
    says: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProofHeader:
    """The first line of a journal: what is put to whom. ``started`` is ISO 8601 in UTC.

    ``plan`` identifies the faults and the cases that they are put to (a digest): a journal can be taken up
    again only by the same plan. ``planned`` is the number of faults; ``clauses`` says what the clauses that
    faults break promise, for reports; ``shadows`` are the clauses of each, with blanks in between.
    """

    suite: str
    started: str
    mode: str
    seed: int
    workers: int
    documents: tuple[DocumentEntry, ...]
    plan: str
    planned: int
    cases: tuple[CaseEntry, ...] = ()
    clauses_without_fault: tuple[Faultless, ...] = ()
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    shadows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """A proof. ``complete`` is false when it was stopped before its last fault."""

    suite: str
    started: str
    seconds: float
    mode: str
    seed: int
    documents: tuple[DocumentEntry, ...]
    workers: int
    faults: tuple[FaultLine, ...]
    cases: tuple[CaseProof, ...]
    clauses_without_fault: tuple[Faultless, ...] = ()
    complete: bool = True
    planned: int = 0
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    shadows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def shadow_of(self, line: FaultLine) -> tuple[str, ...]:
        """The clauses that a fault may break besides its own."""
        return tuple(self.shadows.get(line.shadow, "").split())

    @property
    def total(self) -> int:
        """How many faults it is about, those included that it never came to."""
        return max(self.planned, len(self.faults))

    def of(self, outcome: str) -> tuple[FaultLine, ...]:
        """The faults that ended so and need an answer: an excused one that was not caught is left out."""
        return tuple(one for one in self.faults if one.outcome == outcome and not one.pardoned)

    @property
    def excused(self) -> tuple[FaultLine, ...]:
        """The faults that were not caught as they should be, and need not be."""
        return tuple(one for one in self.faults if one.pardoned)

    @property
    def never(self) -> tuple[CaseProof, ...]:
        """The cases that no fault made fail, and that should have."""
        return tuple(one for one in self.cases if not one.seen and not one.excused)

    @property
    def stale(self) -> tuple[str, ...]:
        """Exceptions that are none any more: faults that are caught, cases that were seen failing."""
        faults = [one.name for one in self.faults if one.excused and one.outcome == CAUGHT]
        return (*faults, *(one.id for one in self.cases if one.excused and one.seen))

    @property
    def unexplained(self) -> tuple[Faultless, ...]:
        """The clauses without a fault for which nobody gave a reason."""
        return tuple(one for one in self.clauses_without_fault if not one.reason)

    @property
    def whole(self) -> bool:
        """Whether every fault had its turn: only then does a case that never failed say something."""
        return self.complete and self.mode != "sample"

    @property
    def verdict(self) -> str:
        """``not proven`` as soon as one thing speaks against it; ``incomplete`` when something is missing."""
        if any(self.of(outcome) for outcome in (SURVIVED, ELSEWHERE, OUTSIDE, UNAPPLIED)):
            return NOT_PROVEN
        if self.stale:
            return NOT_PROVEN
        if self.whole and (self.never or self.unexplained or not self.faults):
            return NOT_PROVEN
        if not self.whole or self.of(INCONCLUSIVE):
            return INCOMPLETE
        return PROVEN


def outcome_of(
    *,
    caught_by: Sequence[str] = (),
    also_red: Sequence[str] = (),
    outside: Sequence[Outside] = (),
    inconclusive: Sequence[Unsettled] = (),
    applied: int | None = None,
) -> str:
    """How a fault ended, from what its cases did.

    One that was never applied caught nobody's eye, whatever turned red; a case that could not be judged
    might have caught the fault, so that it has not survived.
    """
    if outside:
        return OUTSIDE
    if applied == 0:
        return UNAPPLIED
    if caught_by:
        return CAUGHT
    if also_red:
        return ELSEWHERE
    return INCONCLUSIVE if inconclusive else SURVIVED


def case_proofs(cases: Iterable[CaseEntry], faults: Iterable[FaultLine]) -> tuple[CaseProof, ...]:
    """What the faults say of the cases: those that a case caught come before those that it saw besides."""
    caught: dict[str, list[str]] = {}
    besides: dict[str, list[str]] = {}
    played: Counter[str] = Counter()
    for line in faults:
        for name in line.caught_by:
            caught.setdefault(name, []).append(line.name)
        for name in line.also_red:
            besides.setdefault(name, []).append(line.name)
        played.update({*line.caught_by, *line.also_red, *line.blind})
        played.update({one.case for one in line.outside} | {one.case for one in line.inconclusive})
    made = []
    for case in cases:
        seen = list(dict.fromkeys([*caught.get(case.id, ()), *besides.get(case.id, ())]))
        made.append(
            CaseProof(case.id, case.family, tuple(seen[:FIRST]), len(seen), played[case.id], case.excused)
        )
    return tuple(made)


def proof_record(
    header: ProofHeader, faults: Iterable[FaultLine], *, seconds: float, complete: bool
) -> ProofRecord:
    """The proof that a header and its fault lines make; of two lines of one fault the later counts."""
    lines = tuple({line.name: line for line in faults}.values())
    return ProofRecord(
        suite=header.suite,
        started=header.started,
        seconds=seconds,
        mode=header.mode,
        seed=header.seed,
        documents=header.documents,
        workers=header.workers,
        faults=lines,
        cases=case_proofs(header.cases, lines),
        clauses_without_fault=header.clauses_without_fault,
        complete=complete and len(lines) >= header.planned,
        planned=header.planned,
        clauses=header.clauses,
        shadows=header.shadows,
    )

"""What the judging of one case gathers: promises kept and broken, and what speaks for the target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from conformance.cases.matching import Sent
from conformance.cases.reading import Seen
from conformance.contract import Clause
from conformance.validation import Finding
from conformance.verdict.model import Tolerances
from conformance.verdict.places import put

MS = 1_000_000
"""Nanoseconds of a millisecond."""


@dataclass
class Notes:
    """What the judging of one case has gathered so far.

    ``lag_ms`` is by how much our own loop lagged when the step now judged ended, and ``ended`` the place in
    the transcript of the mark that says so: what did not come is missed there. ``excused`` are the codes
    of refusals that break no promise here, since nobody foresees them. ``unclear`` is why the
    case cannot be judged although the target did nothing wrong (first one wins);
    ``suspect`` why a timing finding is the suite's own. ``answers`` are commands with the promised replies
    that came as soon as the target had them. ``evidence`` says what was watched where nothing may come.
    ``evident`` are findings that no deadline of the target's excuses.
    """

    clauses: dict[str, Clause]
    tolerances: Tolerances
    lag_ms: float = 0.0
    ended: int | None = None
    findings: list[Finding] = field(default_factory=list)
    evident: list[Finding] = field(default_factory=list)
    exercised: set[str] = field(default_factory=set)
    unclear: str = ""
    busy: bool = False
    suspect: str = ""
    excused: tuple[object, ...] = ()
    answers: list[tuple[Sent, Seen]] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    def kept(self, *clauses: str) -> None:
        """These clauses were really held against something."""
        for clause in clauses:
            if clause:
                self.exercised.add(clause)

    @contextmanager
    def about(self, entry: int | None) -> Iterator[None]:
        """What is found in here is about this entry of the transcript, unless it says another."""
        since = len(self.findings)
        yield
        put(self.findings, since, entry)

    def broken(
        self,
        clause: str,
        where: str,
        expected: str,
        seen: str,
        *,
        entry: int | None = None,
        evident: bool = False,
    ) -> None:
        """A promise was broken, as ``entry`` of the transcript shows; ``evident``: whatever came between."""
        self.kept(clause)
        known = self.clauses.get(clause)
        finding = Finding(
            clause=clause,
            where=where,
            expected=expected,
            seen=seen,
            path=(),
            document=str(known.where) if known else "",
            entry=entry,
        )
        self.findings.append(finding)
        if evident:
            self.evident.append(finding)

    def bound(
        self, over_ms: float, clause: str, where: str, expected: str, seen: str, *, entry: int | None = None
    ) -> None:
        """A time bound was missed by ``over_ms``: ours when the loop lagged by more than that."""
        if over_ms < self.lag_ms:
            self.suspect = self.suspect or (
                f"{where} missed its bound by {over_ms:.0f} ms, "
                f"less than the suite's own lag of {self.lag_ms:.0f} ms"
            )
            return
        self.broken(clause, where, expected, seen, entry=entry)

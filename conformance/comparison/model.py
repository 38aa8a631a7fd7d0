"""What changed from one run to another, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from conformance.record.types import RunRecord
from conformance.statistics.shift import FASTER, SLOWER, TOO_FEW, Shift

FEWEST = 4
"""Of fewer operations nobody can say that nearly all of them have changed."""


class Standing(StrEnum):
    """How a run leaves a clause: ``broken`` as soon as one case saw it so."""

    KEPT = "kept"
    BROKEN = "broken"
    UNENFORCED = "not enforced"
    ABSENT = "not promised"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause before and after. ``says``, ``level``, ``provenance`` and ``where`` are of the later run that
    promises it.

    ``rewritten``: it promises something else than before. ``why`` is what was seen where it is broken, the
    reason where it is not enforced. ``cases`` are those that see it broken now, or that did before; where it
    is not enforced any more, those of the earlier run that enforced it. ``excuse``: why it does not fail the
    later run, ``waived`` or a mere ``warning``; '' when it does.
    """

    id: str
    says: str
    level: str
    provenance: str
    where: str
    before: Standing
    after: Standing
    rewritten: bool = False
    why: str = ""
    cases: tuple[str, ...] = ()
    excuse: str = ""


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case whose outcome is another; ``why`` is the later run's reason."""

    id: str
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was not the same for both runs, so that their comparison says less than it might."""

    what: str
    before: str
    after: str
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from the run ``before`` to the run ``after``.

    A clause that both know is in one of the first five groups, or stayed kept, or stayed not enforced, or is
    one that only failing cases met by the way and that did not come again; of these those that were broken
    are among ``mended``.
    ``deselected`` are those that nobody asked the later run to enforce: they are not missed. ``renamed``
    clauses promise the same under another id, and are compared with what they were. ``shifts`` are all
    tests that were made of response times, and those for which there was too little.
    """

    before: RunRecord
    after: RunRecord
    newly_broken: tuple[ClauseChange, ...] = ()
    no_longer_enforced: tuple[ClauseChange, ...] = ()
    still_broken: tuple[ClauseChange, ...] = ()
    mended: tuple[ClauseChange, ...] = ()
    newly_enforced: tuple[ClauseChange, ...] = ()
    deselected: tuple[str, ...] = ()
    rewritten: tuple[ClauseChange, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    outcomes: tuple[CaseChange, ...] = ()
    shifts: tuple[Shift, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def common(self) -> float:
        """About how many times as long nearly everything takes; 0 where less than half of it has changed so.

        The middle ratio of all medians that could be tested. What changes everything is rather the machine,
        its load or the network than the target's build.
        """
        tested = [each for each in self.shifts if each.quantile == 0.5 and each.word != TOO_FEW]
        same = max(sum(each.word == word for each in tested) for word in (SLOWER, FASTER))
        if len(tested) < FEWEST or same * 2 < len(tested):
            return 0.0
        return median(each.after.value / each.before.value for each in tested if each.before.value)

    @property
    def slower(self) -> tuple[Shift, ...]:
        """What takes longer than before."""
        return tuple(each for each in self.shifts if each.word == SLOWER)

    @property
    def faster(self) -> tuple[Shift, ...]:
        """What takes less time than before."""
        return tuple(each for each in self.shifts if each.word == FASTER)

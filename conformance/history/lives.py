"""The life of a clause out of a row of runs: when it broke, when it was mended, how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.history.model import BROKEN, KEPT, UNTESTED, Episode, Stamp

LATEST = 20
"""So many episodes of a clause are told at most; all are counted."""


@dataclass(slots=True)
class Life:
    """Grows a run at a time, the oldest first."""

    tested: int = 0
    broken: int = 0
    breaks: int = 0
    episodes: list[Episode] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    held: Stamp | None = None

    def meets(self, at: Stamp, mark: str) -> None:
        """What the next run says of the clause. One that did not test it changes nothing."""
        self.marks.append(mark)
        if mark == UNTESTED:
            return
        self.tested += 1
        last = self.episodes[-1] if self.episodes else None
        going_on = last is not None and last.mended is None
        if mark == KEPT:
            self.held = at
            if last is not None and going_on:
                self.episodes[-1] = replace(last, mended=at)
            return
        self.broken += 1
        if last is not None and going_on:
            self.episodes[-1] = replace(last, last=at, runs=last.runs + 1)
            return
        self.breaks += 1
        self.episodes.append(Episode(at, at, 1, self.held))
        del self.episodes[:-LATEST]


def life(met: Iterable[tuple[Stamp, str]]) -> Life:
    """A life out of what each run says: ``BROKEN``, ``KEPT`` or ``UNTESTED``."""
    made = Life()
    for at, mark in met:
        assert mark in (BROKEN, KEPT, UNTESTED)
        made.meets(at, mark)
    return made

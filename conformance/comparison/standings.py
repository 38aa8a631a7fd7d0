"""How one run leaves each clause of its contract, and why."""

from __future__ import annotations

from conformance.comparison.model import Standing
from conformance.record.enforcement import enforced, unenforced
from conformance.record.types import CaseLine, ClauseEntry, RunRecord


class Standings:
    """The clauses of one run, by id. ``strays`` are broken, and of no clause that the contract has."""

    def __init__(self, run: RunRecord) -> None:
        self.run = run
        self.clauses: dict[str, ClauseEntry] = {clause.id: clause for clause in run.header.clauses}
        self.enforced = enforced(run)
        self.unenforced = unenforced(run)
        self.broken: dict[str, list[CaseLine]] = {}
        for line in run.cases:
            if line.outcome == "failed":
                for name in dict.fromkeys(finding.clause for finding in line.findings):
                    self.broken.setdefault(name, []).append(line)
        self.waived = {each.clause for each in run.waivers if each.state in ("used", "untested")}
        self.strays = {name: _stray(name) for name in self.broken if name not in self.clauses}

    def of(self, name: str) -> Standing:
        """How the run leaves this clause."""
        if name in self.broken:
            return Standing.BROKEN
        if name not in self.clauses:
            return Standing.ABSENT
        return Standing.KEPT if name in self.enforced else Standing.UNENFORCED

    def why(self, name: str) -> str:
        """What was seen of a broken clause; the reason of one that is not enforced; else ''."""
        for line in self.broken.get(name, ())[:1]:
            return next(str(each) for each in line.findings if each.clause == name)
        return self.unenforced.get(name, "")

    def seen_by(self, name: str) -> tuple[str, ...]:
        """The cases that saw it broken."""
        return tuple(line.id for line in self.broken.get(name, ()))

    def excuse(self, name: str) -> str:
        """Why a clause does not fail the run: ``waived``, or broken and no more than a ``warning``; else ''.

        A live waiver also answers for a clause that is not enforced: what breaks another promise of a value
        may keep it from being put to the test.
        """
        if self.of(name) is not Standing.BROKEN:
            return "waived" if name in self.waived and self.of(name) is Standing.UNENFORCED else ""
        cases = self.seen_by(name)
        if self.run.end is None or not self.run.excused.issuperset(cases):
            return ""
        return "waived" if set(self.run.end.waived).issuperset(cases) else "warning"

    def held_by(self, names: set[str]) -> dict[str, tuple[str, ...]]:
        """The cases that enforced these clauses: those that are about one, else those that met it and passed.

        What a failing case meets by the way (an error that a sound target never sends) is not expected of
        the next run: nobody is left to whom it could be missing.
        """
        numbers = {n: clause.id for n, clause in enumerate(self.run.header.clauses) if clause.id in names}
        about = {entry.id: names.intersection(entry.clauses) for entry in self.run.header.cases}
        close: dict[str, list[str]] = {name: [] for name in names}
        far: dict[str, list[str]] = {name: [] for name in names}
        wanted = numbers.keys()
        for line in self.run.cases:
            if line.outcome in ("passed", "failed"):
                met = {numbers[number] for number in wanted & set(line.exercised)}
                met.update(each.clause for each in line.findings if each.clause in names)
                for name in met:
                    if name in about.get(line.id, ()):
                        close[name].append(line.id)
                    elif line.outcome == "passed":
                        far[name].append(line.id)
        return {name: tuple(close[name] or far[name]) for name in names}


def _stray(name: str) -> ClauseEntry:
    return ClauseEntry(name, "", name.partition("/")[0], "", "", "must", "", "target", "")

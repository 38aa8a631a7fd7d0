"""One run at several addresses: what it found at one held against what it found at another. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.comparison.compare import compare
from conformance.comparison.model import Comparison
from conformance.record.types import RunRecord

AT = "/at-"
"""Stands before the name of the other address, at the end of the id of a case that was put to it."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The cases of one run at an address (``before``), and the same at the one of a ``name`` (``after``)."""

    name: str
    comparison: Comparison

    @property
    def cases(self) -> int:
        """How many were put to both."""
        return len(self.comparison.after.header.cases)


def beside(run: RunRecord) -> tuple[Beside, ...]:
    """What differs at each other address; none where every case was put to one address alone."""
    others = (name.partition("/")[2] for name in run.header.target.addresses)
    found = [
        name
        for name in dict.fromkeys(filter(None, others))
        if any(entry.id.endswith(f"{AT}{name}") for entry in run.header.cases)
    ]
    return tuple(Beside(name, compare(*_sides(run, f"{AT}{name}"))) for name in found)


def _sides(run: RunRecord, end: str) -> Iterator[RunRecord]:
    """The run as it would be of the cases that were put to both, at one address and at the other."""
    both = {entry.id.removesuffix(end) for entry in run.header.cases if entry.id.endswith(end)}
    for suffix in ("", end):
        here = {f"{name}{suffix}": name for name in both}
        entries = (replace(one, id=here[one.id]) for one in run.header.cases if one.id in here)
        lines = (replace(one, id=here[one.id]) for one in run.cases if one.id in here)
        yield replace(run, header=replace(run.header, cases=tuple(entries)), cases=tuple(lines))

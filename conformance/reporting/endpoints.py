"""What differs between the addresses of one environment, where a run put its cases to each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.comparison.endpoints import Beside, beside
from conformance.comparison.model import CaseChange, ClauseChange
from conformance.record import RunRecord
from conformance.reporting.inert import code
from conformance.reporting.paper import Paper, count
from conformance.statistics.shift import SLOWER, Shift

Json = dict[str, Any]
TOLD = 10
MEDIAN = 0.5
HERE = "here"


@dataclass(frozen=True, slots=True)
class Aside:
    """Another address beside this one, as reports tell of it.

    ``promises``: what is broken where, and only there. ``medians``: those that differ, then those that take
    longest.
    """

    name: str
    places: tuple[str, ...]
    cases: int
    outcomes: tuple[CaseChange, ...]
    promises: tuple[tuple[str, tuple[ClauseChange, ...]], ...]
    medians: tuple[Shift, ...]

    @property
    def sentence(self) -> str:
        """How much was compared, and how much differs."""
        return f"{count(self.cases, 'case')} at both: {count(len(self.outcomes), 'outcome')} not the same"


def asides(run: RunRecord) -> tuple[Aside, ...]:
    """Each other address that cases were put to; none for a run at one address."""
    return tuple(
        Aside(
            each.name,
            tuple(places := _places(each, run)),
            each.cases,
            each.comparison.outcomes,
            tuple(_promises(each)),
            tuple(_medians(each, places)),
        )
        for each in beside(run)
    )


def endpoints(run: RunRecord, paper: Paper) -> Iterator[str]:
    """Each other address beside this one, for people. Ends in an empty line; nothing without another."""
    for each in asides(run):
        yield from _told(each, paper)
        yield ""


def _told(each: Aside, paper: Paper) -> Iterator[str]:
    yield paper.styled(paper.fitted(f"Also at {each.name} ({', '.join(each.places)})"), "bold")
    yield from paper.wrapped(each.sentence, indent=2, style=("red" if each.outcomes else "green",))
    for change in each.outcomes[:TOLD]:
        why = f": {change.why}" if change.why else ""
        yield paper.fitted(f"    {change.id}: {change.before} {HERE}, {change.after} at {each.name}{why}")
    if len(each.outcomes) > TOLD:
        yield paper.safe(f"    … and {len(each.outcomes) - TOLD} more in summary.json")
    for what, changes in each.promises:
        yield from paper.wrapped(_named(changes), label=f"broken {what}: ", indent=2, most=3)
    if each.medians:
        width = max(len(shift.name) for shift in each.medians)
        yield paper.styled(paper.fitted(f"  {'median, ms':{width}} {HERE:>8} {each.name:>8}"), "dim")
        for shift in each.medians:
            yield paper.fitted(f"  {shift.name:{width}} {_row(shift, len(each.name))}")


def _row(shift: Shift, width: int) -> str:
    word = f"  {shift.word}" if shift.shifted else ""
    return f"{shift.before.value:8.2f} {shift.after.value:{max(8, width)}.2f}{word}"


def in_markdown(run: RunRecord) -> Iterator[str]:
    """The same as Markdown."""
    for each in asides(run):
        yield f"### Also at {code(each.name)}\n"
        yield f"{', '.join(map(code, each.places))}: {each.sentence}.\n"
        for change in each.outcomes[:TOLD]:
            yield f"- {code(change.id)}: {change.before} {HERE}, {change.after} at {code(each.name)}"
        for what, changes in each.promises:
            yield f"- **Broken {what}:** {', '.join(code(one.id) for one in changes[:TOLD])}"
        yield f"\n| median, ms | {HERE} | {code(each.name)} | |\n|---|--:|--:|---|"
        for shift in each.medians:
            word = shift.word if shift.shifted else ""
            yield f"| {code(shift.name)} | {shift.before.value:.2f} | {shift.after.value:.2f} | {word} |"
        yield ""


def as_objects(run: RunRecord) -> list[Json]:
    """The same for ``summary.json``, whole."""
    return [
        {
            "name": each.name,
            "cases": each.cases,
            "outcomes": [
                {"id": one.id, "here": one.before, "there": one.after, "why": one.why}
                for one in each.comparison.outcomes
            ],
            "broken_here": [one.id for one in each.comparison.mended],
            "broken_there": [one.id for one in each.comparison.newly_broken],
            "times": [
                {
                    "what": one.name,
                    "quantile": one.quantile,
                    "here_ms": one.before.value,
                    "there_ms": one.after.value,
                    "word": _word(one),
                }
                for one in each.comparison.shifts
            ],
        }
        for each in beside(run)
    ]


def _word(shift: Shift) -> str:
    if not shift.shifted:
        return shift.word
    return "slower there" if shift.word == SLOWER else "faster there"


def _places(each: Beside, run: RunRecord) -> list[str]:
    return [
        f"{name.partition('/')[0]} {url}"
        for name, url in run.header.target.addresses.items()
        if name.partition("/")[2] == each.name
    ]


def _promises(each: Beside) -> Iterator[tuple[str, tuple[ClauseChange, ...]]]:
    made = each.comparison
    for what, changes in ((f"at {each.name} alone", made.newly_broken), (f"{HERE} alone", made.mended)):
        if changes:
            yield what, changes


def _named(changes: Sequence[ClauseChange]) -> str:
    more = f" and {len(changes) - TOLD} more" if len(changes) > TOLD else ""
    return ", ".join(one.id or "no clause of the contract" for one in changes[:TOLD]) + more


def _medians(each: Beside, places: Sequence[str]) -> list[Shift]:
    """Of the services that have this address."""
    about = tuple(f"{place.partition(' ')[0]}{mark}" for place in places for mark in "/ ")
    found = [
        shift for shift in each.comparison.shifts if shift.quantile == MEDIAN and shift.name.startswith(about)
    ]
    return sorted(found, key=lambda one: (not one.shifted, -max(one.before.value, one.after.value)))[:TOLD]

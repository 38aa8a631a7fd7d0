"""What came out of cases that were played again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from conformance.record import CaseLine, Repeats, RunRecord
from conformance.record.repeats import INTERMITTENT, UNDECIDED
from conformance.reporting.paper import Paper, count

NAMED = 3
DECISIONS = ("sound", "intermittent", "broken", "undecided")


def repeats(run: RunRecord) -> dict[str, Any] | None:
    """The numbers of a run whose cases were repeated, for ``summary.json``; None where they were not."""
    played = _played(run)
    if not played:
        return None
    decisions = Counter(each.decision for _, each in played)
    return {
        "plays": sum(each.plays + each.unjudged for _, each in played),
        "sound": decisions["sound"],
        "broken": decisions["broken"],
        "intermittent": [_entry(*each) for each in played if each[1].decision == INTERMITTENT],
        "undecided": [_entry(*each) for each in played if each[1].decision == UNDECIDED],
        "seldom": [_entry(*each) for each in played if each[1].is_seldom],
    }


def plays(run: RunRecord, paper: Paper, label: int) -> Iterator[str]:
    """How often the cases were played and with which answers, and the sound ones that were seen to fail."""
    played = _played(run)
    if not played:
        return
    counts = Counter(each.decision for _, each in played)
    told = ", ".join(f"{counts[word]} {word}" for word in DECISIONS if counts[word])
    number = count(sum(each.plays + each.unjudged for _, each in played), "play")
    yield from paper.wrapped(
        f"{number} of {count(len(played), 'case')}: {told}", label=f"{'repeated':{label}}"
    )
    means = {each.decision: each.means for _, each in played}
    for word in DECISIONS[:3]:
        if word in means:
            yield from paper.wrapped(f"{word}: {means[word]}", indent=label, style=("dim",))
    seldom = [(line, each) for line, each in played if each.is_seldom]
    for line, _ in seldom[:NAMED]:
        text = f"{line.id} was seen to fail: {line.reason}"
        yield from paper.wrapped(text, indent=label, most=3, style=("yellow",))
    if len(seldom) > NAMED:
        left = count(len(seldom) - NAMED, "case")
        yield from paper.wrapped(f"{left} more, in summary.json: seldom", indent=label)


def _played(run: RunRecord) -> list[tuple[CaseLine, Repeats]]:
    return [(line, line.repeats) for line in run.cases if line.repeats is not None]


def _entry(line: CaseLine, one: Repeats) -> dict[str, Any]:
    return {
        "id": line.id,
        "plays": one.plays,
        "failures": one.failures,
        "unjudged": one.unjudged,
        "rate": round(one.rate, 4),
        "low": one.low,
        "high": one.high,
        "error": one.error,
    }

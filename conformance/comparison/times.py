"""The response times of two runs, held against each other.

Only times of cases that both runs played, and that both times measured the same: another mixture of cases has
other quantiles, whatever the target does. Times that were measured at the same moment of a run are late
together, so those of ``MOMENT_MS`` are one block (``statistics.quantiles``).
"""

from __future__ import annotations

import math
from collections import defaultdict

from conformance.record.types import CaseLine, RunRecord
from conformance.statistics.quantiles import Sample
from conformance.statistics.shift import Pair, Shift, shifts

MOMENT_MS = 100
"""Measured on a busy machine: 30 pairs of equal runs were told apart 14 times when all their times were taken
for independent of each other, and never so; a median of twice as much was found each time."""

Measured = tuple[float, int]


def response_times(before: RunRecord, after: RunRecord) -> tuple[Shift, ...]:
    """The median and the 99th percentile of each thing that both runs measured, by its name."""
    first, second = _by_case(before), _by_case(after)
    samples: defaultdict[str, tuple[list[Measured], list[Measured]]] = defaultdict(lambda: ([], []))
    for case, measured in first.items():
        others = second.get(case)
        if others is None:
            continue
        for what in measured.keys() & others.keys():
            mine, theirs = samples[what]
            mine += measured[what]
            theirs += others[what]
    return shifts([Pair(what, *map(_sample, samples[what])) for what in sorted(samples)])


def _by_case(run: RunRecord) -> dict[str, dict[str, list[Measured]]]:
    return {line.id: _measured(line) for line in run.cases if line.timings}


def _measured(line: CaseLine) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {}
    if not math.isfinite(line.started):  # a file that another hand wrote
        return found
    moment = int(line.started // MOMENT_MS)
    for timing in line.timings:
        if 0 <= timing.ms < math.inf:
            found.setdefault(timing.what, []).append((timing.ms, moment))
    return found


def _sample(measured: list[Measured]) -> Sample:
    return Sample(tuple(ms for ms, _ in measured), tuple(moment for _, moment in measured))

"""How long the target took, an operation at a time: quantiles, and a small picture on one common axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.record import CaseLine
from conformance.statistics.quantiles import rank

BINS = 64
WIDTH, HEIGHT = 480, 34
NARROWEST = 0.05
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on the axis, and where it stands."""

    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """What was measured of one thing, in milliseconds. ``bars`` are (x, width, height) of its picture.

    A quantile is None where too little was measured to tell it.
    """

    what: str
    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    shortest: float
    longest: float
    bars: tuple[tuple[float, float, float], ...]
    marks: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """All distributions on one logarithmic axis; ``few`` are those of too few values to be called one."""

    rows: tuple[Distribution, ...]
    ticks: tuple[Tick, ...]
    few: tuple[Distribution, ...] = ()
    enough: int = ENOUGH


def latency(cases: Iterable[CaseLine]) -> Latency:
    """The response times of a run, by what was asked: what was measured most comes first."""
    measured: dict[str, list[float]] = {}
    for line in cases:
        for timing in line.timings:
            if math.isfinite(timing.ms) and timing.ms >= 0:
                measured.setdefault(timing.what, []).append(timing.ms)
    if not measured:
        return Latency((), ())
    low = max(NARROWEST, min(min(each) for each in measured.values()))
    high = max(max(each) for each in measured.values())
    axis = _Axis(low, max(high, low * 10))
    made = [_distribution(what, sorted(each), axis) for what, each in sorted(measured.items())]
    rows = sorted((one for one in made if one.n >= ENOUGH), key=lambda one: -one.n)
    return Latency(tuple(rows), axis.ticks(), tuple(one for one in made if one.n < ENOUGH))


def _distribution(what: str, ordered: Sequence[float], axis: _Axis) -> Distribution:
    told = {f"p{part}": _told(ordered, part) for part in (50, 90, 99)}
    counts = [0] * BINS
    for value in ordered:
        counts[min(BINS - 1, int(axis.x(value) / WIDTH * BINS))] += 1
    most = max(counts)
    width = WIDTH / BINS
    bars = tuple(
        (round(number * width, 2), round(width - 1, 2), round(max(1.5, (HEIGHT - 6) * count / most), 2))
        for number, count in enumerate(counts)
        if count
    )
    marks = tuple((name, round(axis.x(value), 2)) for name, value in told.items() if value is not None)
    return Distribution(
        what, len(ordered), told["p50"], told["p90"], told["p99"], ordered[0], ordered[-1], bars, marks
    )


def _told(ordered: Sequence[float], part: int) -> float | None:
    """A quantile in hundredths, where at least one of the measured values lies beyond it."""
    return ordered[rank(len(ordered), part / 100) - 1] if len(ordered) * (100 - part) >= 100 else None


class _Axis:
    """A logarithmic axis from ``low`` to ``high``, widened to 1, 2 or 5 times a power of ten."""

    def __init__(self, low: float, high: float) -> None:
        self.low = _rounded(low, down=True)
        self.high = _rounded(high, down=False)

    def x(self, value: float) -> float:
        share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return min(1.0, share) * WIDTH

    def ticks(self) -> tuple[Tick, ...]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        powers = [10.0**power for power in range(first, last + 1)]
        steps = powers if len(powers) > 3 else [base * power for power in powers for base in (1, 2, 5)]
        return tuple(
            Tick(shown(step), round(self.x(step), 2)) for step in steps if self.low <= step <= self.high
        )


def digits(value: float) -> str:
    """A number in three digits, or as many as its whole part has."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def shown(ms: float) -> str:
    """A time in words: three digits at most, and its unit."""
    if ms >= 1000:
        return f"{ms / 1000:.3g} s"
    return f"{ms:.3g} ms"


def _rounded(value: float, *, down: bool) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    steps = [base * power for base in (1.0, 2.0, 5.0, 10.0)]
    if down:
        return max(step for step in steps if step <= value * 1.000001)
    return min(step for step in steps if step >= value * 0.999999)

"""How long behind the update of its order a trade is told on the stream: a distribution, never a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

from conformance.record import RunRecord
from conformance.reporting.paper import count
from conformance.statistics.quantiles import Sample, interval

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Fills:
    """Milliseconds from an order's update to its trade, below zero where the trade came first.

    ``low`` and ``high`` bound the true median with a confidence of 95 %; None: too few tell no bound.
    """

    count: int
    least: float
    median: float
    p90: float
    p99: float
    most: float
    low: float | None
    high: float | None


def fills(run: RunRecord) -> Fills | None:
    """The distribution over all fills of a run; None where no fill was seen on a stream."""
    lags = [lag for line in run.cases for lag in line.fills if math.isfinite(lag)]
    if not lags:
        return None
    sample = Sample(tuple(lags))
    low, high = interval(sample, 0.5, CONFIDENCE)
    median, p90, p99 = (sample.quantile(p) for p in (0.5, 0.9, 0.99))
    return Fills(len(lags), min(lags), median, p90, p99, max(lags), low, high)


def sentence(told: Fills) -> str:
    """It in one sentence."""
    sure = ""
    if told.low is not None and told.high is not None:
        sure = f", {signed(told.low)} to {signed(told.high)} with a confidence of 95 %"
    p90, p99, most = map(signed, (told.p90, told.p99, told.most))
    return (
        f"{count(told.count, 'trade')} on the stream, from the update of the order that traded: median "
        f"{signed(told.median)} ms{sure}; p90 {p90}, p99 {p99}, most {most} ms"
    )


def signed(ms: float) -> str:
    """Milliseconds with their sign, in as many places as matter."""
    return f"{ms:+.2f}" if abs(ms) < 10 else f"{ms:+.0f}"

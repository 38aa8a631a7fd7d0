"""Candles, made from trades alone: minutes are kept, longer ones are put together on demand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.reference.decimals import canonical

INTERVALS = {"1m": 60_000, "5m": 300_000, "1h": 3_600_000, "1d": 86_400_000}
"""Length of each interval in milliseconds."""


@dataclass
class Candle:
    """What was traded in one stretch of time."""

    ts: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    def absorb(self, later: "Candle") -> None:
        """Widen this candle by one that follows it."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume

    def as_value(self) -> list[Any]:
        """The published row."""
        prices = (self.open, self.high, self.low, self.close, self.volume)
        return [self.ts, *map(canonical, prices)]


class Candles:
    """The minutes of one symbol."""

    def __init__(self) -> None:
        self._minutes: list[Candle] = []

    def trade(self, ts: int, price: Decimal, size: Decimal) -> None:
        """Add one trade; time stamps never go back."""
        minute = ts - ts % INTERVALS["1m"]
        traded = Candle(minute, price, price, price, price, size)
        if self._minutes and self._minutes[-1].ts == minute:
            self._minutes[-1].absorb(traded)
        else:
            self._minutes.append(traded)

    def between(self, interval: str, start: int, end: int, limit: int) -> list[list[Any]]:
        """The earliest candles that begin in [start, end); empty ones are left out."""
        length = INTERVALS[interval]
        found: list[Candle] = []
        for minute in self._minutes:
            ts = minute.ts - minute.ts % length
            if ts < start:
                continue
            if ts >= end:
                break
            whole = Candle(ts, minute.open, minute.high, minute.low, minute.close, minute.volume)
            if found and found[-1].ts == ts:
                found[-1].absorb(whole)
            elif len(found) == limit:
                break
            else:
                found.append(whole)
        return [candle.as_value() for candle in found]

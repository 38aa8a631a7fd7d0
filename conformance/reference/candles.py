"""Candles, made from trades alone: minutes are kept, longer ones are put together on demand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from conformance.reference.decimals import canonical


class Traded(Protocol):
    """A trade, as far as a candle needs it."""

    @property
    def ts(self) -> int:
        """Milliseconds since the epoch."""

    @property
    def price(self) -> Decimal:
        """What was paid for one."""

    @property
    def size(self) -> Decimal:
        """How many."""


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
    row: list[Any] | None = None
    """As it was published last; None when it has changed since."""

    def absorb(self, later: "Candle") -> None:
        """Widen this candle by one that follows it."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.row = None

    def as_value(self) -> list[Any]:
        """The published row."""
        if self.row is None:
            prices = (self.open, self.high, self.low, self.close, self.volume)
            self.row = [self.ts, *map(canonical, prices)]
        return self.row.copy()


class Candles:
    """The minutes of one symbol; those of past trades are made when somebody asks."""

    def __init__(self, past: Callable[[], Iterable[Traded]] = tuple) -> None:
        self._past: Callable[[], Iterable[Traded]] | None = past
        self._minutes: list[Candle] = []

    def trade(self, ts: int, price: Decimal, size: Decimal) -> None:
        """Add one trade; time stamps never go back."""
        _add(self._minutes, ts, price, size)

    def _made(self) -> list[Candle]:
        if self._past is not None:
            past: list[Candle] = []
            for traded in self._past():
                _add(past, traded.ts, traded.price, traded.size)
            self._past, self._minutes = None, past + self._minutes
        return self._minutes

    def between(self, interval: str, start: int, end: int, limit: int) -> list[list[Any]]:
        """The earliest candles that begin in [start, end); empty ones are left out."""
        length = INTERVALS[interval]
        found: list[Candle] = []
        for minute in self._made():
            ts = minute.ts - minute.ts % length
            if ts < start:
                continue
            if ts >= end:
                break
            whole = minute
            if ts != minute.ts or length != INTERVALS["1m"]:
                whole = Candle(ts, minute.open, minute.high, minute.low, minute.close, minute.volume)
            if found and found[-1].ts == ts:
                found[-1].absorb(whole)
            elif len(found) == limit:
                break
            else:
                found.append(whole)
        return [candle.as_value() for candle in found]


def _add(minutes: list[Candle], ts: int, price: Decimal, size: Decimal) -> None:
    minute = ts - ts % INTERVALS["1m"]
    traded = Candle(minute, price, price, price, price, size)
    if minutes and minutes[-1].ts == minute:
        minutes[-1].absorb(traded)
    else:
        minutes.append(traded)

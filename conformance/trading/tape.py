"""The tape of one option: its trades by the number of the event that told them, and what contradicts it.

A snapshot of number n ends with the trade of number n; the one before it is that of n - 1, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.trading.market import Traded
from conformance.trading.roles import number as exact

Wrong = tuple[str, str, str]
"""(promise, expected, seen)"""


@dataclass(frozen=True, slots=True)
class _Told:
    trade: Traded
    by: str


class Roll:
    """What is known of one tape. ``compared``: the promises that something was really held against so far."""

    def __init__(self) -> None:
        self.compared: set[str] = set()
        self._told: dict[int, _Told] = {}
        self._numbers: dict[str, int] = {}

    def told(self, number: int, trade: Traded, by: str) -> Wrong | None:
        """A trade was told as an event of that number: what of it cannot be."""
        known = self._told.get(number)
        if known is not None:
            self.compared.add("tape")
            if _same(known.trade, trade):
                return None
            return "tape", f"{_words(known.trade)} as number {number}, as in {known.by}", _words(trade)
        before = self._numbers.get(trade.id)
        if self._told:
            self.compared |= {"tape", "trade_ids"}
        if before is not None:
            other = self._told[before]
            if _same(other.trade, trade):
                was = f"it was number {before} in {other.by}"
                return "tape", f"another trade than {trade.id}, for {was}", f"{trade.id} again"
            named = f"another id than {trade.id}, the trade of number {before} in {other.by}"
            return "trade_ids", named, f"{trade.id} as number {number} too"
        self._told[number] = _Told(trade, by)
        self._numbers[trade.id] = number
        return None

    def shown(self, number: int, trades: tuple[Traded, ...], by: str) -> Wrong | None:
        """A snapshot of that number showed these trades: the first thing of it that cannot be."""
        if not trades:
            last = max((each for each in self._told if each <= number), default=None)
            if last is None:
                return None
            self.compared.add("tape")
            known = self._told[last]
            return "tape", f"{_words(known.trade)}, as in {known.by}, at its end", "no trade"
        for back, trade in enumerate(reversed(trades)):
            wrong = self.told(number - back, trade, by)
            if wrong is not None:
                return wrong
        return None


def _same(one: Traded, other: Traded) -> bool:
    """Whether they are one trade: two spellings of a number are the same number."""
    return one == other or (
        (one.id, one.side, one.at) == (other.id, other.side, other.at)
        and exact(one.price) == exact(other.price)
        and exact(one.size) == exact(other.size)
    )


def _words(trade: Traded) -> str:
    side = f" {trade.side}" if trade.side is not None else ""
    return f"trade {trade.id}{side} {trade.size} at {trade.price}"

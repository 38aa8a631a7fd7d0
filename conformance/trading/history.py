"""The history of an account: its changes by their numbers, and what a snapshot of a number must show then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conformance.trading.contradiction import (
    filled,
    folded,
    is_done,
    misheld,
    mislisted,
    mispaid,
    moved,
    paid,
)
from conformance.trading.roles import Report, Status
from conformance.trading.sights import Snapshot, State, Update

Difference = tuple[str, str, str, str, str]
"""(promise, order, what, expected, seen)"""


@dataclass(frozen=True, slots=True)
class Heard:
    """Where and when a message was seen: on which connection, at what time (ns), its place in the transcript,
    and what it is called in a sentence. ``asked``: when the command was sent that it answers."""

    ear: str
    at: int
    entry: int
    name: str
    asked: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """A snapshot or state that carries a number, and when it was asked for."""

    heard: Heard
    asked: int
    number: int
    seen: Snapshot | State


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot compared with what is known of its moment, ``since`` another one where there was one."""

    of: Numbered
    since: Numbered | None
    compared: frozenset[str] = frozenset()
    wrong: tuple[Difference, ...] = ()


@dataclass
class History:
    """Changes by number. What stands between two of them is known only where no number is missing."""

    changes: dict[int, Update] = field(default_factory=dict)
    _numbers: dict[str, list[int]] = field(default_factory=dict)
    _done: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, number: int, update: Update) -> None:
        """A change that was not known yet."""
        self.changes[number] = update
        self._numbers.setdefault(update.report.id, []).append(number)

    def before(self, number: int) -> tuple[int, Update] | None:
        """The last known change of the same order before this one."""
        same = self._numbers[self.changes[number].report.id]
        earlier = max((each for each in same if each < number), default=None)
        return None if earlier is None else (earlier, self.changes[earlier])

    def is_whole(self, first: int, last: int) -> bool:
        """Whether no number is missing between these two."""
        return all(number in self.changes for number in range(first + 1, last))

    def knows_none(self, first: int, last: int) -> bool:
        """Whether no update had a number behind the first, up to the last."""
        return not any(number in self.changes for number in range(first + 1, last + 1))

    def life(self, order: str) -> tuple[Report, ...] | None:
        """All states that an order was ever in, first to last; None where one may be missing."""
        numbers = sorted(self._numbers.get(order, ()))
        if not numbers or not self.is_whole(numbers[0], numbers[-1]):
            return None
        states = tuple(self.changes[each].report for each in numbers)
        born = states[0].status is Status.OPEN and not states[0].filled
        return states if born and is_done(states[-1]) else None

    def snapshots(self, answers: Iterable[Numbered]) -> Iterator[Kept]:
        """Every snapshot against what is newly known of its moment."""
        shots = sorted(
            (each for each in answers if isinstance(each.seen, Snapshot)),
            key=lambda each: (each.number, each.asked),
        )
        for place, one in enumerate(shots):
            low = one.number + 1
            while low - 1 in self.changes:
                low -= 1
            since = next((each for each in reversed(shots[:place]) if each.number >= low - 1), None)
            state = (low, id(since))
            if self._done.get(id(one)) != state:
                self._done[id(one)] = state
                yield self._kept(one, since, low)

    def _kept(self, one: Numbered, since: Numbered | None, low: int) -> Kept:
        seen = one.seen
        assert isinstance(seen, Snapshot)
        before = since.seen if since is not None else None
        assert before is None or isinstance(before, Snapshot)
        first = since.number + 1 if since is not None else low
        changes = [self.changes[number] for number in range(first, one.number + 1)]
        wrong: list[Difference] = []
        compared: set[str] = set()
        if seen.orders is not None:
            listed = {each.id: each for each in seen.orders}
            known = before.orders if before is not None else None
            wanted = folded({each.id: each for each in known or ()}, changes)
            about = dict.fromkeys(each.report.id for each in changes)
            if known is not None:
                about |= dict.fromkeys((*wanted, *listed))
            if about:
                compared.add("listed")
            for order, what, expected, shown in mislisted(wanted, listed, about):
                promise = "current" if self._unborn(order, one.number) else "listed"
                wrong.append((promise, order, what, expected, shown))
        fills = filled({each.id: each for each in (before.orders if before else None) or ()}, changes)
        if before is not None and fills is not None:
            wrong += _held(before, seen, fills, compared)
        return Kept(one, since, frozenset(compared), tuple(wrong))

    def _unborn(self, order: str, number: int) -> bool:
        """Whether an order was accepted only behind this number."""
        numbers = self._numbers.get(order, ())
        first = min(numbers, default=None)
        if first is None or first <= number:
            return False
        report = self.changes[first].report
        return report.status is Status.OPEN and not report.filled


def _held(
    before: Snapshot, after: Snapshot, changes: list[Update], compared: set[str]
) -> Iterator[Difference]:
    """Positions and balances that moved otherwise than by the fills between two snapshots."""
    if before.positions is not None and after.positions is not None:
        compared.add("positions")
        for symbol, expected, shown in misheld(before.positions, after.positions, moved(changes)):
            yield "positions", "", f"position {symbol}", expected, shown
    cost = paid(changes)
    if before.balances is not None and after.balances is not None and cost is not None:
        compared.add("balances")
        for asset, expected, shown in mispaid(before.balances, after.balances, cost):
            yield "balances", "", f"balance {asset} total", expected, shown

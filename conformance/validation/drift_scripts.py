"""Edit scripts: the cheapest ways to align the elements of an array with its positions.

Dynamic programming in a band around the diagonal (Wagner and Fischer, *The String-to-String Correction
Problem*, 1974; the band after Ukkonen, 1985): an element matched with a position costs how badly it fits
there, a position without element and an element without position cost one. All of the cheapest ways are
given, for where two explain the same nobody can tell which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from math import inf
from typing import Final

SHIFT: Final = 2
"""How far elements are sought from where they should be, beyond which nothing is aligned."""

MOST: Final = 128
"""So many scripts of the same cost are looked at."""

_SLACK: Final = 0.005


Pair = tuple[int, int]
"""A position and the index of an element."""


@dataclass(frozen=True, slots=True)
class Script:
    """One way: the positions that have no element, each with the element that comes next; the elements that
    have no position, each with the position that comes next; and what stands where it does not fit. ``end``
    is the number of positions.
    """

    dropped: tuple[Pair, ...]
    inserted: tuple[Pair, ...]
    wrong: tuple[Pair, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be aligned: so many elements, with as many positions as one of ``ends``.

    ``named`` positions are those that can be left out: behind them one is as the other.
    """

    fits: Callable[[int, int], float]
    length: int
    ends: Collection[int]
    named: int


def scripts(task: Task, cost: float = 0.0, worth: float = inf) -> tuple[float, list[Script]]:
    """The least cost and the scripts that have it, at most ``MOST`` of them; none where nothing aligns.

    ``cost``: those, too, that cost so much. ``worth``: none if even the cheapest costs more.
    """
    shifts = [task.length - end for end in task.ends]
    low = max(-SHIFT, min(shifts) - SHIFT)
    high = min(SHIFT, max(shifts) + SHIFT)
    if len(shifts) == 1 and shifts[0] > 0:
        low = shifts[0] - SHIFT
    elif len(shifts) == 1 and shifts[0] < 0:
        high = shifts[0] + SHIFT
    table = _table(task, low, high)
    least = table[0][-low]
    if least == inf or least > worth:
        return inf, []
    found: list[Script] = []
    _follow(task, table, low, high, max(least, cost) + _SLACK, found)
    return least, found


def _table(task: Task, low: int, high: int) -> list[list[float]]:
    """The cost of the rest, for so many positions done (rows) and elements ahead of them (columns)."""
    fits, length, ends = task.fits, task.length, task.ends
    last = max(ends)
    below: list[float] = []
    rows: list[list[float]] = []
    for position in range(last, -1, -1):
        row = [inf] * (high - low + 1)
        for shift in range(high, low - 1, -1):
            index, column = position + shift, shift - low
            if not 0 <= index <= length:
                continue
            cost = 0.0 if index == length and position in ends else inf
            if index < length and shift < high:
                cost = min(cost, 1 + row[column + 1])
            if position < last:
                if shift > low and position < task.named:
                    cost = min(cost, 1 + below[column - 1])
                if index < length and below[column] < cost:
                    cost = min(cost, fits(position, index) + below[column])
            row[column] = cost
        rows.append(row)
        below = row
    rows.reverse()
    return rows


def _follow(
    task: Task, table: list[list[float]], low: int, high: int, budget: float, found: list[Script]
) -> None:
    """All ways through the table that cost no more than the budget."""
    last = max(task.ends)
    waiting: list[tuple[int, int, float, Script]] = [(0, 0, budget, Script((), (), (), 0))]
    while waiting and len(found) < MOST:
        position, index, left, done = waiting.pop()
        column = index - position - low
        here = (position, index)
        if index == task.length and position in task.ends:
            found.append(replace(done, end=position))
        if index < task.length and column < high - low and 1 + table[position][column + 1] <= left:
            waiting.append((position, index + 1, left - 1, replace(done, inserted=(*done.inserted, here))))
        if position == last:
            continue
        following = table[position + 1]
        if column > 0 and position < task.named and 1 + following[column - 1] <= left:
            waiting.append((position + 1, index, left - 1, replace(done, dropped=(*done.dropped, here))))
        if index < task.length and following[column] <= left:
            cost = task.fits(position, index)
            if cost + following[column] <= left:
                then = replace(done, wrong=(*done.wrong, here)) if cost >= 1 else done
                waiting.append((position + 1, index + 1, left - cost, then))

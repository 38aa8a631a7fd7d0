"""Edits in words: ``dropped 3 sequence``, ``inserted at 3 or 4``, ``swapped 4 price and 5 size; type changed
at 7 side``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Final

from conformance.validation.drift_edits import APPENDED, CHANGED, INSERTED, MOVED, SWAPPED, Edit, Edits

_MOST: Final = 3
"""Places that are named, where nobody can tell which it was."""


def worded(ways: Sequence[Edits], names: Sequence[str], is_type: Callable[[int, int], bool]) -> str:
    """What happened, each way that it may have been, the likeliest first.

    ``names`` are those of the positions ('' for none). ``is_type`` tells of a position and the index of what
    stands there whether not even the type is right.
    """
    words = _Words(names, is_type)
    kinds = dict.fromkeys(tuple(edit.kind for edit in way) for way in ways)
    alike = ([way for way in ways if tuple(edit.kind for edit in way) == each] for each in kinds)
    return " or ".join(map(words.alike, alike))


class _Words:
    def __init__(self, names: Sequence[str], is_type: Callable[[int, int], bool]) -> None:
        self._names, self._is_type = names, is_type

    def alike(self, ways: Sequence[Edits]) -> str:
        """Ways that have the same kinds of edits, and differ in their places."""
        slots = [list(dict.fromkeys(edits)) for edits in zip(*ways, strict=True)]
        if prod(map(len, slots)) != len(ways):  # not each with each
            others = len(ways) - 1
            return f"{self.alike(ways[:1])} (or in {others} other way{'s'[: others - 1]})"
        slots.sort(key=lambda slot: (slot[0].kind == CHANGED, slot[0].kind == APPENDED, slot[0].at))
        return "; ".join(map(self._slot, slots))

    def _slot(self, slot: Sequence[Edit]) -> str:
        """One edit, at each of the places where it may have been."""
        kind = slot[0].kind
        if kind == APPENDED:
            return APPENDED
        if kind == SWAPPED:
            return "swapped " + _either(
                [f"{self._place(edit.at)} and {self._place(edit.to)}" for edit in slot], ", or "
            )
        if kind == MOVED:
            return "moved " + _either([f"{self._place(edit.at)} to {edit.to}" for edit in slot])
        if kind == INSERTED:
            return "inserted at " + _either([str(edit.at) for edit in slot])
        places = _either([self._place(edit.at) for edit in slot])
        if kind != CHANGED:
            return "dropped " + places
        what = "type" if all(self._is_type(edit.at, edit.to) for edit in slot) else "value"
        return f"{what} changed at {places}"

    def _place(self, position: int) -> str:
        name = self._names[position] if position < len(self._names) else ""
        return f"{position} {name}".strip()


def _either(places: Sequence[str], between: str = " or ") -> str:
    if len(places) > _MOST:
        return f"one of {places[0]} … {places[-1]}"
    return between.join(places)

"""From an edit script to what a person would say happened: a move is no drop and insertion, two values that
fit each other's positions are swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.validation.drift_scripts import Pair, Script

CHANGED: Final = "changed"
APPENDED: Final = "appended"
INSERTED: Final = "inserted"
DROPPED: Final = "dropped"
SWAPPED: Final = "swapped"
MOVED: Final = "moved"

_WEIGHTS: Final = {CHANGED: 0.7, APPENDED: 0.9, INSERTED: 1.0, DROPPED: 1.0, SWAPPED: 1.2, MOVED: 1.4}
"""Of explanations with as many edits, those with the least weight are the likeliest: a wrong value needs no
other reason than itself, and what is new is put at the end as a rule."""

_ALIKE: Final = 0.11
"""Explanations that differ by less are told side by side."""

_FEW: Final = 6
"""Among more wrong values than these nobody looks for pairs in all ways."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """One edit. ``at`` is the index in what came of what was inserted; else the position as promised. ``to``:
    the other position of a swap, the index at which a moved value came.
    """

    kind: str
    at: int
    to: int = -1


Edits = tuple[Edit, ...]


def likeliest(found: Iterable[Script], fits: Callable[[int, int], float], full: int) -> list[Edits]:
    """The explanations with the fewest edits, and of these the likeliest: more than one if they are alike.

    Nothing is appended to an array but behind its ``full`` number of positions: else the last stands at one.
    """
    made = dict.fromkeys(edits(script, fits) for script in found)
    told = [each for each in made if all(edit.kind != APPENDED or edit.at == full for edit in each)]
    least = min(map(len, told), default=0)
    weighed = [(sum(_WEIGHTS[edit.kind] for edit in each), each) for each in told if len(each) == least]
    best = min((weight for weight, _ in weighed), default=0.0)
    alike = [(weight, each) for weight, each in weighed if weight < best + _ALIKE]
    return [each for _, each in sorted(alike)]


def edits(script: Script, fits: Callable[[int, int], float]) -> Edits:
    """The edits of a script: those that explain others with them, the places in order."""
    made: list[Edit] = []
    inserted = list(script.inserted)
    for position, index in script.dropped:
        back = next((each for each in inserted if fits(position, each[1]) < 1), None)
        if back is None:
            made.append(Edit(DROPPED, position))
            continue
        inserted.remove(back)
        passed = back[0] - position - 1 if back[1] >= index else position - back[0]
        if passed == 1:
            first = min(position, back[0])
            made.append(Edit(SWAPPED, first, first + 1))
        else:
            made.append(Edit(MOVED, position, back[1]))
    last = max((index for _, index in set(script.inserted) - set(inserted)), default=-1)  # moved there
    behind = [(position, index) for position, index in inserted if position == script.end and index > last]
    together = bool(behind) and not script.dropped  # else it stands in for what was dropped
    made += [Edit(APPENDED, script.end)] * (1 if together else len(behind))
    made += [Edit(INSERTED, index) for position, index in inserted if (position, index) not in behind]
    pairs = _pairs(script.wrong, fits)
    paired = {each for pair in pairs for each in pair}
    made += [Edit(SWAPPED, one[0], other[0]) for one, other in pairs]
    made += [
        Edit(CHANGED, position, index) for position, index in script.wrong if (position, index) not in paired
    ]
    return tuple(sorted(made))


def _pairs(wrong: Sequence[Pair], fits: Callable[[int, int], float]) -> list[tuple[Pair, Pair]]:
    """Values that fit each other's positions: as many pairs as there can be, the closest first."""
    if len(wrong) < 2:
        return []
    first, rest = wrong[0], wrong[1:]
    partners = [each for each in rest if fits(first[0], each[1]) < 1 and fits(each[0], first[1]) < 1]
    if len(wrong) > _FEW:
        partners = partners[:1]
    best = _pairs(rest, fits) if len(wrong) <= _FEW or not partners else []
    for partner in partners:
        made = [(first, partner), *_pairs([each for each in rest if each != partner], fits)]
        if (len(made), -_apart(made)) > (len(best), -_apart(best)):
            best = made
    return best


def _apart(pairs: Iterable[tuple[Pair, Pair]]) -> int:
    return sum(other[0] - one[0] for one, other in pairs)

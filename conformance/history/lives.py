"""When a clause broke and when it was mended, out of the runs that saw it broken and those that kept it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Spell:
    """From a break to its mending, as places in a row of runs: ``runs`` of them saw the clause broken.

    ``held`` is the last before that kept it, ``mended`` the first after that did; None: there is none.
    """

    first: int
    last: int
    runs: int = 1
    held: int | None = None
    mended: int | None = None


def spells(broken: Sequence[int], kept: Callable[[int], bool], size: int) -> list[Spell]:
    """The spells of a clause in a row of ``size`` runs; ``broken`` are the places of its breaks, in order.

    A run that did not test the clause neither breaks nor mends it: ``kept`` is false for it, too.
    """
    made: list[Spell] = []
    for at in broken:
        last = made[-1] if made else None
        mended = None if last is None else _kept(range(last.last + 1, at), kept)
        if last is not None and mended is None:
            last.last, last.runs = at, last.runs + 1
            continue
        if last is not None:
            last.mended = mended
        made.append(Spell(at, at, held=_kept(range(at - 1, -1, -1), kept)))
    if made:
        made[-1].mended = _kept(range(made[-1].last + 1, size), kept)
    return made


def _kept(places: range, kept: Callable[[int], bool]) -> int | None:
    return next((at for at in places if kept(at)), None)

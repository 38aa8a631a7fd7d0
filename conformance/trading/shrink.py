"""Shrinking a sequence that fails: moves are left out, and the others made plainer, while it still fails.

It needs no more than the sequence itself, so that one given by hand shrinks as well; and few tries, for each
of them is played at a target.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

from conformance.trading.oracle import Oracle
from conformance.trading.sequence import Act, Move, Sequence, Time
from conformance.trading.telling import LEVELS

Trying = Generator[Sequence, bool, Sequence]
"""Gives candidates, is sent whether each fails, and returns the last that did."""


def shrinking(sequence: Sequence, promises: Iterable[str]) -> Trying:
    """The search for the shortest; the sequence itself is known to fail. No candidate is given twice."""
    promises = frozenset(promises)
    tried = {sequence}
    shorter = True
    while shorter:
        shorter = False
        for candidate in (*_shorter(sequence, promises), *_plainer(sequence, promises)):
            if candidate in tried:
                continue
            tried.add(candidate)
            if (yield candidate):
                sequence, shorter = candidate, True
                break
    return sequence


def _shorter(sequence: Sequence, promises: frozenset[str]) -> Iterator[Sequence]:
    """Large parts left out first, then smaller ones, from the end."""
    count = len(sequence.moves)
    size = count // 2
    while size:
        for end in range(count, 0, -size):
            made = left_out(sequence, frozenset(range(max(0, end - size), end)), promises)
            if made is not None:
                yield made
        size //= 2


def _plainer(sequence: Sequence, promises: frozenset[str]) -> Iterator[Sequence]:
    """One move each made plainer."""
    for at, move in enumerate(sequence.moves):
        for plain in _plain(move):
            moves = (*sequence.moves[:at], plain, *sequence.moves[at + 1 :])
            made = left_out(Sequence(moves), frozenset(), promises)
            if made is not None and len(made.moves) == len(moves):
                yield made


def _plain(move: Move) -> Iterator[Move]:
    if move.act is Act.PLACE:
        if move.order:
            yield replace(move, order=0)
        if move.post_only:
            yield replace(move, post_only=False)
        if move.reduce_only:
            yield replace(move, reduce_only=False)
        if move.time is not Time.REST and move.level is not None:
            yield replace(move, time=Time.REST)
    if move.by_client_id:
        yield replace(move, by_client_id=False)
    if move.act is Act.AMEND and move.level is not None and move.lots:
        yield replace(move, level=None)
        yield replace(move, lots=0)
    if move.lots > 1:
        yield replace(move, lots=1)
        yield replace(move, lots=move.lots - 1)


def left_out(sequence: Sequence, gone: frozenset[int], promises: frozenset[str]) -> Sequence | None:
    """The sequence without those moves, nor what hangs on their orders, nor what no promise decides then.

    None when nothing is left.
    """
    oracle = Oracle(promises, LEVELS)
    number = 0
    renumbered: dict[int, int] = {}
    moves: list[Move] = []
    for place, move in enumerate(sequence.moves):
        number += move.act is Act.PLACE
        if place in gone or (move.order and move.order not in renumbered):
            continue
        kept = replace(move, order=renumbered.get(move.order, 0))
        if oracle.play(kept) is None:
            if kept.act is Act.PLACE:
                oracle.orders.pop()
            continue
        if kept.act is Act.PLACE:
            renumbered[number] = len(renumbered) + 1
        moves.append(kept)
    return Sequence(tuple(moves)) if moves else None

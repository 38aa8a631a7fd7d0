"""Which promises a sequence puts to the test: those without which it would have been answered otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.trading.oracle import BREAKS, Oracle
from conformance.trading.sequence import Sequence

LEVELS = 7
"""How many levels a market is taken to have between the quotes of others, before it has been asked."""


def puts_to_the_test(sequence: Sequence, promise: str, promises: Iterable[str]) -> bool:
    """Whether an exchange that breaks the promise answers this sequence otherwise than one that keeps it."""
    promises = frozenset(promises)
    return any(_differs(sequence, promises, broken) for broken in BREAKS.get(promise, ()))


def _differs(sequence: Sequence, promises: frozenset[str], broken: str) -> bool:
    honest, wrong = Oracle(promises, LEVELS), Oracle(promises, LEVELS, broken=broken)
    for move in sequence.moves:
        right = honest.play(move)
        if right is None:
            wrong.orders += [None] * (len(honest.orders) - len(wrong.orders))  # it is not sent
            continue
        other = wrong.play(move)
        if other is None:
            return False  # what it would do from here on nobody knows
        if (right.refused, right.order, right.updates) != (other.refused, other.order, other.updates):
            return True
    return False

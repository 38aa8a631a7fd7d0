"""The orders that a run sent, and what became of them, as far as its cases were told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from conformance.record import Intent, IntentEnd, RunRecord

SHOWN = 100
"""So many orders that may still work are shown one by one."""

WORDS = {
    "done": "over",
    "filled": "traded",
    "refused": "refused",
    "open": "left open",
    "unknown": "nothing was heard of",
}
"""What became of an order (``record.intents.INTENT_ENDS``) -> how it is told."""

LEFT = ("open", "unknown")


@dataclass(frozen=True, slots=True)
class Left:
    """An order that may still work. ``number`` is what the target calls it, where it said so."""

    sent: Intent
    how: str
    number: str


@dataclass(frozen=True, slots=True)
class Orders:
    """``counts``: how many became what, in words. ``left`` are those that may still work, the first of them;
    ``more`` is how many of them are not shown.
    """

    total: int
    counts: tuple[tuple[str, int], ...]
    left: tuple[Left, ...]
    more: int


def orders(run: RunRecord) -> Orders:
    """The orders of a run: where it was killed, nothing was heard of some."""
    ends = {end.number: end for end in run.intent_ends}
    told = [(sent, ends.get(sent.number) or IntentEnd(sent.number, "unknown")) for sent in run.intents]
    counts = Counter(end.how for _, end in told)
    left = [
        Left(sent, WORDS[end.how], end.order_id or sent.order_id) for sent, end in told if end.how in LEFT
    ]
    return Orders(
        total=len(told),
        counts=tuple((words, counts[how]) for how, words in WORDS.items() if counts[how]),
        left=tuple(left[:SHOWN]),
        more=max(0, len(left) - SHOWN),
    )

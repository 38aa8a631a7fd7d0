"""What was about to be traded, and what became of it: lines of a run file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intent:
    """An order that is about to be sent (or amended), on the disk before it is on the wire.

    ``at``: milliseconds since the run began. ``role`` is what the command is to a trader, ``account`` the
    label of the credential. Numbers are as they are sent; '' is what the command does not say.
    """

    number: int
    at: float
    case: str
    role: str
    operation: str
    account: str
    client_id: str
    order_id: str
    symbol: str
    side: str
    price: str
    size: str


INTENT_ENDS = ("open", "done", "filled", "refused", "unknown")
"""What became of an order, as far as its case was told: it works, it is over, it traded (in part at least),
the command was refused, or nothing was heard of it."""


@dataclass(frozen=True, slots=True)
class IntentEnd:
    """What became of the intent of that number; ``filled`` is how much of it traded, where that was told."""

    number: int
    how: str
    order_id: str = ""
    filled: str = ""

"""Which connection the service is just busy with: what comes in on one sets it, and what follows keeps it."""

import itertools
from contextvars import ContextVar

NOBODY = 0
"""What the service does by itself, such as letting the market move."""

_numbers = itertools.count(1)
_current: ContextVar[int] = ContextVar("connection", default=NOBODY)


def number() -> int:
    """A number for a fresh connection."""
    return next(_numbers)


def enter(connection: int) -> None:
    """From here on, and in all that is put off to later, the service is busy with this connection."""
    _current.set(connection)


def current() -> int:
    """The connection that the service is busy with, or ``NOBODY``."""
    return _current.get()

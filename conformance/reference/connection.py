"""Which connection the service is just busy with: what comes in on one sets it, and what follows keeps it."""

import itertools
from contextvars import ContextVar

NOBODY = 0
"""What the service does by itself, such as letting the market move."""

_numbers = itertools.count(1)
_current: ContextVar[int] = ContextVar("connection", default=NOBODY)
_alias: ContextVar[bool] = ContextVar("alias", default=False)


def number() -> int:
    """A number for a fresh connection."""
    return next(_numbers)


def enter(connection: int, *, alias: bool = False) -> None:
    """From here on, and in all that is put off to later, the service is busy with this connection.

    ``alias``: it came in by the alias.
    """
    _current.set(connection)
    _alias.set(alias)


def current() -> int:
    """The connection that the service is busy with, or ``NOBODY``."""
    return _current.get()


def at_alias() -> bool:
    """Whether the connection that the service is busy with came in by the alias."""
    return _alias.get()

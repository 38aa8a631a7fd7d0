"""Commands: each gets its documented reply, in time and correlated, or its documented refusal."""

from __future__ import annotations

from collections.abc import Callable


def test_commands(kept: Callable[[], None]) -> None:
    """A command is answered, or refused, as documented."""
    kept()

"""Health: what the services say of themselves over HTTP."""

from __future__ import annotations

from collections.abc import Callable


def test_health(kept: Callable[[], None]) -> None:
    """A health endpoint answers as documented."""
    kept()

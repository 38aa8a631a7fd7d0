"""Transport: the upgrade, frames, pings, what is no message at all."""

from __future__ import annotations

from collections.abc import Callable


def test_transport(kept: Callable[[], None]) -> None:
    """The connection behaves as documented, whatever is sent over it."""
    kept()

"""Authentication: credentials, deadlines, permissions."""

from __future__ import annotations

from collections.abc import Callable


def test_auth(kept: Callable[[], None]) -> None:
    """Who may do what, and until when, is as documented."""
    kept()

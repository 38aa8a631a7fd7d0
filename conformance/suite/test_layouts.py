"""Layouts: every position of every event and every field of every reply."""

from __future__ import annotations

from collections.abc import Callable


def test_layouts(kept: Callable[[], None]) -> None:
    """A message has the documented shape, position by position."""
    kept()

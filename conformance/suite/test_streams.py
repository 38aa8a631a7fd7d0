"""Streams: acknowledgements, snapshots, sequences, silence."""

from __future__ import annotations

from collections.abc import Callable


def test_streams(kept: Callable[[], None]) -> None:
    """A stream begins, goes on and ends as documented."""
    kept()

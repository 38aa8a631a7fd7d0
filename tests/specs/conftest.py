"""Fixtures: the official tools, once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from .node import installed


@pytest.fixture(scope="session")
def official() -> Path:
    """A directory with the official parsers and meta-schemas. Without npm the tests fail, in words."""
    return installed()

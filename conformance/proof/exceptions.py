"""What need not be proved, by name, each with a reason that a reader can judge. One that is stale fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {}
"""Faults that no case can see."""

CASES: Final[Mapping[str, str]] = {}
"""Cases that no fault can turn red."""

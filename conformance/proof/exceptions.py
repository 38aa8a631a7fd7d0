"""What need not be proved, by name, each with a reason that a reader can judge. One that is stale fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    "shuts_down_with_1000": (
        "A client cannot make a service shut down: no case can come to see with which code it closes then."
    ),
}
"""Faults that no case can see."""

CASES: Final[Mapping[str, str]] = {}
"""Cases that no fault can turn red."""

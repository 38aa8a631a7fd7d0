"""What a case about a sequence of orders played."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves that a case's line tells of, one text each; ``run --replay`` plays them.

    A sequence that failed was made shorter for as long as it failed: ``drawn`` are the moves that it had,
    ``plays`` is how many were tried. Without ``drawn`` nothing was tried.
    """

    moves: tuple[str, ...]
    drawn: tuple[str, ...] = ()
    plays: int = 0

    def __str__(self) -> str:
        return "; ".join(self.moves)

    @property
    def history(self) -> str:
        """How it became what it is, in words; '' where it is as it was drawn."""
        if not self.drawn:
            return ""
        tried = f"{self.plays} shorter or plainer ones were played"
        if self.drawn == self.moves:
            return f"{tried}, and none of them failed so"
        return f"the shortest found in {self.plays} plays; before: {'; '.join(self.drawn)}"

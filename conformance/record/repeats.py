"""What came out when a case was played again and again (``run --repeat``)."""

from __future__ import annotations

from dataclasses import dataclass

SOUND, BROKEN, INTERMITTENT, UNDECIDED = "sound", "broken", "intermittent", "undecided"


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often a case failed, and what a sequential test says to it (``statistics.sequential``).

    ``plays`` are those that passed or failed, ``unjudged`` the others. The chance of a failure lies between
    ``low`` and ``high``, each of which is wrong with the probability ``error`` at most. A case that fails as
    rarely as ``tolerated`` is called nothing but sound, one that fails as often as ``told`` is not called
    sound, but with that same probability. ``course`` is a letter a play: passed ``.``, failed ``F``, not
    judged ``?``.
    """

    decision: str
    plays: int
    failures: int
    unjudged: int
    low: float
    high: float
    tolerated: float
    told: float
    error: float
    course: str

    @property
    def rate(self) -> float:
        """The share of plays that failed."""
        return self.failures / self.plays if self.plays else 0.0

    @property
    def is_seldom(self) -> bool:
        """Whether it is sound and was seen to fail all the same."""
        return self.decision == SOUND and self.failures > 0

    @property
    def means(self) -> str:
        """What the decision says, in words."""
        error = f"with an error probability of {self.error:.0%}"
        match self.decision:
            case "sound":
                return f"fails less than {often(self.told)}, {error}"
            case "broken":
                return f"passes less than {often(self.told)}, {error}"
            case "intermittent":
                return f"both fails and passes more than {often(self.tolerated)}, {error}"
            case _:
                return f"cannot be told {error}"

    def __str__(self) -> str:
        if not self.failures:
            return f"{self.decision}: failed none of {self.plays} plays (below {self.high:.2f})"
        bounds = f"({self.low:.2f}–{self.high:.2f})"
        failed = f"failed {self.failures} of {self.plays} plays"
        return f"{self.decision}: {failed}, about {self.rate:.2f} {bounds}"


def often(chance: float) -> str:
    """A chance below 1/2 as people say it: ``1 time in 10``."""
    return f"1 time in {round(1 / chance)}"

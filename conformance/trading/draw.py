"""Drawing sequences: by ``hypothesis``, from a seed, always the same.

Chances are drawn as booleans only: numbers would also be chosen among the constants of whatever modules are
loaded, and then two fronts would draw differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from conformance.trading.rough import Dice, Rough, anything, settled
from conformance.trading.sequence import Sequence
from conformance.trading.telling import puts_to_the_test
from conformance.trading.themes import THEMES, scene

SHORT, LONG = 8, 30
"""The most moves of a sequence that is played in every run, and of one beyond these."""

USUAL = 100
"""So many sequences are played in every run."""

DRAWS = {SHORT: 10, LONG: 16}
BATCHES = 100
"""Sequences are drawn in batches of so many draws, at most so many batches."""


@dataclass(frozen=True)
class Drawn:
    """The sequence of that place among those that put one promise to the test. Drawn when it is looked at."""

    seed: int
    theme: str
    promises: frozenset[str]
    place: int
    most: int

    @cached_property
    def sequence(self) -> Sequence | None:
        """It; None when no such sequence was found."""
        left = self.place
        for number in range(BATCHES):
            found = _batch(self.seed, self.theme, self.promises, self.most, number)
            if left < len(found):
                return found[left]
            left -= len(found)
            if not found:
                break
        return None


@lru_cache(maxsize=1024)
def _batch(seed: int, theme: str, promises: frozenset[str], most: int, number: int) -> tuple[Sequence, ...]:
    """The sequences of one batch, each once, in the order in which they were drawn."""
    # Nobody who draws nothing should wait for its import.
    from hypothesis import HealthCheck, Phase, Verbosity, assume, given, settings, strategies
    from hypothesis import seed as seeded

    found: dict[Sequence, None] = {}
    chance = strategies.booleans()

    @strategies.composite
    def roughs(draw: strategies.DrawFn) -> list[Rough]:
        dice = Dice(lambda: draw(chance))
        made: list[Rough] = []
        for _ in range(dice.below(2)):
            made += anything(dice)
        made += scene(theme, dice)
        # Some of them are left out: nobody knows how many.
        more = dice.below(4) if most == SHORT else dice.below(2 * most)
        for _ in range(more):
            made += scene(_NAMES[dice.below(len(_NAMES))], dice) if dice.below(8) == 7 else anything(dice)
        return made

    @seeded(f"{seed}/{theme}/{most}/{number}")
    @settings(
        max_examples=DRAWS[most],
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate,),
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(roughs())
    def show(made: list[Rough]) -> None:
        sequence = settled(made, promises, most)
        assume(puts_to_the_test(sequence, theme, promises))
        found.setdefault(sequence)

    show()
    return tuple(found)


_NAMES = tuple(THEMES)

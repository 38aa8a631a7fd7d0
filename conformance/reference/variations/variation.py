"""What a conforming variation is, how one is named, and how several of them make one behaviour."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from conformance.reference.behaviour import Behaviour


@dataclass(frozen=True)
class Variation:
    """Another way of keeping every promise."""

    name: str
    """Says what is otherwise."""
    keeps: str
    """What the contract leaves open, and why this keeps to it."""
    behaviour: type[Behaviour]
    """Chooses otherwise."""

    def apply(self, base: type[Behaviour] = Behaviour) -> type[Behaviour]:
        """A behaviour that is like the base, but for this choice."""
        if base is Behaviour:
            return self.behaviour
        return type(self.name, (self.behaviour, base), {})


def vary(variations: Iterable[Variation]) -> type[Behaviour]:
    """A behaviour that makes all of these choices."""
    made: type[Behaviour] = Behaviour
    for variation in variations:
        made = variation.apply(made)
    return made


REGISTERED: dict[str, Variation] = {}
"""Filled by `conforms`; read it through the catalogue, which knows all the families."""


B = TypeVar("B", bound=type[Behaviour])


def conforms(sentence: str) -> Callable[[B], B]:
    """Make a variation of a behaviour; the name of the class, in snake_case, is its name."""

    def register(behaviour: B) -> B:
        name = re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", behaviour.__name__).lower()
        assert name not in REGISTERED, name
        REGISTERED[name] = Variation(name, sentence, behaviour)
        return behaviour

    return register

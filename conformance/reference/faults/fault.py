"""What a fault is, how one is named, and how several of them make one behaviour."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from conformance.reference.behaviour import Behaviour


@dataclass(frozen=True)
class Fault:
    """A named misbehaviour."""

    name: str
    """Says what goes wrong."""
    breaks: str
    """The sentence of the contract that it breaks."""
    clause: str
    """The id of the clause that it is meant to break, '' while no clause speaks of it."""
    behaviour: type[Behaviour]
    """Replaces the one decision that goes wrong."""

    def apply(self, base: type[Behaviour] = Behaviour) -> type[Behaviour]:
        """A behaviour that is like the base, but for this fault."""
        if base is Behaviour:
            return self.behaviour
        return type(self.name, (self.behaviour, base), {})


def combine(faults: Iterable[Fault]) -> Behaviour:
    """A behaviour that has all of these faults."""
    made: type[Behaviour] = Behaviour
    for fault in faults:
        made = fault.apply(made)
    return made()


REGISTERED: dict[str, Fault] = {}
"""Filled by `breaks`; read it through the catalogue, which knows all the families."""


B = TypeVar("B", bound=type[Behaviour])


def breaks(sentence: str, clause: str) -> Callable[[B], B]:
    """Make a fault of a behaviour; the name of the class, in snake_case, is the name of the fault."""

    def register(behaviour: B) -> B:
        name = re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", behaviour.__name__).lower()
        assert name not in REGISTERED, name
        REGISTERED[name] = Fault(name, sentence, clause, behaviour)
        return behaviour

    return register

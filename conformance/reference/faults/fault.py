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
    clauses: tuple[str, ...]
    """The ids of the clauses that it is meant to break, each of them; none while no clause speaks of it."""
    behaviour: type[Behaviour]
    """Replaces the one decision that goes wrong."""

    @property
    def clause(self) -> str:
        """The first of the clauses that it is meant to break, '' while there is none."""
        return self.clauses[0] if self.clauses else ""

    def apply(self, base: type[Behaviour] = Behaviour) -> type[Behaviour]:
        """A behaviour that is like the base, but for this fault."""
        if base is Behaviour:
            return self.behaviour
        return type(self.name, (self.behaviour, base), {})


def combine(faults: Iterable[Fault], base: type[Behaviour] = Behaviour) -> Behaviour:
    """A behaviour that is like the base, but has all of these faults."""
    made = base
    for fault in faults:
        made = fault.apply(made)
    return made()


REGISTERED: dict[str, Fault] = {}
"""Filled by `breaks`; read it through the catalogue, which knows all the families."""


B = TypeVar("B", bound=type[Behaviour])


def breaks(sentence: str, *clauses: str) -> Callable[[B], B]:
    """Make a fault of a behaviour; the name of the class, in snake_case, is the name of the fault.

    It must be seen by the cases of each of its clauses.
    """

    def register(behaviour: B) -> B:
        name = re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", behaviour.__name__).lower()
        assert name not in REGISTERED, name
        REGISTERED[name] = Fault(name, sentence, clauses, behaviour)
        return behaviour

    return register

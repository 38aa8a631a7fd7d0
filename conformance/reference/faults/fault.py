"""What a fault is, and how several of them make one behaviour."""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.reference.behaviour import Behaviour


@dataclass(frozen=True)
class Fault:
    """A named misbehaviour."""

    name: str
    """Says what goes wrong."""
    breaks: str
    """The sentence of the contract that it breaks."""
    clause: str
    """The id of the clause that it is meant to break."""
    behaviour: type[Behaviour]
    """Replaces the one decision that goes wrong."""

    def apply(self, base: type[Behaviour] = Behaviour) -> type[Behaviour]:
        """A behaviour that is like the base, but for this fault."""
        return type(self.name, (self.behaviour, base), {}) if base is not Behaviour else self.behaviour


def combine(faults: Iterable[Fault]) -> Behaviour:
    """A behaviour that has all of these faults."""
    made: type[Behaviour] = Behaviour
    for fault in faults:
        made = fault.apply(made)
    return made()

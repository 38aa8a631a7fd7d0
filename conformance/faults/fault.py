"""What a fault is: a name, the clauses that it is meant to break, and the behaviour that breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from conformance.reference.behaviour import Behaviour


class Kind(StrEnum):
    """Where a fault comes from."""

    DERIVED = "derived"
    BEHAVIOURAL = "behavioural"


@dataclass(frozen=True, slots=True)
class Fault:
    """A named misbehaviour of the reference.

    ``clauses`` are the ids that it is meant to break, each of them; ``shadow`` those that break with them: a
    case that turns red for any other reason is a false alarm. ``shadow`` is None where nobody can say
    (behavioural faults). ``besides`` are those of the shadow that break in the very same place, behind the
    first. ``waits_ms``: how long it keeps a client waiting. ``family`` is a word to sort by; ``make`` gives
    the behaviour.
    """

    name: str
    kind: Kind
    family: str
    says: str
    clauses: tuple[str, ...]
    shadow: frozenset[str] | None
    make: Callable[[], type[Behaviour]]
    besides: tuple[str, ...] = ()
    waits_ms: int = 0


class Derived(Behaviour):
    """A behaviour with a fault made by rule. ``applied`` counts how often it came to be applied."""

    applied = 0


def combined(faults: Iterable[Fault]) -> Behaviour:
    """A behaviour that has all of these faults."""
    made: type[Behaviour] = Behaviour
    for fault in faults:
        behaviour = fault.make()
        made = behaviour if made is Behaviour else type("Combined", (behaviour, made), {})
    return made()

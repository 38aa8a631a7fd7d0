"""The states of a connection: what each command does in each of them, and how a state is entered.

The names of states are the document's own. What a state *is* follows from how it is entered and from what is
done there; nothing here knows one by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from conformance.documents.where import NOWHERE, Where


class Does(StrEnum):
    """What a command does in a state."""

    TAKEN = "taken"
    REFUSED = "refused"
    ENDS = "ends"
    NOTHING = "nothing"


class Entry(StrEnum):
    """How a state is entered."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DEADLINE = "deadline"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Way:
    """One way into a state. ``name`` is the security scheme of a credential that was ``accepted``, has
    ``expired`` or was ``revoked`` while in use, or the deadline's; '' of a connection that was ``opened``, or
    ``closed`` by its client."""

    entry: Entry
    name: str = ""

    def __str__(self) -> str:
        return f"{self.entry}-{self.name}" if self.name else str(self.entry)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one command does in one state: ``role`` of its refusal, ``code`` of the close."""

    operation: str
    does: Does
    role: str = ""
    code: int = 0
    where: Where = NOWHERE
    clause: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state. A connection that enters it is ``told`` a refusal of that role which answers nothing, and
    closed with the code ``close``, both ``within_ms`` ('' and 0: the document does not say).

    ``cells`` by operation. ``clauses``: told, close.
    """

    name: str
    entered: tuple[Way, ...]
    cells: Mapping[str, Cell]
    told: str = ""
    close: int = 0
    within_ms: int = 0
    where: Where = NOWHERE
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def over(self) -> bool:
        """Whether nothing is accepted here any more."""
        return all(cell.does is Does.NOTHING for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Sessions:
    """The table: every state, in the document's order."""

    states: tuple[State, ...]
    where: Where = NOWHERE

    def entered_by(self, entry: Entry, name: str = "") -> State | None:
        """The state that is entered in this way."""
        return next((each for each in self.states if Way(entry, name) in each.entered), None)

    def ways(self, *entries: Entry) -> Iterator[tuple[State, Way]]:
        """All ways of these kinds, each with the state to which it leads."""
        for state in self.states:
            for way in state.entered:
                if way.entry in entries:
                    yield state, way

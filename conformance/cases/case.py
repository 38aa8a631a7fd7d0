"""A case: one question put to a target. A value: printable, listable, derivable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.cases.steps import (
    As,
    Close,
    Compare,
    Connect,
    Expect,
    Gather,
    Idle,
    Silence,
    Stall,
    Step,
)
from conformance.contract import Level, Provenance
from conformance.frozen import swift


class Family(StrEnum):
    """The six families; a family is a module of the suite and a file of this room."""

    TRANSPORT = "transport"
    AUTH = "auth"
    COMMANDS = "commands"
    LAYOUTS = "layouts"
    STREAMS = "streams"
    HEALTH = "health"


@swift
@dataclass(frozen=True, slots=True)
class Needs:
    """What a target must offer before the case is put to it.

    ``services`` must be there; ``reached`` are those whose being there the case is about. ``aliases`` are the
    other addresses of an environment that the case goes to: service, and the how many-th.
    """

    services: tuple[str, ...]
    who: tuple[As, ...] = ()
    values: tuple[str, ...] = ()
    trading: bool = False
    exclusive: bool = False
    reached: tuple[str, ...] = ()
    aliases: tuple[tuple[str, int], ...] = ()


@swift
@dataclass(frozen=True, slots=True)
class Case:
    """One question. Its id is ``service/family/words``; ``clauses`` are the promises that it enforces.

    ``focused``: only findings on its own clauses fail it (layout cases: each position is red alone);
    otherwise any broken promise seen in its transcript does. ``resource`` names what may be used by one
    case at a time (an account), or is empty. ``cleanup`` steps are played at the end, whatever happened.
    """

    id: str
    family: Family
    service: str
    says: str
    clauses: tuple[str, ...]
    level: Level
    provenance: Provenance
    steps: tuple[Step, ...]
    needs: Needs
    focused: bool = False
    resource: str = ""
    cleanup: tuple[Step, ...] = ()

    @property
    def patience_ms(self) -> int:
        """How long the case waits when all goes well: the scheduler starts the longest first."""
        total = 0
        for step in self.steps:
            match step:
                case Expect(not_before_ms=early) | Close(not_before_ms=early):
                    total = max(total, early)
                case Idle(for_ms=moment, since="connected"):
                    total = max(total, moment)
                case Silence(for_ms=window, witness="") | Idle(for_ms=window) | Stall(for_ms=window):
                    total += window
                case Compare(for_ms=window):
                    total += window
                case _:
                    pass
        return total

    @property
    def sessions(self) -> int:
        """How many connections the case holds at once, at most."""
        gathered = sum(len(step.names) for step in self.steps if isinstance(step, Gather))
        return max(1, gathered + sum(isinstance(step, Connect) for step in self.steps))

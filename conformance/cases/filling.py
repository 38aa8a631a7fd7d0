"""Fills a payload at play time: holes, saved values and sourced ones become what goes on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from conformance.cases.conditions import reckoned
from conformance.cases.steps import Reckoned, Saved, Sourced
from conformance.codec import MISSING
from conformance.payloads import Hole

LITERAL = frozenset({str, int, float, bool, bytes, type(None)})


def parts(payload: object) -> Iterator[Hole | Saved | Sourced]:
    """Everything in a payload that is not a literal."""
    match payload:
        case dict() | Mapping():  # asking for a dict is quick, and nearly all are
            for value in payload.values():
                if type(value) not in LITERAL:
                    yield from parts(value)
        case list() | tuple():
            for value in payload:
                if type(value) not in LITERAL:
                    yield from parts(value)
        case Reckoned(base=base, plus=plus):
            yield from (*parts(base), *parts(plus))
        case Hole() | Saved() | Sourced():
            yield payload
        case _:
            pass


def sourced_names(payload: object) -> tuple[str, ...]:
    """The names of the run-wide values that a payload needs."""
    names = (
        part.name
        for part in parts(payload)
        if isinstance(part, Sourced) or (isinstance(part, Hole) and part.kind == "source")
    )
    return tuple(dict.fromkeys(names))


def saved_names(payload: object) -> tuple[str, ...]:
    """The names of values that the conversation must have saved before."""
    return tuple(dict.fromkeys(part.name for part in parts(payload) if isinstance(part, Saved)))


class Unreckonable(Exception):
    """A command needs a number, and what the target gave for it is none."""


@dataclass
class Filler:
    """What one conversation fills holes with. ``fresh`` numbers are unique in the run, ``tag`` begins
    fresh strings."""

    tag: str
    fresh: Callable[[], int]
    credential: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def fill(self, payload: object, saved: Mapping[str, object]) -> object:
        """The payload with every hole filled. Raises ``Unreckonable`` where a number cannot be made."""
        match payload:
            case Reckoned(base=base, times=times, plus=plus):
                made = reckoned(self.fill(base, saved), times, self.fill(plus, saved))
                if made is MISSING:
                    names = (part.name for part in parts(payload))
                    raise Unreckonable(f"no number can be made of {' and '.join(names)}")
                return made
            case Saved(name=name):
                return saved[name]
            case Sourced(name=name):
                return self.values[name]
            case Hole():
                return self._hole(payload)
            case Mapping():
                return {key: self.fill(value, saved) for key, value in payload.items()}
            case list() | tuple():
                return [self.fill(value, saved) for value in payload]
            case _:
                return payload

    def _hole(self, hole: Hole) -> object:
        match hole.kind:
            case "source":
                value = self.values[hole.name]
                return value + hole.plus if hole.plus and isinstance(value, int) else value
            case "credential":
                return self.credential
            case "correlation" | "unique":
                number = self.fresh()
                if hole.fresh is not None:
                    return hole.fresh.value(self.tag, number)
                numeric = isinstance(hole.example, int) and not isinstance(hole.example, bool)
                return number if numeric else f"{self.tag}-{number}"
            case other:
                raise ValueError(f"no hole of this kind: {other}")

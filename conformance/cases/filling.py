"""Fills a payload at play time: holes, saved values and sourced ones become what goes on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.cases.conditions import reckoned
from conformance.cases.lookalikes import Alike, alike
from conformance.cases.steps import Reckoned, Saved, Sourced
from conformance.cases.terms import Ended, Padded
from conformance.codec import MISSING
from conformance.payloads import Hole, fill

BETWEEN = "x"
"""What a text is made longer with."""
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
        case Alike(base=base) | Padded(base=base) | Ended(base=base):
            yield from parts(base)
        case Hole() | Saved() | Sourced():
            yield payload
        case _:
            pass


def sourced_names(payload: object) -> tuple[str, ...]:
    """The names of the run-wide values that a payload needs."""
    if type(payload) in LITERAL:
        return ()
    names: dict[str, None] = {}
    _source(payload, names)
    return tuple(names)


def _source(payload: object, names: dict[str, None]) -> None:
    """Asked of all that is sent: what nearly all of it is made of is looked for first."""
    if type(payload) is dict:
        for value in payload.values():
            if type(value) not in LITERAL:
                _source(value, names)
        return
    for part in (payload,) if isinstance(payload, Hole) else parts(payload):
        if isinstance(part, Sourced) or (isinstance(part, Hole) and part.kind == "source"):
            names[part.name] = None


def further(payload: object, number: int) -> object:
    """The same of another value: in place of a source's first the one of that number besides it."""

    def another(hole: Hole) -> object:
        return replace(hole, name=f"{hole.name}#{number}") if hole.kind == "source" and number else hole

    return fill(payload, another)


def saved_names(payload: object) -> tuple[str, ...]:
    """The names of values that the conversation must have saved before."""
    return tuple(dict.fromkeys(part.name for part in parts(payload) if isinstance(part, Saved)))


def padded(value: object, before: int, behind: int) -> object:
    """A decimal string with zeros before it and behind it; what is no string stays as it is."""
    if not isinstance(value, str):
        return value
    point = "" if "." in value or not behind else "."
    return f"{'0' * before}{value}{point}{'0' * behind}"


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
            case Alike(base=base, how=how):
                secret = self.fill(base, saved)
                made = alike(secret, how) if isinstance(secret, str) else None
                if made is None:
                    raise Unreckonable(f"no look-alike can be made of this credential: {how}")
                return made
            case Padded(base=base, before=before, behind=behind):
                return padded(self.fill(base, saved), before, behind)
            case Ended(base=base, ending=ending, size=size):
                text = self.fill(base, saved)
                return text.ljust(size - len(ending), BETWEEN) + ending if isinstance(text, str) else text
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

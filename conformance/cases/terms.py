"""What steps are made of: values that only the conversation knows, and conditions on messages."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.frozen import swift


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that an earlier step of the same conversation saved."""

    name: str


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value that the target gave (see ``contract.rules.Source``)."""

    name: str


@dataclass(frozen=True, slots=True)
class Padded:
    """The same decimal string with so many zeros before it and behind it; another number is none of this."""

    base: object
    before: int = 0
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """The same text with an ``ending``; where that is shorter than ``size``, with so much between them."""

    base: object
    ending: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A number made of others: ``times`` times ``base`` (``Saved``, ``Sourced`` or a hole), and ``plus``."""

    base: object
    times: int = 1
    plus: object = 0


@swift
@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another address said: ``there``, but for the places ``apart`` and for what moves.

    ``before`` is what this address said before that: what is other by now moves, and is not held against it.
    """

    there: Saved
    before: Saved
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a message: ``op`` is eq, among, ne, lt, le, gt, ge, multiple_of, present or absent.

    Or eq_if_there: eq of what need not be there; as_elsewhere: of ``Elsewhere``. The value of ``among`` is a
    tuple of literals. ``of`` are the messages that it is about; empty: all.
    ``clause`` is the promise that this one condition holds up; empty: its step's.
    """

    pointer: str
    op: str
    value: object = None
    of: tuple[str, ...] = ()
    clause: str = ""

"""Which sequences of orders and crowds of subscribers a wish asks for, and which cases with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.crowds import MOST as MOST_SUBSCRIBERS
from conformance.cases.crowds import SMALL, Crowds
from conformance.cases.selection import select
from conformance.cases.sequences import REPLAYED, Sequences, draw_ahead
from conformance.cases.target import Target
from conformance.errors import UsageError
from conformance.fronts.options import Wish
from conformance.trading.draw import USUAL
from conformance.trading.sequence import Sequence

MOST = 10_000
LARGEST = 100_000
CONNECTIONS = "connections"


def drawn(wish: Wish) -> Sequences:
    """How many sequences are drawn, or the one that is played again. Raises UsageError."""
    count = USUAL if wish.sequences is None else wish.sequences
    if count > MOST:
        raise UsageError(f"--sequences must be at most {MOST}, not {count}")
    if wish.replay:
        return Sequences(0, wish.seed or 0, _given(wish.replay))
    return Sequences(count, wish.seed or 0)


def crowds(wish: Wish, target: Target | None = None) -> Crowds:
    """How many subscribe at once. Raises UsageError.

    As many connections as a document promises are asked of a target, of the reference as many as were wished
    for; a server that has more says so by the value ``connections``, or the user does.
    """
    count = SMALL.subscribers if wish.subscribers is None else wish.subscribers
    if count > MOST_SUBSCRIBERS:
        raise UsageError(f"--subscribers must be at most {MOST_SUBSCRIBERS}, not {count}")
    stated = str(target.values.get(CONNECTIONS, 0)) if target is not None else "0"
    if not (stated.isascii() and stated.isdigit()):
        raise UsageError(f"--value {CONNECTIONS}={stated}: must be a whole number")
    embedded = target is not None and target.embedded
    return Crowds(count, MOST_SUBSCRIBERS if embedded else int(stated[:9]))


def picked(wish: Wish, made: Catalogue) -> tuple[Case, ...]:
    """The cases that were asked for; with ``--replay`` that one alone. Raises UsageError."""
    if not wish.replay:
        return select(made.cases, wish.case, wish.clause)
    cases = tuple(case for case in made.cases if case.id.endswith(f"/{REPLAYED}"))
    if not cases:
        raise UsageError("--replay: no document says enough of orders and accounts to play a sequence")
    return cases


def drawn_ahead(cases: Iterable[Case], target: Target) -> None:
    """Draws the sequences that will be played before anything else has to keep time."""
    if target.exclusive and target.trading:
        draw_ahead(cases)


def replayed(wish: Wish) -> str:
    """How the cases were picked, where a sequence is played again; ''."""
    return f"--replay {wish.replay}" if wish.replay else ""


def _given(text: str) -> Sequence:
    """The sequence that an option gives: moves, or the name of a file that holds them, as text or as JSON."""
    held = _held(Path(text))
    try:
        if held is None:
            return Sequence.parse(text)
        return Sequence.of_json(json.loads(held)) if held.lstrip().startswith("[") else Sequence.parse(held)
    except (ValueError, RecursionError) as failure:
        where = "--replay" if held is None else f"--replay {text}"
        raise UsageError(f"{where}: {failure}") from None


def _held(path: Path) -> str | None:
    """What stands in a file; None where there is none of that name."""
    try:
        if not path.is_file():
            return None
    except (OSError, ValueError):  # no file has such a name
        return None
    try:
        return path.read_text("utf-8")[:LARGEST]
    except (OSError, UnicodeDecodeError) as failure:
        raise UsageError(f"--replay {path}: cannot be read: {failure}") from None

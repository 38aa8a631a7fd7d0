"""A sequence: what two accounts do with one symbol, move by move. A value that a person can read and write.

Prices are levels: ticks above the best bid that others show. Sizes are lots. An order is ``#n``, the n-th
that the sequence places. One line a move, or one behind the other with ``;`` between::

    a buys 2 at 3
    b sells 3 at 2 ioc
    a amends #1 to 4 at 3
    b cancels #2 by client id
    a lists
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from conformance.trading.roles import Side

ACCOUNTS = ("a", "b")
MOST_MOVES = 100


class Act(StrEnum):
    """What a move does."""

    PLACE = "place"
    AMEND = "amend"
    CANCEL = "cancel"
    READ = "read"
    LIST = "list"
    STATE = "state"
    RECONNECT = "reconnect"
    MARKET = "market"


class Time(StrEnum):
    """How long an order stands: the roles ``order.time_in_force.…``."""

    REST = "rest"
    IMMEDIATE = "immediate"
    WHOLE = "whole"


TIMES = {Time.REST: "", Time.IMMEDIATE: " ioc", Time.WHOLE: " fok"}
ALONE = {
    Act.LIST: "lists",
    Act.STATE: "asks its state",
    Act.RECONNECT: "reconnects",
    Act.MARKET: "looks at the market",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One move of one account. What an act has no use for keeps its default.

    ``level`` None: a market order, or an amendment that leaves the price. ``lots`` 0: one that leaves the
    size. ``order`` is the one that it is about; of a placement the one whose client order id it takes again
    (0: none).
    """

    act: Act
    account: int = 0
    side: Side = Side.BUY
    level: int | None = None
    lots: int = 0
    time: Time = Time.REST
    post_only: bool = False
    reduce_only: bool = False
    order: int = 0
    by_client_id: bool = False

    def __str__(self) -> str:
        who = ACCOUNTS[self.account]
        match self.act:
            case Act.PLACE:
                at = "market" if self.level is None else str(self.level)
                flags = " post-only" * self.post_only + " reduce-only" * self.reduce_only
                again = f" as #{self.order}" if self.order else ""
                return f"{who} {self.side.value}s {self.lots} at {at}{TIMES[self.time]}{flags}{again}"
            case Act.AMEND:
                size = f" to {self.lots}" if self.lots else ""
                price = f" at {self.level}" if self.level is not None else ""
                return f"{who} amends #{self.order}{size}{price}"
            case Act.CANCEL | Act.READ:
                return f"{who} {self.act.value}s #{self.order}{' by client id' * self.by_client_id}"
            case _:
                return f"{who} {ALONE[self.act]}"


@dataclass(frozen=True, slots=True)
class Sequence:
    """The moves, in their order."""

    moves: tuple[Move, ...]

    def __str__(self) -> str:
        return "; ".join(map(str, self.moves))

    @property
    def lines(self) -> tuple[str, ...]:
        """One line a move."""
        return tuple(map(str, self.moves))

    def to_json(self) -> list[str]:
        """The moves as texts: what ``of_json`` reads."""
        return list(self.lines)

    @staticmethod
    def of_json(value: object) -> Sequence:
        """The sequence of a list of moves. Raises ValueError with a sentence."""
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise ValueError("a sequence is a list of moves, each of them a text")
        return _sequence(value)

    @staticmethod
    def parse(text: str) -> Sequence:
        """The sequence that a text tells. Raises ValueError with a sentence."""
        lines = (line.partition("//")[0].strip() for line in re.split(r"[;\n]", text))
        return _sequence([line for line in lines if line])


def _sequence(lines: Iterable[str]) -> Sequence:
    moves: list[Move] = []
    placed = 0
    for number, line in enumerate(lines, 1):
        move = _move(line)
        if move is None:
            raise ValueError(f"move {number}, {line!r:.60}, is none: {HOW}")
        if move.order > placed:
            raise ValueError(
                f"move {number}, {line!r:.60}, is about #{move.order}, and {placed} orders are placed by then"
            )
        placed += move.act is Act.PLACE
        moves.append(move)
    if not moves:
        raise ValueError(f"there is no move in it: {HOW}")
    if len(moves) > MOST_MOVES:
        raise ValueError(f"{len(moves)} moves are too many: {MOST_MOVES} at most")
    return Sequence(tuple(moves))


HOW = "write them as in 'a buys 2 at 3; b sells 1 at market ioc; a cancels #1'"

_PLACE = re.compile(
    r"(?P<who>[ab]) (?P<side>buy|sell)s (?P<lots>[1-9][0-9]{0,3}) at (?P<level>market|[1-9][0-9]{0,3})"
    r"(?P<time> ioc| fok|)(?P<post> post-only|)(?P<reduce> reduce-only|)(?: as #(?P<order>[1-9][0-9]{0,2}))?",
    re.ASCII,
)
_AMEND = re.compile(
    r"(?P<who>[ab]) amends #(?P<order>[1-9][0-9]{0,2})"
    r"(?: to (?P<lots>[1-9][0-9]{0,3}))?(?: at (?P<level>[1-9][0-9]{0,3}))?",
    re.ASCII,
)
_ABOUT = re.compile(
    r"(?P<who>[ab]) (?P<act>cancel|read)s #(?P<order>[1-9][0-9]{0,2})(?P<by> by client id|)", re.ASCII
)
_ALONE = re.compile(f"(?P<who>[ab]) (?P<what>{'|'.join(ALONE.values())})", re.ASCII)


def _move(line: str) -> Move | None:
    return next(filter(None, _readings(" ".join(line.split()))), None)


def _readings(line: str) -> Iterator[Move | None]:
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Move]], ...] = (
        (_PLACE, _placed),
        (_AMEND, _amended),
        (_ABOUT, _about),
        (_ALONE, _alone),
    )
    for pattern, reader in readers:
        found = pattern.fullmatch(line)
        yield reader(found) if found is not None else None


def _who(found: re.Match[str]) -> int:
    return ACCOUNTS.index(found["who"])


def _placed(found: re.Match[str]) -> Move:
    level = None if found["level"] == "market" else int(found["level"])
    return Move(
        Act.PLACE,
        _who(found),
        Side(found["side"]),
        level,
        int(found["lots"]),
        next(time for time, word in TIMES.items() if word == found["time"]),
        bool(found["post"]),
        bool(found["reduce"]),
        int(found["order"] or 0),
    )


def _amended(found: re.Match[str]) -> Move:
    level = int(found["level"]) if found["level"] else None
    return Move(Act.AMEND, _who(found), level=level, lots=int(found["lots"] or 0), order=int(found["order"]))


def _about(found: re.Match[str]) -> Move:
    return Move(Act(found["act"]), _who(found), order=int(found["order"]), by_client_id=bool(found["by"]))


def _alone(found: re.Match[str]) -> Move:
    act = next(act for act, words in ALONE.items() if words == found["what"])
    return Move(act, _who(found))

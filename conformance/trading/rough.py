"""Rough sequences: moves as they are drawn, chance by chance, and what becomes of them.

All chances are yes or no: whatever library draws them needs no more, and shrinks towards no. A rough move
names an order by how long ago it was placed, so that it means the same when others are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from conformance.trading.oracle import Oracle
from conformance.trading.roles import Side
from conformance.trading.sequence import Act, Move, Sequence, Time
from conformance.trading.telling import LEVELS

Chance = Callable[[], bool]
MOST_LOTS = 4
ACTS = (
    *(Act.PLACE,) * 8,
    *(Act.AMEND,) * 3,
    *(Act.CANCEL,) * 2,
    Act.READ,
    Act.LIST,
    Act.STATE,
)
SPECIAL = (*("",) * 11, "first", "first", "reduce", "reduce", "again")
"""What is special about a placement: ``first`` asks for post-only, or takes any price."""

TIMES = (Time.REST, Time.REST, Time.REST, Time.REST, Time.REST, Time.IMMEDIATE, Time.IMMEDIATE, Time.WHOLE)


@dataclass(frozen=True, slots=True)
class Rough:
    """A move. ``back``: the order that it is about, 1 for the one placed last; 0: none.

    ``foreign``: by whoever the order does not belong to.
    """

    move: Move
    back: int = 0
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Dice:
    """Numbers out of chances."""

    chance: Chance

    def below(self, most: int) -> int:
        """A number below ``most``: 0 where all chances say no."""
        number = 0
        for _ in range((most - 1).bit_length()):
            number = 2 * number + self.chance()
        return number % most

    def rarely(self) -> bool:
        """Yes once in eight times."""
        return self.below(8) == 7

    def mostly(self) -> bool:
        """Yes seven times in eight."""
        return self.below(8) > 0

    def side(self) -> Side:
        """A side."""
        return Side.SELL if self.chance() else Side.BUY

    def level(self, least: int = 1, most: int = LEVELS) -> int:
        """A level, from the middle rather than from the edges."""
        return least + (self.below(most - least + 1) + (most - least) // 2) % (most - least + 1)

    def lots(self, least: int = 1) -> int:
        """A small size."""
        return least + self.below(MOST_LOTS)


def anything(dice: Dice) -> list[Rough]:
    """One move of any kind."""
    act, account = ACTS[dice.below(len(ACTS))], dice.below(2)
    match act:
        case Act.PLACE:
            return [_any_placement(dice, account)]
        case Act.AMEND:
            level = dice.level() if dice.chance() else None
            lots = dice.lots() if level is None or dice.chance() else 0
            about = Rough(Move(act, level=level, lots=lots), 1 + dice.below(4), dice.rarely())
        case Act.CANCEL | Act.READ:
            about = Rough(Move(act, by_client_id=dice.chance()), 1 + dice.below(4), dice.rarely())
        case _:
            rare = (Act.RECONNECT, Act.MARKET) if dice.chance() else (act, act)
            about = Rough(Move(rare[dice.below(2)], account))
    return [about]


def _any_placement(dice: Dice, account: int) -> Rough:
    time, special = TIMES[dice.below(len(TIMES))], SPECIAL[dice.below(len(SPECIAL))]
    move = Move(
        Act.PLACE,
        account,
        dice.side(),
        None if special == "first" and time is not Time.REST else dice.level(),
        dice.lots(),
        time,
        post_only=special == "first" and time is Time.REST,
        reduce_only=special == "reduce",
    )
    return Rough(move, 1 + dice.below(4) if special == "again" else 0)


def settled(roughs: Iterable[Rough], promises: Iterable[str], most: int) -> Sequence:
    """The sequence of what promises decide, ``most`` moves of it: what is left out of it is not counted."""
    oracle = Oracle(promises, LEVELS)
    owners: list[int] = []
    moves: list[Move] = []
    for rough in roughs:
        move = rough.move
        if rough.back and not owners:
            continue
        if rough.back:
            order = len(owners) - (rough.back - 1) % len(owners)
            move = replace(move, order=order)
            if move.act is not Act.PLACE:
                move = replace(move, account=owners[order - 1] ^ rough.foreign)
        if oracle.play(move) is None:
            if move.act is Act.PLACE:
                oracle.orders.pop()
            continue
        moves.append(move)
        if move.act is Act.PLACE:
            owners.append(move.account)
        if len(moves) == most:
            break
    return Sequence(tuple(moves))

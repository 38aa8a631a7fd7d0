"""The few moves that make a promise of trading matter: without them nobody could tell whether it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.trading.roles import Side
from conformance.trading.rough import Dice, Rough
from conformance.trading.sequence import Act, Move, Time
from conformance.trading.telling import LEVELS


class _Scene:
    """Two accounts: ``one`` whose orders rest, and the ``other``, who trades with them."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.one = dice.below(2)
        self.other = 1 - self.one
        self.side = dice.side()
        self.level = dice.level(2, LEVELS - 1)

    def rests(self, lots: int, better: int = 0, *, by: int | None = None) -> Rough:
        """An order that rests, ``better`` so many levels."""
        level = self.level + better * self.side.sign
        return Rough(Move(Act.PLACE, self.one if by is None else by, self.side, level, lots))

    def takes(
        self, lots: int, time: Time = Time.REST, *, by: int | None = None, post_only: bool = False
    ) -> Rough:
        """An order that trades with what rests."""
        account = self.other if by is None else by
        through = self.dice.below(2)
        level = min(LEVELS, max(1, self.level - through * self.side.sign))
        return Rough(Move(Act.PLACE, account, self.side.other, level, lots, time, post_only=post_only))

    def amends(self, back: int, lots: int = 0) -> Rough:
        """An amendment of an order's size."""
        return Rough(Move(Act.AMEND, lots=lots), back)


def _time_priority(scene: _Scene) -> list[Rough]:
    lots, more = scene.dice.lots(), scene.dice.lots()
    return [scene.rests(lots), scene.rests(more), scene.takes(scene.dice.lots())]


def _price_priority(scene: _Scene) -> list[Rough]:
    better = (-1, 1)[scene.dice.below(2)]
    first, second = scene.rests(scene.dice.lots()), scene.rests(scene.dice.lots(), better)
    level = LEVELS if scene.side is Side.SELL else 1
    taking = Move(Act.PLACE, scene.other, scene.side.other, level, scene.dice.lots())
    return [first, second, Rough(taking)]


def _queue(scene: _Scene) -> list[Rough]:
    lots = scene.dice.lots(2)
    larger = scene.dice.below(2)
    amended = scene.amends(2, lots + 1 if larger else lots - 1)
    return [scene.rests(lots), scene.rests(scene.dice.lots()), amended, scene.takes(1)]


def _immediate(scene: _Scene) -> list[Rough]:
    lots = scene.dice.lots()
    return [scene.rests(lots), scene.takes(lots + scene.dice.lots(), Time.IMMEDIATE)]


def _whole(scene: _Scene) -> list[Rough]:
    lots = scene.dice.lots()
    return [scene.rests(lots), scene.takes(lots + scene.dice.lots(), Time.WHOLE)]


def _post_only(scene: _Scene) -> list[Rough]:
    crossing = scene.takes(scene.dice.lots(), post_only=True)
    far = Move(Act.PLACE, scene.other, scene.side, scene.level, scene.dice.lots(), post_only=True)
    return [scene.rests(scene.dice.lots()), Rough(far) if scene.dice.rarely() else crossing]


def _reduce_only(scene: _Scene) -> list[Rough]:
    lots = scene.dice.lots()
    more = Move(Act.PLACE, scene.one, scene.side, scene.level, scene.dice.lots(), reduce_only=True)
    return [*([scene.rests(lots), scene.takes(lots)] if scene.dice.chance() else []), Rough(more)]


def _self_match(scene: _Scene) -> list[Rough]:
    return [scene.rests(scene.dice.lots()), scene.takes(scene.dice.lots(), by=scene.one)]


def _unique(scene: _Scene) -> list[Rough]:
    again = Rough(scene.rests(scene.dice.lots()).move, 1)
    ended = [Rough(Move(Act.CANCEL), 1)] if scene.dice.chance() else []
    return [scene.rests(scene.dice.lots()), *ended, again]


def _known(scene: _Scene) -> list[Rough]:
    if scene.dice.chance():
        return [scene.rests(scene.dice.lots()), Rough(Move(Act.CANCEL), 1, foreign=True)]
    again = Rough(Move(Act.CANCEL, by_client_id=scene.dice.chance()), 1)
    return [scene.rests(scene.dice.lots()), Rough(Move(Act.CANCEL), 1), again]


def _above_fills(scene: _Scene) -> list[Rough]:
    lots, filled = scene.dice.lots(2), 1 + scene.dice.below(2)
    return [scene.rests(lots), scene.takes(filled, Time.IMMEDIATE), scene.amends(2, 1)]


def _cancels(scene: _Scene) -> list[Rough]:
    cancel = Rough(Move(Act.CANCEL, by_client_id=scene.dice.chance()), 1)
    return [scene.rests(scene.dice.lots()), cancel, scene.takes(scene.dice.lots())]


def _progress(scene: _Scene) -> list[Rough]:
    lots = scene.dice.lots(2)
    amended = scene.amends(2, lots + scene.dice.lots())
    return [scene.rests(lots), scene.takes(1, Time.IMMEDIATE), amended]


THEMES: Mapping[str, Callable[[_Scene], list[Rough]]] = {
    "time_priority": _time_priority,
    "price_priority": _price_priority,
    "queue": _queue,
    "immediate": _immediate,
    "whole": _whole,
    "post_only": _post_only,
    "reduce_only": _reduce_only,
    "self_match": _self_match,
    "unique": _unique,
    "known": _known,
    "above_fills": _above_fills,
    "cancels": _cancels,
    "progress": _progress,
}
"""Promise -> the moves that it decides about."""


def scene(theme: str, dice: Dice) -> list[Rough]:
    """The moves of a theme. Each of them may be missing, so that a shorter sequence can be found."""
    return [each for each in THEMES[theme](_Scene(dice)) if dice.mostly()]

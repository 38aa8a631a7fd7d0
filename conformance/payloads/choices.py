"""Choices on the way to a value: which branch, which optional field, which of the values at a bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

Path = tuple[str | int, ...]


class Point(NamedTuple):
    """A place where a value could be made in several ways.

    ``kind``: ``branch`` (of the oneOf or anyOf whose schema stands at ``name``), ``with`` (the optional
    property ``name``), ``entry`` (one more entry of an open map), ``type``, ``value`` (enum, bounds),
    ``size`` (items of an array).
    """

    path: Path
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What to choose where; everywhere else the first option. ``holes`` False puts examples where holes
    would be. ``wished`` are points at which the second option is the usual one, as long as it can be made:
    optional properties that are not left out.
    """

    picks: Mapping[Point, int] = field(default_factory=lambda: MappingProxyType({}))
    holes: bool = True
    wished: frozenset[Point] = frozenset()

    def of(self, point: Point) -> int:
        """The option chosen at a point."""
        return self.picks.get(point, int(point in self.wished))

    def also(self, point: Point, option: int) -> Choices:
        """These choices and one more."""
        return Choices(MappingProxyType({**self.picks, point: option}), self.holes, self.wished)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on at a point, in words for a label ('' for the first, which needs none)."""

    words: str
    value: object = None

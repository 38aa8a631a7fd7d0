"""Telling the members of a set apart by what each has at some aspects: by groups, never pair by pair.

A member has at an aspect a set of tokens (a constant, the wire types that may stand there …), or nothing
known. Two members are told apart where both are known and share no token. What is still to be told apart is
kept as groups, so that the cost follows the number of members and of their aspects, not that of their pairs.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

Tokens = frozenset[Hashable]
Tally = Mapping[Tokens, int]
Where = Mapping[str, list[tuple[int, bool]]]
"""Member -> (number of a group, whether it is among ``those``) for each group that it is in."""
Name = TypeVar("Name", bound=Hashable)

FEW = 4096
"""So many pairs of different token sets are compared one by one; beyond, what they share is added up."""
GROWTH = 8
"""How often a member may stand in groups, on average: who overlaps at many aspects is not refined on."""


@dataclass(frozen=True, slots=True)
class Group:
    """Members that nothing has told apart yet: each of ``these`` from each of ``those``.

    ``among``: those of ``these`` from each other, too.
    """

    these: tuple[str, ...]
    those: tuple[str, ...] = ()
    among: bool = True

    @property
    def pairs(self) -> int:
        """How many pairs it holds."""
        size = len(self.these)
        return size * len(self.those) + (size * (size - 1) // 2 if self.among else 0)


def refined(group: Group, tokens: Callable[[str], Tokens | None]) -> Iterator[Group]:
    """What is left to be told apart when one aspect has been looked at."""
    known, unknown = _sorted(group.these, tokens)
    others, blank = _sorted(group.those, tokens)
    for token, members in known.items():
        yield Group(members, others.get(token, ()), group.among)
    told = tuple(dict.fromkeys(each for members in known.values() for each in members))
    yield Group(unknown, (*group.those, *(told if group.among else ())), group.among)
    yield Group(told, blank, among=False)


def _sorted(
    members: Iterable[str], tokens: Callable[[str], Tokens | None]
) -> tuple[dict[Hashable, tuple[str, ...]], tuple[str, ...]]:
    known: dict[Hashable, list[str]] = {}
    unknown: list[str] = []
    for member in members:
        found = tokens(member)
        if found is None:
            unknown.append(member)
        else:
            for token in found:
                known.setdefault(token, []).append(member)
    return {token: tuple(each) for token, each in known.items()}, tuple(unknown)


def separated(left: Tally, right: Tally) -> int:
    """How many pairs, one of each tally, share no token; of very many different sets at least so many."""
    total = sum(left.values()) * sum(right.values())
    single = all(len(each) == 1 for each in (*left, *right))
    if not single and len(left) * len(right) <= FEW:
        return sum(
            count * other
            for one, count in left.items()
            for two, other in right.items()
            if one.isdisjoint(two)
        )
    one, two = _each(left), _each(right)
    return max(0, total - sum(count * two[token] for token, count in one.items() if token in two))


def _each(tally: Tally) -> Counter[Hashable]:
    made: Counter[Hashable] = Counter()
    for tokens, count in tally.items():
        for token in tokens:
            made[token] += count
    return made


def gain(these: Tally, those: Tally, *, among: bool) -> int:
    """How many pairs of a group an aspect tells apart, from how often each token set is on either side."""
    return separated(these, those) + (separated(these, these) // 2 if among else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """What the members have at one aspect: those in ``known`` these tokens, those in ``wild`` nothing known,
    all others ``blank`` (None: nothing known either)."""

    known: Mapping[str, Tokens]
    blank: Tokens | None = None
    wild: frozenset[str] = frozenset()

    def tokens(self, member: str) -> Tokens | None:
        """What a member has."""
        return self.known.get(member) or (None if member in self.wild else self.blank)

    def tallies(self, where: Where, groups: list[Group]) -> Iterator[tuple[Group, Tally, Tally]]:
        """Groups that a known member is in, with how often each token set is on either side."""
        found: dict[int, tuple[Counter[Tokens], Counter[Tokens]]] = {}
        for member, tokens in self.known.items():
            for number, other in where.get(member, ()):
                found.setdefault(number, (Counter(), Counter()))[other][tokens] += 1
        if self.blank is not None:
            self._add_blank(found, where, groups)
        for number, (these, those) in found.items():
            yield groups[number], these, those

    def _add_blank(
        self, found: dict[int, tuple[Counter[Tokens], Counter[Tokens]]], where: Where, groups: list[Group]
    ) -> None:
        assert self.blank is not None
        left = {
            number: [
                len(side) - sum(tally.values())
                for side, tally in zip(
                    (groups[number].these, groups[number].those), found[number], strict=True
                )
            ]
            for number in found
        }
        for member in self.wild:
            for number, other in where.get(member, ()):
                if number in left:
                    left[number][other] -= 1
        for number, counts in left.items():
            for tally, count in zip(found[number], counts, strict=True):
                if count > 0:
                    tally[self.blank] += count


def by_most(
    groups: list[Group],
    table: Mapping[Name, Column],
    order: list[Name],
    note: Callable[[Name, Column, Group], None] | None = None,
) -> tuple[list[Name], list[Group]]:
    """The aspects that are needed, that which tells most pairs apart first; and what is left untold.

    ``order`` breaks ties. What tells no pair apart that is still open is not taken. ``note`` hears of each
    group that an aspect divides.
    """
    chosen: list[Name] = []
    size = len({member for group in groups for member in (*group.these, *group.those)})
    where = _places(groups)
    queue = [(-_told(table[name], where, groups), rank) for rank, name in enumerate(order)]
    heapq.heapify(queue)
    while queue and groups:
        promised, rank = heapq.heappop(queue)
        column = table[order[rank]]
        told = _told(column, where, groups)  # what it told apart earlier can only have become less
        if not told:
            continue
        if told < -promised:
            heapq.heappush(queue, (-told, rank))
            continue
        chosen.append(order[rank])
        for group, these, those in column.tallies(where, groups) if note is not None else ():
            if note is not None and gain(these, those, among=group.among):
                note(order[rank], column, group)
        groups = [part for each in groups for part in refined(each, column.tokens) if part.pairs]
        if sum(len(each.these) + len(each.those) for each in groups) > GROWTH * size:
            break
        where = _places(groups)
    return chosen, groups


def _told(column: Column, where: Where, groups: list[Group]) -> int:
    """How many open pairs an aspect tells apart."""
    tallied = column.tallies(where, groups)
    return sum(gain(these, those, among=group.among) for group, these, those in tallied)


def _places(groups: list[Group]) -> dict[str, list[tuple[int, bool]]]:
    made: dict[str, list[tuple[int, bool]]] = {}
    for number, group in enumerate(groups):
        for member in group.these:
            made.setdefault(member, []).append((number, False))
        for member in group.those:
            made.setdefault(member, []).append((number, True))
    return made

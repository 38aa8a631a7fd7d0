"""What a place can tell messages apart by, besides constants: whether it is there, its types, its length."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from conformance.contract.features import EMPTY_PLACE, UNKNOWN, Feature, Features, at
from conformance.contract.marks import NOTHING, Kind, Mark
from conformance.contract.telling import Column, Group, Tokens

RANK = {Kind.PRESENT: 0, Kind.TYPE: 1, Kind.LENGTH: 2}
THERE, ABSENT = frozenset[Hashable]({True}), frozenset[Hashable]({False})


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing to look at, at one place."""

    place: str
    kind: Kind

    @property
    def rank(self) -> int:
        """What is looked at first where two tell as many messages apart."""
        return RANK[self.kind]

    def tokens(self, feature: Feature, *, sure: bool) -> Tokens | None:
        """What a message has here; None when that may be anything."""
        empty = feature.kinds == {NOTHING}
        if self.kind is Kind.PRESENT:
            if empty:
                return ABSENT
            return THERE if NOTHING not in feature.kinds else None
        if self.kind is Kind.TYPE:
            if feature is UNKNOWN or (empty and not sure):
                return None
            return frozenset[Hashable](feature.kinds if sure else feature.kinds - {NOTHING})
        lengths = feature.lengths()
        return None if lengths is None else frozenset[Hashable](lengths)

    def mark(self, feature: Feature) -> Mark | None:
        """The mark of a message with this feature; None where it would ask for nothing."""
        if self.kind is Kind.PRESENT:
            if feature.kinds == {NOTHING}:
                return Mark(self.place, self.kind, (False,))
            return Mark(self.place, self.kind, (True,)) if NOTHING not in feature.kinds else None
        if self.kind is Kind.TYPE:
            return Mark(self.place, self.kind, tuple(sorted(feature.kinds)))
        return Mark(self.place, self.kind, (feature.least, feature.most))


def columns(known: Mapping[str, Features], groups: Iterable[Group], *, sure: bool) -> dict[Aspect, Column]:
    """Of every place that one of the groups' messages speaks of: who has what there."""
    members = dict.fromkeys(each for group in groups for each in (*group.these, *group.those))
    table: dict[Aspect, dict[str, Tokens]] = {}
    loose: dict[str, set[str]] = {}
    for name in members:
        for place, feature in known[name].items():
            if feature.free or feature.open:
                loose.setdefault(place, set()).add(name)
            for kind in Kind:
                if kind is Kind.PRESENT and not sure:
                    continue
                aspect = Aspect(place, kind)
                tokens = aspect.tokens(feature, sure=sure)
                column = table.setdefault(aspect, {})
                if tokens is not None:
                    column[name] = tokens
    made = {}
    speak: dict[str, set[str]] = {}
    for name in members:
        for place in known[name]:
            speak.setdefault(place, set()).add(name)
    for aspect, column in table.items():
        if not column:
            continue
        blank = aspect.tokens(EMPTY_PLACE, sure=sure)
        wild = {
            name
            for above in _above(aspect.place)
            for name in loose.get(above, ())
            if at(known[name], aspect.place) is UNKNOWN
        }
        wild |= {name for name in speak[aspect.place] if name not in column}
        made[aspect] = Column(column, blank, frozenset(wild))
    return made


def _above(place: str) -> list[str]:
    """The places that a place is in."""
    made = []
    while place:
        place = place.rpartition("/")[0]
        made.append(place)
    return made

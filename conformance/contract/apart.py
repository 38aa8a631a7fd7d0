"""What tells the messages of one sender apart: found in their schemas, and only as much as is needed.

First required constants; where these leave messages alike, a member that one alone requires; then what
is there or not, wire types, lengths. What nothing needs is no mark, so that a wrong value there is a finding
in a known message, not an unknown message.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from conformance.contract.aspects import ABSENT, THERE, Aspect, columns
from conformance.contract.constants import Marks, constants
from conformance.contract.features import Features, at, features
from conformance.contract.marks import NOTHING, Kind, Mark, wire_key
from conformance.contract.model import Message
from conformance.contract.telling import Column, Group, by_most, refined

SENDERS = ("sent_by_target", "sent_by_client")


@dataclass(frozen=True, slots=True)
class Told:
    """Message -> its constants and its other marks; and the groups that nothing tells apart for sure."""

    marks: Mapping[str, Marks]
    signs: Mapping[str, tuple[Mark, ...]]
    alike: tuple[Group, ...]


@dataclass(slots=True)
class _Apart:
    """Tells the messages of one sender apart."""

    messages: Mapping[str, Message]
    fixed: Mapping[str, Marks]
    marks: dict[str, Marks] = field(default_factory=dict)
    signs: dict[str, dict[tuple[str, Kind], Mark]] = field(default_factory=dict)
    known: dict[str, Features] = field(default_factory=dict)

    def told(self) -> Told:
        groups = self.by_constants()
        self.known = {
            name: features(self.messages[name].payload)
            for name in dict.fromkeys(each for group in groups for each in (*group.these, *group.those))
        }
        groups = self.by_features(self.by_own_member(self.by_marks(groups)), sure=True)
        self.by_features(groups, sure=False)
        for name, marks in self.marks.items():
            if not marks and not self.signs.get(name):
                marks |= first(self.fixed[name])
        signs = {name: tuple(found.values()) for name, found in self.signs.items()}
        return Told(self.marks, signs, tuple(groups))

    def by_constants(self) -> list[Group]:
        chosen, groups = choose(self.fixed)
        self.marks = {
            name: {place: marks[place] for place in chosen if place in marks}
            for name, marks in self.fixed.items()
        }
        return groups

    def by_marks(self, groups: list[Group]) -> list[Group]:
        """Who has a constant where the other has nothing is told from it already.

        The other is told that nothing stands there, unless it has a constant of its own that tells it.
        """
        places = list(dict.fromkeys(place for marks in self.marks.values() for place in marks))
        for place in places:
            there = frozenset({name for name, marks in self.marks.items() if place in marks})

            def tokens(
                name: str, there: frozenset[str] = there, place: str = place
            ) -> frozenset[Hashable] | None:
                if name in there:
                    return THERE
                return ABSENT if self.empty(name, place) else None

            made = []
            for group in groups:
                parts = [part for part in refined(group, tokens) if part.pairs]
                if sum(part.pairs for part in parts) < group.pairs:
                    self.note_empty(place, group, there, places)
                made += parts
            groups = made
        return groups

    def note_empty(self, place: str, group: Group, there: frozenset[str], places: list[str]) -> None:
        members = dict.fromkeys((*group.these, *group.those))
        having = [name for name in members if name in there]
        safe = {each for each in places if all(self.empty(name, each) for name in having)}
        for name in members:
            if name in there or not self.empty(name, place) or not self.may_hold(name, place):
                continue
            if safe.isdisjoint(self.marks[name]):
                self.sign(name, Mark(place, Kind.PRESENT, (False,)))

    def empty(self, name: str, place: str) -> bool:
        """Whether nothing stands there in the message."""
        return at(self.known[name], place).kinds == {NOTHING}

    def may_hold(self, name: str, place: str) -> bool:
        """Whether something could stand there at all, so that it says something that nothing does."""
        above, _, last = place.rpartition("/")
        kinds = at(self.known[name], above).kinds
        return ("array" if last.isdigit() else "map") in kinds

    def by_own_member(self, groups: list[Group]) -> list[Group]:
        """A member that one message alone knows, and requires: what is without it, is another."""
        count: dict[str, int] = {}
        for known in self.known.values():
            for place in known:
                count[place] = count.get(place, 0) + 1
        own: dict[str, str] = {}
        for name in dict.fromkeys(each for group in groups for each in (*group.these, *group.those)):
            required = (
                place
                for place, feature in self.known[name].items()
                if place.count("/") == 1 and count[place] == 1 and NOTHING not in feature.kinds
            )
            place = next((each for each in required if self.known[name][""].kinds == {"map"}), "")
            if place and not self.marks[name]:
                own[name] = place
        if not own:
            return groups

        free = {name for name, known in self.known.items() if known[""].free or known[""].open}

        def tokens(name: str) -> frozenset[str] | None:
            return frozenset({own.get(name, "")}) if name in own or name not in free else None

        made = []
        for group in groups:
            parts = [part for part in refined(group, tokens) if part.pairs]
            if sum(part.pairs for part in parts) < group.pairs:
                for name in (*group.these, *group.those):
                    if name in own:
                        self.sign(name, Mark(own[name], Kind.PRESENT, (True,)))
            made += parts
        return made

    def by_features(self, groups: list[Group], *, sure: bool) -> list[Group]:
        """Presence, types and lengths, at the places that tell most messages apart.

        Not ``sure``: types and lengths as they are where a place is not empty, though it may be.
        """
        table = columns(self.known, groups, sure=sure)
        marked = {place for marks in self.marks.values() for place in marks}
        order = sorted(
            table,
            key=lambda each: (each.place not in ("", *marked), each.rank, each.place.count("/"), each.place),
        )

        def note(aspect: Aspect, column: Column, group: Group) -> None:
            for name in (*group.these, *group.those):
                tokens = column.tokens(name)
                if tokens is not None and not self.implied(name, aspect):
                    mark = aspect.mark(at(self.known[name], aspect.place))
                    if mark is not None:
                        self.sign(name, mark)

        return by_most(groups, table, order, note)[1]

    def implied(self, name: str, aspect: Aspect) -> bool:
        """Whether a constant of the message stands there or below, so that nothing more needs to be said."""
        return any(
            place == aspect.place or place.startswith(aspect.place + "/") for place in self.marks[name]
        )

    def sign(self, name: str, mark: Mark) -> None:
        """Give a mark; what is a constant at its place is given as such."""
        fixed = self.fixed[name].get(mark.place)
        if fixed is not None and mark.positive:
            self.marks[name][mark.place] = fixed
        else:
            self.signs.setdefault(name, {})[mark.place, mark.kind] = mark


def choose(candidates: Mapping[str, Marks]) -> tuple[list[str], list[Group]]:
    """Of all constants the places that are needed to tell these messages apart; and who stays alike."""
    table: dict[str, dict[str, frozenset[object]]] = {}
    for name, marks in candidates.items():
        for place, values in marks.items():
            table.setdefault(place, {})[name] = frozenset(map(wire_key, values))
    order = sorted(table, key=lambda each: (each.count("/"), each))
    return by_most([Group(tuple(candidates))], {place: Column(table[place]) for place in order}, order)


def tell_apart(messages: Mapping[str, Message]) -> Told:
    """What tells these messages apart, which one sender may send."""
    return _Apart(messages, {name: constants(each.payload) for name, each in messages.items()}).told()


def marked(messages: Mapping[str, Message]) -> dict[str, Message]:
    """The messages with what tells each from the others of its senders."""
    made = dict(messages)
    for sent in SENDERS:
        told = tell_apart({name: each for name, each in made.items() if getattr(each, sent)})
        for name, marks in told.marks.items():
            signs = dict.fromkeys((*made[name].signs, *told.signs.get(name, ())))
            made[name] = replace(
                made[name], marks=MappingProxyType({**made[name].marks, **marks}), signs=tuple(signs)
            )
    optional = {name: constants(each.payload, optional=True) for name, each in made.items() if not each.marks}
    chosen, _ = choose(optional)
    for name, marks in optional.items():
        likely = {place: marks[place] for place in chosen if place in marks} or first(marks)
        made[name] = replace(made[name], likely=MappingProxyType(likely))
    return made


def first(marks: Marks) -> Marks:
    """The first single constant, if there is one."""
    single = [place for place, values in marks.items() if len(values) == 1]
    place = min(single, key=lambda each: (each.count("/"), each), default=None)
    return {} if place is None else {place: marks[place]}


def alike(messages: Iterable[Message]) -> tuple[Group, ...]:
    """The groups of messages of one sender that nothing in the documents tells apart for sure."""
    return tell_apart({each.name: each for each in messages}).alike


def pairs(groups: Iterable[Group]) -> Iterator[tuple[str, str]]:
    """The pairs of these groups, one by one: there may be very many."""
    for group in groups:
        for index, name in enumerate(group.these):
            yield from ((name, other) for other in group.those)
            if group.among:
                yield from ((name, other) for other in group.these[index + 1 :])

"""Naming a received value by what tells its message from others."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping

from conformance.contract.apart import alike
from conformance.contract.clause import Binds
from conformance.contract.constants import among
from conformance.contract.marks import TYPES, Kind, kind_of, same, wire_key
from conformance.contract.model import Message, Service
from conformance.contract.schema import Schema
from conformance.contract.telling import Group
from conformance.documents.pointers import find, finder, is_list

__all__ = ["ambiguous", "among", "closest", "identifier", "identify", "same", "sent_by"]

_KEPT = 32
_indexes: OrderedDict[tuple[int, bool], tuple[Mapping[str, Message], Index]] = OrderedDict()


def identify(service: Service, value: object, sender: str = Binds.TARGET) -> tuple[Message, ...]:
    """The messages of that sender whose marks all match a decoded value; marked ones go before unmarked.

    More than one means that the documents do not tell them apart, none that no message is like this.
    """
    return identifier(service, sender)(value)


def identifier(service: Service, sender: str = Binds.TARGET) -> Callable[[object], tuple[Message, ...]]:
    """``identify`` for the many messages of one service."""
    index = _index(service, sender)

    def named(value: object) -> tuple[Message, ...]:
        possible = index.possible(value)
        return tuple(possible) if len(possible) < 2 else _settled(_strongest(possible), value)

    return named


def closest(service: Service, value: object, sender: str = Binds.TARGET) -> Message | None:
    """The message that a value is most like, to explain it when none matches; None when it is like none."""
    return _index(service, sender).closest(value)


def ambiguous(service: Service, sender: str = Binds.TARGET) -> tuple[Group, ...]:
    """The groups of messages of that sender that nothing in their schemas tells apart for sure.

    ``apart.pairs`` gives them two by two.
    """
    return alike(sent_by(service, sender))


def sent_by(service: Service, sender: str) -> list[Message]:
    """The messages that ``target`` or ``client`` may send."""
    target = sender == Binds.TARGET
    return [
        each for each in service.messages.values() if (each.sent_by_target if target else each.sent_by_client)
    ]


def _strongest(possible: list[Message]) -> list[Message]:
    """Of several messages those that are there for what the value has, not for what it lacks."""
    named = [each for each in possible if each.marks or _asks_for(each, Kind.PRESENT)]
    return named or [each for each in possible if _asks_for(each, Kind.TYPE, Kind.LENGTH)] or possible


def _asks_for(message: Message, *kinds: Kind) -> bool:
    return any(mark.kind in kinds and mark.positive for mark in message.signs)


def _settled(possible: list[Message], value: object) -> tuple[Message, ...]:
    """Of messages without marks, those whose optional constants are there; else all that none contradicts."""
    present = {
        message.name: [
            (at[0][1], allowed) for place, allowed in message.likely.items() if (at := find(value, place))
        ]
        for message in possible
    }
    open_ones = [
        each for each in possible if all(among(found, allowed) for found, allowed in present[each.name])
    ]
    found = [each for each in open_ones if each.marks or present[each.name]] or open_ones
    return tuple(found if len(found) < 2 else _knowing(found, value))


def _knowing(possible: list[Message], value: object) -> Iterator[Message]:
    """Of messages that a value can be alike, those that know most of its members."""
    unknown = [_strangers(message.payload, value) for message in possible]
    least = min(unknown)
    return (message for message, count in zip(possible, unknown, strict=True) if count == least)


def _strangers(schema: Schema, value: object) -> int:
    """How many members of a map a schema does not speak of."""
    if not isinstance(value, Mapping):
        return 0
    parts = list(_parts(schema))
    if any(part.pattern_properties or part.additional is not None for part in parts):
        return 0
    return sum(1 for name in value if not any(name in part.properties for part in parts))


def _parts(schema: Schema) -> Iterator[Schema]:
    yield schema
    for part in (*schema.all_of, *schema.one_of, *schema.any_of):
        yield from _parts(part)


def _index(service: Service, sender: str) -> Index:
    """The index of a service's messages, made once."""
    key = (id(service.messages), sender == Binds.TARGET)
    known = _indexes.get(key)
    if known is not None and known[0] is service.messages:
        return known[1]
    index = Index(sent_by(service, sender))
    _indexes[key] = (service.messages, index)
    if len(_indexes) > _KEPT:
        _indexes.popitem(last=False)
    return index


class Index:
    """Messages by the constants that tell them apart: a value is compared with few of them.

    Each message stands at one place of its own, that which most others share; its constants there lead to it.
    """

    def __init__(self, messages: list[Message]) -> None:
        count: dict[str, int] = {}
        for message in messages:
            for place in message.marks:
                count[place] = count.get(place, 0) + 1
        self.by: dict[str, dict[Hashable, list[tuple[int, Own]]]] = {}
        self.rest: list[tuple[int, Message]] = []
        self.shapes: list[tuple[Message, list[Shape]]] = []
        for number, message in enumerate(messages):
            self.shapes.append((message, list(_shapes(message.payload))))
            if not message.marks:
                self.rest.append((number, message))
                continue
            place = max(message.marks, key=lambda each: count[each])
            own = Own(message, place)
            for value in message.marks[place]:
                self.by.setdefault(place, {}).setdefault(wire_key(value), []).append((number, own))
        self.places = [(finder(place), known) for place, known in self.by.items()]

    def possible(self, value: object) -> list[Message]:
        """The messages whose marks all match, in the order of the documents."""
        found = [each for each in self.rest if _fits(each[1], value) and _type_fits(each[1].payload, value)]
        for at, known in self.places:
            if there := at(value):
                for number, own in known.get(wire_key(there[0]), ()):
                    if own.is_alone or own.fits(value):
                        found.append((number, own.message))
        if len(found) > 1:
            found.sort(key=lambda each: each[0])
        return [message for _, message in found]

    def closest(self, value: object) -> Message | None:
        """The first of the messages that share most constants, then most of the shape, with the value."""
        names = frozenset(map(str, value)) if isinstance(value, Mapping) else None
        best: tuple[float, float] = (0, 0.0)
        found = None
        for message, shapes in self.shapes:
            matched = _matched(message, value)
            if matched < best[0]:
                continue
            score = (matched, max((each.share(value, names) for each in shapes), default=0.0))
            if score > best:
                best, found = score, message
        return found


class Own:
    """A message, for values that have its constant at its own place: what else tells it from others."""

    def __init__(self, message: Message, place: str) -> None:
        self.message = message
        self._others = [
            (finder(each), frozenset(map(wire_key, allowed)))
            for each, allowed in message.marks.items()
            if each != place
        ]
        self._signs = message.signs
        self.is_alone = not self._others and not self._signs

    def fits(self, value: object) -> bool:
        """Whether all its other marks match."""
        for at, allowed in self._others:
            there = at(value)
            if not there or wire_key(there[0]) not in allowed:
                return False
        return all(mark.fits(value) for mark in self._signs)


class Shape:
    """The names or the positions of a schema, its parts apart."""

    def __init__(self, schema: Schema) -> None:
        self.names = frozenset(schema.properties)
        self.prefix = schema.prefix

    def share(self, value: object, names: frozenset[str] | None) -> float:
        """How much of the shape a value has, from 0 to 1."""
        if names is not None:
            return len(names & self.names) / len(names | self.names) if self.names else 0.0
        if is_list(value) and self.prefix:
            fitting = sum(map(_type_fits, self.prefix, value))
            return fitting / max(len(value), len(self.prefix))
        return 0.0


def _shapes(schema: Schema) -> Iterator[Shape]:
    return (Shape(part) for part in _parts(schema) if part.properties or part.prefix)


def _fits(message: Message, value: object) -> bool:
    return _matched(message, value) == len(message.marks) and all(mark.fits(value) for mark in message.signs)


def _matched(message: Message, value: object) -> int:
    return sum(
        1
        for place, allowed in message.marks.items()
        if (at := find(value, place)) and among(at[0][1], allowed)
    )


def _type_fits(schema: Schema, value: object) -> bool:
    types = schema.values.get("type")
    if not isinstance(types, tuple):
        return all(_type_fits(part, value) for part in schema.all_of)
    kind = kind_of(value)
    return any(kind in TYPES.get(str(name), ()) for name in types)

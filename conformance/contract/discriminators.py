"""What tells messages apart: required constants at fixed places, and naming a received value by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from conformance.contract.clause import Binds
from conformance.contract.model import Message, Service
from conformance.contract.schema import Schema
from conformance.documents.pointers import find, is_list, join

SMALL = 16
Marks = dict[str, tuple[object, ...]]


def constants(schema: Schema, at: str = "", *, optional: bool = False) -> Marks:
    """Pointers of values that must be there (or, ``optional``, may be) and must be one of a few constants."""
    made: Marks = {}
    allowed = schema.values.get("enum")
    if "const" in schema.values:
        made[at] = (schema.values["const"],)
    elif isinstance(allowed, tuple) and len(allowed) <= SMALL:
        made[at] = allowed
    required = schema.values.get("required")
    for name, child in schema.properties.items():
        if optional or (isinstance(required, tuple) and name in required):
            made.update(constants(child, at + join(name), optional=optional))
    least = schema.values.get("minItems")
    for index, child in enumerate(schema.prefix):
        if optional or (isinstance(least, int) and index < least):
            made.update(constants(child, at + join(index), optional=optional))
    for part in schema.all_of:
        made.update(constants(part, at, optional=optional))
    for group in (schema.one_of, schema.any_of):
        made.update(_in_every([constants(branch, at, optional=optional) for branch in group]))
    return made


def _in_every(branches: list[Marks]) -> Marks:
    """What every alternative fixes, with the values of all of them."""
    shared = (
        [pointer for pointer in branches[0] if all(pointer in each for each in branches)] if branches else []
    )
    made: Marks = {}
    for pointer in shared:
        values: list[object] = []
        for branch in branches:
            values += [value for value in branch[pointer] if not among(value, values)]
        if len(values) <= SMALL:
            made[pointer] = tuple(values)
    return made


def choose(candidates: Mapping[str, Marks]) -> dict[str, Marks]:
    """Of all constants of these messages, those that are needed to tell them apart.

    Greedy: the place that separates most pairs first. A constant that tells nothing apart is no mark, so that
    a wrong value there is a finding in a known message, not an unknown message. A message that nothing marks
    gets its first single constant.
    """
    open_pairs = set(combinations(candidates, 2))
    places = sorted(
        {pointer for marks in candidates.values() for pointer in marks},
        key=lambda each: (each.count("/"), each),
    )
    chosen: list[str] = []
    while open_pairs and places:
        counts = {
            place: sum(1 for pair in open_pairs if _separates(candidates, pair, place)) for place in places
        }
        best = max(places, key=lambda place: counts[place])
        if not counts[best]:
            break
        chosen.append(best)
        places.remove(best)
        open_pairs = {pair for pair in open_pairs if not _separates(candidates, pair, best)}
    made = {
        name: {place: marks[place] for place in chosen if place in marks}
        for name, marks in candidates.items()
    }
    for name, marks in made.items():
        single = [place for place, values in candidates[name].items() if len(values) == 1]
        if not marks and single:
            first = min(single, key=lambda place: (place.count("/"), place))
            marks[first] = candidates[name][first]
    return made


def _separates(candidates: Mapping[str, Marks], pair: tuple[str, str], place: str) -> bool:
    left, right = (candidates[name].get(place) for name in pair)
    return left is not None and right is not None and not any(among(value, right) for value in left)


def same(left: object, right: object) -> bool:
    """Equality on the wire: type and value, so 1, 1.0 and true are three different things."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if is_list(left) and is_list(right):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def among(value: object, values: Iterable[object]) -> bool:
    """Whether one of these values is the same on the wire."""
    return any(same(value, each) for each in values)


def identify(service: Service, value: object, sender: str = Binds.TARGET) -> tuple[Message, ...]:
    """The messages of that sender whose marks all match a decoded value; marked ones go before unmarked.

    More than one means that the documents do not tell them apart, none that no message is like this.
    """
    possible = [
        message
        for message in sent_by(service, sender)
        if _matched(message, value) == len(message.marks)
        and (message.marks or _type_fits(message.payload, value))
    ]
    marked = tuple(message for message in possible if message.marks)
    return marked or _settled(possible, value)


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
    return tuple(each for each in open_ones if present[each.name]) or tuple(open_ones)


def closest(service: Service, value: object, sender: str = Binds.TARGET) -> Message | None:
    """The message that a value is most like, to explain it when none matches; None when it is like none."""
    scored = [
        (_matched(message, value), _shape(message.payload, value), message)
        for message in sent_by(service, sender)
    ]
    best = max(scored, key=lambda each: each[:2], default=None)
    return best[2] if best is not None and best[:2] > (0, 0.0) else None


def sent_by(service: Service, sender: str) -> list[Message]:
    """The messages that ``target`` or ``client`` may send."""
    target = sender == Binds.TARGET
    return [
        each for each in service.messages.values() if (each.sent_by_target if target else each.sent_by_client)
    ]


def _matched(message: Message, value: object) -> int:
    return sum(
        1
        for place, allowed in message.marks.items()
        if (at := find(value, place)) and among(at[0][1], allowed)
    )


def _shape(schema: Schema, value: object) -> float:
    """How much of a schema's shape a value has, from 0 to 1."""
    parts = [*schema.all_of, *schema.one_of, *schema.any_of]
    own = 0.0
    if isinstance(value, Mapping) and schema.properties:
        names = set(schema.properties) | set(map(str, value))
        own = len(names & set(schema.properties) & set(map(str, value))) / len(names)
    elif is_list(value) and schema.prefix:
        fitting = sum(1 for child, each in zip(schema.prefix, value, strict=False) if _type_fits(child, each))
        own = fitting / max(len(value), len(schema.prefix))
    return max([own, *(_shape(part, value) for part in parts)])


def _type_fits(schema: Schema, value: object) -> bool:
    types = schema.values.get("type")
    if not isinstance(types, tuple):
        return all(_type_fits(part, value) for part in schema.all_of)
    kind = {
        str: "string",
        int: "integer",
        float: "number",
        bool: "boolean",
        type(None): "null",
        list: "array",
        dict: "object",
    }
    name = kind.get(type(value), "")
    return name in types or (name == "integer" and "number" in types)

"""What a schema says of each place near the top of its values: which may be there, of which type, how long.

Read from above: what is left out (``not``, ``if``, a recursion, what stands deep) only makes more values
possible, so where two messages differ here, no valid value is one of both. A map that lists its members is
taken at its word: a member that it does not list is not there, though JSON Schema would let it pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.contract.marks import ANYTHING, NOTHING, TYPES, kind_of
from conformance.contract.schema import Schema
from conformance.documents.pointers import join

DEPTH = 3
ANY = ANYTHING - {NOTHING}
LONGEST = 32


@dataclass(frozen=True, slots=True)
class Feature:
    """What may stand at a place: wire types (``nothing`` where it may be empty), and an array's length.

    ``free``: the schema lists no members or elements of what stands there; ``open``: it lets others than
    those that it lists be there by rule (a pattern, a schema for the rest).
    """

    kinds: frozenset[str] = ANYTHING
    least: int = 0
    most: int | None = None
    free: bool = True
    open: bool = False

    def there(self) -> Feature:
        """The same where the place is never empty."""
        return replace(self, kinds=self.kinds - {NOTHING})

    def lengths(self) -> frozenset[int] | None:
        """The lengths that an array may have, LONGEST standing for all beyond; None when any will do."""
        if "array" not in self.kinds or (not self.least and self.most is None):
            return None
        least, most = min(self.least, LONGEST), LONGEST if self.most is None else min(self.most, LONGEST)
        return frozenset(range(least, most + 1))


Features = dict[str, Feature]
UNKNOWN = Feature()
EMPTY_PLACE = Feature(frozenset({NOTHING}), free=False)


def features(schema: Schema) -> Features:
    """Pointer -> feature, of the value itself ('') and of the places that the schema speaks of."""
    made = _features(schema, "", 0)
    made[""] = made[""].there()
    return made


def at(known: Features, place: str) -> Feature:
    """What may stand at a place, also at one that the schema does not speak of."""
    while place not in known:
        place = place.rpartition("/")[0]
        above = known.get(place)
        if above is not None:
            return UNKNOWN if above.free or above.open else EMPTY_PLACE
    return known[place]


def _features(schema: Schema, here: str, depth: int) -> Features:
    made = _own(schema, here, depth)
    for part in schema.all_of:
        made = _both(made, _features(part, here, depth), here)
    for group in (schema.one_of, schema.any_of):
        if group:
            branches = [_features(branch, here, depth) for branch in group]
            made = _both(made, _either(branches, made), here)
    return made


def _own(schema: Schema, here: str, depth: int) -> Features:
    kinds = _kinds(schema)
    listed = bool(schema.properties or schema.prefix)
    named = schema.values.get("required")
    required = frozenset(named if isinstance(named, tuple) else ())
    wild = bool(schema.pattern_properties) or schema.additional is not None or schema.again is not None
    least, most = schema.values.get("minItems"), schema.values.get("maxItems")
    fewest = least if isinstance(least, int) else 0
    closed = schema.values.get("additionalItems") is False or schema.values.get("items") is False
    longest = most if isinstance(most, int) else None
    if closed:
        longest = len(schema.prefix) if longest is None else min(longest, len(schema.prefix))
    shut = schema.values.get("additionalProperties") is False or kinds.isdisjoint({"map", "array"})
    deep = depth >= DEPTH
    free = not (listed or shut) or deep
    made = {here: Feature(kinds, fewest, longest, free, wild)}
    if deep or kinds.isdisjoint({"map", "array"}):
        return made
    for name, child in schema.properties.items():
        below = _features(child, here + join(name), depth + 1)
        made |= below if name in required and kinds == {"map"} else _maybe(below)
    for name in required - schema.properties.keys():
        made[here + join(str(name))] = Feature(ANY if kinds == {"map"} else ANYTHING)
    for index, child in enumerate(schema.prefix):
        place = here + join(index)
        below = _features(child, place, depth + 1)
        made |= below if index < fewest and kinds == {"array"} else _maybe(below)
    return made


def _kinds(schema: Schema) -> frozenset[str]:
    if schema.accepts is False:
        return frozenset({NOTHING})
    allowed = schema.values.get("enum")
    constants = (schema.values["const"],) if "const" in schema.values else allowed
    types = schema.values.get("type")
    names = types if isinstance(types, tuple) else ()
    kinds = frozenset(kind for name in names for kind in TYPES.get(str(name), ANY))
    if isinstance(constants, tuple):
        fixed = frozenset(kind_of(each) for each in constants)
        return fixed & kinds if kinds & fixed else fixed
    if kinds:
        return kinds
    # Without a type JSON Schema lets anything else pass; who lists members means a map.
    if schema.properties or "required" in schema.values:
        return frozenset({"map"})
    return frozenset({"array"}) if schema.prefix else ANY


def _maybe(below: Features) -> Features:
    """The features of a part that may be absent, and with it all that it holds."""
    return {place: replace(feature, kinds=feature.kinds | {NOTHING}) for place, feature in below.items()}


def _both(left: Features, right: Features, here: str) -> Features:
    """What keeps both: ``allOf``. A place that one of them does not speak of is as the other says."""
    made = {**left, **right}
    for place in left.keys() & right.keys():
        one, other = left[place], right[place]
        most = min((each for each in (one.most, other.most) if each is not None), default=None)
        made[place] = Feature(
            one.kinds & other.kinds or one.kinds,
            max(one.least, other.least),
            most,
            one.free and other.free,
            one.open or other.open,
        )
    return made


def _either(branches: list[Features], own: Features) -> Features:
    """What keeps one of them: ``oneOf``, ``anyOf``."""
    made: Features = {}
    for place in dict.fromkeys(place for branch in branches for place in branch):
        parts = [_of_branch(branch, place, own) for branch in branches]
        longest = [part.most for part in parts if part.most is not None]
        made[place] = Feature(
            frozenset[str]().union(*(part.kinds for part in parts)),
            min(part.least for part in parts),
            max(longest) if len(longest) == len(parts) else None,
            any(part.free for part in parts),
            any(part.open for part in parts),
        )
    return made


def _of_branch(branch: Features, place: str, own: Features) -> Feature:
    return branch[place] if place in branch else UNKNOWN if place in own else at(branch, place)

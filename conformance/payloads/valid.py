"""Valid values of a schema: the smallest one, and one for each way in which it could differ."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.contract.schema import Schema
from conformance.errors import DocumentError
from conformance.payloads.choices import Choices, Option, Path, Point
from conformance.payloads.generate import CannotMakeError, Maker, Parts
from conformance.payloads.holes import exemplified, shown
from conformance.payloads.labels import Labels, label_of
from conformance.validation.changed import Keeping
from conformance.validation.judge import keeps, node_of

_ATTEMPTS = 200
_MOST_VARIANTS = 300


@dataclass(frozen=True, slots=True)
class Variant:
    """A valid value that differs from the smallest one, and how: ``with-note``, ``colour-red``."""

    label: str
    value: object


@dataclass(frozen=True, slots=True)
class Made:
    """A valid value with the choices that led to it, the other options that were open, and where they are in
    words."""

    value: object
    choices: Choices
    points: Mapping[Point, list[Option]]
    names: Mapping[Path, tuple[str, ...]]


def valid(schema: Schema, choices: Choices | None = None) -> object:
    """The smallest valid wire value: required properties alone, const, first of an enum, minimum, first
    branch.

    Deterministic. Where the document says that a value comes from elsewhere it holds a ``Hole``. Raises
    ``DocumentError`` when no valid value is found.
    """
    return made(schema, choices or Choices()).value


class Shared:
    """What the values of one schema have in common: their parts, and that these keep it."""

    def __init__(self, schema: Schema) -> None:
        self.parts: Parts = {}
        self.keeping = Keeping(node_of(schema))


def made(schema: Schema, choices: Choices, shared: Shared | None = None) -> Made:
    """As ``valid``, with the way that led there: the plain choices, else those with one or two other
    options. ``shared``: with others that are made of the schema.
    """
    if choices.picks:
        return _made(schema, choices, shared or Shared(schema))
    key = (id(schema), choices.holes, choices.wished)
    known = _plain.get(key)
    if known is None:
        known = _plain[key] = (schema, _made(schema, choices, shared or Shared(schema)))
        if len(_plain) > _KEPT:
            _plain.popitem(last=False)
    return known[1]


_KEPT = 2048
_plain: OrderedDict[tuple[int, bool, frozenset[Point]], tuple[Schema, Made]] = OrderedDict()
"""What is made without any pick: asked for whenever a command is sent."""


def _made(schema: Schema, choices: Choices, shared: Shared) -> Made:
    node = shared.keeping.node
    queue = [choices]
    tried: set[frozenset[tuple[Point, int]]] = set()
    for left in reversed(range(_ATTEMPTS)):
        if not queue:
            break
        current = queue.pop(0)
        maker = Maker(current, shared.parts)
        try:
            value = maker.make([node])
        except CannotMakeError:
            value = CannotMakeError
        if value is not CannotMakeError and shared.keeping.keeps(shown(value)):
            return Made(value, current, maker.points, maker.names)
        for point, options in maker.points.items():
            if len(queue) >= left:
                break  # what is queued behind these is never tried
            usual = current.of(point)
            for number in range(0 if usual else 1, min(len(options), 8) if point not in current.picks else 0):
                if number == usual:
                    continue
                following = current.also(point, number)
                key = frozenset(following.picks.items())
                if key not in tried:
                    tried.add(key)
                    queue.append(following)
    raise DocumentError(str(schema.where), "no valid value could be made from this schema")


def fits(schema: Schema, value: object) -> bool:
    """Whether the value is valid, with an example in each hole."""
    return keeps(node_of(schema), exemplified(value))


def variants(schema: Schema, wished: frozenset[Point] = frozenset()) -> Iterator[Variant]:
    """One valid value for each optional property, branch, type, enum value, inclusive bound, number of
    items. All have the ``wished`` properties but those that are about leaving them out.
    """
    for label, each in all_made(schema, wished):
        if label:
            yield Variant(label, each.value)


def all_made(schema: Schema, wished: frozenset[Point] = frozenset()) -> tuple[tuple[str, Made], ...]:
    """The smallest value (label ''), then every variant, those inside variants too; labels are unique."""
    for known, usual, made_of in _latest:
        if known is schema and usual == wished:
            return made_of
    found = tuple(_all_made(schema, wished))
    _latest.append((schema, wished, found))
    return found


_latest: deque[tuple[Schema, frozenset[Point], tuple[tuple[str, Made], ...]]] = deque(maxlen=4)
"""Variants and mutants of a schema are asked for one after the other."""


def _all_made(schema: Schema, wished: frozenset[Point]) -> Iterator[tuple[str, Made]]:
    shared = Shared(schema)
    first = made(schema, Choices(wished=wished), shared)
    labels = Labels()
    yield "", first
    queue: list[tuple[str, Made]] = [("", first)]
    explored: set[object] = set()
    while queue and len(explored) < _MOST_VARIANTS:
        above, base = queue.pop(0)
        for point, number, option, key in _open(base, explored):
            explored.add(key)
            try:
                value = made(schema, base.choices.also(point, number), shared)
            except DocumentError:
                continue
            if value.choices.of(point) != number:
                continue
            name = label_of(base.names.get(point.path, ()), option.words, point.kind)
            label = labels.fresh(f"{above}/{name}" if above else name)
            yield label, value
            queue.append((label if point.kind == "branch" else "", value))


def _open(base: Made, explored: set[object]) -> list[tuple[Point, int, Option, object]]:
    """The options still to be tried: presence once in each branch, values once altogether."""
    found: list[tuple[Point, int, Option, object]] = []
    branches = frozenset(pick for pick in base.choices.picks.items() if pick[0].kind == "branch")
    for point, options in base.points.items():
        taken = min(base.choices.of(point), len(options) - 1)
        if point in base.choices.picks:
            continue
        within = branches if point.kind in ("with", "entry", "size") else None
        for number, option in enumerate(options):
            if number == taken or not option.words or option.words == "plain":
                continue
            key = (point, option.words, within)
            if key not in explored:
                found.append((point, number, option, key))
    return found

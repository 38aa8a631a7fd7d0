"""Making a valid value from a schema, and noting on the way where it could have been made otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.codec import same
from conformance.payloads import scalars
from conformance.payloads.choices import Choices, Option, Path, Point
from conformance.payloads.facets import Facets, steady
from conformance.payloads.holes import Hole, exemplified
from conformance.payloads.patterns import guesses
from conformance.validation.node import Node

_DEPTH = 32
_MOST_ITEMS = 64


class CannotMakeError(Exception):
    """No value could be made at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class Part:
    """What was made at one place: the value, the other options in it and below, and the names there."""

    nodes: list[Node]
    value: object
    points: dict[Point, list[Option]]
    names: dict[Path, tuple[str, ...]]


Parts = dict[tuple[object, ...], Part]
"""By place, by schemas (their identity: they are kept with the part), and by which value was asked for."""


class Maker:
    """Makes one value. ``points`` are the places where other options were open, with those options.

    Values that differ in a choice share the ``parts`` that no pick has a say in: the very objects.
    """

    def __init__(self, choices: Choices, parts: Parts | None = None) -> None:
        self.choices = choices
        self.points: dict[Point, list[Option]] = {}
        self.names: dict[Path, tuple[str, ...]] = {(): ()}
        self._parts = parts
        self._picked = {point.path[:depth] for point in choices.picks for depth in range(len(point.path) + 1)}

    def _part(self, nodes: list[Node], path: Path, shift: int) -> object:
        """As ``make``, of a place below: a part that was made before, where the same would be made."""
        if self._parts is None or path in self._picked:
            return self.make(nodes, path, shift)
        key = (path, shift, *map(id, nodes))
        part = self._parts.get(key)
        if part is None or part.names[path] != self.names[path]:
            points, names = self.points, self.names
            self.points, self.names = {}, {path: names[path]}
            try:
                part = Part(nodes, self.make(nodes, path, shift), self.points, self.names)
            except CannotMakeError:
                points.update(self.points)  # one of its options may help
                names.update(self.names)
                raise
            finally:
                self.points, self.names = points, names
            self._parts[key] = part
        self.points.update(part.points)
        self.names.update(part.names)
        return part.value

    def make(self, nodes: list[Node], path: Path = (), shift: int = 0) -> object:
        """A value that keeps these schemas. ``shift`` asks for another value than the first, for lists
        without repeats.
        """
        if len(path) > _DEPTH:
            raise CannotMakeError(path)
        facets = steady(nodes) or Facets(list(self._spread(nodes, path)))
        if any(node.schema.accepts is False for node in facets):
            raise CannotMakeError(path)
        hint = next((node.schema.hints for node in facets if _is_hole(node.schema.hints)), None)
        value = self._value(facets, path, shift)
        if hint is None or not self.choices.holes:
            return value
        words = next((node.schema.words for node in facets), ())
        source = hint.get("source")
        plus = hint.get("plus", 0)
        self.points = {point: options for point, options in self.points.items() if point.path != path}
        return Hole(
            "source" if source is not None else "unique",
            "" if source is None else str(source),
            plus if isinstance(plus, int) else 0,
            words,
            exemplified(value),
        )

    def _spread(self, nodes: list[Node], path: Path) -> Iterator[Node]:
        """The schemas, their allOf, and the branches chosen, in depth."""
        seen: set[int] = set()
        todo = list(nodes)
        while todo:
            node = todo.pop(0)
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            todo = [*node.all_of, *todo]
            for kind, branches in (("oneOf", node.one_of), ("anyOf", node.any_of)):
                if branches:
                    options = [Option(branch_words(branch, number)) for number, branch in enumerate(branches)]
                    where = f"{kind} {node.schema.where.file}#{node.schema.where.pointer}"
                    todo.append(branches[self._pick(Point(path, "branch", where), options)])

    def _pick(self, point: Point, options: list[Option]) -> int:
        if len(options) > 1:
            self.points[point] = options
        return min(self.choices.of(point), len(options) - 1)

    def _value(self, facets: Facets, path: Path, shift: int) -> object:
        listed = facets.listed()
        if listed is not None:
            fits = [value for value in listed if _typed(facets, value)]
            if not fits:
                raise CannotMakeError(path)
            return self._chosen(path, [Option(_slug_of(value), value) for value in fits], shift)
        types = facets.types()
        if not types:
            raise CannotMakeError(path)
        number = self._pick(Point(path, "type"), [Option({"null": "nil"}.get(name, name)) for name in types])
        name = types[number]
        if name == "object":
            return self._map(facets, path, shift)
        if name == "array":
            return self._array(facets, path)
        if name == "null":
            return None
        if name == "boolean":
            return self._chosen(path, [Option("false", False), Option("true", True)], shift)
        options = scalars.options(facets, name)
        if not options:
            raise CannotMakeError(path)
        if shift >= len(options) and name == "integer":
            return int(options[0].value) + shift  # type: ignore[call-overload]
        return self._chosen(path, options, shift)

    def _chosen(self, path: Path, options: list[Option], shift: int) -> object:
        number = self._pick(Point(path, "value"), options)
        return options[(number + shift) % len(options)].value

    def _map(self, facets: Facets, path: Path, shift: int) -> dict[str, object]:
        required = facets.required()
        wanted = list(required)
        for name in facets.names():
            point = Point(path, "with", name)
            without = f"without-{name}" if point in self.choices.wished else ""
            if name not in required and self._pick(point, [Option(without), Option(f"with-{name}")]):
                wanted.append(name)
        order = facets.names()
        wanted.sort(key=lambda name: order.index(name) if name in order else len(order))
        least = int(max(facets.numbers("minProperties"), default=0))
        for name in [name for name in facets.names() if name not in wanted]:
            if len(wanted) < least:
                wanted.append(name)
        extra = list(_extra_names(facets))
        if extra and self._pick(Point(path, "entry"), [Option(""), Option("with-entry")]):
            wanted.append(extra.pop(0))
        while len(wanted) < least and extra:
            wanted.append(extra.pop(0))
        value: dict[str, object] = {}
        for name in wanted:
            self.names[(*path, name)] = (*self.names[path], name)
            value[name] = self._part(facets.property(name), (*path, name), shift)
        return value

    def _array(self, facets: Facets, path: Path) -> list[object]:
        least = int(max(facets.numbers("minItems"), default=0))
        most = int(min(facets.numbers("maxItems"), default=10**9))
        prefix = facets.prefix()
        ends = any(node.ends for node in facets)
        most = min(most, prefix) if ends else most
        first = max(least, min(prefix, most))
        sizes = [Option("fewest", first)]
        if first == 0 and most > 0:
            sizes.append(Option("one-item", 1))
        if first < most <= _MOST_ITEMS and most > 1:
            sizes.append(Option("most", most))
        size = sizes[self._pick(Point(path, "size"), sizes)].value
        unique = any(value is True for value in facets.values("uniqueItems"))
        value: list[object] = []
        for index in range(int(str(size))):
            self.names[(*path, index)] = (*self.names[path], facets.position_name(index) or str(index))
            value.append(self._element(facets, (*path, index), value if unique else []))
        return value

    def _element(self, facets: Facets, path: Path, others: list[object]) -> object:
        for shift in range(len(others) + 1):
            value = self._part(facets.position(int(path[-1])), path, shift)
            if not any(same(exemplified(value), exemplified(other)) for other in others):
                return value
        raise CannotMakeError(path)


def _is_hole(hints: Mapping[str, object]) -> bool:
    return "source" in hints or hints.get("unique") is True


def branch_words(branch: Node, number: int) -> str:
    """What a branch is called: its word, its name, else its number."""
    schema = branch.schema
    return schema.title or (schema.words[-1] if schema.words else "") or schema.name or str(number)


def _slug_of(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, (str, int, float)) else "value"


def _typed(facets: Facets, value: object) -> bool:
    kind = {
        type(None): "nil",
        bool: "bool",
        int: "int",
        float: "float",
        str: "str",
        list: "array",
        dict: "map",
    }
    return all(node.kinds is None or kind.get(type(value)) in node.kinds for node in facets)


def _extra_names(facets: Facets) -> Iterator[str]:
    """Names for entries that no property describes, where the map is open and says what they are."""
    for node in facets:
        for pattern, _ in node.patterns:
            yield from (name for name in guesses(pattern.text) if name and not facets.forbids(name))
    if any(node.additional for node in facets):
        known = facets.names()
        yield from (name for name in ("a", "b", "c", "d") if name not in known and not facets.forbids(name))

"""Python source that says quickly whether a value keeps a schema: written from its node, part by part.

Nothing of a document is ever spliced into the text: names, constants, patterns and limits are bound as
objects under names of ours. What is written answers with a number: -1 where the judge should look for itself
(something is wrong, or of a kind that is not written here), else the set of the parts that the value had, a
bit each; ``Writer.parts`` says which clauses each of them exercises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from conformance.codec.values import WIRE_TYPES, Ext
from conformance.validation.keywords import ALL
from conformance.validation.node import Node
from conformance.validation.source_checks import misses

MOST_LINES: Final = 5_000
"""A schema that would take more is left to the judge."""
DEEPEST: Final = 12
"""Python takes twenty blocks inside one another: what stands deeper becomes a function of its own."""

_TYPES: Final[dict[str, str]] = {
    "nil": "{t} is NIL",
    "bool": "{t} is bool",
    "int": "{t} is int",
    "float": "{t} is float",
    "str": "{t} is str",
    "bin": "{t} is bytes",
    "ext": "{t} is EXT",
    "array": "{t} is list or {t} is tuple",
    "map": "{t} is dict",  # one that is written otherwise is the judge's business
}
_NOT: Final[dict[str, str]] = {
    kind: test.replace(" is ", " is not ").replace(" or ", " and ") for kind, test in _TYPES.items()
}


class TooMuchError(Exception):
    """The schema is larger than is worth writing."""


class Writer:
    """Writes the functions of one schema. ``bound`` are the objects that they know."""

    def __init__(self, node: Node) -> None:
        self.bound: dict[str, Any] = {
            "NIL": type(None),
            "EXT": Ext,
            "NONE": object(),
            "bool": bool, "int": int, "float": float, "str": str, "bytes": bytes, "list": list,
            "tuple": tuple, "dict": dict, "type": type, "len": len,
        }  # fmt: skip
        self.parts: list[set[str]] = []
        self.lines: list[str] = []
        self._functions: dict[tuple[int, frozenset[int]], str] = {}
        self._waiting: list[tuple[str, Node, frozenset[int]]] = []
        self._names: dict[tuple[str, object], str] = {}
        self._depth = 0
        self._part: set[str] = set()
        self._variables = 0
        self.main = self._function(node, frozenset())
        while self._waiting:
            self._define(*self._waiting.pop())

    # text

    def _say(self, line: str) -> None:
        if len(self.lines) >= MOST_LINES:
            raise TooMuchError
        self.lines.append("    " * self._depth + line)

    @contextmanager
    def _block(self, head: str) -> Iterator[None]:
        """What is written now stands under this line."""
        self._say(head)
        self._depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self._say("pass")
        self._depth -= 1

    @contextmanager
    def _where(self, head: str, *, is_noted: bool = True) -> Iterator[None]:
        """As ``_block``, for a part of its own: what is exercised there is only where the condition holds."""
        outer, self._part = self._part, set()
        with self._block(head):
            at, number = len(self.lines), len(self.parts)
            self.parts.append(self._part)
            yield
            if is_noted and self._part:
                self.lines.insert(at, "    " * self._depth + f"k |= {1 << number}")
        self._part = outer

    def _fresh(self, letter: str) -> str:
        self._variables += 1
        return f"{letter}{self._variables}"

    def bind(self, thing: object) -> str:
        """The name under which the text knows a thing."""
        key = (type(thing).__name__, thing) if isinstance(thing, str) else ("", id(thing))
        known = self._names.get(key)
        if known is None:
            known = self._names[key] = f"c{len(self._names)}"
            self.bound[known] = thing
        return known

    # functions

    def _function(self, node: Node, inside: frozenset[int]) -> str:
        key = (id(node), inside)
        if key not in self._functions:
            self._functions[key] = f"f{len(self._functions)}"
            self._waiting.append((self._functions[key], node, inside))
        return self._functions[key]

    def _define(self, name: str, node: Node, inside: frozenset[int]) -> None:
        self._depth = 0
        with self._block(f"def {name}(v):"):
            self._part = set()
            self._say(f"k = {1 << len(self.parts)}")
            self.parts.append(self._part)
            self._body(node, "v", inside)
            self._say("return k")

    def _call(self, node: Node, value: str, inside: frozenset[int]) -> None:
        found = self._fresh("r")
        self._say(f"{found} = {self._function(node, inside)}({value})")
        self._say(f"if {found} < 0: return -1")
        self._say(f"k |= {found}")

    # a value

    def _visit(
        self, node: Node, value: str, inside: frozenset[int] = frozenset(), kinds: frozenset[str] = ALL
    ) -> None:
        """The value of this variable, known to be of these wire types, is held against a node.

        ``inside``: nodes that refer to themselves and already judge this very value.
        """
        if id(node) in inside:
            return  # a schema that refers to itself without going deeper promises nothing new
        if node.recursive or self._depth > DEEPEST:
            self._call(node, value, inside)
        else:
            self._body(node, value, inside, kinds)

    def _body(self, node: Node, value: str, inside: frozenset[int], known: frozenset[str] = ALL) -> None:
        if node.schema.accepts is False:
            self._say("return -1")
            return
        if node.recursive:
            inside |= {id(node)}
        kinds = known if node.kinds is None else known & node.kinds
        self._kinds(node, value, kinds, known)
        for part in node.all_of:
            self._visit(part, value, inside, kinds)
        if node.any_of:
            met = self._branches(node.any_of, value, inside)
            self._say(f"if not {met}: return -1")
        if node.one_of:
            met = self._branches(node.one_of, value, inside)
            self._say(f"if {met} != 1: return -1")

    def _branches(self, nodes: list[Node], value: str, inside: frozenset[int]) -> str:
        met, found = self._fresh("m"), self._fresh("r")
        self._say(f"{met} = 0")
        for node in nodes:
            if id(node) in inside:
                self._say(f"{met} += 1")  # as above: nothing is wrong with it
                continue
            self._say(f"{found} = {self._function(node, inside)}({value})")
            with self._block(f"if {found} >= 0:"):
                self._say(f"{met} += 1")
                self._say(f"k |= {found}")
        return met

    def _kinds(self, node: Node, value: str, kinds: frozenset[str], known: frozenset[str]) -> None:
        """What it must be of these wire types, of those that it can be."""
        if not kinds:
            self._say("return -1")
            return
        if len(kinds) == 1:
            (kind,) = kinds
            if known != kinds:
                self._say(f"if {_NOT[kind].format(t=f'type({value})')}: return -1")
            self._of_kind(node, value, kind)
            return
        plain: dict[frozenset[str], list[str]] = {}
        kind_of, word = self._fresh("t"), "if"
        self._say(f"{kind_of} = type({value})")
        for kind in sorted(kinds):
            if self._is_plain(node, kind):
                plain.setdefault(node.exercises.get(kind, frozenset()), []).append(kind)
                continue
            with self._where(f"{word} {_TYPES[kind].format(t=kind_of)}:"):
                self._of_kind(node, value, kind)
            word = "elif"
        for exercised, alike in plain.items():
            types = self.bind(frozenset(each for each, kind in WIRE_TYPES.items() if kind in alike))
            with self._where(f"{word} {kind_of} in {types}:"):
                self._part |= exercised
            word = "elif"
        self._say("else: return -1")

    def _is_plain(self, node: Node, kind: str) -> bool:
        if node.checks[kind] or any(kind in other.kinds for other in node.others):
            return False
        if kind == "array":
            return not (node.prefix or node.rest or node.ends)
        return kind != "map"

    def _of_kind(self, node: Node, value: str, kind: str) -> None:
        self._part |= node.exercises[kind]
        for check in node.checks[kind]:
            self._say(f"if {misses(check, kind, value, self.bind)}: return -1")
        for other in node.others:
            if kind in other.kinds:
                broken: Callable[[object], object] = other.broken
                self._say(f"if {self.bind(broken)}({value}): return -1")
        if kind == "array":
            self._array(node, value)
        elif kind == "map":
            self._map(node, value)

    def _array(self, node: Node, value: str) -> None:
        size = len(node.prefix)
        if not (node.prefix or node.rest or node.ends):
            return
        count = self._fresh("n")
        self._say(f"{count} = len({value})")
        if node.ends:
            self._say(f"if {count} > {size}: return -1")
        limits = [each.limit for each in node.checks["array"] if each.keyword == "minItems"]
        least = limits[0] if limits and type(limits[0]) is int else 0
        for index, (_name, child) in enumerate(node.prefix):
            item = self._fresh("v")
            if index < least:
                self._say(f"{item} = {value}[{index}]")
                self._visit(child, item)
                continue
            with self._where(f"if {count} > {index}:"):
                self._say(f"{item} = {value}[{index}]")
                self._visit(child, item)
        if node.rest is not None:
            with self._where(f"if {count} > {size}:"):
                item = self._fresh("v")
                with self._block(f"for {item} in {f'{value}[{size}:]' if size else value}:"):
                    self._visit(node.rest, item)

    def _map(self, node: Node, value: str) -> None:
        key, known = self._fresh("n"), self._fresh("m")
        self._say(f"for {key} in {value}:")
        self._say(f"    if type({key}) is not str: return -1")
        for name in node.required:
            if name not in node.properties:
                self._say(f"if {self.bind(name)} not in {value}: return -1")
        counts = bool(node.closed) and not node.patterns
        if counts:
            self._say(f"{known} = 0")
        for name, child in node.properties.items():
            item = self._fresh("v")
            self._say(f"{item} = {value}.get({self.bind(name)}, NONE)")
            if name in node.required:
                self._say(f"if {item} is NONE: return -1")
                if counts:
                    self._say(f"{known} += 1")
                self._visit(child, item)
                continue
            with self._where(f"if {item} is not NONE:"):
                if counts:
                    self._say(f"{known} += 1")
                self._visit(child, item)
        if counts:
            self._say(f"if {known} != len({value}): return -1")
        elif node.patterns or node.additional or node.closed:
            self._others(node, value)

    def _others(self, node: Node, value: str) -> None:
        """The members that no property describes, or a pattern too."""
        key, item, known = self._fresh("n"), self._fresh("v"), self._fresh("m")
        with self._block(f"for {key}, {item} in {value}.items():"):
            self._say(f"{known} = {key} in {self.bind(frozenset(node.properties))}")
            for pattern, child in node.patterns:
                matches: Callable[[str], bool] = pattern.matches
                with self._where(f"if {self.bind(matches)}({key}):"):
                    self._say(f"{known} = True")
                    self._visit(child, item)
            if node.closed:
                self._say(f"if not {known}: return -1")
            elif node.additional is not None:
                with self._where(f"if not {known}:"):
                    self._visit(node.additional, item)

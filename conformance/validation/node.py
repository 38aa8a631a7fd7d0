"""A schema made ready for judging: checks by wire type, recursion tied, clause ids gathered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.contract import Where
from conformance.contract.schema import Schema
from conformance.errors import DocumentError
from conformance.validation.finding import Judgement
from conformance.validation.keywords import ALL, KEYWORDS, RAW, TEXT, Keyword
from conformance.validation.others import Other
from conformance.validation.pattern import Pattern, compiled

_KINDS: Final = {
    "null": frozenset({"nil"}),
    "boolean": frozenset({"bool"}),
    "integer": frozenset({"int"}),
    "number": frozenset({"int", "float"}),
    "string": frozenset({"str"}),
    "array": frozenset({"array"}),
    "object": frozenset({"map"}),
}
_WORDS: Final = {"null": "nil", "object": "map"}
_ARTICLES: Final = {"nil": "", "integer": "an ", "array": "an "}


@dataclass(frozen=True, slots=True)
class Check:
    """One keyword of one schema: its function with its limit, and its clause."""

    keyword: str
    clause: str
    function: Keyword
    limit: Any


@dataclass(frozen=True, slots=True)
class Outline:
    """What tells a node from other alternatives, its ``allOf`` included: the fields that it lists, the
    clauses on its type and on which fields there are, and its constants, by field and by position.
    """

    spoken: frozenset[str]
    types: frozenset[str]
    shape: frozenset[str]
    fields: tuple[str, ...]
    positions: tuple[int, ...]


@dataclass(slots=True)
class Node:
    """What the judge walks. ``kinds`` are the wire types allowed (None: any), ``expected`` the type in
    words.
    """

    schema: Schema
    expected: str = "a value"
    kinds: frozenset[str] | None = None
    type_clause: str = ""
    checks: dict[str, tuple[Check, ...]] = field(default_factory=dict)
    exercises: dict[str, frozenset[str]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    closed: str = ""  # the keyword that forbids further properties
    ends: str = ""  # the keyword that forbids items behind the prefix
    properties: dict[str, Node] = field(default_factory=dict)
    patterns: list[tuple[Pattern, Node]] = field(default_factory=list)
    additional: Node | None = None
    prefix: list[tuple[str, Node]] = field(default_factory=list)
    rest: Node | None = None
    all_of: list[Node] = field(default_factory=list)
    any_of: list[Node] = field(default_factory=list)
    one_of: list[Node] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    recursive: bool = False
    leaf: bool = False  # scalars alone, judged by checks alone
    asked: int = 0  # how many values were held against it, until it was written out
    quick: Callable[[object], Judgement | None] | None = None
    _outline: Outline | None = None

    def clause(self, keyword: str) -> str:
        """The id of a keyword's clause; '' when the contract has none."""
        return self.schema.clauses.get(keyword, "")

    def outline(self) -> Outline:
        """What tells it from other alternatives: worked out once."""
        if self._outline is None:
            parts = [part.outline() for part in self.all_of]
            shape = {self.clause("required"), self.clause(self.closed)} - {""}
            fields = tuple(name for name, child in self.properties.items() if _is_fixed(child))
            positions = tuple(index for index, (_, child) in enumerate(self.prefix) if _is_fixed(child))
            self._outline = Outline(
                frozenset(self.properties).union(*(part.spoken for part in parts)),
                frozenset({self.type_clause} - {""}).union(*(part.types for part in parts)),
                frozenset(shape).union(*(part.shape for part in parts)),
                fields + tuple(name for part in parts for name in part.fields),
                positions + tuple(index for part in parts for index in part.positions),
            )
        return self._outline


def _is_fixed(node: Node) -> bool:
    return "const" in node.schema.values or "enum" in node.schema.values


def is_named(schema: Schema) -> bool:
    """Whether the schema's type has a name other than that of the place where it is used."""
    return bool(schema.name) and schema.words[-1:] != (schema.name,)


def type_words(schema: Schema) -> str:
    """The type of a schema in words: ``integer or nil``, with a name ``OrderId, an integer or nil``; else
    what its parts say.
    """
    if is_named(schema):
        return _named(schema)
    if names := _types(schema):
        return " or ".join(names)
    if schema.name and not schema.all_of:
        return schema.name
    for part in schema.all_of:
        words = type_words(part)
        if words != "a value":
            return words
    return schema.name or "a value"


def _named(schema: Schema) -> str:
    """A name tells a reader nothing of the type: ``OrderId, an integer``; but for a type's own name."""
    names = _all_types(schema)
    if not names or schema.name.lower() in names:
        return schema.name
    return f"{schema.name}, " + " or ".join(_ARTICLES.get(name, "a ") + name for name in names)


def _all_types(schema: Schema) -> list[str]:
    """The types that a schema states, else the first of its parts that states any."""
    return _types(schema) or next(filter(None, map(_all_types, schema.all_of)), [])


def _types(schema: Schema) -> list[str]:
    types = schema.values.get("type")
    if isinstance(types, str):
        types = (types,)
    if not isinstance(types, Sequence):
        return []
    return ["bin" if name == "string" and schema.raw else _WORDS.get(str(name), str(name)) for name in types]


def build(schema: Schema, ancestors: Mapping[Where, Node] | None = None) -> Node:
    """The node of a schema, with ``again`` tied to the ancestor that it names. ``DocumentError``: unusable
    keyword.
    """
    if schema.again is not None:
        try:
            target = (ancestors or {})[schema.again]
        except KeyError:
            raise DocumentError(str(schema.where), "a recursion leads to no ancestor") from None
        target.recursive = True
        return target
    node = Node(schema, type_words(schema))
    below = {**(ancestors or {}), schema.where: node}
    types = schema.values.get("type")
    if types is not None:
        names = (types,) if isinstance(types, str) else tuple(types)  # type: ignore[arg-type]
        kinds = {kind for name in names for kind in _KINDS.get(name, ())}
        if "str" in kinds and schema.raw:
            kinds |= {"bin"}  # a str breaks the keyword that says so, not the type
        node.kinds = frozenset(kinds)
        node.type_clause = node.clause("type")
    node.required = tuple(schema.values.get("required") or ())  # type: ignore[arg-type]
    if schema.values.get("additionalProperties") is False:
        node.closed = "additionalProperties"
    for keyword in ("additionalItems", "items"):
        if schema.values.get(keyword) is False:
            node.ends = keyword
    node.properties = {name: _child(child, below) for name, child in schema.properties.items()}
    node.patterns = [
        (compiled(text, child.where), build(child, below))
        for text, child in schema.pattern_properties.items()
    ]
    node.additional = build(schema.additional, below) if schema.additional else None
    node.prefix = [
        (_position(number, child), _child(child, below)) for number, child in enumerate(schema.prefix)
    ]
    node.rest = _child(schema.rest, below) if schema.rest else None
    node.all_of = [_child(child, below) for child in schema.all_of]
    node.any_of = [build(child, below) for child in schema.any_of]
    node.one_of = [build(child, below) for child in schema.one_of]
    node.others = [Other(schema, keyword) for keyword in schema.others]
    _checks(node)
    compound = node.all_of or node.any_of or node.one_of or node.others
    node.leaf = not compound and node.kinds is not None and not node.kinds & {"array", "map"}
    return node


def _child(schema: Schema, above: Mapping[Where, Node]) -> Node:
    """The node of a part; a mere wrapper (``{title, allOf: [one]}``) is the node that it wraps."""
    wrapped = schema.all_of[0] if len(schema.all_of) == 1 else None
    others = schema.any_of or schema.one_of or schema.others or schema.values or schema.again
    inside = (
        schema.properties or schema.pattern_properties or schema.additional or schema.prefix or schema.rest
    )
    if wrapped is None or others or inside or (schema.hints and schema.hints != wrapped.hints):
        return build(schema, above)
    if any(each.again == schema.where for each in wrapped.walk() if each.again is not None):
        return build(schema, above)
    return _child(wrapped, above)


def _position(number: int, child: Schema) -> str:
    """The name of an array position: its word, unless that is but its index."""
    name = child.label or child.title
    return "" if name == str(number) else name


def _checks(node: Node) -> None:
    """Sort the keywords by the wire types that they speak about, and gather the clauses that each type
    exercises.
    """
    values = dict(node.schema.values)
    for bound in ("minimum", "maximum"):  # draft-04: a boolean beside the bound
        exclusive = "exclusive" + bound.capitalize()
        if isinstance(values.get(exclusive), bool):
            flag = values.pop(exclusive)
            if flag and bound in values:
                values[exclusive] = values.pop(bound)
    if "pattern" in values:
        values["pattern"] = compiled(str(values["pattern"]), node.schema.at("pattern"))
    if not node.schema.raw or values.get("format") != "binary":
        values.pop("format", None)
    keywords = _OF_BYTES if node.schema.raw else _OF_TEXT
    said = [
        (kinds, Check(keyword, node.clause(keyword), function, values[keyword]))
        for keyword, (kinds, function) in keywords.items()
        if keyword in values
    ]
    always = {node.type_clause}
    always |= {node.clause("oneOf") if node.one_of else "", node.clause("anyOf") if node.any_of else ""}
    usual = frozenset(always - {""})
    for kind in ALL:
        found = tuple(check for kinds, check in said if kind in kinds) if said else ()
        node.checks[kind] = found
        if not found and not node.others and kind not in ("map", "array"):
            node.exercises[kind] = usual
            continue
        clauses = {check.clause for check in found} | always
        clauses |= {other.clause for other in node.others if kind in other.kinds}
        if kind == "map":
            clauses |= {node.clause("required") if node.required else "", node.clause(node.closed)}
        if kind == "array":
            clauses.add(node.clause(node.ends))
        node.exercises[kind] = frozenset(clauses - {""})


_OF_BYTES: Final = {**RAW, **KEYWORDS}
_OF_TEXT: Final = {**TEXT, **KEYWORDS}

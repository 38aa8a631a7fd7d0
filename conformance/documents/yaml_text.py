"""YAML text -> values and their lines, with the core schema of YAML 1.2.

PyYAML resolves plain scalars by YAML 1.1, where ``on`` is true, ``010`` is 8, ``1:30`` is 90 and a date is an
object. Here PyYAML only parses; events become values by YAML 1.2.2 section 10.3.2 (core schema), so that a
YAML document and its JSON twin mean the same. Keys are text. Duplicate keys are an error (section 3.2.1.3).
Events, not nodes, because composing nodes recurses in C and a deeply nested text would end the process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from conformance.documents.spots import MAX_DEPTH, MAX_VALUES, Spot, guard, leaf
from conformance.errors import DocumentError

if TYPE_CHECKING:
    from yaml import SafeLoader as Parser
else:
    Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

CORE = "tag:yaml.org,2002:"
NULL = {"", "~", "null", "Null", "NULL"}
TRUE = {"true", "True", "TRUE"}
FALSE = {"false", "False", "FALSE"}
NUMERIC = re.compile(r"[-+.0-9]")
INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
OCTAL = re.compile(r"0o[0-7]{1,400}")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,400}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
MERGE = "<<"
PLAIN_YAML = "plain YAML without tags of its own"


def parse_yaml(text: str, file: str) -> tuple[object, Spot | None]:
    """The value of a YAML text and its lines; ``(None, None)`` for a text without a document.

    Raises DocumentError with ``file:line`` for what is not YAML, for duplicate keys, foreign tags,
    numbers that are not finite, and for more than one document in the text.
    """
    try:
        return _Composer(text, file).document()
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        line = mark.line + 1 if mark is not None else _bad_character_line(text, problem)
        what = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "unreadable"
        hint = "YAML is indented with spaces, not with tabs" if _tabbed(text, line) else ""
        raise DocumentError(f"{file}:{line}", f"not valid YAML: {what}", hint=hint) from None


def _tabbed(text: str, line: int) -> bool:
    lines = text.split("\n", line)[line - 1 : line]
    return bool(lines) and "\t" in lines[0][: len(lines[0]) - len(lines[0].lstrip())]


def _bad_character_line(text: str, problem: yaml.YAMLError) -> int:
    position = getattr(problem, "position", 0) or 0
    return text.encode().count(b"\n", 0, position) + 1


class _Composer:
    def __init__(self, text: str, file: str) -> None:
        loader = Parser(text)
        self.next: Callable[[], Event] = loader.get_event
        self.file = file
        self.anchors: dict[str, tuple[object, Spot] | None] = {}
        self.values = 0

    def document(self) -> tuple[object, Spot | None]:
        self.next()  # the start of the stream
        event = self.next()
        if not isinstance(event, DocumentStartEvent):
            return None, None
        value, spot = self.compose(self.next(), 0)
        self.next()  # the end of the document
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            raise self.refuse(event, "a second document begins here", "one document in a file")
        return value, spot

    def refuse(self, event: Event, what: str, expected: str = "", hint: str = "") -> DocumentError:
        return DocumentError(f"{self.file}:{_line(event)}", what, expected=expected, hint=hint)

    def compose(self, event: Event, depth: int) -> tuple[object, Spot]:
        if isinstance(event, AliasEvent):
            return self.alias(event)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self.anchors[anchor] = None
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            guard(self.file, _line(event), depth, self.values)
        if isinstance(event, ScalarEvent):
            made: tuple[object, Spot] = self.scalar(event), leaf(_line(event))
        elif isinstance(event, SequenceStartEvent):
            made = self.sequence(event, depth)
        elif isinstance(event, MappingStartEvent):
            made = self.mapping(event, depth)
        else:  # pragma: no cover - the parser gives nothing else here
            raise self.refuse(event, "not valid YAML: a value is missing")
        if made[1].size > MAX_VALUES:
            guard(self.file, _line(event), depth, made[1].size)
        if anchor is not None:
            self.anchors[anchor] = made
        return made

    def alias(self, event: AliasEvent) -> tuple[object, Spot]:
        name = event.anchor
        if name not in self.anchors:
            raise self.refuse(event, f"the alias *{name} has no anchor", f"&{name} earlier in the document")
        made = self.anchors[name]
        if made is None:
            raise self.refuse(event, f"the alias *{name} stands inside what it repeats", "no circle")
        return made

    def scalar(self, event: ScalarEvent) -> object:
        tag, text = event.tag, event.value
        if tag is None or tag == "!":
            plain = event.implicit[0] and tag is None
            return self.plain(event, text) if plain else text
        if tag == CORE + "str":
            return text
        value = self.plain(event, text)
        kinds = {"null": type(None), "bool": bool, "int": int, "float": float}
        kind = kinds.get(tag.removeprefix(CORE))
        if kind is None:
            raise self.refuse(event, f"the tag {_shown(tag)} is not supported", PLAIN_YAML)
        if kind is float and type(value) is int:
            return float(value)
        if type(value) is not kind:
            raise self.refuse(event, f"{text!r} is not what its tag {_shown(tag)} says")
        return value

    def plain(self, event: ScalarEvent, text: str) -> object:
        if text in NULL:
            return None
        if text in TRUE or text in FALSE:
            return text in TRUE
        if not NUMERIC.match(text):
            return text
        if INTEGER.fullmatch(text):
            return int(text)
        if OCTAL.fullmatch(text):
            return int(text[2:], 8)
        if HEXADECIMAL.fullmatch(text):
            return int(text[2:], 16)
        if NOT_FINITE.fullmatch(text):
            raise self.refuse(event, f"{text} is not a JSON number", "a finite number")
        if not FLOAT.fullmatch(text):
            return text
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise self.refuse(event, f"{text[:40]} is beyond a 64-bit float", "a finite number")
        return value

    def sequence(self, start: SequenceStartEvent, depth: int) -> tuple[list[object], Spot]:
        self.container_tag(start, "seq")
        value: list[object] = []
        spot = Spot(_line(start))
        while not isinstance(event := self.next(), SequenceEndEvent):
            element, inner = self.compose(event, depth + 1)
            value.append(element)
            spot.element(inner)
        return value, spot

    def mapping(self, start: MappingStartEvent, depth: int) -> tuple[dict[str, object], Spot]:
        self.container_tag(start, "map")
        value: dict[str, object] = {}
        spot = Spot(_line(start))
        merges: list[tuple[Event, object, Spot]] = []
        while not isinstance(event := self.next(), MappingEndEvent):
            key, line = self.key(event), _line(event)
            member, inner = self.compose(self.next(), depth + 1)
            if key == MERGE and isinstance(event, ScalarEvent) and event.implicit[0]:
                merges.append((event, member, inner))
                continue
            if key in value:
                raise DocumentError(
                    f"{self.file}:{line}",
                    f"the key {key!r} is already on line {spot.keys[key]}",
                    expected="each key once",
                )
            value[key] = member
            spot.member(key, line, inner)
        for event, member, inner in merges:
            self.merge(event, member, inner, value, spot)
        return value, spot

    def key(self, event: Event) -> str:
        if isinstance(event, ScalarEvent):
            return event.value
        if isinstance(event, AliasEvent):
            name, _ = self.alias(event)
            if isinstance(name, str):
                return name
        raise self.refuse(event, "a key is not a scalar", "keys of text")

    def merge(self, event: Event, member: object, inner: Spot, value: dict[str, object], spot: Spot) -> None:
        """The merge key of YAML 1.1: keys of the map itself, then of the first merged map, win."""
        maps = [member] if isinstance(member, dict) else member if isinstance(member, list) else []
        spots = [inner] if isinstance(member, dict) else inner.elements
        for each, lines in zip(maps, spots, strict=False):
            if not isinstance(each, dict):
                maps = []
                break
            for key in each:
                if key not in value:
                    value[key] = each[key]
                    spot.member(key, lines.keys[key], lines.members[key])
        if not maps:
            raise self.refuse(event, "the merge key << has no map to merge", "a map, or a list of maps")

    def container_tag(self, event: SequenceStartEvent | MappingStartEvent, kind: str) -> None:
        if event.tag not in (None, "!", CORE + kind):
            raise self.refuse(event, f"the tag {_shown(event.tag)} is not supported", PLAIN_YAML)


def _line(event: Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1


def _shown(tag: str) -> str:
    return "!!" + tag.removeprefix(CORE) if tag.startswith(CORE) else tag

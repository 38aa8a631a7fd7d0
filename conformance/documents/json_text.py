"""JSON text -> values and their lines (RFC 8259).

JSON files are read as JSON, not as YAML: escapes such as surrogate pairs, tabs and numbers are then exactly
what JSON says. ``json`` of the standard library knows no lines, so this walks the text itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from conformance.documents.spots import Spot, guard, leaf
from conformance.errors import DocumentError

SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,400})(\.[0-9]+)?([eE][-+]?[0-9]+)?")
LONE = re.compile("[\ud800-\udfff]")
SCAN: Callable[[str, int, bool], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
WORDS = {"true": True, "false": False, "null": None}


def parse_json(text: str, file: str) -> tuple[object, Spot | None]:
    """The value of a JSON text and its lines; ``(None, None)`` for an empty text.

    Raises DocumentError with ``file:line`` for what is not JSON and for duplicate keys (RFC 8259 section 4).
    """
    reader = _Reader(text, file)
    if reader.peek() == "":
        return None, None
    value, spot = reader.value(0)
    if reader.peek():
        raise reader.refuse("text after the end of the value")
    return value, spot


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0
        self.line, self.counted = 1, 0
        self.values = 0

    def refuse(self, what: str, expected: str = "") -> DocumentError:
        return DocumentError(f"{self.file}:{self.here()}", f"not valid JSON: {what}", expected=expected)

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def peek(self) -> str:
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found is not None else self.at
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        if self.peek() != mark:
            return False
        self.at += 1
        return True

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise self.refuse(f"found {self.peek()!r}" if self.peek() else "the text ends early", repr(mark))

    def value(self, depth: int) -> tuple[object, Spot]:
        mark = self.peek()
        line = self.here()
        self.values += 1
        guard(self.file, line, depth, self.values)
        if mark == "{":
            spot = Spot(line)
            return self.members(spot, depth), spot
        if mark == "[":
            spot = Spot(line)
            return self.elements(spot, depth), spot
        spot = leaf(line)
        if mark == '"':
            return self.string(), spot
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value, spot
        number = NUMBER.match(self.text, self.at)
        if number is None:
            raise self.refuse(f"found {mark!r}" if mark else "the text ends early", "a value")
        self.at = number.end()
        if len(number[0]) > 400 and self.text[self.at : self.at + 1].isdigit():
            raise self.refuse("a number of more than 400 digits", "a number that somebody can send")
        if number[1] is None and number[2] is None:
            return int(number[0]), spot
        made = float(number[0])
        if made in (float("inf"), float("-inf")):
            raise self.refuse(f"{number[0][:40]} is beyond a 64-bit float", "a finite number")
        return made, spot

    def string(self) -> str:
        try:
            made, self.at = SCAN(self.text, self.at + 1, True)
        except json.JSONDecodeError as problem:
            self.at = problem.pos
            raise self.refuse(problem.msg) from None
        if not made.isascii() and LONE.search(made):
            raise self.refuse("a surrogate without its other half, which no text in UTF-8 has")
        return made

    def members(self, spot: Spot, depth: int) -> dict[str, object]:
        self.need("{")
        made: dict[str, object] = {}
        if self.take("}"):
            return made
        while True:
            if self.peek() != '"':
                found = self.peek()
                raise self.refuse(
                    f"found {found!r}" if found else "the text ends early", "a key in double quotes"
                )
            line = self.here()
            key = self.string()
            if key in made:
                raise DocumentError(
                    f"{self.file}:{line}",
                    f"the key {key!r} is already on line {spot.keys[key]}",
                    expected="each key once",
                )
            self.need(":")
            made[key], inner = self.value(depth + 1)
            spot.member(key, line, inner)
            if not self.take(","):
                self.need("}")
                return made

    def elements(self, spot: Spot, depth: int) -> list[object]:
        self.need("[")
        made: list[object] = []
        if self.take("]"):
            return made
        while True:
            value, inner = self.value(depth + 1)
            made.append(value)
            spot.element(inner)
            if not self.take(","):
                self.need("]")
                return made

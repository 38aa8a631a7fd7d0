"""The walker of JSON text: every scalar and every opening bracket, with its byte offset (RFC 8259).

Iterative, linear, never raises. Its expressions are our own and cannot backtrack (possessive quantifiers).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from conformance.codec.item import MAX_DEPTH, MAX_VALUES, Item, Path, Problem

_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_BLANKS: Final = frozenset((b" ", b"\t", b"\n", b"\r"))
_STRING: Final = re.compile(rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_WORDS: Final = {b"t": ((b"true", True),), b"f": ((b"false", False),), b"n": ((b"null", None),)}


class _BadError(Exception):
    """The bytes at ``offset`` are no JSON, or more of it than is read."""

    def __init__(self, offset: int, says: str, kind: str = "undecodable") -> None:
        super().__init__(offset, says)
        self.offset = offset
        self.says = says
        self.kind = kind


def _skip(data: bytes, at: int) -> int:
    if data[at : at + 1] not in _BLANKS:
        return at
    match = _SPACE.match(data, at)
    return match.end() if match else at


def _string(data: bytes, at: int, depth: int, path: Path, key: bool) -> Item:
    match = _STRING.match(data, at)
    if data[at : at + 1] != b'"':
        raise _BadError(at, "expected a key in quotes")
    if not match:
        raise _BadError(at, "a string is not closed, or holds an illegal character or escape")
    problem = None
    try:
        raw = match.group().decode("utf-8")
    except UnicodeDecodeError as error:
        raw = match.group().decode("utf-8", "replace")
        problem = Problem("undecodable", at + error.start, "a string holds invalid UTF-8", path)
    value = json.loads(raw) if "\\" in raw else raw[1:-1]
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        value = value.encode("utf-8", "backslashreplace").decode("utf-8")
        problem = problem or Problem("undecodable", at, "a string holds a lone surrogate", path)
    size = match.end() - at - 2
    return Item(at, match.end() - at, depth, "str", value, size, path, key, "string", problem=problem)


def _scalar(data: bytes, at: int, depth: int, path: Path) -> Item:
    if data[at : at + 1] == b'"':
        return _string(data, at, depth, path, False)
    for word, constant in _WORDS.get(data[at : at + 1], ()):
        if data.startswith(word, at):
            kind = "nil" if constant is None else "bool"
            return Item(at, len(word), depth, kind, constant, len(word), path, form=word.decode())
    match = _NUMBER.match(data, at)
    if not match:
        raise _BadError(at, f"no JSON value begins with {data[at : at + 1]!r}")
    size = match.end() - at
    if match.group(1) or match.group(2):
        return Item(at, size, depth, "float", float(match.group()), size, path, form="number")
    try:
        return Item(at, size, depth, "int", int(match.group()), size, path, form="number")
    except ValueError:  # Python's limit on the digits of an int
        raise _BadError(at, f"an integer of {size} digits") from None


class _Walk:
    """Where a walk stands: the offset and the containers that are open."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = _skip(data, 0)
        self.open: list[tuple[bytes, int, Path]] = []  # closing bracket, entries so far, path
        self.left = MAX_VALUES

    def path(self) -> Path:
        """The place of the next entry, were it an array's."""
        if not self.open:
            return ()
        _, count, base = self.open[-1]
        return (*base, count)

    def one_more(self) -> None:
        """A key or a value stands here: raises ``_BadError`` where that is one too many."""
        if not self.left:
            raise _BadError(self.at, f"the text holds more than {MAX_VALUES} values", "too_many")
        self.left -= 1

    def entry(self) -> Iterator[Item]:
        """The next value of the innermost container (with its key, in an object), or of the text."""
        if self.open and self.open[-1][0] == b"}":
            key = _string(self.data, self.at, len(self.open), (), True)
            self.one_more()
            path = (*self.open[-1][2], str(key.value))
            yield key._replace(path=path, problem=key.problem and key.problem._replace(path=path))
            self.at = _skip(self.data, self.at + key.length)
            if self.data[self.at : self.at + 1] != b":":
                raise _BadError(self.at, "a key is not followed by a colon")
            self.at = _skip(self.data, self.at + 1)
        else:
            path = self.path()
        first = self.data[self.at : self.at + 1]
        if not first:
            raise _BadError(self.at, "the text ends where a value should be")
        if first in (b"[", b"{"):
            if len(self.open) >= MAX_DEPTH:
                yield _problem("too_deep", self, f"containers are nested more than {MAX_DEPTH} deep", path)
                self.at = -1
                return
            kind, form = ("array", "array") if first == b"[" else ("map", "object")
            self.one_more()
            yield Item(self.at, 1, len(self.open), kind, None, -1, path, form=form)
            self.open.append((b"]" if first == b"[" else b"}", 0, path))
            self.at = _skip(self.data, self.at + 1)
        else:
            item = _scalar(self.data, self.at, len(self.open), path)
            self.one_more()
            yield item
            self.at = _skip(self.data, self.at + item.length)
            self.counted()

    def counted(self) -> None:
        if self.open:
            closing, count, base = self.open[-1]
            self.open[-1] = (closing, count + 1, base)

    def between(self) -> Iterator[Item]:
        """Step over commas and closing brackets, to the next value or the end of the text."""
        while self.open:
            closing, count, path = self.open[-1]
            here = self.data[self.at : self.at + 1]
            if here == closing:
                self.open.pop()
                yield Item(self.at, 1, len(self.open), "end", path=path)
                self.at = _skip(self.data, self.at + 1)
                self.counted()
            elif count == 0:
                return
            elif here == b",":
                self.at = _skip(self.data, self.at + 1)
                return
            else:
                raise _BadError(self.at, f"expected ',' or {closing.decode()!r}")


def walk(data: bytes) -> Iterator[Item]:
    """Every scalar and bracket of a JSON text, in order; the last item is a ``problem`` where it had to stop.

    A container's item covers its opening bracket alone, its ``end`` item the closing one; keys are items too.
    """
    state = _Walk(data)
    if state.at >= len(data):
        yield _problem("empty", state, "the text is empty", ())
        return
    try:
        while True:
            yield from state.entry()
            if state.at < 0:
                return
            yield from state.between()
            if not state.open:
                break
    except _BadError as bad:
        state.at = bad.offset
        yield _problem(bad.kind, state, bad.says, state.path()[:-1])
        return
    if state.at < len(data):
        left = len(data) - state.at
        yield _problem("trailing", state, f"{left} trailing bytes after the value", ())


def _problem(kind: str, state: _Walk, says: str, path: Path) -> Item:
    length = len(state.data) - state.at
    return Item(
        state.at, length, len(state.open), "problem", path=path, problem=Problem(kind, state.at, says, path)
    )

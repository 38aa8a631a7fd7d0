"""Short strings that a pattern may accept: a reader of the common part of regular expressions.

It guesses; whoever uses it checks the guess against the real pattern. What it cannot read (look-around, back
references) gives no guess. Nothing here runs the pattern.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_CLASSES: Final = {
    "d": "1",
    "w": "a",
    "s": " ",
    "D": "a",
    "W": "-",
    "S": "a",
    "n": "\n",
    "t": "\t",
    "r": "\r",
}
_PREFERRED: Final = "aA10_-. zZ9/:@#+~!"
_LIMIT: Final = 4096


class _UnreadableError(Exception):
    """The pattern is beyond this reader."""


def guesses(pattern: str) -> list[str]:
    """A few strings, the shortest first, that the pattern probably accepts, one or more for each
    alternative.
    """
    return list(_guesses(pattern))


@lru_cache(maxsize=1024)
def _guesses(pattern: str) -> tuple[str, ...]:
    try:
        reader = _Reader(pattern)
        found = reader.alternatives()
        if reader.at < len(pattern):
            return ()
    except (_UnreadableError, IndexError, ValueError, RecursionError):
        return ()
    return tuple(sorted(dict.fromkeys(found), key=lambda text: (len(text), found.index(text)))[:16])


class _Reader:
    """Recursive descent over a pattern; each method gives the strings that the part read may stand for."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def peek(self) -> str:
        """The next letter, '' at the end."""
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        """The next letter, taken."""
        letter = self.pattern[self.at]
        self.at += 1
        return letter

    def alternatives(self) -> list[str]:
        """Sequences between bars."""
        found = self.sequence()
        while self.peek() == "|":
            self.take()
            found = found + self.sequence()
        return found

    def sequence(self) -> list[str]:
        """Parts one after the other."""
        found = [""]
        while self.peek() not in ("", "|", ")"):
            options = self.repeated()
            longest = max(len(found), len(options))
            # not every combination: each option of each part at least once
            found = [
                found[min(n, len(found) - 1)] + options[min(n, len(options) - 1)]
                for n in range(min(longest, 16))
            ]
            if len(found[0]) > _LIMIT:
                raise _UnreadableError
        return found

    def repeated(self) -> list[str]:
        """A part with its quantifier."""
        options = self.atom()
        letter = self.peek()
        if letter and letter in "*+?":
            self.take()
            least, most = (1 if letter == "+" else 0), (1 if letter == "?" else 3)
        elif letter == "{" and (end := self.pattern.find("}", self.at)) > 0:
            low, comma, high = self.pattern[self.at + 1 : end].partition(",")
            self.at = end + 1
            least = int(low)
            most = int(high) if high else least + 3 if comma else least
        else:
            return options
        if self.peek() == "?":
            self.take()
        if least > _LIMIT:
            raise _UnreadableError
        counts = [least] if least else [0, *([1] if most else [])]
        return [option * count for count in counts for option in options]

    def atom(self) -> list[str]:
        """One part."""
        letter = self.take()
        if letter in "^$":
            return [""]
        if letter == ".":
            return ["a"]
        if letter == "[":
            return self.set()
        if letter == "\\":
            return [self.escape()]
        if letter == "(":
            if self.peek() == "?":
                self.take()
                if self.peek() == "<" and self.pattern[self.at + 1] not in "=!":
                    self.at = self.pattern.index(">", self.at) + 1
                elif self.take() != ":":
                    raise _UnreadableError
            found = self.alternatives()
            if self.take() != ")":
                raise _UnreadableError
            return found
        return [letter]

    def escape(self) -> str:
        """What a backslash escapes."""
        letter = self.take()
        if letter in "xu":
            size = 2 if letter == "x" else 4
            code = self.pattern[self.at : self.at + size]
            self.at += size
            return chr(int(code, 16))
        if letter in "bBpPk" or letter.isdigit():
            raise _UnreadableError
        return _CLASSES.get(letter, letter)

    def set(self) -> list[str]:
        """A set in brackets."""
        negated = self.peek() == "^"
        if negated:
            self.take()
        ranges: list[tuple[str, str]] = []
        while self.peek() != "]":
            if self.peek() == "\\":
                self.take()
                kind = self.peek()
                low = self.escape()
                if kind in "dw":
                    ranges += [("0", "9")] + ([("a", "z"), ("A", "Z"), ("_", "_")] if kind == "w" else [])
                    continue
            else:
                low = self.take()
            high = low
            if self.peek() == "-" and self.pattern[self.at + 1] != "]":
                self.take()
                high = self.take() if self.peek() != "\\" else (self.take() and self.escape())
            ranges.append((low, high))
        self.take()
        inside = [
            letter for letter in _PREFERRED if any(low <= letter <= high for low, high in ranges) != negated
        ]
        if not inside and ranges and not negated:
            inside = [ranges[0][0]]
        return inside[:3]

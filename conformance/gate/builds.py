"""Which builds a waiver is for. Versions are compared as Semantic Versioning 2.0.0, section 11, has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = re.compile(
    r"v?([0-9]{1,18}(?:\.[0-9]{1,18}){0,9})(?:-([0-9A-Za-z.-]{1,80}))?(?:\+[0-9A-Za-z.-]{1,80})?"
)
EXPECTED = "numbers with dots between them, such as 1.4.2 or 1.5.0-rc.1"

Key = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


def order(version: str) -> Key:
    """What a version is sorted by. Raises ValueError for a text that is none.

    Any count of numbers will do, ``1.4`` is ``1.4.0``; a leading ``v`` and all behind ``+`` say nothing;
    what stands behind ``-`` comes before the release itself.
    """
    match = VERSION.fullmatch(version)
    if match is None:
        raise ValueError(f"{version[:80]!r} is no version")
    numbers = [int(each) for each in match[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    early = tuple(_word(each) for each in match[2].split(".")) if match[2] else ()
    return tuple(numbers), not early, early


def _word(text: str) -> tuple[bool, int, str]:
    """Numbers by their value, before words."""
    return (False, int(text[:18]), text) if text.isdigit() else (True, 0, text)


@dataclass(frozen=True, slots=True)
class Builds:
    """A range of versions, both ends in it; '' where it is open."""

    first: str = ""
    last: str = ""

    def holds(self, build: str) -> bool:
        """Whether a build is one of them. Raises ValueError for a text that is no version."""
        at = order(build)
        return not (self.first and at < order(self.first)) and not (self.last and order(self.last) < at)

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first
        return " ".join(f"{word} {end}" for word, end in (("from", self.first), ("to", self.last)) if end)

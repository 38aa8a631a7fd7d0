"""What a report is written on: so wide, with or without colour, with all letters or only ASCII.

Everything that is written passes here, so that this is the one place where text becomes harmless: what a
target sent moves no cursor, breaks no line, reorders and hides nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from conformance.transcript.show import harmless

NARROWEST = 40
WITHOUT_TERMINAL = 100

# Colours that can be read on light and dark grounds alike; everything else keeps the terminal's own.
STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}

SERVERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
# Their commands: ``::name …::`` and ``##[name]``, ``##vso[…]``, ``##teamcity[…]``.
_COMMAND = re.compile(r"::(?=[A-Za-z])|##(?=[a-z]*\[)")

_PLAINER = str.maketrans(
    {"✓": "+", "✗": "x", "…": "...", "·": "-", "×": "x", "–": "-", "‘": "'", "’": "'", "→": "->", "≥": ">="}
)


@dataclass(frozen=True, slots=True)
class Paper:
    """``live``: a line may be written over (a progress line). ``obeyed``: who reads it looks for commands in
    it, as build servers do in their logs.
    """

    width: int = WITHOUT_TERMINAL
    colour: bool = False
    unicode: bool = True
    live: bool = False
    obeyed: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str] = os.environ) -> Paper:
        """What ``stream`` can show, after ``NO_COLOR``, ``FORCE_COLOR``, ``TERM=dumb`` and ``COLUMNS``."""
        terminal = stream.isatty()
        clever = terminal and environment.get("TERM", "") != "dumb"
        forced = environment.get("FORCE_COLOR", "") not in ("", "0", "false")
        colour = (clever or forced) and not environment.get("NO_COLOR")
        obeyed = is_obeyed(environment)
        width = WITHOUT_TERMINAL
        if environment.get("COLUMNS", "").isdecimal():
            width = int(environment["COLUMNS"])
        elif terminal:
            width = shutil.get_terminal_size((80, 24)).columns
        try:
            "✓✗…·×".encode(stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return cls(max(NARROWEST, width), colour, False, clever, obeyed)
        return cls(max(NARROWEST, width), colour, True, clever, obeyed)

    def safe(self, text: str) -> str:
        """``text`` without anything that this paper cannot show or should not obey."""
        text = harmless(text)
        if self.obeyed:
            text = _COMMAND.sub(_inert, text)
        if text.isascii():
            return text
        if not self.unicode:
            return text.translate(_PLAINER).encode("ascii", "backslashreplace").decode("ascii")
        return "".join(_tame(one) for one in text)

    def styled(self, text: str, *styles: str) -> str:
        """Safe ``text`` in colour, where there is colour."""
        text = self.safe(text)
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(STYLES[one] for one in styles)}m{text}\x1b[0m" if styles else text

    def wrapped(
        self, text: str, *, label: str = "", indent: int = 0, most: int = 0, style: tuple[str, ...] = ()
    ) -> Iterator[str]:
        """``text`` in lines of this width, under a ``label`` that hangs in front of it.

        ``most`` > 0 bounds the number of lines; the last then ends in an ellipsis. Longer words are cut.
        """
        hang = indent + cells(label)
        room = max(10, self.width - hang)
        lines = list(_fill(self.safe(text), room)) or [""]
        if most and len(lines) > most:
            more = self.safe("…")
            lines = [*lines[: most - 1], _cut(lines[most - 1], room - len(more)) + more]
        for number, line in enumerate(lines):
            front = " " * indent + self.styled(label, "dim") if number == 0 else " " * hang
            yield (front + self.styled(line, *style)).rstrip()

    def fitted(self, text: str, width: int | None = None) -> str:
        """``text`` in one line of at most ``width`` cells (without it: this paper's width)."""
        width = self.width if width is None else width
        text = self.safe(text)
        if cells(text) <= width:
            return text
        more = self.safe("…")
        return _cut(text, width - len(more)) + more


def is_obeyed(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is printed is read by a build server that looks for its commands in it."""
    return any(environment.get(name, "").lower() not in ("", "false") for name in SERVERS)


def cells(text: str) -> int:
    """How many columns ``text`` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def count(number: int, what: str) -> str:
    """A number of things: ``1 case``, ``3 cases``, ``2 promises``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _inert(found: re.Match[str]) -> str:
    one = found[0][1]
    return f"{one}\\x{ord(one):02x}"


def _tame(one: str) -> str:
    """A letter that would be written from right to left, or over another one, by its number."""
    if one.isascii() or (unicodedata.bidirectional(one) not in ("R", "AL", "AN") and not _joins(one)):
        return one
    return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"


def _joins(one: str) -> bool:
    return unicodedata.category(one) in ("Mn", "Me", "Mc")


def _cut(text: str, width: int) -> str:
    taken = 0
    for number, one in enumerate(text):
        taken += cells(one)
        if taken > width:
            return text[:number]
    return text


def _fill(text: str, room: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        while cells(word) > room:
            part = _cut(word, room)
            yield part
            word = word[len(part) :]
        line = word
    if line:
        yield line

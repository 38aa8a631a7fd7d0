"""Texts of others inside GitHub-flavoured Markdown, where they stay text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from conformance.transcript.show import harmless, shortened

LONGEST: Final = 400
LONGEST_LINE: Final = 4000
NO_JOIN: Final = "&#8203;"
"""A space of no width: it parts what a code host would make a mention, a reference or an emoji of."""

_MARKUP = re.compile(r"[][\\!#$&()*+:<=>@^_`{|}~-]|(?<=[0-9])[.](?= |$)")
_REFERENCE = re.compile(r"[@#:](?=[\w+/-])|\bGH-(?=[0-9])|\bwww(?=\.)", re.IGNORECASE)


def code(text: str, longest: int = LONGEST) -> str:
    """``text`` as a code span (CommonMark 0.31, 6.1): neither entities, mentions nor links are read in it."""
    told = shortened(harmless(text), longest)
    if not told.strip():
        return "–"
    fence = "`" * (_longest_run(told) + 1)
    pad = " " if told[0] in "` " or told[-1] in "` " else ""
    return f"{fence}{pad}{told}{pad}{fence}"


def cell(text: str, longest: int = LONGEST) -> str:
    """A code span inside of a table, where a bar would end the cell (GFM 0.29, 4.10)."""
    return code(text, longest).replace("|", "\\|")


def fenced(lines: Iterable[str], language: str) -> str:
    """A fenced code block (CommonMark 0.31, 4.5) that nothing inside of it can end."""
    told = [shortened(harmless(line), LONGEST_LINE) for line in lines]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in told), 3)
    return "\n".join([f"{fence}{language}", *told, fence, ""])


def prose(text: str, longest: int = LONGEST) -> str:
    """``text`` as words: what Markdown, or a code host, would take for its own is escaped.

    What stands between backticks in it, as names do in our sentences, becomes a code span.
    """
    parts = shortened(harmless(text), longest).strip().split("`")
    if len(parts) % 2 == 0:  # one backtick has no other
        return _plain("`".join(parts))
    return "".join(code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    made: list[str] = []
    at = 0
    for found in _REFERENCE.finditer(text):
        made += [_escaped(text[at : found.end()]), NO_JOIN]
        at = found.end()
    return "".join([*made, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)

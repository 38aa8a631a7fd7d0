"""Regular expressions of documents as engines with strict rules read them.

ECMA-262 without the ``u`` flag takes a brace that begins no quantifier for itself (Annex B.1.2, "extended
pattern characters"), and many documents rely on it. JSON Schema asks for the ``u`` flag (2020-12 core, 6.4),
under which such a pattern is none.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:[pPuk][{<][^}>]{0,40}[}>]|.)", re.DOTALL)
_QUANTIFIER = re.compile(r"\{\d{1,10}(?:,\d{0,10})?\}")


def strict(pattern: str) -> str:
    """The pattern with a backslash before each brace that stands for itself. Linear in its length."""
    if "{" not in pattern and "}" not in pattern:
        return pattern
    made: list[str] = []
    at, inside = 0, False  # inside a class braces stand for themselves, and need no backslash
    while at < len(pattern):
        letter = pattern[at]
        part = _ESCAPE.match(pattern, at) if letter == "\\" else None
        if part is None and letter == "{" and not inside and made and made[-1] not in ("(", "|", "^"):
            part = _QUANTIFIER.match(pattern, at)
        if part is not None:
            made.append(part[0])
            at = part.end()
            continue
        made.append("\\" + letter if letter in "{}" and not inside else letter)
        inside = letter == "[" or (inside and letter != "]")
        at += 1
    return "".join(made)

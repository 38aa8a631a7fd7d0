"""Regular expressions of documents as engines with strict rules read them.

ECMA-262 without the ``u`` flag takes a brace that begins no quantifier for itself (Annex B.1.2, "extended
pattern characters"), and many documents rely on it. JSON Schema asks for the ``u`` flag (2020-12 core, 6.4),
under which such a pattern is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import jsonschema_rs

ESCAPE = re.compile(r"\\(?:[pPuk][{<][^}>]{0,40}[}>]|.)", re.DOTALL)
_SET = re.compile(r"\[\^?\]?[^\]]*\]")
_QUANTIFIER = re.compile(r"\{\d{1,10}(?:,\d{0,10})?\}")
LONGEST = 2_000
"""Characters of a pattern that are looked through for what is wrong with it."""

FOREIGN: tuple[tuple[re.Pattern[str], bool, str], ...] = (
    (re.compile(r"\(\?[a-zA-Z^-]+[:)]"), True, "flags inside, which ECMA-262 lacks in most engines"),
    (re.compile(r"\(\?>"), True, "an atomic group, which ECMA-262 lacks"),
    (re.compile(r"\(\?P[<=]"), True, "a group named as in Python ((?P<…>)), which ECMA-262 lacks"),
    (re.compile(r"\(\?\("), True, "a conditional, which ECMA-262 lacks"),
    (re.compile(r"\(\?#"), True, "a comment, which ECMA-262 lacks"),
    (re.compile(r"[*+?}]\+"), True, "a possessive quantifier, which ECMA-262 lacks"),
    (re.compile(r"\\[AZzGQE]"), False, "an anchor or a quote of other engines ({0}), which ECMA-262 lacks"),
    (re.compile(r"\[\[:"), False, "a POSIX class, which ECMA-262 reads as a set of letters"),
    (re.compile(r"\\[hHRXK]"), False, "{0}, which ECMA-262 lacks"),
)
"""What other engines have: how it is written, whether outside of sets and escapes alone, and what it is.
``{0}`` is the text found."""


_ECMA = jsonschema_rs.Draft202012Validator({"format": "regex"}, validate_formats=True)


@lru_cache(maxsize=4096)
def unusable(pattern: str) -> str:
    """Why nobody can match by a pattern, or ''."""
    made = strict(pattern)
    if not _ECMA.is_valid(made):
        has = "; ".join(foreign(pattern[:LONGEST]))
        return f"it has {has}" if has else "it is no regular expression of ECMA-262"
    for engine in (jsonschema_rs.RegexOptions(), jsonschema_rs.FancyRegexOptions()):
        try:
            jsonschema_rs.Draft202012Validator({"pattern": made}, pattern_options=engine)
        except jsonschema_rs.ValidationError:
            continue
        return ""
    return "it is beyond the engines that cannot be made to hang"


def foreign(pattern: str) -> Iterator[str]:
    """What a pattern holds that ECMA-262 does not have."""
    plain = re.sub(r"\\\\", "  ", pattern)  # an escaped backslash escapes nothing
    bare = outside_sets(strict(pattern))
    for written, apart, says in FOREIGN:
        if found := written.search(bare if apart else plain):
            yield says.format(found[0])


def outside_sets(pattern: str) -> str:
    """The pattern with an ``x`` for each escape and each set, in which signs are letters."""
    return _SET.sub("x", ESCAPE.sub("x", pattern))


def strict(pattern: str) -> str:
    """The pattern with a backslash before each brace that stands for itself. Linear in its length."""
    if "{" not in pattern and "}" not in pattern:
        return pattern
    made: list[str] = []
    at, inside = 0, False  # inside a class braces stand for themselves, and need no backslash
    while at < len(pattern):
        letter = pattern[at]
        part = ESCAPE.match(pattern, at) if letter == "\\" else None
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

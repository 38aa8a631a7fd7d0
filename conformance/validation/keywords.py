"""The assertive keywords of JSON Schema Validation, each a function of the document's spelling.

A keyword is given its limit from the document and a wire value of a type that it speaks about; it returns
'' when the value keeps it, else what was expected, in words. Paths, clauses and files are its caller's
business. Source: JSON Schema Validation 2020-12, section 6, and draft-07, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any, Final

from conformance.codec import same
from conformance.contract.binary import decodes
from conformance.validation.pattern import Pattern
from conformance.validation.show import expression, items, literal, one_of


def enum(allowed: Sequence[object], value: object) -> str:
    """6.1.2: one of the values listed; on the wire, 1 is neither 1.0 nor true."""
    return "" if any(same(option, value) for option in allowed) else one_of(allowed)


def const(allowed: object, value: object) -> str:
    """6.1.3: exactly this value, wire type included."""
    return "" if same(allowed, value) else literal(allowed)


def minimum(limit: float, value: float) -> str:
    """6.2.4: not below; NaN is below everything."""
    return "" if value >= limit else f"at least {literal(limit)}"


def maximum(limit: float, value: float) -> str:
    """6.2.2: not above."""
    return "" if value <= limit else f"at most {literal(limit)}"


def exclusiveMinimum(limit: float, value: float) -> str:
    """6.2.5: strictly above."""
    return "" if value > limit else f"more than {literal(limit)}"


def exclusiveMaximum(limit: float, value: float) -> str:
    """6.2.3: strictly below."""
    return "" if value < limit else f"less than {literal(limit)}"


def multipleOf(limit: float, value: float) -> str:
    """6.2.1: a whole multiple, reckoned in exact decimals as both are written."""
    if isinstance(value, float) and not isfinite(value):
        return f"a multiple of {literal(limit)}"
    whole = (Fraction(repr(value)) / Fraction(repr(limit))).denominator == 1
    return "" if whole else f"a multiple of {literal(limit)}"


def minLength(limit: int, value: str | bytes) -> str:
    """6.3.2: characters (Unicode code points) of a str, bytes of a bin."""
    return "" if len(value) >= limit else f"at least {_length(limit, value)}"


def maxLength(limit: int, value: str | bytes) -> str:
    """6.3.1: as ``minLength``."""
    return "" if len(value) <= limit else f"at most {_length(limit, value)}"


def pattern(limit: Pattern, value: str) -> str:
    """6.3.3: the expression is found in the string (ECMA-262: ``$`` is the very end)."""
    return "" if limit.matches(value) else f"a string matching {expression(limit.text)}"


def raw_bytes(limit: object, value: str | bytes) -> str:
    """Section 8 and ``format: binary``: bytes where the codec has them, no text."""
    return "" if isinstance(value, bytes) else "bin"


def contentEncoding(limit: str, value: str) -> str:
    """8.3: text in that encoding."""
    return "" if decodes(limit, value) else f"text in {limit}"


def minItems(limit: int, value: Sequence[object]) -> str:
    """6.4.2."""
    return "" if len(value) >= limit else f"at least {items(limit)}"


def maxItems(limit: int, value: Sequence[object]) -> str:
    """6.4.1."""
    return "" if len(value) <= limit else f"at most {items(limit)}"


def uniqueItems(limit: bool, value: Sequence[object]) -> str:
    """6.4.3: no two elements are the same on the wire."""
    if not limit:
        return ""
    strings = {item for item in value if type(item) is str}
    others = [item for item in value if type(item) is not str]
    twice = len(strings) + len(others) < len(value)
    twice = twice or any(same(a, b) for number, a in enumerate(others) for b in others[:number])
    return "items that all differ" if twice else ""


def minProperties(limit: int, value: Sequence[object]) -> str:
    """6.5.2."""
    return "" if len(value) >= limit else f"at least {_entries(limit)}"


def maxProperties(limit: int, value: Sequence[object]) -> str:
    """6.5.1."""
    return "" if len(value) <= limit else f"at most {_entries(limit)}"


def _length(limit: int, value: str | bytes) -> str:
    unit = "character" if isinstance(value, str) else "byte"
    return f"{limit} {unit}{'' if limit == 1 else 's'}"


def _entries(limit: int) -> str:
    return "1 entry" if limit == 1 else f"{limit} entries"


Keyword = Callable[[Any, Any], str]

NUMBERS: Final = frozenset({"int", "float"})
STRINGS: Final = frozenset({"str", "bin"})
ARRAYS: Final = frozenset({"array"})
MAPS: Final = frozenset({"map"})
ALL: Final = frozenset({"nil", "bool", "int", "float", "str", "bin", "array", "map", "ext"})

KEYWORDS: Final[dict[str, tuple[frozenset[str], Keyword]]] = {
    "const": (ALL, const),
    "enum": (ALL, enum),
    "minItems": (ARRAYS, minItems),
    "maxItems": (ARRAYS, maxItems),
    "minimum": (NUMBERS, minimum),
    "maximum": (NUMBERS, maximum),
    "exclusiveMinimum": (NUMBERS, exclusiveMinimum),
    "exclusiveMaximum": (NUMBERS, exclusiveMaximum),
    "multipleOf": (NUMBERS, multipleOf),
    "minLength": (STRINGS, minLength),
    "maxLength": (STRINGS, maxLength),
    "pattern": (frozenset({"str"}), pattern),
    "uniqueItems": (ARRAYS, uniqueItems),
    "minProperties": (MAPS, minProperties),
    "maxProperties": (MAPS, maxProperties),
}
"""Keyword -> (wire types that it speaks about, its function), in the order in which findings are given."""

RAW: Final[dict[str, tuple[frozenset[str], Keyword]]] = {
    "format": (STRINGS, raw_bytes),
    "contentEncoding": (STRINGS, raw_bytes),
    "contentMediaType": (STRINGS, raw_bytes),
}
"""Of strings that are bytes on the wire; before all others."""

TEXT: Final[dict[str, tuple[frozenset[str], Keyword]]] = {
    "contentEncoding": (frozenset({"str"}), contentEncoding)
}
"""Of strings that are texts."""

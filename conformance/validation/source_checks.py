"""The keywords of a schema as conditions in Python source: true for a value that does not keep them.

A keyword that has no short form here is asked by its own function, so that each means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from conformance.validation import keywords
from conformance.validation.keywords import Keyword
from conformance.validation.node import Check

Bind = Callable[[object], str]

_LIMITS: Final[dict[Keyword, str]] = {
    keywords.minimum: "not {value} >= {limit}",
    keywords.maximum: "not {value} <= {limit}",
    keywords.exclusiveMinimum: "not {value} > {limit}",
    keywords.exclusiveMaximum: "not {value} < {limit}",
    keywords.minLength: "not len({value}) >= {limit}",
    keywords.maxLength: "not len({value}) <= {limit}",
    keywords.minItems: "not len({value}) >= {limit}",
    keywords.maxItems: "not len({value}) <= {limit}",
    keywords.minProperties: "not len({value}) >= {limit}",
    keywords.maxProperties: "not len({value}) <= {limit}",
}
_TYPES: Final[dict[str, type]] = {"nil": type(None), "bool": bool, "int": int, "str": str, "bin": bytes}
"""Of these, two of one type are the same on the wire where Python calls them equal."""


def misses(check: Check, kind: str, value: str, bind: Bind) -> str:
    """A condition on the variable ``value``, which holds a value of that wire type."""
    if check.function in _LIMITS:
        return _LIMITS[check.function].format(value=value, limit=bind(check.limit))
    if check.function is keywords.pattern:
        matches: Callable[[str], bool] = check.limit.matches
        return f"not {bind(matches)}({value})"
    if check.function is keywords.const and kind in _TYPES:
        return _is_none_of(_TYPES[kind], [check.limit], value, bind)
    if check.function is keywords.enum and kind in _TYPES:
        return _is_none_of(_TYPES[kind], check.limit, value, bind)
    return f"{bind(check.function)}({bind(check.limit)}, {value})"


def _is_none_of(kind: type, options: Sequence[object], value: str, bind: Bind) -> str:
    allowed = [each for each in options if type(each) is kind]
    if len(allowed) == 1:
        return f"{value} != {bind(allowed[0])}"
    return f"{value} not in {bind(frozenset(allowed))}"

"""JSONPath (RFC 9535): which places of a value a query selects.

The library (python-jsonpath, strict mode) is imported when the first query is read: most contracts have
none. Its ``match`` and ``search`` are replaced, because they need Python's ``re``, which can be made to hang
and which reads some I-Regexps (RFC 9485) otherwise; and what it takes beyond the RFC in strict mode, too, is
refused: ``$.x-a`` for ``$['x-a']``, ``not``, ``<>``, and slices of texts.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import jsonschema_rs

from conformance.documents.tree import Node

if TYPE_CHECKING:
    from jsonpath import JSONPathEnvironment

Place = tuple[str | int, ...]

MAX_PLACES = 200_000
QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
NAME_FIRST = "a-zA-Z_\\u0080-\\uD7FF\\uE000-\\U0010FFFF"
HYPHEN = re.compile(r"\.([A-Za-z_]\w*-[\w-]*)")
MAX_LENGTH = 10_000


def select(query: Node, value: object) -> list[Place]:
    """The places of ``value`` that a query selects, each once, in the order of RFC 9535.

    Raises DocumentError at the query's line for what is no RFC 9535 query, and for one that selects more
    than anybody means.
    """
    from jsonpath.exceptions import JSONPathError

    text = str(query.value)
    if len(text) > MAX_LENGTH:
        raise query.refuse(f"a JSONPath query of {len(text)} characters", expected=f"at most {MAX_LENGTH}")
    try:
        if "<>" in QUOTED.sub("", text):
            raise ValueError("unexpected token '<>'")
        found = _environment().compile(text).finditer(value)  # type: ignore[arg-type]
        places = dict.fromkeys(match.parts for match in islice(found, MAX_PLACES + 1))
    except (JSONPathError, RecursionError, ValueError) as problem:
        reason = str(problem.args[0]) if problem.args else type(problem).__name__
        hyphen = HYPHEN.search(QUOTED.sub("''", text))
        raise query.refuse(
            f"{text[:80]!r} is not a JSONPath query: {reason}",
            expected="a query as of RFC 9535",
            hint=f"a name with a hyphen stands in brackets: ['{hyphen[1][:40]}']" if hyphen else "",
        ) from None
    if len(places) > MAX_PLACES:
        raise query.refuse(f"{text[:80]!r} selects more than {MAX_PLACES} places")
    return [place for place in places if _is_there(value, place)]


def _is_there(value: object, place: Place) -> bool:
    """Whether the place is one of maps and lists alone; a character of a text is none."""
    for step in place:
        if isinstance(value, dict):
            value = value[step]
        elif isinstance(value, list):
            value = value[int(step)]
        else:
            return False
    return True


@cache
def _environment() -> JSONPathEnvironment:
    from jsonpath import JSONPathEnvironment
    from jsonpath.function_extensions import ExpressionType, FilterFunction
    from jsonpath.lex import Lexer

    class Strict(Lexer):
        """Names in dots and logical operators as RFC 9535 has them (sections 2.5.1.1 and 2.3.5.1)."""

        key_pattern = f"[{NAME_FIRST}][{NAME_FIRST}0-9]*"
        logical_not_pattern = "!"
        logical_and_pattern = "&&"
        logical_or_pattern = r"\|\|"

    class Environment(JSONPathEnvironment):
        lexer_class = Strict

    class Regular(FilterFunction):
        """``match`` (of the whole text) or ``search`` (RFC 9535, sections 2.4.6 and 2.4.7)."""

        arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - as the library declares it
        return_type = ExpressionType.LOGICAL

        def __init__(self, around: str) -> None:
            self.around = around

        def __call__(self, value: object, pattern: object) -> bool:
            if not isinstance(value, str) or not isinstance(pattern, str):
                return False
            judge = _regular(self.around.format(_linear(pattern)))
            try:
                return judge is not None and judge.is_valid(value)
            except ValueError:  # a lone surrogate: no text at all
                return False

    made = Environment(strict=True)
    made.function_extensions["match"] = Regular("^(?:{})$")
    made.function_extensions["search"] = Regular("{}")
    return made


@lru_cache(maxsize=256)
def _regular(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    """A pattern in an engine of linear time; None for one that is none: it matches nothing (2.4.6)."""
    try:
        return jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, ValueError):
        return None


def _linear(pattern: str) -> str:
    """An I-Regexp for that engine: its dot is any character but line feed *and* carriage return."""
    made, escaped, inside = [], False, False
    for mark in pattern:
        if escaped:
            escaped = False
        elif mark == "\\":
            escaped = True
        elif mark in "[]":
            inside = mark == "["
        elif mark == "." and not inside:
            mark = r"[^\n\r]"
        made.append(mark)
    return "".join(made)

"""Patterns of documents, matched by a regular-expression engine that cannot be made to hang.

Never Python's ``re``: it takes exponential time on some patterns, lets ``$`` match before a trailing
newline and ``\\d`` match Arabic digits, none of which ECMA-262 does (JSON Schema Core, *Regular
Expressions*).
"""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from conformance.contract import Where
from conformance.errors import DocumentError

_BACKTRACK_LIMIT = 100_000


class Pattern:
    """A compiled pattern. ``matches`` searches, as JSON Schema does: anchors are the document's business.

    Patterns without look-around and back references run in linear time; others under a limit of steps,
    beyond which matching raises ``DocumentError``.
    """

    def __init__(self, text: str, where: Where) -> None:
        self.text = text
        self.where = where
        schema = {"pattern": text}
        self._limited = False
        try:
            linear = jsonschema_rs.RegexOptions()
            self._validator = jsonschema_rs.Draft202012Validator(schema, pattern_options=linear)
        except jsonschema_rs.ValidationError:
            self._limited = True
            try:
                limited = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACK_LIMIT)
                self._validator = jsonschema_rs.Draft202012Validator(schema, pattern_options=limited)
            except jsonschema_rs.ValidationError as error:
                raise DocumentError(
                    str(where),
                    f"the pattern {text!r} is not a regular expression",
                    expected="an ECMA-262 pattern",
                ) from error

    def matches(self, value: str) -> bool:
        """Whether the pattern is found in ``value``."""
        try:
            valid = self._validator.is_valid(value)
        except ValueError:  # a lone surrogate: no text at all
            return False
        if valid or not self._limited:
            return valid
        gave_up = (
            jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded,
            jsonschema_rs.ValidationErrorKind.RegexEngineFailure,
        )
        for error in self._validator.iter_errors(value):
            if isinstance(error.kind, gave_up):
                raise DocumentError(str(self.where), f"the pattern {self.text!r} takes too long to match")
        return False


@lru_cache(maxsize=4096)
def compiled(text: str, where: Where) -> Pattern:
    """The compiled pattern; ``DocumentError`` at ``where`` when it is none."""
    return Pattern(text, where)

"""Patterns that nobody can match by: what holds one cannot be read, and its promises are not judged.

Leaving only the keyword out would not do: under ``oneOf`` and ``not`` a schema that says less refuses more,
and commands would be made that the document forbids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.contract.schema import Schema
from conformance.contract.sentences import shown
from conformance.documents.regex import unusable
from conformance.documents.structure import DATA
from conformance.documents.where import Where
from conformance.errors import DocumentError


class UnusablePattern(DocumentError):
    """A pattern of a schema is no regular expression of ECMA-262; ``reason`` tells which, and why."""

    def __init__(self, at: Where, pattern: str, why: str) -> None:
        self.at, self.reason = at, f"pattern {shown(pattern)} is unusable: {why}"
        super().__init__(str(at), f"the {self.reason}", expected="a regular expression of ECMA-262")


def unusable_pattern(schema: Schema) -> UnusablePattern | None:
    """The first pattern of a schema by which nobody can match; None where there is none."""
    for node in schema.walk():
        for keyword, pattern in _patterns(node):
            if why := unusable(pattern):
                return UnusablePattern(node.at(keyword), pattern, why)
    return None


def usable(schema: Schema) -> Schema:
    """The schema. Raises UnusablePattern when one of its patterns is unusable."""
    found = unusable_pattern(schema)
    if found is not None:
        raise found
    return schema


def _patterns(node: Schema) -> Iterator[tuple[str, str]]:
    """The patterns of one schema object, with the keywords that hold them."""
    if "pattern" in node.values:
        yield "pattern", str(node.values["pattern"])
    for name in node.pattern_properties:
        yield "patternProperties", name
    for keyword, plain in node.others.items():
        yield from ((keyword, each) for each in _inside(plain))


def _inside(value: object) -> Iterator[str]:
    """The patterns of a plain schema, as a library judges it."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key == "pattern" and isinstance(each, str):
                yield each
            elif key == "patternProperties" and isinstance(each, Mapping):
                yield from each
            if key not in DATA:
                yield from _inside(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _inside(each)

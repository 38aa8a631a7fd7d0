"""Long lists as JSON: as ``json.dump(…, indent=2)`` writes them, an entry at a time and many times faster.

The indenting encoder of the standard library is written in Python, and yields every comma; its encoder of
texts is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import TextIO

AT_ONCE = 500
"""Entries that are written at once."""

Entry = Mapping[str, str | tuple[str, ...] | None]
"""What is listed: texts, and lists of texts."""


def write_list(name: str, entries: Iterable[Entry], out: TextIO) -> None:
    """Write ``{name: [entry, …]}`` and the end of the line."""
    begun = False
    for some in _batches(map(_entry, entries)):
        out.write(",\n" if begun else f"{{\n  {encode_basestring(name)}: [\n")
        out.write(",\n".join(some))
        begun = True
    out.write("\n  ]\n}\n" if begun else json.dumps({name: []}, indent=2, ensure_ascii=False) + "\n")


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    some: list[str] = []
    for text in texts:
        some.append(text)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _entry(entry: Entry) -> str:
    if not entry:
        return "    {}"
    members = ",\n".join([f"      {encode_basestring(key)}: {_value(value)}" for key, value in entry.items()])
    return f"    {{\n{members}\n    }}"


def _value(value: str | tuple[str, ...] | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    if not value:
        return "[]"
    items = ",\n        ".join(map(encode_basestring, value))
    return f"[\n        {items}\n      ]"

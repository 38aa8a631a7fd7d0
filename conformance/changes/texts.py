"""Values and self-contained schemas as texts that are equal where they mean the same."""

from __future__ import annotations

import json

from conformance.documents.pointers import split, step

ANNOTATIONS = frozenset({"title", "description", "default", "example", "examples", "$comment", "summary"})


def canonical(value: object) -> str:
    """A value as a text; 1 and 1.0 and true are three, as they are on the wire."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def inlined(bundled: object) -> object:
    """A self-contained schema without its definitions: each reference to them in its place, once a way down;
    without what only a reader sees."""
    return _inlined(bundled, bundled, ())


def _inlined(value: object, root: object, above: tuple[str, ...]) -> object:
    if isinstance(value, list):
        return [_inlined(each, root, above) for each in value]
    if not isinstance(value, dict):
        return value
    link = value.get("$ref")
    made = {
        key: _inlined(each, root, above)
        for key, each in value.items()
        if key not in ANNOTATIONS and key not in ("$ref", "$defs", "definitions", "$id", "id", "$schema")
    }
    if not isinstance(link, str):
        return made
    if not link.startswith("#/") or link in above:
        return {"$ref": len(above) if link in above else link, **made}
    here: object = root
    for segment in split(link[1:]):
        here = step(here, segment)[1]
    found = _inlined(here, root, (*above, link))
    return found if not made else {"allOf": [found], **made}

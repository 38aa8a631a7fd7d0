"""Places of a payload whose value is known only when it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.payloads import Hole


def source_hole(spec: Mapping[str, object]) -> Hole:
    """The hole of ``{source: name, plus: number}``, as documents and scenarios write it."""
    plus = spec.get("plus", 0)
    return Hole("source", str(spec["source"]), plus=plus if isinstance(plus, int) else 0)


def with_holes(value: object) -> object:
    """A value of a document in which ``{source: …}`` maps have become holes."""
    if isinstance(value, Mapping):
        if "source" in value and value.keys() <= {"source", "plus"}:
            return source_hole(value)
        return {key: with_holes(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [with_holes(each) for each in value]
    return value

"""Places of a payload whose value is known only when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

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


def replaced(payload: object, change: Callable[[Hole], object]) -> object:
    """A copy of the payload in which every hole is what ``change`` makes of it."""
    match payload:
        case Hole():
            return change(payload)
        case Mapping():
            return {key: replaced(each, change) for key, each in payload.items()}
        case list() | tuple():
            return [replaced(each, change) for each in payload]
        case _:
            return payload


def sources(payload: object) -> Iterator[str]:
    """The names of the target's values that a payload waits for."""
    match payload:
        case Hole(kind="source", name=name):
            yield name
        case Mapping():
            for each in payload.values():
                yield from sources(each)
        case list() | tuple():
            for each in payload:
                yield from sources(each)
        case _:
            pass

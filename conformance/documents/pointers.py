"""JSON pointers (RFC 6901) on plain values; a segment ``*`` stands for each element or member.

The star is ours (extensions use it): a member that is really called ``*`` cannot be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeGuard

EACH = "*"


@lru_cache(maxsize=4096)
def split(pointer: str) -> tuple[str, ...]:
    """The segments of a pointer, unescaped. Raises ValueError when it lacks its first ``/``."""
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r} (expected it to begin with /)")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def join(*segments: str | int) -> str:
    """The pointer of these segments, escaped."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in segments)


def step(value: object, segment: str) -> tuple[bool, object]:
    """Whether ``value`` has a member or element of that name, and what it is."""
    if isinstance(value, Mapping):
        return (True, value[segment]) if segment in value else (False, None)
    if is_list(value) and _is_index(segment) and int(segment) < len(value):
        return True, value[int(segment)]
    return False, None


def get(value: object, pointer: str) -> object:
    """What stands at ``pointer``. Raises LookupError when nothing does."""
    for segment in split(pointer):
        present, value = step(value, segment)
        if not present:
            raise LookupError(f"nothing at {pointer}")
    return value


def has(value: object, pointer: str) -> bool:
    """Whether something, nil included, stands at ``pointer``; with ``*``, at any of the places."""
    return bool(find(value, pointer))


def find(value: object, pointer: str) -> list[tuple[str, object]]:
    """All places that ``pointer`` means, as (pointer without stars, value), in order; empty when none."""
    segments = split(pointer)
    if "*" not in segments:  # by far the most: no list of places needs to be built
        for segment in segments:
            there, value = step(value, segment)
            if not there:
                return []
        return [(pointer, value)]
    places = [("", value)]
    for segment in split(pointer):
        places = [found for path, each in places for found in _below(path, each, segment)]
    return places


def _below(path: str, value: object, segment: str) -> Iterator[tuple[str, object]]:
    if segment != EACH:
        present, inner = step(value, segment)
        if present:
            yield path + join(segment), inner
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield path + join(str(key)), inner
    elif is_list(value):
        for index, inner in enumerate(value):
            yield path + join(index), inner


def put(value: object, pointer: str, new: object) -> object:
    """A copy of ``value`` with ``new`` at ``pointer``.

    Only the last segment may be new: a key, or the end of a list (``-``, RFC 6901 section 4).
    Raises LookupError when the way there does not exist.
    """
    return _changed(value, split(pointer), pointer, (new,))


def remove(value: object, pointer: str) -> object:
    """A copy of ``value`` without what stands at ``pointer``. Raises LookupError when nothing does."""
    if not pointer:
        raise LookupError("the whole value cannot be removed")
    return _changed(value, split(pointer), pointer, ())


def _changed(value: object, segments: tuple[str, ...], pointer: str, new: tuple[object, ...]) -> object:
    if not segments:
        return new[0]
    segment, deeper = segments[0], segments[1:]
    present, inner = step(value, segment)
    last = not deeper
    if not present and not (last and new):
        raise LookupError(f"nothing at {pointer}")
    if isinstance(value, Mapping):
        copy = dict(value)
        if last and not new:
            del copy[segment]
        else:
            copy[segment] = _changed(inner, deeper, pointer, new)
        return copy
    if is_list(value) and (present or segment in ("-", str(len(value)))):
        items = list(value)
        index = int(segment) if present else len(items)
        items[index : index + 1] = [] if last and not new else [_changed(inner, deeper, pointer, new)]
        return items
    raise LookupError(f"nothing at {pointer}")


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Whether a wire value is an array: a sequence that is neither text nor bytes."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview)


def _is_index(segment: str) -> bool:
    return segment.isascii() and segment.isdigit() and (segment == "0" or segment[0] != "0")

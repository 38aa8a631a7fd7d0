"""JSON pointers (RFC 6901) on plain values; a segment ``*`` stands for each element or member.

The star is ours (extensions use it): a member that is really called ``*`` cannot be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    if type(value) is dict or (type(value) is not list and isinstance(value, Mapping)):
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
            if type(value) is dict:
                if segment not in value:
                    return []
                value = value[segment]
                continue
            there, value = step(value, segment)
            if not there:
                return []
        return [(pointer, value)]
    places = [("", value)]
    for segment in split(pointer):
        places = [found for path, each in places for found in _below(path, each, segment)]
    return places


@lru_cache(maxsize=4096)
def finder(pointer: str) -> Callable[[object], list[object]]:
    """What ``find`` finds at ``pointer``, the values alone: made once, and asked of many values."""
    segments = split(pointer)
    if EACH not in segments:
        return _at(segments)
    star = segments.index(EACH)
    above, below = _at(segments[:star]), finder(join(*segments[star + 1 :]))
    lone = segments[star + 1] if len(segments) == star + 2 else ""
    column = int(lone) if _is_index(lone) else -1

    def each(value: object) -> list[object]:
        found: list[object] = []
        for whole in above(value):
            rows = whole if is_list(whole) else whole.values() if isinstance(whole, Mapping) else ()
            for row in rows:
                if column < 0 or type(row) is not list:
                    found += below(row)
                elif column < len(row):  # a column of a table: most stars are of those
                    found.append(row[column])
        return found

    return each


def _at(segments: tuple[str, ...]) -> Callable[[object], list[object]]:
    """As ``finder``, without stars."""
    steps = [(segment, int(segment) if _is_index(segment) else -1) for segment in segments]
    first, second = (index for _, index in steps) if len(steps) == 2 else (-1, -1)

    def lone(value: object) -> list[object]:
        """At a position of a list: by far the most are asked for no more."""
        return value[index : index + 1] if type(value) is list else at(value)

    def pair(value: object) -> list[object]:
        """At a position of a list in a list."""
        if type(value) is list and first < len(value):
            inner = value[first]
            if type(inner) is list:
                return inner[second : second + 1]
        return at(value)

    def at(value: object) -> list[object]:
        for segment, index in steps:
            if type(value) is list:
                if not 0 <= index < len(value):
                    return []
                value = value[index]
                continue
            if type(value) is dict:
                if segment not in value:
                    return []
                value = value[segment]
                continue
            there, value = step(value, segment)
            if not there:
                return []
        return [value]

    if len(steps) == 1 and (index := steps[0][1]) >= 0:
        return lone
    return pair if first >= 0 and second >= 0 else at


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
    return type(value) is list or (
        isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview)
    )


def _is_index(segment: str) -> bool:
    return segment.isascii() and segment.isdigit() and (segment == "0" or segment[0] != "0")

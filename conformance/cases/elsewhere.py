"""What one address says held against what another one said: place by place, but for what moves by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.cases.terms import Condition, Elsewhere
from conformance.codec import MISSING, same
from conformance.documents.pointers import EACH, join, split

Path = tuple[str, ...]
Difference = tuple[Path, object, object]
AS_ELSEWHERE = "as_elsewhere"
"""The operation of a condition whose value is ``Elsewhere``. For derived cases alone."""


def differing(
    condition: Condition, held: Elsewhere, here: object, saved: Mapping[str, object]
) -> tuple[Condition, object, object] | None:
    """The first place where it is other here than there, as (condition of that place, there, here).

    What is other now than ``before`` has moved in between: that says nothing.
    """
    there, before = (saved.get(each.name, MISSING) for each in (held.there, held.before))
    apart = [split(each) for each in held.apart]
    for path, wanted, found in () if there is MISSING else _differences(there, here, before, (), apart):
        return replace(condition, pointer=join(*path)), wanted, found
    return None


def _differences(
    there: object, here: object, before: object, path: Path, apart: Sequence[Path]
) -> Iterator[Difference]:
    if any(_covers(each, path) for each in apart):
        return
    parts = _parts(there), _parts(here)
    if parts[0] and parts[1] and type(there) is type(here) and (isinstance(here, dict) or _as_long(*parts)):
        then = _parts(before) if type(before) is type(here) else {}
        for key in dict.fromkeys((*parts[0], *parts[1])):
            one, other, last = (each.get(key, MISSING) for each in (*parts, then))
            yield from _differences(one, other, last, (*path, str(key)), apart)
    elif not same(there, here) and same(here, before):
        yield path, there, here


def _parts(value: object) -> Mapping[object, object]:
    """The members of a map, the elements of a list."""
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, list | tuple) else {}


def _as_long(one: Mapping[object, object], other: Mapping[object, object]) -> bool:
    return len(one) == len(other)


def _covers(apart: Path, path: Path) -> bool:
    return len(apart) == len(path) and all(a in (EACH, b) for a, b in zip(apart, path, strict=True))

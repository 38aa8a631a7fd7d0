"""Places of a payload whose value is known only when it is sent: from the target, made fresh, a credential,
an id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from conformance.payloads.fresh import Fresh


@dataclass(frozen=True, slots=True)
class Hole:
    """A value to be filled in later.

    ``kind``: ``source`` (the target's value called ``name``, plus ``plus`` where it is an integer),
    ``unique`` (a fresh value each time it is sent), ``credential`` (of the scheme ``name``) or
    ``correlation``. ``words`` is the place in the schema; ``example`` fits the schema there, for judging
    what stands around the hole. ``fresh`` says how fresh values are made where the schema asks for more than
    their type.
    """

    kind: str
    name: str = ""
    plus: int = 0
    words: tuple[str, ...] = ()
    example: object = field(default="", compare=False)
    fresh: Fresh | None = field(default=None, compare=False)


_SCALAR: Final = frozenset({str, int, float, bool, bytes, type(None)})
"""Types of values in which there is no hole."""


def fill(value: object, resolver: Callable[[Hole], object]) -> object:
    """A copy of the value with each hole replaced by what ``resolver`` gives for it."""
    if isinstance(value, Hole):
        return resolver(value)
    if isinstance(value, (dict, Mapping)):  # asking for a dict is quick, and nearly all are
        return {key: item if type(item) in _SCALAR else fill(item, resolver) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [item if type(item) in _SCALAR else fill(item, resolver) for item in value]
    return value


def exemplified(value: object) -> object:
    """A copy of the value with each hole replaced by its example."""
    return fill(value, lambda hole: hole.example)


def shown(value: object) -> object:
    """The value with each hole replaced by its example; parts without holes are the very same objects."""
    if isinstance(value, Hole):
        return value.example
    if isinstance(value, dict):
        made = {key: item if type(item) in _SCALAR else shown(item) for key, item in value.items()}
        return made if any(made[key] is not item for key, item in value.items()) else value
    if isinstance(value, list):
        items = [shown(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return value


def holes_in(value: object) -> Iterator[tuple[tuple[str | int, ...], Hole]]:
    """Each hole of a value with its instance path, in order."""
    if isinstance(value, Hole):
        yield (), value
    elif isinstance(value, (dict, Mapping)):
        for key, item in value.items():
            if type(item) is Hole:
                yield (key,), item
            elif type(item) not in _SCALAR:
                for path, hole in holes_in(item):
                    yield (key, *path), hole
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            if type(item) not in _SCALAR:
                for path, hole in holes_in(item):
                    yield (index, *path), hole


def place(value: object, pointer: str, item: object) -> object:
    """A copy of the value with ``item`` (a hole, or any value) at an RFC 6901 pointer.

    The last segment may be a new key; ``ValueError`` when the pointer leads nowhere else.
    """
    if not pointer:
        return item
    if not pointer.startswith("/"):
        raise ValueError(f"no JSON pointer: {pointer!r}")
    path = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    return _placed(value, path, item, pointer)


def _placed(value: object, path: list[str], item: object, pointer: str) -> object:
    head, rest = path[0], path[1:]
    if isinstance(value, Mapping) and (not rest or head in value):
        return {**value, head: _placed(value[head], rest, item, pointer) if rest else item}
    if isinstance(value, (list, tuple)) and head.isdigit() and int(head) < len(value):
        index = int(head)
        inner = _placed(value[index], rest, item, pointer) if rest else item
        return [*value[:index], inner, *value[index + 1 :]]
    raise ValueError(f"the pointer {pointer!r} leads nowhere")

"""What a byte walker reports, and what a decoder returns: items, problems, decoded values.

MessagePack and JSON text are walked into the same items, so building a value, finding the bytes of a value
and explaining what is wrong are written once, here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from conformance.codec.values import MISSING, Pairs

Path = tuple[str | int, ...]

MAX_DEPTH: Final = 64
"""Containers nested deeper than this are reported as ``too_deep`` and not read: far above any contract's
need, far below what exhausts a stack.
"""

MAX_VALUES: Final = 100_000
"""Values of one frame, containers and keys among them: what stands beyond is reported as ``too_many`` and not
read. Far above any contract's need; the worst frame of so many is read in well under half a second.
"""

MAX_PROBLEMS: Final = 32
"""Problems reported of one frame; what a hostile frame holds beyond them is not listed."""


class Problem(NamedTuple):
    """Something wrong with the bytes themselves, whatever the contract.

    ``kind``: ``empty`` (no bytes), ``undecodable`` (truncated, reserved byte, invalid UTF-8, a syntax
    error), ``too_deep``, ``too_many`` (values), ``trailing`` (bytes after the one value), ``duplicate_key``,
    ``key_type`` (a key that is no string). ``offset`` counts bytes from the start of the frame; ``path`` is
    the place in the value.
    """

    kind: str
    offset: int
    says: str
    path: Path = ()

    def __str__(self) -> str:
        return f"{self.says} (byte {self.offset})"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded frame: the best value that could be read (``MISSING``: none), and all that is wrong with it.

    A value with problems may be partial: what stood before the fault, its open containers closed there. Of
    a duplicate key the last value counts; a map with keys that are no strings is a ``Pairs``.
    """

    value: object
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the frame is exactly one well-formed value."""
        return not self.problems


class Item(NamedTuple):
    """One step of a walk, in the order of the bytes.

    ``length`` is the whole encoding of a scalar, or the head of a container. ``type`` is a wire type,
    ``end`` (a closing bracket: JSON alone has them) or ``problem``. ``value`` is the scalar; ``size``
    counts a container's entries (-1: not announced, as in JSON) or a scalar's payload bytes. ``path`` is
    the place of the value; a map's key (``key``) has the path of the value that it names. ``form`` is the
    encoding's name in its specification, ``minimal`` whether no shorter one holds the same.
    """

    offset: int
    length: int
    depth: int
    type: str
    value: object = None
    size: int = 0
    path: Path = ()
    key: bool = False
    form: str = ""
    minimal: bool = True
    problem: Problem | None = None


class _Open:
    """A container that is still being read."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.entries: list[object] = []
        self.keys: list[object] = []
        self.names: set[str] = set()

    def close(self) -> object:
        if self.item.type == "array":
            return self.entries
        if all(isinstance(key, str) for key in self.keys):
            return dict(zip(self.keys, self.entries, strict=False))
        return Pairs(tuple(zip(self.keys, self.entries, strict=False)))


def assemble(items: Iterable[Item]) -> Decoded:
    """The value that a walk went through, and the problems on its way."""
    stack: list[_Open] = []
    problems: list[Problem] = []
    result: object = MISSING

    def put(value: object, item: Item) -> None:
        nonlocal result
        if not stack:
            result = value
        elif item.key:
            stack[-1].keys.append(value)
        else:
            stack[-1].entries.append(value)

    def close_to(depth: int) -> None:
        while len(stack) > depth:
            done = stack.pop()
            put(done.close(), done.item)

    for item in items:
        if item.problem is not None:
            if len(problems) < MAX_PROBLEMS:
                problems.append(item.problem)
            if item.type == "problem":
                continue
        if item.type == "end":
            continue
        close_to(item.depth)
        if item.key and len(problems) < MAX_PROBLEMS:
            problems.extend(_key_problems(stack[-1], item))
        if item.type in ("array", "map"):
            stack.append(_Open(item))
        else:
            put(item.value, item)
    close_to(0)
    return Decoded(result, tuple(problems))


def _key_problems(container: _Open, item: Item) -> Iterator[Problem]:
    if not isinstance(item.value, str):
        yield Problem("key_type", item.offset, f"a map key is {item.type}, not str", item.path)
    elif item.value in container.names:
        yield Problem(
            "duplicate_key", item.offset, f"a map holds the key {item.value[:60]!r} twice", item.path
        )
    else:
        container.names.add(item.value)


def spans(items: Iterable[Item], path: Path) -> tuple[tuple[int, int], ...]:
    """Where the value at ``path`` stands: (offset, length), once for each time that it is written."""
    found: list[tuple[int, int]] = []
    start, depth, end = -1, 0, 0
    for item in items:
        if start >= 0 and item.depth <= depth:
            if item.type == "end":
                end = item.offset + item.length
            found.append((start, end - start))
            start = -1
        if item.type == "problem":
            break
        if start < 0 and item.path == path and not item.key and item.type != "end":
            start, depth = item.offset, item.depth
        end = item.offset + item.length
    if start >= 0:
        found.append((start, end - start))
    return tuple(found)

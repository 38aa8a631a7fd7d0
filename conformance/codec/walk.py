"""The byte walker: every head and scalar of a MessagePack frame, with its offset and its encoding.

Written from the MessagePack specification (section *Formats*), without recursion, in time linear to the
bytes; it never raises. It shows what no decoder does: offsets, float 32 against float 64, encodings that
are longer than they need to be, the order of maps.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from conformance.codec.item import MAX_DEPTH, MAX_VALUES, Item, Path, Problem, spans
from conformance.codec.values import Ext

# first byte -> (name in the specification, wire type, bytes of the announced size or of the number)
_FORMS: Final[dict[int, tuple[str, str, int]]] = {
    0xC4: ("bin 8", "bin", 1), 0xC5: ("bin 16", "bin", 2), 0xC6: ("bin 32", "bin", 4),
    0xC7: ("ext 8", "ext", 1), 0xC8: ("ext 16", "ext", 2), 0xC9: ("ext 32", "ext", 4),
    0xCA: ("float 32", "float", 4), 0xCB: ("float 64", "float", 8),
    0xCC: ("uint 8", "int", 1), 0xCD: ("uint 16", "int", 2),
    0xCE: ("uint 32", "int", 4), 0xCF: ("uint 64", "int", 8),
    0xD0: ("int 8", "int", 1), 0xD1: ("int 16", "int", 2),
    0xD2: ("int 32", "int", 4), 0xD3: ("int 64", "int", 8),
    0xD9: ("str 8", "str", 1), 0xDA: ("str 16", "str", 2), 0xDB: ("str 32", "str", 4),
    0xDC: ("array 16", "array", 2), 0xDD: ("array 32", "array", 4),
    0xDE: ("map 16", "map", 2), 0xDF: ("map 32", "map", 4),
}  # fmt: skip
_FIXEXT: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_NUMBERS: Final = {
    "float 32": ">f", "float 64": ">d", "uint 8": ">B", "uint 16": ">H", "uint 32": ">I", "uint 64": ">Q",
    "int 8": ">b", "int 16": ">h", "int 32": ">i", "int 64": ">q",
}  # fmt: skip
# first byte -> the scalars that are this one byte: (name in the specification, wire type, value)
_SINGLES: Final[dict[int, tuple[str, str, object]]] = {
    **{first: ("positive fixint", "int", first) for first in range(0x80)},
    **{first: ("negative fixint", "int", first - 256) for first in range(0xE0, 0x100)},
    0xC0: ("nil", "nil", None), 0xC2: ("false", "bool", False), 0xC3: ("true", "bool", True),
}  # fmt: skip
# type -> the largest size that the form of that many size bytes should not be used for: the next shorter
# form holds it
_SHORTER: Final = {
    "bin": {1: -1, 2: 0xFF, 4: 0xFFFF},
    "ext": {1: -1, 2: 0xFF, 4: 0xFFFF},
    "str": {0: -1, 1: 31, 2: 0xFF, 4: 0xFFFF},
    "array": {0: -1, 2: 15, 4: 0xFFFF},
    "map": {0: -1, 2: 15, 4: 0xFFFF},
}


class _BadError(Exception):
    """The bytes at ``offset`` cannot be read."""

    def __init__(self, offset: int, says: str) -> None:
        super().__init__(offset, says)
        self.offset = offset
        self.says = says


def _take(data: bytes, at: int, size: int, what: str) -> bytes:
    if at + size > len(data):
        raise _BadError(at, f"the frame ends inside {what}: {size} bytes announced, {len(data) - at} left")
    return data[at : at + size]


def _smallest_int(value: int) -> int:
    """Bytes after the first of the shortest encoding of an integer (spec: int format family)."""
    if -32 <= value <= 127:
        return 0
    if value >= 0:
        return 1 if value <= 0xFF else 2 if value <= 0xFFFF else 4 if value <= 0xFFFFFFFF else 8
    return 1 if value >= -0x80 else 2 if value >= -0x8000 else 4 if value >= -0x80000000 else 8


def _head(data: bytes, at: int) -> tuple[str, str, int, int]:
    """(form, type, bytes of the head, size or number's bytes) of what takes more than one byte.

    Raises ``_BadError``.
    """
    first = data[at]
    if first <= 0x8F:
        return "fixmap", "map", 1, first & 0x0F
    if first <= 0x9F:
        return "fixarray", "array", 1, first & 0x0F
    if first <= 0xBF:
        return "fixstr", "str", 1, first & 0x1F
    if first in _FIXEXT:
        return f"fixext {_FIXEXT[first]}", "ext", 1, _FIXEXT[first]
    if first not in _FORMS:
        raise _BadError(at, f"byte 0x{first:02x} is never used in MessagePack")
    form, kind, width = _FORMS[first]
    if kind in ("int", "float"):
        return form, kind, 1, width
    return form, kind, 1 + width, int.from_bytes(_take(data, at + 1, width, f"the size of a {form}"))


def _read(data: bytes, at: int, depth: int, path: Path, key: bool) -> Item:
    """The item at ``at``; raises ``_BadError``."""
    single = _SINGLES.get(data[at])
    if single is not None:
        return Item(at, 1, depth, single[1], single[2], 0, path, key, single[0])
    form, kind, head, size = _head(data, at)
    if kind in ("array", "map"):
        return Item(at, head, depth, kind, None, size, path, key, form, size > _SHORTER[kind][head - 1])
    if kind in ("int", "float"):
        (number,) = struct.unpack(_NUMBERS[form], _take(data, at + 1, size, f"a {form}"))
        minimal = kind == "float" or _smallest_int(number) == size
        return Item(at, 1 + size, depth, kind, number, size, path, key, form, minimal)
    if kind == "ext":
        code = int.from_bytes(_take(data, at + head, 1, "the type of an ext"), signed=True)
        payload = _take(data, at + head + 1, size, f"an ext of type {code}")
        minimal = head == 1 or (size > _SHORTER["ext"][head - 1] and size not in _FIXEXT.values())
        return Item(at, head + 1 + size, depth, kind, Ext(code, payload), size, path, key, form, minimal)
    payload = _take(data, at + head, size, f"a {form}")
    minimal = size > _SHORTER[kind][head - 1]
    if kind == "bin":
        return Item(at, head + size, depth, kind, payload, size, path, key, form, minimal)
    problem = None
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        text = payload.decode("utf-8", "backslashreplace")
        problem = Problem("undecodable", at + head + error.start, "a str holds invalid UTF-8", path)
    return Item(at, head + size, depth, kind, text, size, path, key, form, minimal, problem)


def walk(data: bytes) -> Iterator[Item]:
    """Every head and scalar of a frame, in order; the last item is a ``problem`` where reading had to stop.

    Bytes after the first value, too, are one ``problem`` item (kind ``trailing``) as long as those bytes.
    """
    if not data:
        yield _problem("empty", 0, 0, 0, "the frame is empty", ())
        return
    at = count = 0
    open_: list[_Open] = []
    while open_ or not count:
        path: Path = ()
        inner = open_[-1] if open_ else None
        key = False
        if inner is not None:
            if inner.left == 0:
                open_.pop()
                continue
            key = inner.is_map and inner.left % 2 == 0
            path = inner.next()
        if at >= len(data):
            yield _problem("undecodable", at, 0, len(open_), "the frame ends inside a container", path[:-1])
            return
        try:
            item = _read(data, at, len(open_), path, key)
        except _BadError as bad:
            yield _problem("undecodable", bad.offset, len(data) - bad.offset, len(open_), bad.says, path)
            return
        if count == MAX_VALUES:
            says = f"the frame holds more than {MAX_VALUES} values"
            yield _problem("too_many", at, len(data) - at, len(open_), says, path[:-1])
            return
        count += 1
        if inner is not None and key:
            value = item.value
            inner.segment = value if isinstance(value, str) else f"<{item.type} {value!r:.40}>"
            item = _renamed(item, (*inner.path, inner.segment))
        if item.type in ("array", "map"):
            if len(open_) >= MAX_DEPTH:
                says = f"containers are nested more than {MAX_DEPTH} deep"
                yield _problem("too_deep", at, len(data) - at, len(open_), says, path)
                return
            open_.append(_Open(item))
        yield item
        at += item.length
    if at < len(data):
        left = len(data) - at
        yield _problem("trailing", at, left, 0, f"{left} trailing bytes after the value", ())


class _Open:
    """A container that is still being walked: entries to come (keys and values), place of the next one."""

    __slots__ = ("index", "is_map", "left", "path", "segment")

    def __init__(self, item: Item) -> None:
        self.is_map = item.type == "map"
        self.left = item.size * 2 if self.is_map else item.size
        self.index = 0
        self.path = item.path
        self.segment = ""

    def next(self) -> Path:
        """Steps on to the next entry. A key is called by its map's last one, until it has been read."""
        self.left -= 1
        if self.is_map:
            return (*self.path, self.segment)
        self.index += 1
        return (*self.path, self.index - 1)


def _renamed(item: Item, path: Path) -> Item:
    problem = item.problem and item.problem._replace(path=path)
    return item._replace(path=path, problem=problem)


def _problem(kind: str, offset: int, length: int, depth: int, says: str, path: Path) -> Item:
    return Item(offset, length, depth, "problem", path=path, problem=Problem(kind, offset, says, path))


def locate(data: bytes, path: Path) -> tuple[int, int] | None:
    """(offset, length) of the value at an instance path, the last one where it is written twice; None: not
    there.
    """
    found = spans(walk(data), path)
    return found[-1] if found else None


def locate_all(data: bytes, path: Path) -> tuple[tuple[int, int], ...]:
    """(offset, length) of each value written at an instance path: a duplicate key hides none (redaction)."""
    return spans(walk(data), path)

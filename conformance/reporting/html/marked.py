"""A payload with the place in it that a finding is about: as a value, line by line, and as its octets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.codec import JSON, MESSAGEPACK, Codec, Path
from conformance.reporting.values import rendered
from conformance.transcript.show import harmless, shortened

WIDTH = 110
"""Characters of a line of a value; siblings of what is marked take one line each."""

BESIDE = 6
"""So many siblings are shown before and after a marked one; the others are counted."""

ROW = 16
ROWS = 12
TEXT_LINES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a value; ``depth`` says how far it is indented."""

    depth: int
    text: str
    at_fault: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets that stand beside each other: ``hex`` and what they are as ASCII."""

    hex: str
    text: str
    at_fault: bool


@dataclass(frozen=True, slots=True)
class HexRow:
    """Sixteen octets and their offset."""

    offset: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Payload:
    """``problem`` says what is wrong with octets that are no value."""

    size: int
    codec: str
    lines: tuple[Line, ...]
    octets: tuple[HexRow, ...]
    left_out: int
    problem: str = ""


def payload(data: bytes, path: Path, *, text: bool = False) -> Payload:
    """``data`` with the mark at ``path``; the whole of it where nothing is there.

    ``text``: it came as text, or over HTTP, where whatever is no JSON and can be read is a text.
    """
    if text and not JSON.decode(data).ok:
        words = _words(data)
        if words is not None:
            octets, left_out = _octets(data, None)
            return Payload(len(data), "text", words, octets, left_out)
    codec, value, problem = _decoded(data)
    span = codec.locate(data, path) if codec else None
    lines = () if codec is None else tuple(_lines(value, path, 0, "", reached=True))
    octets, left_out = _octets(data, span if path else None)
    return Payload(len(data), codec.name if codec else "octets", lines, octets, left_out, harmless(problem))


def _words(data: bytes) -> tuple[Line, ...] | None:
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return None
    shown = [Line(0, harmless(shortened(line, WIDTH * 4))) for line in lines[:TEXT_LINES]]
    if len(lines) > TEXT_LINES:
        shown.append(Line(0, f"… {len(lines) - TEXT_LINES} lines more"))
    return tuple(shown)


def _decoded(data: bytes) -> tuple[Codec | None, object, str]:
    decoded = MESSAGEPACK.decode(data)
    if decoded.ok:
        return MESSAGEPACK, decoded.value, ""
    text = JSON.decode(data)
    if text.ok:
        return JSON, text.value, ""
    return None, None, str(decoded.problems[0])


def _lines(value: object, path: Path, depth: int, label: str, *, reached: bool) -> Iterator[Line]:
    """What leads to the marked place is opened; everything beside it stands in one line."""
    if not reached or not path or not isinstance(value, list | dict):
        yield Line(depth, label + harmless(rendered(value, WIDTH)), reached and not path)
        return
    step = path[0]
    items: list[tuple[object, object]]
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    at = next((number for number, (key, _) in enumerate(items) if _same(key, step)), None)
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    # Something that is missing, or too much, is about the container: it has the mark.
    yield Line(depth, label + opening, at is None)
    middle = len(items) if at is None else at
    first, last = max(0, middle - BESIDE), middle + BESIDE + 1
    if first:
        yield Line(depth + 1, f"… {first} more")
    for number, (key, one) in enumerate(items[first:last], first):
        name = f"[{key}] " if isinstance(value, list) else f"{harmless(str(key))[:60]}: "
        yield from _lines(one, path[1:], depth + 1, name, reached=number == at)
    if len(items) > last:
        yield Line(depth + 1, f"… {len(items) - last} more")
    yield Line(depth, closing)


def _same(key: object, step: object) -> bool:
    return type(key) is type(step) and key == step


def _octets(data: bytes, span: tuple[int, int] | None) -> tuple[tuple[HexRow, ...], int]:
    """The rows around what is marked, and how many octets are not in them."""
    start, end = (span[0], span[0] + span[1]) if span else (0, 0)
    first = max(0, start // ROW - ROWS // 3) * ROW
    shown = data[first : first + ROW * ROWS]
    rows = []
    for at in range(first, first + len(shown), ROW):
        row = data[at : at + ROW]
        low, high = (min(max(edge - at, 0), len(row)) for edge in (start, end))
        parts = ((row[:low], False), (row[low:high], True), (row[high:], False))
        rows.append(HexRow(at, tuple(Piece(one.hex(" "), _ascii(one), fault) for one, fault in parts if one)))
    return tuple(rows), len(data) - len(shown)


def _ascii(octets: bytes) -> str:
    return "".join(chr(one) if 0x20 <= one < 0x7F else "·" for one in octets)

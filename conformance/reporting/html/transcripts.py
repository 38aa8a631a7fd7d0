"""The transcripts of a run file, packed for the page without being read into objects.

They go from the file's lines into chunks of about ``CHUNK`` bytes, each compressed: the page takes one apart
when somebody asks for a transcript in it. Those of cases that did not pass come first, for what a page can
hold (``MOST``); the others are in the run file alone.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import EnvironmentFailure

CHUNK = 256 * 1024
MOST = 128 * 1024 * 1024
LEVEL = 1

_START = b'{"line":"case","id":'
_KEY = b',"transcript":{'
# In JSON a comma and a bare quotation mark next to each other are never inside of a string.
_ID = re.compile(rb'\{"line":"case","id":("(?:[^"\\]|\\.)*")')
_OUTCOME = re.compile(rb'"outcome":"(\w+)"')


@dataclass(frozen=True, slots=True)
class Held:
    """Where in the file a transcript stands."""

    case: str
    passed: bool
    start: int
    length: int


class Packing:
    """Which transcripts go into which chunk. ``places``: the case's id -> (chunk, place in it)."""

    def __init__(self, source: Path, most: int = MOST) -> None:
        self.source = source
        held = _held(source)
        self.chunks: list[list[Held]] = []
        self.left_out = 0
        room, size = most, CHUNK
        for one in sorted(held.values(), key=lambda each: each.passed):
            if one.length > room:
                self.left_out += 1
                continue
            room -= one.length
            if size >= CHUNK:
                self.chunks.append([])
                size = 0
            self.chunks[-1].append(one)
            size += one.length
        self.places: Mapping[str, tuple[int, int]] = {
            one.case: (number, place)
            for number, chunk in enumerate(self.chunks)
            for place, one in enumerate(chunk)
        }

    def packed(self) -> Iterator[str]:
        """Each chunk: its transcripts, a line each, compressed (gzip) and as base64."""
        if not self.chunks:
            return
        with self.source.open("rb") as file:
            for chunk in self.chunks:
                pieces = []
                for one in chunk:
                    file.seek(one.start)
                    pieces.append(file.read(one.length))
                yield packed(b"\n".join(pieces))


def packed(data: bytes) -> str:
    """Compressed (gzip, RFC 1952) and as base64."""
    made = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return base64.b64encode(made.compress(data) + made.flush()).decode("ascii")


def _held(source: Path) -> dict[str, Held]:
    """The last transcript of each case, in the order of the cases' first lines."""
    found: dict[str, Held] = {}
    at = 0
    try:
        with source.open("rb") as file:
            for line in file:
                one = _found(line, at)
                if one is not None:
                    found[one.case] = one
                at += len(line)
    except OSError as error:
        raise EnvironmentFailure(f"cannot read {source}: {error.strerror}") from error
    return found


def _found(line: bytes, at: int) -> Held | None:
    """The transcript of a line as the writer writes it: the last member of the object."""
    if not line.startswith(_START) or not line.endswith(b"}\n"):
        return None
    key = line.find(_KEY)
    name, outcome = _ID.match(line), _OUTCOME.search(line)
    if key < 0 or name is None or outcome is None:
        return None
    start = key + len(_KEY) - 1
    length = len(line) - 2 - start
    return Held(json.loads(name[1]), outcome[1] == b"passed", at + start, length)


def sources_packed(texts: Sequence[str]) -> str:
    """The documents' texts as one chunk."""
    return packed(json.dumps(list(texts)).encode("ascii"))

"""The documents of a run as they were read: out of its run file, which holds their texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.record import RunRecord, SourceLine

FOLDER = "documents"
STARRED = "it holds secrets, which are starred out"
UNKNOWN = "the run file does not hold its text"
MARK = "\ufeff".encode()
"""The byte order mark, which is no part of a document's text."""

_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DEEP, _LONG = 4, 60


@dataclass(frozen=True, slots=True)
class Document:
    """A file that documents were read from; ``path`` as the run file names it, ``sha256`` of what was read.

    ``data`` are the very bytes that have this sum where ``differs`` is empty; else what is there of them,
    which ``differs`` says why. ``file`` is its place in a bundle, '' where there is nothing of it.
    """

    path: str
    sha256: str
    file: str
    data: bytes
    differs: str = ""


def documents(run: RunRecord) -> list[Document]:
    """Every file that the run names as one that its contract was read from, in the run file's order."""
    taken: set[str] = set()
    made = [_document(one, _place(one.path, number, taken)) for number, one in enumerate(run.sources, 1)]
    told = {(one.path, one.sha256) for one in made}
    for path, sha256 in named(run):
        if (path, sha256) not in told:
            told.add((path, sha256))
            made.append(Document(path, sha256, "", b"", UNKNOWN))
    return made


def named(run: RunRecord) -> Iterator[tuple[str, str]]:
    """What the header says that was read: path and sum."""
    head = run.header
    yield from ((one.path, one.sha256) for one in head.documents)
    yield from ((one.path, one.sha256) for one in head.overlays)


def _document(line: SourceLine, place: str) -> Document:
    text = line.text.encode("utf-8", "surrogatepass")
    if not line.left_out:
        for data in (text, MARK + text):
            if hashlib.sha256(data).hexdigest() == line.sha256:
                return Document(line.path, line.sha256, place, data)
    differs = line.left_out or STARRED
    return Document(line.path, line.sha256, place if text else "", text, differs)


def _place(path: str, number: int, taken: set[str]) -> str:
    """A place of its own in a bundle, much like its path, wherever that leads."""
    parts = [_SAFE.sub("-", one).lstrip(".")[-_LONG:] for one in re.split(r"[/\\]", path)]
    name = "/".join([one for one in parts if one][-_DEEP:]) or "document"
    while True:
        place = f"{FOLDER}/{name}"
        above = {place.casefold().rsplit("/", depth)[0] for depth in range(1, place.count("/") + 1)}
        if place.casefold() not in taken and not {f"{one}\n" for one in above} & taken:
            # Each file, and each folder above it (with a line break): neither may be the other.
            taken |= {place.casefold(), f"{place.casefold()}\n", *above}
            return place
        name = f"{number}-{name.replace('/', '-')}"

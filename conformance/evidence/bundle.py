"""Makes a bundle: a run in one archive that says of itself whether it is whole."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import DocumentError, EnvironmentFailure, UsageError
from conformance.evidence import archive
from conformance.evidence.documents import Document, documents
from conformance.evidence.manifest import NAME, REPORTS, RUN, Member, as_text, manifest
from conformance.record import read
from conformance.reporting.formats import FORMATS

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle that was made: where, of how many files, and the sum of its manifest.

    ``differ`` are the documents that are not in it as they were read.
    """

    path: Path
    files: int
    size: int
    sha256: str
    differ: tuple[Document, ...]


def bundle(run: Path, out: Path | None, *, version: str) -> Made:
    """Makes the bundle of a run: of a ``run.jsonl``, or the folder that holds one.

    All reports are made anew from the run file, so that a bundle says nothing that its run file does not,
    and the same run gives the same bytes. Without ``out`` it lands beside the run file, named after when
    the run began. ``version`` is the suite's.

    Raises ``DocumentError`` for a file that is no run's, ``UsageError`` for one that is too large or an
    ``out`` that cannot be meant, ``EnvironmentFailure`` when the bundle cannot be written.
    """
    source = run / RUN if run.is_dir() else run
    try:
        with tempfile.TemporaryDirectory(prefix="omen-conformance-") as folder:
            return _made(source, out, Path(folder), version)
    except OSError as error:
        raise EnvironmentFailure(f"cannot make a bundle of {source}: {error.strerror or error}") from error


def _made(source: Path, out: Path | None, folder: Path, version: str) -> Made:
    # From here on it is this copy that everything is made of, whatever becomes of the file.
    file = folder / RUN
    _copied(source, file)
    try:
        record = read(file)
    except DocumentError as wrong:
        where = str(source) + wrong.where.removeprefix(str(file))
        raise DocumentError(where, wrong.what, expected=wrong.expected, hint=wrong.hint) from wrong
    paths = {RUN: file}
    for name, report in REPORTS.items():
        paths[report] = folder / report
        FORMATS[name].write(record, paths[report])
    found = documents(record)
    for number, one in enumerate(found):
        if one.file:
            paths[one.file] = folder / f"document-{number}"
            paths[one.file].write_bytes(one.data)
    members = [_member(name, path) for name, path in paths.items()]
    text = as_text(manifest(record, found, members, version)).encode("ascii")
    _bounded(source, members, len(text))
    (folder / NAME).write_bytes(text)
    target = out or source.with_name(f"evidence-{_moment(record.header.started)}.zip")
    _written(target, source, {NAME: folder / NAME, **paths})
    differ = tuple(one for one in found if one.differs)
    return Made(target, len(members) + 1, target.stat().st_size, hashlib.sha256(text).hexdigest(), differ)


def _copied(source: Path, file: Path) -> None:
    try:
        with source.open("rb") as lines, file.open("wb") as copy:
            shutil.copyfileobj(lines, copy, _CHUNK)
    except OSError as error:
        expected = "the folder of a run, or its run.jsonl"
        raise DocumentError(str(source), f"cannot be read: {error.strerror}", expected=expected) from error


def _member(name: str, path: Path) -> Member:
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            summed.update(data)
    return Member(name, path.stat().st_size, summed.hexdigest())


def _bounded(source: Path, members: list[Member], more: int) -> None:
    """Nobody verifies what is larger: it might be made to fill a disk."""
    size = sum(one.size for one in members) + more
    if size > archive.LARGEST or len(members) >= archive.MOST:
        raise UsageError(
            f"{source} makes {len(members)} files of {size >> 20} MiB, and a bundle holds at most "
            f"{archive.MOST} of {archive.LARGEST >> 20} MiB",
            hint="bundle runs of fewer cases: --case",
        )


def _written(target: Path, source: Path, paths: dict[str, Path]) -> None:
    if target.exists() and target.samefile(source):
        raise UsageError(f"--out {target} is the run file itself")
    draft = target.with_name(target.name + ".part")
    try:
        archive.write(draft, paths.items())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise EnvironmentFailure(f"cannot write {target}: {error.strerror}") from error


def _moment(started: str) -> str:
    """``2026-01-02T03:04:05.678Z`` as a file's name says it."""
    return "".join(one for one in started.partition(".")[0] if one.isascii() and one.isalnum())[:20] + "Z"

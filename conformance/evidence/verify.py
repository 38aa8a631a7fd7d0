"""Verifies a bundle: every sum, nothing missing, nothing added, and that its parts tell the same.

What it cannot say is that the run itself was honest: whoever makes a false run file can make a bundle of it.
That is what the sum of the manifest is for, kept where nobody can change it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from conformance.errors import DocumentError
from conformance.evidence.archive import Archive
from conformance.evidence.documents import documents, named
from conformance.evidence.manifest import LARGEST, NAME, REPORTS, RUN, SUMMARY, Json, Member, manifest, parsed
from conformance.record import RunRecord, read
from conformance.reporting.summary import summary

_TELLING: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the file in the bundle ('' is the bundle itself), and what of it."""

    file: str
    says: str

    def __str__(self) -> str:
        return f"{self.file or 'the bundle'}: {self.says}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What came out. ``sha256`` is the sum of the manifest; ``run`` is None where it could not be read."""

    problems: tuple[Problem, ...]
    sha256: str
    files: int
    manifest: Json
    run: RunRecord | None = None


def verify(path: Path, *, version: str, sha256: str = "") -> Verified:
    """Looks through a bundle. ``sha256`` is what the manifest's sum should be, '' where nobody knows.

    ``version`` is the suite's: what the suite of another version tells in more or fewer words is no fault.
    Raises ``DocumentError`` for what is no bundle at all.
    """
    archive = Archive(path)
    problems = [Problem(name, says) for name, says in archive.wrong]
    text = _manifest(archive, problems)
    if text is None:
        return Verified(tuple(problems), "", 0, {})
    summed = hashlib.sha256(text).hexdigest()
    if sha256 and sha256 != summed:
        problems.append(Problem(NAME, f"has the SHA-256 {summed}, and should have {sha256}"))
    try:
        told = parsed(text)
    except ValueError as wrong:
        raise DocumentError(f"{path}:{NAME}", str(wrong), expected="the manifest of a bundle") from wrong
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="omen-conformance-")))
        found = _members(archive, told, folder, problems)
        run = _run(folder, found, problems)
        if run is not None:
            problems += _summary(folder, found, run, told["bundled_with"] == version)
            problems += _retold(run, found, told)
    return Verified(tuple(problems), summed, len(found) + 1, told, run)


def _manifest(archive: Archive, problems: list[Problem]) -> bytes | None:
    """The manifest's bytes; None when what is wrong of the archive kept them from being read."""
    size = archive.readable.get(NAME)
    if size is None:
        if archive.wrong:
            return None
        raise DocumentError(str(archive.path), f"holds no {NAME}", expected="a bundle of evidence")
    if size > LARGEST:
        problems.append(Problem(NAME, f"is larger than {LARGEST >> 20} MiB"))
        return None
    try:
        return b"".join(archive.chunks(NAME))
    except ValueError as wrong:
        problems.append(Problem(NAME, str(wrong)))
        return None


def _members(archive: Archive, told: Json, folder: Path, problems: list[Problem]) -> dict[str, Member]:
    """The files that are there, as they are; what the run is read from lands in ``folder``."""
    listed = [one["file"] for one in told["files"]]
    problems += (Problem(name, "is listed twice") for name in sorted({*listed}) if listed.count(name) > 1)
    expected = {one["file"]: Member(one["file"], one["bytes"], one["sha256"]) for one in told["files"]}
    bad = {name for name, _ in archive.wrong}
    found: dict[str, Member] = {}
    for name in archive.readable:
        if name == NAME:
            continue
        if name not in expected:
            problems.append(Problem(name, "is not listed in the manifest"))
            continue
        try:
            with ExitStack() as stack:
                keep = stack.enter_context((folder / name).open("wb")) if name in (RUN, SUMMARY) else None
                found[name] = _summed(archive, name, keep)
        except ValueError as wrong:
            problems.append(Problem(name, str(wrong)))
            bad.add(name)
            continue
        if found[name] != expected[name]:
            problems.append(Problem(name, _differs(found[name], expected[name])))
    missing = (name for name in expected if name not in found and name not in bad)
    problems += (Problem(name, "is listed in the manifest and not there") for name in missing)
    needed = (name for name in (RUN, *REPORTS.values()) if name not in expected and name not in bad)
    problems += (
        Problem(name, "belongs to every bundle, and the manifest does not list it") for name in needed
    )
    return found


def _summed(archive: Archive, name: str, keep: BinaryIO | None) -> Member:
    summed, size = hashlib.sha256(), 0
    for data in archive.chunks(name):
        summed.update(data)
        size += len(data)
        if keep is not None:
            keep.write(data)
    return Member(name, size, summed.hexdigest())


def _differs(found: Member, expected: Member) -> str:
    if found.size != expected.size:
        return f"is {found.size} bytes long, and {expected.size} in the manifest"
    return f"has the SHA-256 {found.sha256}, and {expected.sha256} in the manifest"


def _run(folder: Path, found: Mapping[str, Member], problems: list[Problem]) -> RunRecord | None:
    if RUN not in found:
        return None
    try:
        return read(folder / RUN, transcripts=False)
    except DocumentError as wrong:
        place = wrong.where.removeprefix(str(folder / RUN)).removeprefix(":")
        line = f"line {place}: " if place else ""
        problems.append(Problem(RUN, f"cannot be read as a run: {line}{wrong.what}"))
        return None


def _summary(folder: Path, found: Mapping[str, Member], run: RunRecord, same: bool) -> Iterator[Problem]:
    """Whether the summary is what the run file says. One of another version may have other keys."""
    if SUMMARY not in found:
        return
    if found[SUMMARY].size > _TELLING:
        yield Problem(SUMMARY, f"is larger than {_TELLING >> 20} MiB")
        return
    try:
        stored: Any = json.loads((folder / SUMMARY).read_bytes())
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        yield Problem(SUMMARY, "is no JSON object")
        return
    made = json.loads(json.dumps(summary(run)))
    names = [*made, *(name for name in stored if name not in made)] if same else made.keys() & stored.keys()
    wrong = [name for name in names if stored.get(name, ...) != made.get(name, ...)]
    if wrong:
        yield Problem(SUMMARY, f"does not say of {_listed(wrong)} what {RUN} says")


def _retold(run: RunRecord, found: Mapping[str, Member], told: Json) -> Iterator[Problem]:
    """Whether the manifest, and every document, is what follows from the run file."""
    read_from = documents(run)
    made = manifest(run, read_from, (), told["bundled_with"])
    for name in ("run", "versions"):
        wrong = [key for key in {**made[name], **told[name]} if made[name].get(key) != told[name].get(key)]
        if wrong:
            yield Problem(NAME, f"does not say of {_listed(wrong)} what {RUN} says")
    if made["documents"] != told["documents"]:
        yield Problem(NAME, f"does not tell of the documents what {RUN} tells of them")
    for path, sums in _sums(run).items():
        if len(sums) > 1:
            yield Problem(RUN, f"gives {path} two sums: what was read of it is not what was judged by")
    places = {one.file for one in read_from if one.file}
    for one in read_from:
        if one.file not in found:
            if one.file:
                yield Problem(one.file, f"is not there, and {RUN} has its text")
        elif found[one.file].sha256 != hashlib.sha256(one.data).hexdigest():
            yield Problem(one.file, f"is not the text of {one.path} that {RUN} has")
    for name in found.keys() - places - {RUN, *REPORTS.values()}:
        yield Problem(name, "is no report, and no document of the run")


def _sums(run: RunRecord) -> dict[str, set[str]]:
    """Each document's sums: in the header, and beside its text."""
    sums: dict[str, set[str]] = {}
    for path, sha256 in (*named(run), *((one.path, one.sha256) for one in run.sources)):
        sums.setdefault(path, set()).add(sha256)
    return sums


def _listed(names: list[str]) -> str:
    names = sorted(names)
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown

"""Reads a run file back. A killed run stays readable; anything else that is wrong is said with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.errors import DocumentError
from conformance.record.intents import Intent, IntentEnd
from conformance.record.lines import from_object
from conformance.record.types import (
    FORMAT,
    CaseLine,
    End,
    Header,
    Line,
    Notice,
    RunRecord,
    SourceLine,
    WaiverLine,
)
from conformance.transcript.show import harmless, shortened

_HEADER = b'{"line":"header",'
_CASE = b'{"line":"case",'
_TRANSCRIPT = b',"transcript":{"case":'
_LAST = b"]}}\n"
_AT_ONCE = 1 << 20
_LONGEST = 200


class Unbegun(DocumentError):
    """A run file whose first line is not whole: the run was killed before it could do anything."""


def read(path: Path | str, *, transcripts: bool = True) -> RunRecord:
    """The run that ``path`` tells of: a ``run.jsonl``, or the folder that holds one.

    Without ``transcripts`` nothing of them is read, nor whether they are whole: they are most of a file.
    A last line without its newline, which a killed run may leave half written, is passed over when it
    cannot be read.
    """
    file = Path(path)
    if file.is_dir():
        file = file / "run.jsonl"
    header: Header | None = None
    known = 0
    cases: dict[str, CaseLine] = {}
    notices: list[Notice] = []
    sources: list[SourceLine] = []
    waivers: list[WaiverLine] = []
    intents: dict[int, Intent] = {}
    intent_ends: dict[int, IntentEnd] = {}
    end: End | None = None
    for number, text in enumerate(_lines(file), 1):
        if not text.strip():
            continue
        try:
            line = _line(text if transcripts else _bare(text))
        except ValueError as wrong:
            if not text.endswith(b"\n"):
                break
            what = shortened(harmless(str(wrong)), _LONGEST)
            raise DocumentError(f"{file}:{number}", what, expected="a line of a run file") from wrong
        if header is None:
            if not isinstance(line, Header):
                raise DocumentError(f"{file}:{number}", "not the header of a run", expected="a run file")
            header, known = line, len(line.clauses)
        elif isinstance(line, Header) or (end is not None and isinstance(line, CaseLine | WaiverLine | End)):
            what = "another header" if end is None else "a line behind the end of the run"
            raise DocumentError(f"{file}:{number}", what, expected="one run a file")
        elif isinstance(line, CaseLine):
            if line.exercised and not 0 <= min(line.exercised) <= max(line.exercised) < known:
                raise DocumentError(f"{file}:{number}", "exercised a clause that is not in the header")
            if not transcripts and line.transcript is not None:
                line = replace(line, transcript=None)
            cases[line.id] = line
        elif isinstance(line, SourceLine):
            sources.append(line)
        elif isinstance(line, Notice):
            notices.append(line)
        elif isinstance(line, Intent):
            intents[line.number] = line
        elif isinstance(line, IntentEnd):
            intent_ends[line.number] = line
        elif isinstance(line, WaiverLine):
            waivers.append(line)
        elif isinstance(line, End):
            end = line
    if header is None:
        begun = next(_lines(file), b"")
        killed = begun.startswith(_HEADER) or _HEADER.startswith(begun)
        raise (Unbegun if killed else DocumentError)(
            str(file), "holds no complete line", expected="a run file"
        )
    return RunRecord(
        header, tuple(cases.values()), tuple(notices), end, str(file), tuple(sources), tuple(waivers),
        tuple(intents.values()), tuple(intent_ends.values()),
    )  # fmt: skip


def _lines(file: Path) -> Iterator[bytes]:
    """The file's lines with their ends: of a large one most is passed over, and need not be in memory."""
    if file.is_char_device():  # it may never end
        raise DocumentError(str(file), "this is a device", expected="a run file")
    try:
        with file.open("rb", buffering=_AT_ONCE) as lines:
            yield from lines
    except OSError as error:
        raise DocumentError(str(file), f"cannot be read: {error.strerror}", expected="a run file") from error


def _bare(text: bytes) -> bytes:
    """A case's line without the transcript at its end, where the writer puts it.

    What is looked for stands in no text of JSON: there a quotation mark has a backslash before it. And
    within another object it leaves a brace too few, so that the line is none.
    """
    if text.startswith(_CASE) and text.endswith(_LAST):
        at = text.find(_TRANSCRIPT)
        if at != -1:
            return text[:at] + b"}"
    return text


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON (RFC 8259, section 6)")


def _line(text: bytes) -> Line | None:
    try:
        stored: Any = json.loads(text.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise ValueError("not a JSON object") from wrong
    if not isinstance(stored, dict) or not isinstance(stored.get("line"), str):
        raise ValueError("not a JSON object with a `line`")
    if stored["line"] == "header" and stored.get("format") != FORMAT:
        raise ValueError(f"format {stored.get('format')!r}, and this version reads format {FORMAT}")
    return from_object(stored)

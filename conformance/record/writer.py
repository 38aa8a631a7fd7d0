"""Writes a run file as the run goes: each line is on its way to the disk before the next case is judged."""

from __future__ import annotations

import errno
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fcntl import LOCK_EX, LOCK_NB, flock
from io import TextIOWrapper
from os import fsync
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from conformance.errors import EnvironmentFailure
from conformance.record.intents import Intent, IntentEnd
from conformance.record.lines import from_object, to_object
from conformance.record.moves import Moves
from conformance.record.repeats import Repeats
from conformance.record.text import pieces, texts
from conformance.record.types import (
    CaseLine,
    End,
    FindingEntry,
    Header,
    Line,
    Notice,
    SourceLine,
    Timing,
    WaiverLine,
)
from conformance.transcript.model import Exchange, Frame, Transcript
from conformance.transcript.redact import Secrets

if TYPE_CHECKING:
    from conformance.verdict.model import Verdict

# Maps whose keys are not words of ours.
_FREE = frozenset({"addresses", "deadlines", "limits", "unenforceable"})

Keep = Literal["all", "failed"]
T = TypeVar("T", Header, SourceLine, CaseLine, Intent, IntentEnd, Notice, WaiverLine, End)

LARGEST = 256 * 1024
"""Bytes of payload that the transcript of a passed case may hold to be kept: a busy stream proves little."""

STALE = ("summary.json", "junit.xml", "report.html", "summary.md", "comparison.json")
"""Reports of an earlier run in the same folder, which must not outlive it beside a run that was killed."""

# Words of ours, which a reader depends on: a password that happens to be one of them changes nothing here.
_FIXED = frozenset(
    {
        *("line", "outcome", "blame", "level", "provenance", "binds", "kind", "verdict", "family", "state"),
        *("decision", "course", "how", "role"),
    }
)


class Writer:
    """The run file of one run. Nothing lands in it before its secrets are starred out.

    Making one makes the folder and the file, and raises ``EnvironmentFailure`` with one sentence when that
    cannot be done, so that a run does not begin what it cannot record. ``keep`` says whose transcripts are
    kept: ``all``, or only ``failed`` (whatever did not pass). Every method returns the line as it landed.
    ``zero`` is the nanosecond of the monotonic clock that the times in the file count from.
    """

    def __init__(self, path: Path | str, secrets: Secrets, *, keep: Keep = "all") -> None:
        self.path = Path(path)
        self.secrets = secrets
        self.keep = keep
        self._numbers: dict[str, int] = {}
        self._lost: EnvironmentFailure | None = None
        self.zero = time.monotonic_ns()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _opened(self.path)
            for name in STALE:
                self.path.with_name(name).unlink(missing_ok=True)
        except OSError as error:
            raise self._failure(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def header(self, header: Header) -> Header:
        """Writes the first line. The run's clock starts here."""
        self.zero = time.monotonic_ns()
        self._numbers = {clause.id: number for number, clause in enumerate(header.clauses)}
        return self._write(header)

    def source(self, line: SourceLine) -> SourceLine:
        """Writes the text of a file that documents were read from."""
        return self._write(line)

    def case(
        self,
        verdict: Verdict,
        transcript: Transcript | None,
        *,
        started: int,
        ended: int,
        repeat: str = "",
        repeats: Repeats | None = None,
        moves: Moves | None = None,
    ) -> CaseLine:
        """Writes how a case ended. ``started`` and ``ended`` are nanoseconds of the monotonic clock."""
        numbers = self._numbers
        seen_failing = repeats is not None and repeats.failures > 0
        kept, left_out = self._kept("failed" if seen_failing else str(verdict.outcome), transcript)
        line = CaseLine(
            id=verdict.case,
            outcome=str(verdict.outcome),
            blame=str(verdict.blame),
            reason=verdict.reason,
            findings=tuple(map(FindingEntry.of, verdict.findings)),
            exercised=tuple(sorted([numbers[one] for one in verdict.exercised if one in numbers])),
            messages=verdict.messages,
            started=self._ms(started),
            ended=self._ms(ended),
            repeat=repeat,
            left_out=left_out,
            timings=tuple(Timing(what, ms) for what, ms in verdict.timings),
            repeats=repeats,
            evidence=verdict.evidence,
            moves=moves,
            fills=verdict.fills,
        )
        return self._write(line, kept)

    def notice(self, text: str) -> Notice:
        """Writes a sentence about the run itself."""
        return self._write(Notice(text))

    def intent(self, intent: Intent, at: int, *, durable: bool) -> Intent:
        """Writes an order that is about to be sent. ``at`` is a nanosecond of the monotonic clock.

        ``durable``: it is on the disk, not only on its way, when this returns.
        """
        line = self._write(replace(intent, at=self._ms(at)))
        if durable:
            try:
                fsync(self._file.fileno())
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a pipe or a device has no disk
                    raise self._failure(error) from error
        return line

    def intent_end(self, end: IntentEnd) -> IntentEnd:
        """Writes what became of an order."""
        return self._write(end)

    def waiver(self, waiver: WaiverLine) -> WaiverLine:
        """Writes what became of a waiver."""
        return self._write(waiver)

    def end(
        self,
        verdict: str,
        exit_code: int,
        *,
        interrupted: bool = False,
        gate: tuple[str, ...] = (),
        waived: tuple[str, ...] = (),
        warned: tuple[str, ...] = (),
    ) -> End:
        """Writes the last line, with the time since the header; see ``End``."""
        seconds = round((time.monotonic_ns() - self.zero) / 1e9, 3)
        return self._write(End(seconds, interrupted, verdict, exit_code, gate, waived, warned))

    @property
    def closed(self) -> bool:
        """Whether nothing more can be written."""
        return self._file.closed

    def close(self) -> None:
        """Closes the file; more than once is no harm."""
        with suppress(OSError):  # what could not be written was said when it was written
            self._file.close()

    def _write(self, line: T, transcript: Transcript | None = None) -> T:
        told = to_object(line)
        if transcript is not None:
            transcript = self.secrets.redact_transcript(transcript)
            del told["transcript"]  # it stands behind all else
        stored = self._redacted(told)
        if self._lost is not None:  # the cases that still play tell the same, not that a file is closed
            raise self._lost
        try:
            for piece in pieces(stored, transcript):
                self._file.write(piece)
            self._file.flush()
        except OSError as error:
            self.close()
            self._lost = self._failure(error)
            raise self._lost from error
        if isinstance(line, CaseLine) and stored is told:  # it landed as it is
            return line if transcript is None else replace(line, transcript=transcript)
        landed: Line | None = from_object({**stored, "transcript": None})
        if isinstance(landed, CaseLine):
            landed = replace(landed, transcript=transcript)
        assert isinstance(landed, type(line))
        return landed

    def _redacted(self, stored: dict[str, Any]) -> dict[str, Any]:
        # One look at all texts together is enough for the many lines that hold no secret.
        whole = "\n".join(texts(stored, []))
        if self.secrets.redact_text(whole) is whole:
            return stored
        starred: dict[str, Any] = self._starred(stored)
        return starred

    def _starred(self, value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if name in _FIXED else self.secrets.redact_text(value)
        if isinstance(value, Mapping):
            free = name in _FREE
            return {
                self.secrets.redact_text(key) if free else key: self._starred(one, key)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._starred(one, name) for one in value]
        return value

    def _kept(self, outcome: str, transcript: Transcript | None) -> tuple[Transcript | None, str]:
        if transcript is None or not transcript.entries:
            return None, ""
        if outcome != "passed":
            return transcript, ""
        if self.keep == "failed":
            return None, "passed"
        size = sum(_size(entry) for entry in transcript.entries)
        return (transcript, "") if size <= LARGEST else (None, f"passed, and {size} bytes long")

    def _ms(self, at: int) -> float:
        return round((at - self.zero) / 1e6, 3)

    def _failure(self, error: OSError) -> EnvironmentFailure:
        return EnvironmentFailure(
            f"cannot write {self.path}: {error.strerror}", hint="give another folder with --report-dir"
        )


def _opened(path: Path) -> TextIOWrapper:
    """The file, empty, and ours alone until it is closed: two runs in it would leave none."""
    file = path.open("a", encoding="ascii", newline="\n")
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        file.close()
        raise OSError(errno.EBUSY, "another run is writing it") from None
    except OSError:  # a file system that knows no locks
        pass
    if path.is_file():
        file.truncate(0)
    return file


def _size(entry: object) -> int:
    match entry:
        case Frame(data=data):
            return len(data)
        case Exchange(body=body, request_body=sent):
            return len(body) + len(sent)
        case _:
            return 0

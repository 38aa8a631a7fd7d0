"""The journal of a proof, ``proof.jsonl``: a header, then each fault as it ends; it can be taken up again."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any, Self, TypeVar

from conformance.errors import DocumentError, EnvironmentFailure
from conformance.proof.record import (
    FORMAT,
    KINDS,
    OUTCOMES,
    CaseEntry,
    Faultless,
    FaultLine,
    Outside,
    ProofHeader,
    ProofRecord,
    Unsettled,
    proof_record,
)
from conformance.record.types import DocumentEntry

T = TypeVar("T")

NAME = "proof.jsonl"
A_JOURNAL = "the journal of a proof"


@dataclass(frozen=True, slots=True)
class ProofEnd:
    """The last line of a proof that was not killed; one that was taken up again may have several."""

    seconds: float
    complete: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a journal holds. ``size`` is the number of bytes up to the end of its last whole line."""

    header: ProofHeader
    faults: tuple[FaultLine, ...]
    end: ProofEnd | None
    size: int

    @property
    def record(self) -> ProofRecord:
        """The proof as far as it is told; without an end, its seconds are those of its faults."""
        if self.end is not None:
            return proof_record(
                self.header, self.faults, seconds=self.end.seconds, complete=self.end.complete
            )
        spent = sum(one.seconds for one in self.faults) / max(1, self.header.workers)
        return proof_record(self.header, self.faults, seconds=round(spent, 3), complete=False)


class Journal:
    """Writes a journal; each line is on its way to the disk before the next fault is judged.

    ``create`` begins one, ``resume`` goes on with one: then ``started`` says since when, and ``spent`` how
    many seconds were spent on it before. Whatever cannot be written raises ``EnvironmentFailure`` with one
    sentence.
    """

    def __init__(self, path: Path, *, cut: int | None = None) -> None:
        self.path = path
        self.started = ""
        self.spent = 0.0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if cut is None:
                self._file: IO[bytes] = path.open("wb")
            else:
                self._file = path.open("r+b")
                self._file.truncate(cut)
                self._file.seek(cut)
        except OSError as error:
            raise self._failure(error) from error

    @classmethod
    def create(cls, path: Path | str, header: ProofHeader) -> Journal:
        """A new journal; one that is there is overwritten."""
        made = cls(_file(path))
        made._write("header", header)
        return made

    @classmethod
    def resume(cls, path: Path | str, header: ProofHeader) -> tuple[Journal, tuple[FaultLine, ...]]:
        """The journal at ``path``, to be gone on with, and the faults that it already tells of.

        Raises ``DocumentError`` when it cannot be read, or is that of another proof.
        """
        file = _file(path)
        told = read_journal(file)
        for what, theirs, ours in _keys(told.header, header):
            if theirs != ours:
                raise DocumentError(
                    f"{file}:1", f"is about {what} {theirs}, and this proof about {ours}",
                    hint="start this proof anew, in another folder",
                )  # fmt: skip
        made = cls(file, cut=told.size)
        made.started, made.spent = told.header.started, told.record.seconds
        return made, told.faults

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fault(self, line: FaultLine) -> None:
        """Writes how a fault fared."""
        self._write("fault", line)

    def end(self, seconds: float, *, complete: bool) -> None:
        """Writes the last line."""
        self._write("end", ProofEnd(round(seconds, 3), complete))

    def close(self) -> None:
        """Closes the file; more than once is no harm."""
        with suppress(OSError):  # what could not be written was said when it was written
            self._file.close()

    def _write(self, word: str, line: object) -> None:
        try:
            self._file.write(
                json.dumps({"line": word, **plain(line)}, separators=(",", ":")).encode() + b"\n"
            )
            self._file.flush()
        except OSError as error:
            self.close()
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> EnvironmentFailure:
        return EnvironmentFailure(
            f"cannot write {self.path}: {error.strerror}", hint="give another folder with --report-dir"
        )


def read_journal(path: Path | str) -> Told:
    """What the journal at ``path``, a file or the folder that holds it, tells.

    A last line without its newline, which a killed proof may leave half written, is passed over.
    """
    file = _file(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DocumentError(str(file), f"cannot be read: {error.strerror}", expected=A_JOURNAL) from error
    size = data.rfind(b"\n") + 1
    header: ProofHeader | None = None
    faults: dict[str, FaultLine] = {}
    end: ProofEnd | None = None
    for number, text in enumerate(data[:size].split(b"\n"), 1):
        if not text.strip():
            continue
        try:
            line = _line(text)
        except ValueError as wrong:
            raise DocumentError(f"{file}:{number}", str(wrong), expected=f"a line of {A_JOURNAL}") from wrong
        if header is None:
            if not isinstance(line, ProofHeader):
                raise DocumentError(f"{file}:{number}", "not the header of a proof", expected=A_JOURNAL)
            header = line
        elif isinstance(line, FaultLine):
            faults[line.name] = line
            end = None
        elif isinstance(line, ProofEnd):
            end = line
    if header is None:
        raise DocumentError(str(file), "holds no complete line", expected=A_JOURNAL)
    return Told(header, tuple(faults.values()), end, size)


def fault_line(stored: Mapping[str, object]) -> FaultLine:
    """A fault's line out of what ``plain`` made of it."""
    return _made(FaultLine, stored)


def plain(value: Any) -> Any:
    """Dataclasses, tuples and mappings as ``json.dumps`` takes them."""
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _file(path: Path | str) -> Path:
    file = Path(path)
    return file / NAME if file.is_dir() else file


def _keys(theirs: ProofHeader, ours: ProofHeader) -> tuple[tuple[str, object, object], ...]:
    """What must agree for a journal to be gone on with."""

    def documents(header: ProofHeader) -> str:
        return ", ".join(f"{one.name} {one.sha256[:12]}" for one in header.documents) or "no document"

    return (
        ("suite", theirs.suite, ours.suite),
        ("the documents", documents(theirs), documents(ours)),
        ("mode", theirs.mode, ours.mode),
        ("seed", theirs.seed, ours.seed),
        ("the plan", theirs.plan, ours.plan),
    )


def _line(text: bytes) -> ProofHeader | FaultLine | ProofEnd | None:
    try:
        stored: Any = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise ValueError("not a JSON object") from wrong
    if not isinstance(stored, dict) or not isinstance(stored.get("line"), str):
        raise ValueError("not a JSON object with a `line`")
    word = stored["line"]
    if word == "header" and stored.get("format") != FORMAT:
        raise ValueError(f"format {stored.get('format')!r}, and this version reads format {FORMAT}")
    try:
        match word:
            case "header":
                return _made(ProofHeader, stored)
            case "fault":
                line = _made(FaultLine, stored)
                if line.outcome not in OUTCOMES or line.kind not in KINDS:
                    raise TypeError(f"{line.outcome} is no outcome, or {line.kind} no kind, of a fault")
                return line
            case "end":
                return _made(ProofEnd, stored)
            case _:  # a kind of line that a later version knows
                return None
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"a {word} line that cannot be read: {wrong}") from wrong


_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "int | None": (int, type(None)),
}  # fmt: skip
_ROWS: dict[str, type] = {
    "tuple[DocumentEntry, ...]": DocumentEntry,
    "tuple[CaseEntry, ...]": CaseEntry,
    "tuple[Faultless, ...]": Faultless,
    "tuple[Outside, ...]": Outside,
    "tuple[Unsettled, ...]": Unsettled,
}


def _made(kind: type[T], stored: Any) -> T:
    """A dataclass out of what is stored of it: unknown keys are left, the others must be of their type."""
    if not isinstance(stored, dict):
        raise TypeError(f"expected an object, got {stored!r:.40}")
    made = {
        one.name: _value(one.name, str(one.type), stored[one.name])
        for one in fields(typing.cast(Any, kind))
        if one.name in stored
    }
    return kind(**made)


def _value(name: str, wanted: str, value: Any) -> Any:
    if wanted in _TYPES:
        if not isinstance(value, _TYPES[wanted]) or (isinstance(value, bool) and wanted != "bool"):
            raise TypeError(f"{name}: expected {wanted}")
        return value
    if wanted.startswith("Mapping"):
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise TypeError(f"{name}: expected an object of texts")
        return MappingProxyType(value)
    if not isinstance(value, list):
        raise TypeError(f"{name}: expected a list")
    if wanted in _ROWS:
        return tuple(_made(_ROWS[wanted], one) for one in value)
    if not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name}: expected a list of texts")
    return tuple(value)

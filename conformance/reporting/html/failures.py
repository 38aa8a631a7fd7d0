"""Broken promises with all that one needs to believe them: what was promised where, and what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.record import CaseLine, FindingEntry, RunRecord, SourceLine
from conformance.reporting.html.marked import Payload, payload
from conformance.reporting.promises import Promise, broken_promises
from conformance.reporting.values import decoder
from conformance.transcript.model import Entry, Exchange, Frame, Mark, Transcript
from conformance.transcript.show import TOLD, parts, shortened

IN_FULL = 100
"""As many promises are told with document, payload and transcript; of the others these are in their cases."""

NAMED = 12
AROUND = 4
BEFORE, AFTER = 6, 3
WIDTH = 220
LONGEST = 600


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of a document."""

    number: int
    text: str
    at_fault: bool


@dataclass(frozen=True, slots=True)
class WireLine:
    """What happened in a conversation: ``ms`` since it began, ``arrow`` as in transcripts."""

    ms: str
    arrow: str
    session: str
    what: str
    at_fault: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken promise. ``case`` is the one that is shown, ``others`` how many are not named."""

    promise: Promise
    case: CaseLine
    expected: str
    seen: str
    document: tuple[DocumentLine, ...]
    left_out: str
    wire: tuple[WireLine, ...]
    payload: Payload | None

    @property
    def named(self) -> tuple[CaseLine, ...]:
        """The cases that are named."""
        return self.promise.cases[:NAMED]

    @property
    def others(self) -> int:
        """How many cases are not named."""
        return max(0, len(self.promise.cases) - NAMED)


def failures(run: RunRecord) -> tuple[Failure, ...]:
    """The broken promises of a run, in the order of ``broken_promises``."""
    texts = {one.path: one for one in run.sources}
    found = broken_promises(run)
    return tuple(_failure(one, texts if number < IN_FULL else None) for number, one in enumerate(found))


def document_lines(where: str, texts: Mapping[str, SourceLine]) -> tuple[tuple[DocumentLine, ...], str]:
    """The lines around ``file:line``; without them, why they are not there."""
    path, _, line = where.rpartition(":")
    source = texts.get(path)
    if source is None or not line.isdecimal():
        return (), ""
    lines = source.text.split("\n")
    at = int(line)
    first = max(1, at - AROUND)
    shown = tuple(
        DocumentLine(number, shortened(lines[number - 1].rstrip("\r"), WIDTH), number == at)
        for number in range(first, min(len(lines), at + AROUND) + 1)
    )
    return (shown, "") if any(one.text for one in shown) else ((), source.left_out)


def _failure(promise: Promise, texts: Mapping[str, SourceLine] | None) -> Failure:
    case, finding = promise.cases[0], promise.finding
    expected = shortened(finding.expected, LONGEST) if finding else ""
    seen = shortened(finding.seen, LONGEST) if finding else shortened(case.reason, LONGEST)
    if texts is None:
        return Failure(promise, case, expected, seen, (), "", (), None)
    document, left_out = document_lines(promise.where, texts)
    wire: tuple[WireLine, ...] = ()
    marked = None
    if case.transcript is not None and case.transcript.entries:
        fault = place(case.transcript, finding)
        wire = tuple(_wire(case.transcript, fault, finding))
        guilty = None if fault is None else case.transcript.entries[fault]
        data = b"" if guilty is None else _data(guilty)
        if data and finding:
            marked = payload(data, finding.path, text=_is_text(guilty))
    return Failure(promise, case, expected, seen, document, left_out, wire, marked)


def place(transcript: Transcript, finding: FindingEntry | None) -> int | None:
    """The place of the entry that a finding is about; None where nothing says so."""
    entry = finding.entry if finding else None
    return entry if entry is not None and 0 <= entry < len(transcript.entries) else None


def _wire(transcript: Transcript, fault: int | None, finding: FindingEntry | None) -> Iterable[WireLine]:
    entries = transcript.entries
    told = [
        number
        for number, entry in enumerate(entries)
        if number == fault or not isinstance(entry, Mark) or entry.kind in TOLD
    ]
    at = told.index(fault) if fault is not None else len(told) - 1
    zero = min(_at(entry) for entry in entries)
    decode = decoder(WIDTH - 20, finding.path if finding else ())
    for number in told[max(0, at - BEFORE) : at + 1 + AFTER]:
        entry = entries[number]
        for when, arrow, what in parts(entry, decode):
            guilty = number == fault and not (isinstance(entry, Exchange) and arrow == ">>")
            ms = f"{(when - zero) / 1e6:.1f}"
            yield WireLine(ms, arrow, entry.session, shortened(what, WIDTH), guilty)


def _data(entry: Entry) -> bytes:
    if isinstance(entry, Exchange):
        return entry.body
    return entry.data if isinstance(entry, Frame) else b""


def _is_text(entry: Entry | None) -> bool:
    return isinstance(entry, Exchange) or (isinstance(entry, Frame) and entry.opcode == "text")


def _at(entry: Entry) -> int:
    return entry.sent_at if isinstance(entry, Exchange) else entry.at

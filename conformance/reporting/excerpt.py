"""The few lines of a transcript around a finding: ``>>`` what we sent, ``<<`` what came."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from conformance.codec import JSON, MESSAGEPACK, MISSING
from conformance.record import FindingEntry
from conformance.reporting.values import at, decoder, rendered
from conformance.transcript.model import Direction, Entry, Exchange, Frame, Mark, Transcript
from conformance.transcript.show import TOLD, lines

BEFORE = 4
AFTER = 1
# The columns of time and arrow.
TIME = 16
# As many received frames are searched for what the finding is about: a stream may hold thousands.
SEARCHED = 2000


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line; ``at_fault`` marks what the finding is about."""

    text: str
    at_fault: bool

    @property
    def marked(self) -> str:
        """The line behind a column in which the one at fault has its mark."""
        return f"{'✗' if self.at_fault else ' '} {self.text}"


def excerpt(
    transcript: Transcript,
    finding: FindingEntry | None,
    *,
    width: int,
    before: int = BEFORE,
    after: int = AFTER,
) -> list[ExcerptLine]:
    """The entries around the one that the finding is about; without one, the last of the conversation."""
    places = [
        place
        for place, entry in enumerate(transcript.entries)
        if not isinstance(entry, Mark) or entry.kind in TOLD
    ]
    if not places:
        return []
    told = [transcript.entries[place] for place in places]
    fault = _named(places, len(transcript.entries), finding)
    if fault is None:
        fault = _fault(told, finding)
    first = max(0, fault - before)
    chosen = told[first : fault + 1 + after]
    # Times count from the conversation's first entry: a mark that is not shown stands for it.
    start = Mark("excerpt", min(_at(entry) for entry in transcript.entries))
    path = finding.path if finding else ()
    shown = list(
        lines(
            Transcript(transcript.case, (start, *chosen)),
            decoder(max(20, width - TIME - _column(chosen)), path),
            most=len(chosen) + 1,
            width=width,
        )
    )
    answered = sum(isinstance(entry, Exchange) for entry in told[first : fault + 1])
    marked = fault - first + answered
    return [ExcerptLine(text, finding is not None and number == marked) for number, text in enumerate(shown)]


def _named(places: list[int], all_there: int, finding: FindingEntry | None) -> int | None:
    """Which of those that are told, at these places, the finding names; None when it names none.

    A mark that nobody reads stands behind the last thing that was told before it.
    """
    place = None if finding is None else finding.entry
    if place is None or not 0 <= place < all_there:
        return None
    return max(bisect_right(places, place) - 1, 0)


def _fault(told: list[Entry], finding: FindingEntry | None) -> int:
    """The index of the entry that the finding is about, as far as its text tells."""
    received = [number for number, entry in enumerate(told) if _received(entry)]
    if finding is not None and finding.path:
        for number in reversed(received[-SEARCHED:]):
            value = at(_value(told[number]), finding.path)
            if value is not MISSING and _tells(finding.seen, value):
                return number
        for number in reversed(received[-SEARCHED:]):
            if _may_hold(at(_value(told[number]), finding.path[:-1]), finding):
                return number
    if finding is not None:
        # How we end a conversation is not what it was about.
        ended = next((number for number, entry in enumerate(told) if _ends(entry)), len(told))
        heard = [number for number in received if number < ended] or received
        kinds = _kinds(finding)
        fitting = [number for number in heard if _kind(told[number]) in kinds]
        words = [one.encode() for one in re.findall(r"['`\"]([^'`\"]{2,40})['`\"]", finding.seen)]
        speaking = [number for number in fitting if any(word in _data(told[number]) for word in words)]
        sent = [number for number in heard if not isinstance(told[number], Mark)]
        for numbers in (speaking, fitting, sent, heard):
            if numbers:
                return numbers[-1]
    return len(told) - 1


def _column(entries: list[Entry]) -> int:
    """The width of the column that names sessions, where there is more than one."""
    sessions = {entry.session for entry in entries if entry.session}
    return 1 + max(map(len, sessions)) if len(sessions) > 1 else 0


def _kinds(finding: FindingEntry) -> tuple[str, ...]:
    """What the finding may be about, by its words: silence, a close, an answer or a message."""
    if "pong" in finding.where:
        return ("pong", "expired")
    if finding.seen.startswith(("nothing", "an open connection")):
        return ("expired",)
    if "close" in f"{finding.where} {finding.seen}".split():
        return ("close", "closed")
    return ("text", "binary", "exchange")


def _kind(entry: Entry) -> str:
    if isinstance(entry, Frame):
        return entry.opcode
    return "exchange" if isinstance(entry, Exchange) else entry.kind


def _ends(entry: Entry) -> bool:
    return isinstance(entry, Frame) and entry.direction is Direction.SENT and entry.opcode == "close"


def _tells(seen: str, value: object) -> bool:
    if isinstance(value, str):
        return repr(value)[1:20] in seen
    if isinstance(value, list | dict):
        return str(len(value)) in seen
    return rendered(value, 40) in seen


def _may_hold(value: object, finding: FindingEntry) -> bool:
    """Whether the finding may be about something in this value: what is missing of it is not there."""
    last, missing = finding.path[-1], finding.seen == "nothing"
    if isinstance(last, str):
        return isinstance(value, dict) and not (missing and last in value)
    return isinstance(value, list | tuple) and not (missing and last < len(value))


def _received(entry: Entry) -> bool:
    if isinstance(entry, Frame):
        return entry.direction is Direction.RECEIVED
    return isinstance(entry, Exchange) or entry.kind in ("closed", "expired")


def _value(entry: Entry) -> object:
    data = _data(entry)
    if not data:
        return MISSING
    decoded = MESSAGEPACK.decode(data)
    if not decoded.ok:
        decoded = JSON.decode(data)
    return decoded.value if decoded.ok else MISSING


def _data(entry: Entry) -> bytes:
    if isinstance(entry, Exchange):
        return entry.body
    return entry.data if isinstance(entry, Frame) else b""


def _at(entry: Entry) -> int:
    return entry.sent_at if isinstance(entry, Exchange) else entry.at

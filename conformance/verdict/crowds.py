"""Crowds, judged again from what the conversation marked of them: who was told what, up to which number.

The messages themselves were judged as they came, and what was found is in the marks; that all of a crowd saw
the same follows from the digests of what each of them saw up to the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.cases.steps import Compare, Gather, Step
from conformance.transcript import Frame, Mark
from conformance.validation import Finding
from conformance.verdict.ending import cut_short, ending
from conformance.verdict.entries import Entries
from conformance.verdict.notes import Notes

MOST = 3
"""Subscribers that are told of by name; of others it is told how many there are."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a mark says of one subscriber."""

    name: str
    stream: object
    acknowledged: bool
    base: int | None
    last: int
    deviates: str
    digests: Mapping[int, str]
    later_ms: float
    latest: int

    @classmethod
    def of(cls, mark: Mark) -> _Part:
        data = mark.data
        base = data.get("base")
        return cls(
            mark.session,
            data.get("stream"),
            data.get("acknowledged") is True,
            base if isinstance(base, int) else None,
            _whole(data.get("last")),
            str(data.get("deviates") or ""),
            dict(_digests(data.get("digests"))),
            _number(data.get("later_ms")),
            _whole(data.get("latest")),
        )


def gather_judged(
    notes: Notes, index: int, step: Gather, entries: Entries, marks: Mapping[str, Mark]
) -> bool:
    """Each of the crowd was acknowledged; whether the conversation can have gone on."""
    if "satisfied" in marks:
        return True
    if "expired" not in marks or cut_short(entries.transcript, marks["expired"].at):
        return False
    _told(notes, index, entries)
    late = [part for part in _parts(entries, index) if not part.acknowledged]
    for part in late[:MOST]:
        end = ending(entries.transcript, part.name, marks["expired"].at)
        expected = f"the acknowledgement of {step.kind} within {step.within_ms} ms"
        over = (marks["expired"].at - marks["step"].at) / 1e6 - step.within_ms - notes.tolerances.late_ms
        notes.bound(
            over,
            step.clause,
            _who(part, late),
            expected,
            str(end or "nothing of the kind"),
            entry=notes.ended,
        )
    return False


def crowd_judged(
    notes: Notes, index: int, steps: Sequence[Step], entries: Entries, marks: Mapping[str, Mark]
) -> bool:
    """All of the crowd saw the same, at the step of that index; whether the conversation can have gone on."""
    step = steps[index]
    assert isinstance(step, Compare)
    gathered = (each for each in steps if isinstance(each, Gather) and each.session == step.session)
    gather = next(gathered, None)
    compared = marks.get("compared")
    if compared is None:
        return False
    _told(notes, index, entries)
    notes.exercised |= {str(each) for each in _listed(compared.data.get("exercised"))}
    parts = _parts(entries, index)
    _alike(notes, step, index, entries, parts)
    if compared.data.get("overrun") is True:
        notes.unclear = notes.unclear or "the target sent events of more streams than can be followed"
    if _whole(compared.data.get("stops")):
        waited = f"{_number(compared.data.get('stopped_ms')):.0f} ms"
        notes.suspect = (
            notes.suspect or f"the suite did not keep up with what came: it read nothing for {waited}"
        )
        return True
    if cut_short(entries.transcript, compared.at):
        return True  # we stopped listening before it was told all
    _lost(notes, step, entries, parts, compared)
    _spread(notes, step, parts, compared, gather.snapshot_ms if gather is not None else 0)
    return True


def _told(notes: Notes, index: int, entries: Entries) -> None:
    """What was found on single messages, when they came."""
    for place, mark in _marks(entries, index, "told"):
        found = mark.data.get("finding")
        if not isinstance(found, Mapping):
            continue
        times = _whole(mark.data.get("times"))
        many = f" (and {times - 1} more)" if times > 1 else ""
        texts = {
            name: str(found.get(name, "")) for name in ("clause", "where", "expected", "document", "drift")
        }
        notes.kept(texts["clause"])
        shown = entries.transcript.entries[place - 1]
        entry = place - 1 if isinstance(shown, Frame) and shown.session == mark.session else place
        notes.findings.append(Finding(**texts, seen=f"{found.get('seen', '')}{many}", path=(), entry=entry))


def _alike(notes: Notes, step: Compare, index: int, entries: Entries, parts: Sequence[_Part]) -> None:
    """The same number is the same bytes: at each number that several have come to, all digests are one."""
    known = {number for part in parts for number in part.digests}
    for number in sorted(known):
        there = [part for part in parts if number in part.digests]
        if len(there) < 2:
            continue
        notes.kept(step.clause, step.lost_clause)
        usual = Counter((str(part.stream), part.digests[number]) for part in there).most_common(1)[0][0]
        odd = [part for part in there if (str(part.stream), part.digests[number]) != usual]
        norm = next(part for part in there if (str(part.stream), part.digests[number]) == usual)
        for part in odd[:MOST]:
            seen, entry = _difference(notes, index, entries, part, norm)
            expected = f"up to number {number} the same bytes of each as {norm.name}"
            notes.broken(step.clause, _who(part, odd), expected, seen, entry=entry)
        if odd:
            return  # every later digest differs, too


def _difference(
    notes: Notes, index: int, entries: Entries, part: _Part, norm: _Part
) -> tuple[str, int | None]:
    """The first number that differs, in words, and where it is shown."""
    for place, mark in _marks(entries, index, "deviates"):
        other = str(mark.data.get("other"))
        if part.name not in (mark.session, other):
            continue
        number = _whole(mark.data.get("number"))
        before = entries.transcript.entries[place - 2 : place]
        if mark.data.get("shown") is not True or not all(isinstance(each, Frame) for each in before):
            return f"other bytes of number {number}", place
        theirs, mine = (each.data for each in before if isinstance(each, Frame))
        at = next((at for at, (a, b) in enumerate(zip(theirs, mine, strict=False)) if a != b), 0)
        told = f"{mark.session} was sent {len(mine)} bytes, {other} {len(theirs)}"
        return f"other bytes of number {number}: {told}, which differ from byte {at} on", place - 1
    return "other bytes of some of them", None


def _lost(notes: Notes, step: Compare, entries: Entries, parts: Sequence[_Part], compared: Mark) -> None:
    """How far the stream has come, each has come."""
    most = compared.data.get("most")
    ends = [(part, ending(entries.transcript, part.name, compared.at)) for part in parts]
    gone = [(part, end) for part, end in ends if end is not None and end.by == "peer"]
    for part, end in gone[:MOST]:
        expected = f"every event of {part.stream} on an open connection"
        notes.broken(step.lost_clause, part.name, expected, str(end), entry=end.entry)
    if not isinstance(most, int):
        return
    over = _number(compared.data.get("waited_ms")) - step.spread_ms - notes.tolerances.late_ms
    closed = {part.name for part, _ in gone}
    behind = [part for part in parts if part.last < most and not part.deviates and part.name not in closed]
    for part in behind[:MOST]:
        expected = f"number {most} of {part.stream} within {step.spread_ms} ms, as others were sent it"
        seen = "no event" if part.base is None else f"none behind number {part.last}"
        notes.bound(over, step.lost_clause, _who(part, behind), expected, seen, entry=notes.ended)


def _spread(notes: Notes, step: Compare, parts: Sequence[_Part], compared: Mark, snapshot_ms: int) -> None:
    """Each event reaches all soon behind the first who saw it."""
    if not step.spread_clause:
        return
    if missed := _number(compared.data.get("missed_ms")):
        over = missed - snapshot_ms - notes.tolerances.late_ms
        expected = f"its snapshot within {snapshot_ms} ms"
        seen = f"nothing in {missed:.0f} ms"
        notes.bound(over, step.spread_clause, "a fresh subscriber", expected, seen, entry=notes.ended)
    if any(part.digests for part in parts):
        notes.kept(step.spread_clause)
    late = [part for part in parts if part.later_ms > step.spread_ms + notes.tolerances.late_ms]
    for part in late[:MOST]:
        over = part.later_ms - step.spread_ms - notes.tolerances.late_ms
        expected = (
            f"number {part.latest} of {part.stream} within {step.spread_ms} ms of the first who knew of it"
        )
        seen = f"after {part.later_ms:.0f} ms"
        notes.bound(over, step.spread_clause, _who(part, late), expected, seen, entry=notes.ended)


def _who(part: _Part, of: Sequence[_Part]) -> str:
    """A subscriber that a finding is about; the last that is told of by name stands for all others."""
    more = len(of) - MOST
    others = f", and {more} more" if more > 0 and part is of[MOST - 1] else ""
    return f"subscriber {part.name}{others}"


def _parts(entries: Entries, index: int) -> list[_Part]:
    return [_Part.of(mark) for _, mark in _marks(entries, index, "followed")]


def _marks(entries: Entries, index: int, kind: str) -> Iterator[tuple[int, Mark]]:
    """The marks of that kind of a step, and where they stand."""
    for place, entry in enumerate(entries.transcript.entries):
        if isinstance(entry, Mark) and entry.step == index and entry.kind == kind:
            yield place, entry


def _digests(value: object) -> Iterator[tuple[int, str]]:
    for pair in _listed(value):
        number, digest = (*_listed(pair), None, None)[:2]
        if isinstance(number, int) and isinstance(digest, str):
            yield number, digest


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

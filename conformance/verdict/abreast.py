"""Two subscribers of the same streams, judged again from the transcript: what one got, the other got."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.abreast import Abreast, Course, Numbered
from conformance.cases.matching import Ledger, describe
from conformance.cases.reading import Seen
from conformance.transcript import Mark, Transcript
from conformance.verdict.ending import cut_short, ending
from conformance.verdict.entries import Entries
from conformance.verdict.notes import MS, Notes


def abreast_judged(
    notes: Notes, index: int, step: Abreast, entries: Entries, ledger: Ledger, marks: Mapping[str, Mark]
) -> bool:
    """Whether the conversation can have gone on behind it."""
    end = marks.get("satisfied") or marks.get("expired")
    if "fenced" not in marks or end is None:
        if "unwitnessed" in marks:
            notes.unclear = notes.unclear or "the witness answered no ping"
        return False
    fence, last = entries.position(index, "fenced"), entries.position(index, end.kind)
    course = Course(step, ledger.services[step.session], ledger.saved)
    for seen in ledger.seen.get(step.witness, ()):
        if seen.index < last:
            course.led(seen, behind=seen.index > fence)
    for seen in ledger.seen.get(step.session, ()):
        if seen.index < last:
            course.followed(seen)
    for key, led in course.leading.items():
        followed = course.following.get(key)
        if followed is not None:
            _alike(notes, step, key, led, followed)
        elif key not in course.wanting:
            notes.kept(step.watched[key[0]].clause)
        elif end.kind == "expired":
            _missing(notes, step, key, led, entries.transcript, end)
            break
    notes.evidence.append(_evidence(step, course))
    return end.kind == "satisfied"


def _alike(notes: Notes, step: Abreast, key: Numbered, led: Seen, followed: Seen) -> None:
    watched = step.watched[key[0]]
    notes.kept(watched.clause, watched.same)
    if watched.same and led.data != followed.data:
        where = f"{describe(followed)} {key[1]} of {step.session}"
        expected = f"the {len(led.data)} bytes that {step.witness} got: {led.value!r:.80}"
        notes.broken(watched.same, where, expected, f"{followed.value!r:.80}", entry=followed.index)


def _missing(
    notes: Notes, step: Abreast, key: Numbered, led: Seen, transcript: Transcript, end: Mark
) -> None:
    """What came to the witness did not come to the session."""
    watched = step.watched[key[0]]
    over = ending(transcript, step.session, end.at)
    if (over is not None and over.by == "us") or (over is None and cut_short(transcript, end.at)):
        return
    where = f"{watched.name} of {step.session}"
    expected = f"{describe(led)} {key[1]}, as {step.witness} got it, within {step.within_ms} ms"
    late = (end.at - led.at) / MS - step.within_ms - notes.tolerances.late_ms
    if over is None:
        notes.bound(late, watched.clause, where, expected, "nothing of it", entry=led.index)
    else:
        notes.broken(watched.clause, where, expected, str(over), entry=over.entry)


def _evidence(step: Abreast, course: Course) -> str:
    """What both got."""
    told = []
    for place, watched in enumerate(step.watched):
        numbers = [str(number) for at, number in course.leading if at == place]
        told.append(f"{watched.name} {' and '.join(numbers)}" if numbers else f"nothing of {watched.name}")
    return f"{step.witness} and {step.session} got {', '.join(told)}"

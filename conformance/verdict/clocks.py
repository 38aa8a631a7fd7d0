"""The target's clock, and the times that it gives its events.

A reply that tells the target's time was made between the moment that we asked and the moment that it came: so
the target's clock is known to within the time that took. An event is late or early only beyond those bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from conformance.cases.case import Case
from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Seen
from conformance.contract import Service, StreamClock, Streams, find
from conformance.transcript import Transcript
from conformance.verdict.notes import MS, Notes

UNITS: Final = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}
"""How many of each a second has."""
EPOCH: Final = range(10**9, 10**10)
"""Seconds since the epoch, from 2001 to 2286: in no two units such a time is the same number."""
FAST: Final = 10
"""So many times as fast as ours no clock of milliseconds runs, however coarse it is."""
COARSE_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What the target said its time was (``stamp``), between ``asked`` and ``seen`` (ms, ours)."""

    asked: float
    came: float
    stamp: int
    seen: Seen


def clocks_judged(notes: Notes, case: Case, transcript: Transcript, ledger: Ledger) -> None:
    """Holds the times of live events, and the clock itself, against what the target said its time was.

    Only in cases that are about them: elsewhere an event may lie unread for as long as the case likes.
    """
    for session, service in ledger.services.items():
        streams = service.rules.streams
        if streams is None or streams.clock is None:
            continue
        about = {*case.clauses} & {
            streams.clauses.get("clock", ""),
            *(kind.clauses.get("clock", "") for kind in streams.kinds),
        }
        told = [*_told(streams.clock, session, notes.answers)] if about else []
        if not told:
            continue
        lags = (
            mark.data.get("lag_ms", 0) for kind in ("satisfied", "expired") for mark in transcript.marks(kind)
        )
        lag = max((float(str(each)) for each in lags), default=0.0)
        clause = streams.clauses.get("clock", "")
        if clause in about:
            _pace(notes, clause, streams.clock, told)
        away: dict[str, list[float]] = {}
        for seen, clause, at, stamp in _live(service, streams, ledger.seen.get(session, ())):
            if clause in about:
                event = (seen, at, stamp)
                away.setdefault(seen.names[0], []).append(
                    _near(notes, clause, streams.clock, told, event, lag)
                )
        notes.evidence += [_evidence(name, told, stamps) for name, stamps in away.items()]


def _told(clock: StreamClock, session: str, answers: Sequence[tuple[Sent, Seen]]) -> Iterator[Told]:
    for sent, seen in answers:
        if sent.session == session and clock.message in seen.names:
            for _path, stamp in find(seen.value, clock.at)[:1]:
                if type(stamp) is int:
                    yield Told(sent.at / MS, seen.at / MS, stamp, seen)


def unit_of(stamp: int) -> str:
    """In which unit a time since the epoch is counted; '' where it can be none of these times."""
    return next((unit for unit, each in UNITS.items() if stamp // each in EPOCH), "")


def _pace(notes: Notes, clause: str, clock: StreamClock, told: Sequence[Told]) -> None:
    """The clock counts milliseconds: it shows a time that is none of seconds, and is not many times too fast.

    It may be coarse, and so stand still for a while.
    """
    notes.kept(clause)
    for each in told:
        unit = unit_of(each.stamp)
        if unit and unit != "milliseconds":
            where = f"{clock.message} {clock.at}"
            seen = f"{each.stamp}, which looks like {unit}"
            notes.broken(clause, where, "milliseconds since the epoch", seen, entry=each.seen.index)
            return
    for before, after in pairwise(told):
        passed, most = after.stamp - before.stamp, after.came - before.asked
        if passed > FAST * most + COARSE_MS or passed < -COARSE_MS:
            where = f"{clock.message} {clock.at}"
            expected = f"about {most:.0f} ms more than the {before.stamp} before"
            notes.broken(clause, where, expected, str(after.stamp), entry=after.seen.index)
            return


def _live(
    service: Service, streams: Streams, messages: Sequence[Seen]
) -> Iterator[tuple[Seen, str, str, int]]:
    """The live events with their clause, and where their time stands: all but what a stream begins with."""
    begun: set[object] = set()
    kinds = {name: kind for kind in reversed(streams.kinds) for name in (kind.snapshot, *kind.events) if name}
    for seen in messages:
        name = seen.names[0] if seen.names else ""
        ids = find(seen.value, streams.id.of(name)) if name else []
        identity = str(ids[0][1]) if ids else ""
        if name in (streams.acknowledged, streams.ended):
            begun.discard(identity)
        elif name in kinds:
            kind, at = kinds[name], streams.time.of(name)
            is_first = identity not in begun and name == kind.snapshot
            begun.add(identity)
            for _path, stamp in find(seen.value, at)[:1] if at and not is_first else ():
                if name in kind.events and type(stamp) is int:
                    yield seen, kind.clauses.get("clock", ""), at, stamp


def _near(
    notes: Notes,
    clause: str,
    clock: StreamClock,
    told: Sequence[Told],
    event: tuple[Seen, str, int],
    lag: float,
) -> float:
    """An event's time lies within the promise of what the target's clock can have shown when it came; how
    far (ms) it was from the least that it can have shown."""
    seen, at, stamp = event
    came = seen.at / MS
    low = min(each.stamp - each.came for each in told) + came
    high = max(each.stamp - each.asked for each in told) + came
    early = low - clock.within_ms - stamp  # it says that it is older than it may be
    notes.kept(clause)
    over = max(early - notes.tolerances.late_ms, stamp - high - clock.within_ms)
    if over <= 0:
        return stamp - low
    trip = max(each.came - each.asked for each in told)
    where = f"{seen.names[0]} {at}"
    expected = (
        f"within {clock.within_ms} ms of the target's clock, which showed {low:.0f} to {high:.0f} when it "
        f"came (it was asked {_times(told)}, answered in {trip:.0f} ms at most)"
    )
    unit = unit_of(stamp)
    shown = f"{stamp}, {-early - clock.within_ms:+.0f} ms from it"
    if unit and unit != unit_of(round(low)):
        shown = f"{stamp}, which looks like {unit}"
    if early > 0 and over < lag:
        notes.suspect = notes.suspect or (
            f"{where} was late by {over:.0f} ms, less than the suite's own lag of {lag:.0f} ms"
        )
        return stamp - low
    notes.broken(clause, where, expected, shown, entry=seen.index)
    return stamp - low


def _evidence(name: str, told: Sequence[Told], away: Sequence[float]) -> str:
    """How near the events were, and how well that is known."""
    known = max(each.stamp - each.asked for each in told) - min(each.stamp - each.came for each in told)
    return (
        f"{len(away)} live {name}, stamped {min(away):+.0f} to {max(away):+.0f} ms from the target's clock "
        f"when they came; it is known to within {known:.1f} ms (asked {_times(told)})"
    )


def _times(told: Sequence[Told]) -> str:
    return "once" if len(told) == 1 else f"{len(told)} times"

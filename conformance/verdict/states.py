"""What streams show as it is now: books, listings and whatever else begins with all of it.

A snapshot carries the number of the last event that it includes. So it is the book of that number, and it has
the rows of any earlier snapshot with what every event since has told of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.cases.streams import data_messages
from conformance.trading.state import Row, difference, is_whole, rows_of, twice
from conformance.validation.show import literal
from conformance.verdict.scene import Event, Scene


@dataclass(frozen=True, slots=True)
class Told:
    """What one event tells. ``whole``: all that there is; ``live``: no stream began with it."""

    event: Event
    number: int
    whole: bool
    live: bool

    @property
    def rows(self) -> Iterator[Row]:
        """What it says, and of what."""
        return rows_of(self.event.sight)


def states_judged(scene: Scene) -> None:
    """Holds what each stream shows as a whole against what it told and showed before, by number."""
    streams: dict[object, list[Told]] = {}
    for told in _told(scene):
        streams.setdefault(told.event.stream, []).append(told)
    for stream, each in streams.items():
        _judged(scene, stream, each)


def _told(scene: Scene) -> Iterator[Told]:
    kinds = [kind for kind in scene.market.streams.kinds if kind.snapshot]
    begins = {kind.snapshot for kind in kinds}
    names = {name for kind in kinds for name in data_messages(kind)}
    last: dict[tuple[str, object], int] = {}
    for event in scene.events:
        name, whole = event.seen.names[0], is_whole(event.sight)
        if whole is None or name not in names or not event.sound or event.number is None:
            continue
        place = event.session, event.stream
        live = name not in begins or last.get(place) == event.number - 1
        last[place] = event.number
        yield Told(event, event.number, whole, live)


def _judged(scene: Scene, stream: object, each: Sequence[Told]) -> None:
    changes: dict[int, Told] = {}
    for told in each:
        if not told.whole:
            changes.setdefault(told.number, told)
    before: Told | None = None
    for now in sorted((told for told in each if told.whole), key=lambda told: (told.number, not told.live)):
        if name := twice(now.event.sight):
            where, expected = f"{now.event.name}: {name}", f"{name} once"
            scene.broken("state", stream, where, expected, "it twice", now.event.seen.index)
            return
        since = _since(before, now, changes)
        # Two live events of one number are the same for every subscriber: another promise.
        if before is not None and since is not None and not (now.live and before.live):
            if since or now.live != before.live:
                scene.kept("state")
            if wrong := _wrong((before, *since), now):
                what, expected, seen = wrong
                where = f"{now.event.name}: {what}"
                scene.broken("state", stream, where, expected, seen, now.event.seen.index)
                return
        before = now


def _since(before: Told | None, now: Told, changes: Mapping[int, Told]) -> list[Told] | None:
    """The changes between the two; None where not all of them are known."""
    if before is None or now.number - before.number > len(changes):
        return None
    numbers = range(before.number + 1, now.number + 1)
    return [changes[at] for at in numbers] if all(at in changes for at in numbers) else None


def _wrong(before: Sequence[Told], now: Told) -> tuple[str, str, str] | None:
    """(what of, expected, seen) of the first difference from what was shown and told before."""
    known = {name: (row, told) for told in before for name, row in told.rows}
    rows = dict(now.rows)
    for name, (row, told) in known.items():
        if name not in rows:
            return name, f"{literal(row)}, {_as_in(told)}", "nothing of it"
        if (different := difference(row, rows[name])) is not None:
            at, expected, seen = different
            return name + at, f"{literal(expected)}, {_as_in(told)}", literal(seen)
    for name, row in rows.items():
        if name not in known:
            expected = f"nothing of it, {_as_in(before[0])} and whatever came since"
            return name, expected, literal(row)
    return None


def _as_in(told: Told) -> str:
    """Which message says otherwise, and to whom: another of its name and number may."""
    return f"as in {told.event.name}, told to {told.event.session}"

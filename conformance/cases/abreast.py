"""A step of two subscribers: what one of them gets of a stream, the other one gets as well.

Which of the messages that came are meant is reckoned here, for the conversation and for the verdict alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.cases.reading import Seen
from conformance.cases.terms import Condition, Saved
from conformance.contract import Service, find


@dataclass(frozen=True, slots=True)
class Watched:
    """One stream of both: its messages, and under which names their ids were saved.

    ``snapshot`` is what it begins with ('': nothing). ``clause``: an event comes at all; ``same``: it is the
    same to the byte ('': that is not promised).
    """

    name: str
    messages: tuple[str, ...]
    clause: str
    session_id: str
    witness_id: str
    snapshot: str = ""
    same: str = ""


@dataclass(frozen=True, slots=True)
class Abreast:
    """The next ``times`` events that ``witness`` gets of each stream reach ``session`` too, by number.

    Those count that come behind a pong that the witness is asked for first: so they were sent after all
    that was answered before. It is waited ``witness_ms`` for them to come; what does not come to the witness
    proves nothing. Each reaches the session within ``within_ms`` of the witness, by itself or in the snapshot
    with which the session's stream begins.
    """

    session: str
    witness: str
    watched: tuple[Watched, ...]
    times: int = 1
    witness_ms: int = 2000
    within_ms: int = 2000

    @property
    def where(self) -> tuple[Condition, ...]:
        """What it needs to have been saved."""
        return tuple(Condition("", "eq", Saved(each.session_id)) for each in self.watched)


Numbered = tuple[int, int | str]
"""A stream (its place in the step), and a number in it."""


@dataclass
class Course:
    """What came of the streams of one step so far. Feed it each message once, in order."""

    step: Abreast
    service: Service
    saved: dict[str, object]
    leading: dict[Numbered, Seen] = field(default_factory=dict)
    following: dict[Numbered, Seen] = field(default_factory=dict)
    _begun: dict[tuple[str, int], object] = field(default_factory=dict)
    """The number of the snapshot with which a stream began, of the witness and of the session."""

    def led(self, seen: Seen, *, behind: bool = True) -> None:
        """A message came to the witness; ``behind`` its pong."""
        for place, number in self._events(self.step.witness, seen):
            many = sum(stream == place for stream, _number in self.leading)
            if behind and many < self.step.times:
                self.leading.setdefault((place, number), seen)

    def followed(self, seen: Seen) -> None:
        """A message came to the session, at whatever time."""
        for key in self._events(self.step.session, seen):
            self.following.setdefault(key, seen)

    @property
    def wanting(self) -> list[Numbered]:
        """What came to the witness, and not to the session, neither by itself nor in its snapshot."""
        return [key for key in self.leading if key not in self.following and not self._includes(*key)]

    @property
    def is_whole(self) -> bool:
        """Whether all that is waited for came to both."""
        return len(self.leading) == self.step.times * len(self.step.watched) and not self.wanting

    def _includes(self, place: int, number: object) -> bool:
        begun = self._begun.get((self.step.session, place))
        return isinstance(begun, int) and isinstance(number, int) and number <= begun

    def _events(self, session: str, seen: Seen) -> Iterator[Numbered]:
        """Of which streams a message is the next event; what they begin with may be made anew for each."""
        streams = self.service.rules.streams
        if streams is None or not seen.names:
            return
        name = seen.names[0]
        own = [value for _path, value in find(seen.value, streams.id.of(name))]
        for place, watched in enumerate(self.step.watched):
            saved = watched.session_id if session == self.step.session else watched.witness_id
            if not own or own[0] != self.saved.get(saved, self):
                continue
            if name in (streams.acknowledged, streams.ended):
                self._begun.pop((session, place), None)
            elif name in watched.messages and (at := streams.sequence.of(name)):
                for number in [value for _path, value in find(seen.value, at)][:1]:
                    is_first = (session, place) not in self._begun and name == watched.snapshot
                    self._begun.setdefault((session, place), number if is_first else None)
                    if not is_first and isinstance(number, int | str):
                        yield place, number

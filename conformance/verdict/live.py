"""Messages judged as they come, by the judges of the stored transcript; what is kept of them is bounded.

For conversations that receive more than a transcript holds. Each message is read, named, held against its
schema and its rules, and its stream followed: as ``replay`` does it. Kept are the first findings with their
messages, how often each clause was broken, and the last messages whatever they were.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from conformance.cases.reading import Reader, Seen
from conformance.validation import Finding
from conformance.verdict.frames import FrameJudge
from conformance.verdict.streams import StreamJudge

MOST_TOLD: Final = 100
"""Findings that are kept of one session, the first ones; of all others it is known how many there were."""
LAST: Final = 50
"""Messages that are kept of one session, the last ones."""
MOST_STREAMS: Final = 20_000
"""Streams of one session that are followed. A target that makes up more is told of as ``overrun``."""

REMEMBERED: Final = 512
LONGEST: Final = 4096
"""Messages whose judgement is remembered: so many at least, none of more bytes than this."""


class Judged(NamedTuple):
    """A message as far as its bytes alone say: what was read, and what is wrong with it."""

    seen: Seen
    findings: Sequence[Finding]
    exercised: frozenset[str]


class Desk:
    """Judges the messages of one service for many sessions.

    Where several are sent the same, the same bytes are judged once: nothing but them decides. ``sessions``
    is how many there are.
    """

    def __init__(self, reader: Reader, frames: FrameJudge) -> None:
        self.reader = reader
        self.frames = frames
        self.sessions = 0
        self._new: dict[tuple[str, bytes], Judged] = {}
        self._old: dict[tuple[str, bytes], Judged] = {}

    def judged(self, number: int, at: int, opcode: str, data: bytes) -> Judged:
        """The judgement on one message."""
        if self.sessions < 2:
            return self._judged(self.reader.read(number, at, opcode, data))
        key = opcode, data
        known = self._new.get(key) or self._old.get(key)
        if known is None:
            known = self._judged(self.reader.read(number, at, opcode, data))
            if len(data) <= LONGEST:
                if len(self._new) >= REMEMBERED:
                    self._old, self._new = self._new, {}
                self._new[key] = known
            return known
        seen = known.seen
        again = Seen(number, at, opcode, seen.expected_opcode, data, seen.value, seen.problems, seen.messages)
        return Judged(again, known.findings, known.exercised)

    def _judged(self, seen: Seen) -> Judged:
        good = self.frames.good(seen)
        if good is not None:
            return Judged(seen, (), good)
        findings, exercised = self.frames.judge(seen)
        return Judged(seen, findings, frozenset(exercised))


class Live:
    """Judges what one session receives. ``judged`` counts the messages, ``broken`` findings by their clause.

    ``about``: the clauses of the case, as ``StreamJudge`` takes them.
    """

    def __init__(self, desk: Desk, about: Collection[str] = ()) -> None:
        self.desk = desk
        desk.sessions += 1
        self.judged = 0
        self.unjudged = 0
        self.broken: Counter[str] = Counter()
        self.told: list[tuple[Finding, bytes]] = []
        self.last: deque[tuple[int, int, str, bytes]] = deque(maxlen=LAST)
        self._streams = StreamJudge(desk.frames.service, desk.frames, about)
        self._exercised: dict[frozenset[str], None] = {}
        self._clauses: set[str] = set()

    @property
    def exercised(self) -> frozenset[str]:
        """The clauses that the messages so far put to the test."""
        self._gather()
        return frozenset(self._clauses | self._streams.exercised) - {""}

    @property
    def overrun(self) -> bool:
        """Whether there were more streams than are followed: messages since then are ``unjudged``."""
        return self._streams.followed > MOST_STREAMS

    def take(self, number: int, at: int, opcode: str, data: bytes) -> None:
        """The session's next message has come, at that time (ns): the ``number``-th of its transcript."""
        self.last.append((number, at, opcode, data))
        if self._streams.followed > MOST_STREAMS:
            self.unjudged += 1
            return
        judged = self.desk.judged(number, at, opcode, data)
        if judged.exercised not in self._exercised:
            self._exercised[judged.exercised] = None
            if len(self._exercised) > REMEMBERED:
                self._gather()
        streams = self._streams
        streams.seen(judged.seen, judged.findings)
        self.judged += 1
        if judged.findings or streams.findings:
            self._tell([*judged.findings, *streams.findings], number, data)
            streams.findings.clear()

    def _tell(self, findings: Sequence[Finding], number: int, data: bytes) -> None:
        self.broken.update(finding.clause for finding in findings)
        for finding in findings[: MOST_TOLD - len(self.told)]:
            self.told.append((replace(finding, entry=number), data))

    def _gather(self) -> None:
        self._clauses.update(*self._exercised)
        self._exercised.clear()

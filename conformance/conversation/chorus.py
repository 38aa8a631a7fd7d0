"""What a crowd of subscribers is told of one stream: by whom which number was seen, as which bytes, and when.

Of each message nothing but a digest is kept, in the order in which they came, so that 500 subscribers fit
into the memory whatever a target sends them. The bytes themselves are kept for a while, to be shown where
another subscriber is sent others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, NamedTuple

from conformance.cases.reading import Reader
from conformance.contract import Service, StreamKind, find
from conformance.validation import Finding

WIDTH: Final = 16
"""Bytes of a digest."""
MOST_EVENTS: Final = 5000
"""Events that are followed: 40 MB of digests for 500 subscribers."""
MOST_NUMBERS: Final = 4 * MOST_EVENTS
"""Numbers of which it is known what they were first: subscribers that are told others deviate anyway."""
HIGHEST: Final = 1 << 64
KEPT: Final = 512
KEPT_BYTES: Final = 1 << 20
"""Messages that are kept as they were seen first, the last ones."""
REMEMBERED: Final = 1024
LONGEST: Final = 4096
"""Messages that need not be read again when the next subscriber gets them; none of more bytes than this."""
MOST_FINDINGS: Final = 20
"""Clauses of which the first finding is told of in full."""
MOST_TOLD: Final = 4
"""Deviations that are told of in full."""


class Line(NamedTuple):
    """A message, as far as streams go: an acknowledgement (``number`` None), or numbered; of ``stream``."""

    stream: object
    number: int | None
    snapshot: bool
    digest: bytes


class Told(NamedTuple):
    """The last or a deviating message of a subscriber: when it came, and how."""

    at: int
    opcode: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Deviation:
    """A number that a subscriber saw as other bytes than the one who saw it first."""

    name: str
    number: int
    told: Told
    other: str
    others: Told | None


@dataclass(slots=True)
class Seen:
    """A number as it was seen first."""

    digest: bytes
    at: int
    name: str


@dataclass(slots=True)
class Part:
    """What one subscriber has been told: since ``base``, one digest after the other.

    ``deviates``: its first deviation, ``bytes``, or ``gap`` or ``again``, behind which it is not followed.
    """

    name: str
    stream: object = None
    acknowledged_at: int = 0
    base: int | None = None
    last: int = 0
    digests: bytearray = field(default_factory=bytearray)
    deviates: str = ""
    later_ms: float = 0.0
    latest: int = 0

    @property
    def events(self) -> int:
        """How many events it has seen without a gap, as far as they are followed."""
        return len(self.digests) // WIDTH

    @property
    def astray(self) -> bool:
        """Whether its numbers are not those of the stream."""
        return self.deviates in ("gap", "again")

    def ahead(self, number: int) -> bool:
        """Whether it has seen that number, or can be followed no longer."""
        return self.astray or self.events >= MOST_EVENTS or (self.base is not None and self.last >= number)

    def chain(self, numbers: list[int], since: int) -> Iterator[tuple[int, str]]:
        """For each of the numbers, a digest of all messages from ``since`` on up to it, in their order."""
        running = blake2b(digest_size=WIDTH)
        base = self.base or 0
        at = since
        for number in numbers:
            if number > base + self.events:
                return
            running.update(self.digests[(at - base - 1) * WIDTH : (number - base) * WIDTH])
            at = number + 1
            yield number, running.hexdigest()


class Chorus:
    """The subscribers of one stream of a kind, and what each of them was told.

    ``budget``: bytes that may still come; when it is spent nobody is listened to any longer.
    """

    def __init__(self, service: Service, kind: StreamKind, budget: int = 1 << 30) -> None:
        self.budget = budget
        self.parts: list[Part] = []
        self.deviations: list[Deviation] = []
        self.findings: dict[str, tuple[str, Finding, Told]] = {}
        self.acknowledged = 0
        self.most: int | None = None
        self._reader = Reader(service)
        streams = service.rules.streams
        assert streams is not None
        self._streams = streams
        self._snapshot = kind.snapshot
        self._data = {kind.snapshot, *kind.events} - {""}
        self._lines: dict[bytes, Line | None] = {}
        self._first: dict[int, Seen] = {}
        self._kept: dict[int, Told] = {}
        self._order: deque[int] = deque()
        self._size = 0
        self._witnessed: deque[tuple[int, int]] = deque()

    def heard(self, part: Part, at: int, opcode: str, data: bytes) -> None:
        """A subscriber was sent a message."""
        line = self._line(opcode, data)
        if line is None:
            return
        if line.number is None:
            if not part.acknowledged_at:
                part.stream, part.acknowledged_at = line.stream, at
                self.acknowledged += 1
            return
        if not part.acknowledged_at or line.stream != part.stream or part.astray:
            return
        if part.base is None:
            part.base = part.last = line.number - (not line.snapshot)
            if line.snapshot:
                self._reached(line.number)
                return
        if line.number != part.last + 1:
            part.deviates = "gap" if line.number > part.last else "again"
            return
        part.last = line.number
        self._reached(line.number)
        if part.events < MOST_EVENTS:
            part.digests += line.digest
            self._compare(part, line.number, line.digest, Told(at, opcode, data))

    def witness(self, at: int, opcode: str, data: bytes) -> bool:
        """A snapshot that somebody else was given: what it includes has happened. Whether it was one."""
        line = self._line(opcode, data)
        if line is None or line.number is None or not line.snapshot:
            return False
        if self.most is None or line.number > self.most:
            self._witnessed.append((line.number, at))
            self._reached(line.number)
        return True

    def found(self, name: str, finding: Finding, told: Told) -> None:
        """A message of that subscriber's breaks a promise: the first of each clause is kept."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.setdefault(finding.clause, (name, finding, told))

    def _reached(self, number: int) -> None:
        if self.most is None or number > self.most:
            self.most = number

    def _compare(self, part: Part, number: int, digest: bytes, told: Told) -> None:
        first = self._first.get(number)
        if first is None:
            first = Seen(digest, min(told.at, self._happened(number)), part.name)
            if len(self._first) < MOST_NUMBERS:
                self._first[number] = first
                self._keep(number, told)
        later = (told.at - first.at) / 1e6
        if later > part.later_ms:
            part.later_ms, part.latest = later, number
        if digest != first.digest and not part.deviates:
            part.deviates = "bytes"
            if len(self.deviations) < MOST_TOLD:
                self.deviations.append(Deviation(part.name, number, told, first.name, self._kept.get(number)))

    def _happened(self, number: int) -> int:
        """When a witness had seen at the latest that the stream has come so far."""
        while self._witnessed and self._witnessed[0][0] < number:
            self._witnessed.popleft()
        return self._witnessed[0][1] if self._witnessed else 1 << 200

    def _keep(self, number: int, told: Told) -> None:
        self._kept[number] = told
        self._order.append(number)
        self._size += len(told.data)
        while len(self._order) > KEPT or self._size > KEPT_BYTES:
            self._size -= len(self._kept.pop(self._order.popleft()).data)

    def _line(self, opcode: str, data: bytes) -> Line | None:
        if data in self._lines:
            return self._lines[data]
        line = self._read(opcode, data)
        if len(data) <= LONGEST:
            if len(self._lines) >= REMEMBERED:
                self._lines.clear()
            self._lines[data] = line
        return line

    def _read(self, opcode: str, data: bytes) -> Line | None:
        seen = self._reader.read(0, 0, opcode, data)
        name = seen.names[0] if seen.messages else ""
        if name != self._streams.acknowledged and name not in self._data:
            return None
        stream = _at(seen.value, self._streams.id.of(name))
        if not isinstance(stream, str | int):
            return None
        if name not in self._data:
            return Line(stream, None, snapshot=False, digest=b"")
        number = _at(seen.value, self._streams.sequence.of(name))
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < HIGHEST:
            return None
        digest = blake2b(opcode.encode() + data, digest_size=WIDTH).digest()
        return Line(stream, number, name == self._snapshot, digest)


def _at(value: object, pointer: str) -> object:
    return next((found for _path, found in find(value, pointer)), None) if pointer else None

"""Stream rules over everything that one session saw, in the order in which it arrived."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from conformance.cases.reading import Seen
from conformance.codec import same
from conformance.contract import Message, Service, StreamKind, Streams, find
from conformance.validation import Finding
from conformance.verdict.frames import FrameJudge
from conformance.verdict.places import put
from conformance.verdict.ruling import judge_succession
from conformance.verdict.spoiled import spoiling


@dataclass
class _Stream:
    """What is known of one stream id on one session."""

    acknowledged: bool = False
    ended: bool = False
    events: int = 0
    sequence: int | None = None


class StreamJudge:
    """Follows the streams of one session; feed it what was seen, in order.

    Of several kinds that bring the same message it is taken to be of the one that ``about`` is about: the
    clauses of the case.
    """

    def __init__(self, service: Service, frames: FrameJudge, about: Collection[str] = ()) -> None:
        self.service = service
        kinds = service.rules.streams.kinds if service.rules.streams else ()
        self._kinds = sorted(kinds, key=lambda kind: not {*kind.clauses.values()} & {*about})
        self.frames = frames
        self.findings: list[Finding] = []
        self.exercised: set[str] = set()
        self._streams: dict[object, _Stream] = {}
        self._last: dict[str, object] = {}
        self._lost = False

    @property
    def rules(self) -> Streams | None:
        """The document's stream rules, if it has any."""
        return self.service.rules.streams

    def seen(self, seen: Seen, findings: Sequence[Finding] = ()) -> None:
        """A message of the target came in, on which there are these findings.

        Behind a stream id that breaks its schema nobody knows which stream is which: nothing is judged.
        """
        since = len(self.findings)
        self._seen(seen, findings)
        put(self.findings, since, seen.index)

    def _seen(self, seen: Seen, findings: Sequence[Finding]) -> None:
        rules = self.rules
        for message in seen.messages[:1]:
            self._succession(message, seen.value)
            if rules is None:
                return
            self._lost = self._lost or self._is_nameless(message, findings, rules)
            if self._lost:
                return
            if message.name in (rules.acknowledged, rules.ended):
                self._answered(message, seen.value, rules)
            else:
                for kind in self._kinds:
                    if message.name == kind.snapshot or message.name in kind.events:
                        self._event(kind, rules, message, seen.value)
                        break

    def _is_nameless(self, message: Message, findings: Sequence[Finding], rules: Streams) -> bool:
        about = {rules.acknowledged, rules.ended}.union(
            *((each.snapshot, *each.events) for each in self._kinds)
        )
        if not findings or message.name not in about:
            return False
        return spoiling(findings, rules.id.of(message.name), self.frames.clauses) is not None

    def _answered(self, message: Message, value: object, rules: Streams) -> None:
        """An acknowledgement, or an end; of a message that is both, what it shows tells which."""
        begins, ends = message.name == rules.acknowledged, message.name == rules.ended
        if begins and ends:
            begins, ends = (
                all(
                    any(same(found, wanted) for _path, found in find(value, at))
                    for at, wanted in self.service.operations[name].narrowed.items()
                )
                for name in (rules.subscribe, rules.unsubscribe)
            )
        key = self._key(value, rules.id.of(message.name))
        if begins:
            self._streams[key] = _Stream(acknowledged=True)
        elif ends:
            stream = self._streams.setdefault(key, _Stream())
            stream.acknowledged, stream.ended = False, True

    def _key(self, value: object, pointer: str) -> object:
        for _path, found in find(value, pointer):
            return found if isinstance(found, str | int) else None
        return None

    def _event(self, kind: StreamKind, rules: Streams, message: Message, value: object) -> None:
        key = self._key(value, rules.id.of(message.name))
        stream = self._streams.setdefault(key, _Stream())
        if not stream.acknowledged:
            if stream.ended:
                clause, expected = (
                    "silent-after-unsubscribe",
                    f"no event of {key} after its end was confirmed",
                )
            else:
                clause, expected = (
                    "acknowledged-first",
                    f"the acknowledgement of {key} before its first event",
                )
            self._wrong(kind, clause, message, expected, f"{message.name} of {key}")
            return
        self.exercised.add(kind.clauses.get("acknowledged-first", ""))
        stream.events += 1
        if stream.events == 1 and kind.snapshot:
            if message.name != kind.snapshot:
                self._wrong(
                    kind,
                    "snapshot-first",
                    message,
                    f"{kind.snapshot} as the first event of {key}",
                    message.name,
                )
            self.exercised.add(kind.clauses.get("snapshot-first", ""))
        self._sequence(kind, rules, message, value, stream)

    def _sequence(
        self, kind: StreamKind, rules: Streams, message: Message, value: object, stream: _Stream
    ) -> None:
        number = self._key(value, rules.sequence.of(message.name))
        if not isinstance(number, int) or isinstance(number, bool):
            return
        if stream.sequence is not None:
            self.exercised.add(kind.clauses.get("sequence", ""))
            if number != stream.sequence + 1:
                self._wrong(
                    kind,
                    "sequence",
                    message,
                    f"sequence {stream.sequence + 1}, one more than the event before",
                    f"sequence {number}",
                )
        stream.sequence = number

    def _succession(self, message: Message, value: object) -> None:
        """``not_decreasing`` rules hold between messages of one name and one stream."""
        key = message.name
        if self.rules is not None:
            key += f" {self._key(value, self.rules.id.of(message.name))}"
        before = self._last.get(key)
        self._last[key] = value
        if before is None:
            return
        for rule in message.rules:
            applied, wrong = judge_succession(rule, message.name, before, value)
            if applied:
                self.exercised.add(rule.clause)
            self.findings += wrong

    def _wrong(self, kind: StreamKind, name: str, message: Message, expected: str, seen: str) -> None:
        clause = kind.clauses.get(name, "")
        if clause:
            self.exercised.add(clause)
            self.findings.append(self.frames.finding(clause, message.name, expected, seen))

"""Stream rules over everything that one session saw, in the order in which it arrived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from conformance.cases.reading import Seen
from conformance.codec import same
from conformance.contract import Message, Service, StreamKind, Streams, find, finder, split
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
    reached: int | None = None
    """The number of its last event before it was ended."""


Finder = Callable[[object], list[object]]


class _Plan:
    """What of one message streams are judged by, and where in it that stands."""

    def __init__(self, message: Message, rules: Streams | None, kinds: Sequence[StreamKind]) -> None:
        self.id = finder(rules.id.of(message.name)) if rules is not None else None
        self.sequence = finder(rules.sequence.of(message.name)) if rules is not None else None
        self.answers = rules is not None and message.name in (rules.acknowledged, rules.ended)
        brought = (kind for kind in kinds if message.name == kind.snapshot or message.name in kind.events)
        self.kind = None if self.answers else next(brought, None)
        self.succession = [
            (rule, None if rule.each or len(rule.at) != 1 or "*" in split(rule.at[0]) else finder(rule.at[0]))
            for rule in message.rules
            if rule.kind == "not_decreasing"
        ]
        at = rules.time.of(message.name) if rules is not None and self.kind is not None else ""
        self.time_at, self.time = at, finder(at) if at else None
        self.onward = next((rule for rule, _at in self.succession if at and rule.at == (at,)), None)
        """The rule by which its time does not go back."""

    def key(self, value: object) -> object:
        """The id of the stream that a message is of."""
        return _text_or_number(self.id(value)) if self.id is not None else None


def _text_or_number(found: list[object]) -> object:
    return found[0] if found and isinstance(found[0], str | int) else None


def _goes_on(before: list[object], after: list[object]) -> bool:
    """Whether both are whole numbers, the second not below the first: by far the most are."""
    if not before or not after or type(before[0]) is not int or type(after[0]) is not int:
        return False
    return after[0] >= before[0]


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
        self._last: dict[tuple[str, object], object] = {}
        self._times: dict[tuple[object, str], tuple[str, int]] = {}
        self._plans: dict[str, _Plan] = {}
        self._lost = False

    @property
    def rules(self) -> Streams | None:
        """The document's stream rules, if it has any."""
        return self.service.rules.streams

    @property
    def followed(self) -> int:
        """Of how many streams something is known."""
        return max(len(self._streams), len(self._last))

    def seen(self, seen: Seen, findings: Sequence[Finding] = ()) -> None:
        """A message of the target came in, on which there are these findings.

        Behind a stream id that breaks its schema nobody knows which stream is which: nothing is judged.
        """
        since = len(self.findings)
        self._seen(seen, findings)
        if len(self.findings) > since:
            put(self.findings, since, seen.index)

    def _seen(self, seen: Seen, findings: Sequence[Finding]) -> None:
        rules = self.rules
        for message in seen.messages[:1]:
            plan = self._plans.get(message.name)
            if plan is None:
                plan = self._plans[message.name] = _Plan(message, rules, self._kinds)
            key = plan.key(seen.value)
            goes_on = self._succession(plan, message, key, seen.value)
            if plan.time is not None and not findings:
                self._onward(plan, message, key, plan.time(seen.value), told=not goes_on)
            if rules is None:
                return
            self._lost = self._lost or (bool(findings) and self._is_nameless(plan, message, findings, rules))
            if self._lost:
                return
            if plan.answers:
                self._answered(message, seen.value, rules, key)
            elif plan.kind is not None:
                self._event(plan, plan.kind, message, seen.value, key)

    def _is_nameless(
        self, plan: _Plan, message: Message, findings: Sequence[Finding], rules: Streams
    ) -> bool:
        if not plan.answers and plan.kind is None:
            return False
        return spoiling(findings, rules.id.of(message.name), self.frames.clauses) is not None

    def _answered(self, message: Message, value: object, rules: Streams, key: object) -> None:
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
        if begins:
            known = self._streams.get(key, _Stream())
            reached = known.reached if known.sequence is None else known.sequence
            self._streams[key] = _Stream(acknowledged=True, reached=reached)
        elif ends:
            stream = self._streams.setdefault(key, _Stream())
            stream.acknowledged, stream.ended = False, True

    def _event(self, plan: _Plan, kind: StreamKind, message: Message, value: object, key: object) -> None:
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = _Stream()
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
        stream.events += 1
        if stream.events == 1:
            self.exercised.add(kind.clauses.get("acknowledged-first", ""))
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
        if plan.sequence is not None:
            self._sequence(kind, message, _text_or_number(plan.sequence(value)), stream)

    def _sequence(self, kind: StreamKind, message: Message, number: object, stream: _Stream) -> None:
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
        elif stream.reached is not None:
            self._lasts(kind, message, number, stream.reached)
        stream.sequence = number

    def _lasts(self, kind: StreamKind, message: Message, number: int, reached: int) -> None:
        """Begun again, a stream goes on with the number that it had reached, or with a higher one."""
        self.exercised.add(kind.clauses.get("lasting", ""))
        least = reached if message.name == kind.snapshot else reached + 1
        if number < least:
            expected = f"sequence {least} or more: {reached} was reached before the stream was ended"
            self._wrong(kind, "lasting", message, expected, f"sequence {number}")

    def _succession(self, plan: _Plan, message: Message, key: object, value: object) -> bool:
        """Whether ``not_decreasing`` rules hold between messages of one name and one stream."""
        place, goes_on = (message.name, key), True
        before = self._last.get(place)
        self._last[place] = value
        if before is None:
            return goes_on
        for rule, at in plan.succession:
            if at is not None and _goes_on(at(before), at(value)):
                self.exercised.add(rule.clause)
                continue
            applied, wrong = judge_succession(rule, message.name, before, value)
            if applied:
                self.exercised.add(rule.clause)
            self.findings += wrong
            goes_on = goes_on and not wrong
        return goes_on

    def _onward(self, plan: _Plan, message: Message, key: object, found: list[object], *, told: bool) -> None:
        """The time of a stream goes on from each of its messages to the next, whatever their names are.

        Only of times that stand at one place: that of a trade within is another's than that of a snapshot
        around it. ``told``: something of this message went back already.
        """
        now = _text_or_number(found)
        if not isinstance(now, int) or isinstance(now, bool):
            return
        name, before = self._times.get((key, plan.time_at), (message.name, now))
        self._times[key, plan.time_at] = message.name, now
        if plan.onward is not None and name != message.name and now < before and not told:
            clause, where = plan.onward.clause, f"{message.name} {plan.onward.at[0]}"
            expected = f"at least {before}, the time of the {name} before it"
            self.exercised.add(clause)
            self.findings.append(self.frames.finding(clause, where, expected, str(now)))

    def _wrong(self, kind: StreamKind, name: str, message: Message, expected: str, seen: str) -> None:
        clause = kind.clauses.get(name, "")
        if clause:
            self.exercised.add(clause)
            self.findings.append(self.frames.finding(clause, message.name, expected, seen))

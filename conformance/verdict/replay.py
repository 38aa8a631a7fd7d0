"""Walks a case's steps along its transcript, as the conversation did, and holds each against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conformance.cases.case import Case
from conformance.cases.matching import Ledger, Sent
from conformance.cases.probing import authenticated, probed
from conformance.cases.reading import Seen
from conformance.cases.steps import Close, Connect, Expect, Generate, Ping, Request, Send, Silence, Step
from conformance.codec import MISSING
from conformance.contract import Service
from conformance.transcript import Direction, Frame, Mark, Transcript
from conformance.verdict.http import judge_generated
from conformance.verdict.steps import (
    Notes,
    close_judged,
    described,
    expect_found,
    expect_missing,
    ping_judged,
    refusal_code,
    silence_judged,
)
from conformance.verdict.streams import StreamJudge

if TYPE_CHECKING:
    from conformance.verdict.judge import Judge


class Replay:
    """One judging. ``complete`` tells whether every step was met, ``refused`` that the user's credential
    was."""

    def __init__(self, judge: Judge, case: Case, transcript: Transcript) -> None:
        self.judge = judge
        self.case = case
        self.transcript = transcript
        self.notes = Notes(judge.clauses, judge.tolerances)
        self.complete = True
        self.stopped_at = -1
        self.refused = ""
        self._ledger = Ledger()
        self._expected: dict[int, tuple[str, ...]] = {}
        self._judged: set[int] = set()
        self._bodies: dict[str, object] = {}
        self._marks: dict[int, dict[str, Mark]] = {}
        for mark in transcript.marks("values"):
            values = mark.data.get("values")
            if isinstance(values, Mapping):
                self._ledger.saved.update({f"${name}": value for name, value in values.items()})
        for step in case.steps:
            if isinstance(step, Connect):
                self._ledger.services[step.session] = judge.contract.services[step.service]
        self._read()

    def run(self) -> None:
        """Judges all steps, then everything else that the target sent."""
        for index, step in enumerate(self.case.steps):
            if not self._step(index, step):
                self.complete = False
                self.stopped_at = index
                break
        self._strays()
        self._streams()

    def _read(self) -> None:
        for position, entry in enumerate(self.transcript.entries):
            if isinstance(entry, Mark):
                if entry.step >= 0:
                    self._marks.setdefault(entry.step, {})[entry.kind] = entry
            elif (
                isinstance(entry, Frame)
                and entry.opcode in ("text", "binary")
                and entry.direction is Direction.RECEIVED
                and entry.session in self._ledger.services
            ):
                reader = self.judge.reader_of(self._ledger.services[entry.session].name)
                seen = reader.read(position, entry.at, entry.opcode, entry.data)
                self._ledger.seen.setdefault(entry.session, []).append(seen)

    # -- steps --------------------------------------------------------------------------------------

    def _step(self, index: int, step: Step) -> bool:
        marks = self._marks.get(index, {})
        if "step" not in marks:
            return False
        if "unplayable" in marks:
            return self._unplayable(step, marks["unplayable"])
        match step:
            case Connect():
                return self._connect(index, step)
            case Send():
                self._send(index, step.session, step.operation)
            case Expect():
                self._credential(step)
                return self._expect(index, step)
            case Silence():
                return self._silence(index, step)
            case Close():
                self._lag(marks)
                close_judged(self.notes, step, self.transcript, self._times(step, marks["step"].at))
                return "satisfied" in marks
            case Ping():
                ping_judged(self.notes, step, "satisfied" in marks, self.transcript)
                return "satisfied" in marks
            case Request():
                return self._request(index, step)
            case Generate():
                if "generated" not in marks:
                    return False
                judge_generated(self.notes, step, marks["generated"])
            case _:
                pass
        return True

    def _unplayable(self, step: Step, mark: Mark) -> bool:
        """A step on a connection that the target closed before: the promise is that it stays open."""
        session = getattr(step, "session", "")
        for end in self.transcript.marks("closed", session):
            clause = getattr(step, "clause", "") or self._next_clause(step)
            self.notes.broken(
                clause, "connection", "an open connection", f"a close with {end.data.get('code')}"
            )
            return False
        self.notes.unclear = self.notes.unclear or str(mark.data.get("reason"))
        return False

    def _next_clause(self, step: Step) -> str:
        """The clause of the first expectation behind a step that has none of its own."""
        position = self.case.steps.index(step)
        for later in self.case.steps[position:]:
            clause = getattr(later, "clause", "")
            if clause:
                return str(clause)
        return self.case.clauses[0] if self.case.clauses else ""

    def _connect(self, index: int, step: Connect) -> bool:
        if not any(True for _ in self.transcript.marks("connected", step.session)):
            return False
        service = self._ledger.services[step.session]
        self.notes.kept(step.clause, service.rules.clauses.get("transport/upgrade", ""))
        if step.who is None:
            return True
        credential = self._marks[index].get("credential")
        if credential is None:
            return False
        scheme = str(credential.data.get("scheme"))
        self._send(index, step.session, service.credentials[scheme].operation)
        waiting = authenticated(index, step, service, scheme)
        self._credential(waiting)
        return self._expect(index, waiting)

    def _credential(self, waiting: Expect) -> None:
        """Notes that the target refused a credential of the user's: that says nothing about the target."""
        if waiting.reply_to is None:
            return
        credential = self._marks.get(waiting.reply_to, {}).get("credential")
        seen = self._ledger.match(waiting)
        if credential is None or seen is None:
            return
        service = self._ledger.services[waiting.session]
        scheme = service.credentials[str(credential.data.get("scheme"))]
        code = refusal_code(service.rules.refusals, seen)
        if code is not MISSING and code == scheme.refusal and set(waiting.messages) - set(seen.names):
            label = credential.data.get("label") or scheme.scheme
            self.refused = f"the target refused the credential {label!s} ({code})"

    def _send(self, index: int, session: str, operation: str, kind: str = "step") -> None:
        """What was sent is read back from the transcript: the first data frame behind the step's mark."""
        service = self._ledger.services[session]
        behind = False
        for entry in self.transcript.entries:
            if isinstance(entry, Mark) and entry.step == index and entry.kind == kind:
                behind = True
            elif (
                behind
                and isinstance(entry, Frame)
                and entry.session == session
                and entry.direction is Direction.SENT
                and entry.opcode in ("text", "binary")
            ):
                value = self.judge.reader_of(service.name).codec.decode(entry.data).value
                self._ledger.sent[index] = Sent(
                    index, session, service.operations.get(operation), value, entry.at
                )
                return

    def _expect(self, index: int, step: Expect) -> bool:
        marks = self._marks.get(index, {})
        end = marks.get("satisfied") or marks.get("expired")
        if end is None:
            return False
        begun = marks["step"].at
        seen = self._ledger.match(step, end.at)
        if seen is None:
            if step.optional:
                return True
            expect_missing(self.notes, step, self.transcript, self._ledger, begun)
            return False
        self._ledger.use(step, seen)
        self._lag(marks)
        self._frame(step.session, seen, step.messages)
        return expect_found(self.notes, step, seen, self._ledger, self._times(step, begun))

    def _silence(self, index: int, step: Silence) -> bool:
        marks = self._marks.get(index, {})
        if "unwitnessed" in marks:
            self.notes.unclear = self.notes.unclear or (
                "no stimulus: the witness saw no " + (" or ".join(step.messages) or "message")
            )
            return False
        end = marks.get("satisfied") or marks.get("expired")
        if end is None:
            return False
        service = self._ledger.services[step.session]
        silence_judged(self.notes, step, self._ledger, marks.get("barrier", end).at)
        if "expired" in marks:
            self.notes.broken(step.clause, "barrier", "an answer from the silent connection", "nothing")
            return False
        harmless = self.judge.probing.probe(service)
        if harmless is not None:
            self._send(index, step.session, harmless[0].name, "barrier")
            waiting = probed(step.session, harmless[0], service, step.clause, index)
            seen = self._ledger.match(waiting, end.at)
            if seen is not None:
                self._ledger.use(waiting, seen)
                self._frame(step.session, seen, waiting.messages)
        return True

    def _request(self, index: int, step: Request) -> bool:
        for exchange in self.transcript.exchanges():
            if exchange.step == index:
                self.judge.http_of(step.service).judge(self.notes, step, exchange, self._bodies)
                return True
        return False

    def _lag(self, marks: Mapping[str, Mark]) -> None:
        """By how much (ms) the suite's own loop lagged when a step's waiting ended."""
        end = marks.get("satisfied") or marks.get("expired")
        self.notes.lag_ms = float(str(end.data.get("lag_ms", 0))) if end is not None else 0.0

    def _times(self, step: Expect | Close, begun: int) -> tuple[int, int]:
        """What lateness and earliness count from (ns): the step; or the 101 and the first handshake byte.

        A reply counts from its command, not from the step that waits for it.
        """
        if step.since == "connected":
            late = next((m.at for m in self.transcript.marks("connected", step.session)), begun)
            early = next((m.at for m in self.transcript.marks("connecting", step.session)), begun)
            return late, early
        if isinstance(step, Expect) and step.reply_to is not None and step.reply_to in self._ledger.sent:
            begun = self._ledger.sent[step.reply_to].at
        return begun, begun

    # -- everything else ----------------------------------------------------------------------------

    def _frame(self, session: str, seen: Seen, expected: tuple[str, ...] = ()) -> None:
        self._judged.add(seen.index)
        service = self._ledger.services[session]
        findings, exercised = self.judge.frames_of(service.name).judge(seen, expected)
        self.notes.findings += findings
        self.notes.exercised |= exercised

    def _strays(self) -> None:
        """Messages that no step waited for: they keep the contract too, and answer nothing twice."""
        for session, messages in self._ledger.seen.items():
            for seen in messages:
                if seen.index not in self._judged:
                    self._frame(session, seen)
                    self._unasked(session, self._ledger.services[session], seen)

    def _unasked(self, session: str, service: Service, seen: Seen) -> None:
        """A reply that nobody was waiting for: a second one, or one to no command at all."""
        if not seen.messages or any(message.event for message in seen.messages):
            return
        for sent in self._ledger.sent.values():
            answered = sent.step in self._ledger.answered and sent.session == session
            if answered and sent.operation is not None and self._ledger.carries(seen, sent, distinctly=True):
                another = f"another one: {described(seen, service.rules.refusals)}"
                clause = sent.operation.clauses.get("reply", "")
                self.notes.broken(clause, "reply", "exactly one reply", another)
                return

    def _streams(self) -> None:
        for session, messages in self._ledger.seen.items():
            service = self._ledger.services[session]
            judge = StreamJudge(service, self.judge.frames_of(service.name))
            for seen in messages:
                judge.seen(seen)
            self.notes.findings += judge.findings
            self.notes.exercised |= judge.exercised

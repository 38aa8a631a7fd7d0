"""Walks a case's steps along its transcript, as the conversation did, and holds each against the contract."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.case import Case
from conformance.cases.matching import Ledger, Sent
from conformance.cases.probing import authenticated
from conformance.cases.reading import Seen
from conformance.cases.steps import (
    Abreast,
    Close,
    Compare,
    Connect,
    Disconnect,
    Expect,
    Gather,
    Generate,
    Idle,
    Ping,
    Request,
    Send,
    Silence,
    Stall,
    Step,
    Unanswered,
)
from conformance.transcript import Exchange, Mark, Transcript
from conformance.validation import Finding
from conformance.verdict.abreast import abreast_judged
from conformance.verdict.accounts import accounts_judged
from conformance.verdict.bench import Bench
from conformance.verdict.clocks import clocks_judged
from conformance.verdict.crowds import crowd_judged, gather_judged
from conformance.verdict.entries import Entries
from conformance.verdict.fills import Fill, fills
from conformance.verdict.http import judge_generated
from conformance.verdict.markets import markets_judged
from conformance.verdict.notes import Notes
from conformance.verdict.rest import denied, given_away, not_taken, turned_away, unasked, unplayable, violated
from conformance.verdict.silences import Silences
from conformance.verdict.spoiled import Spoils
from conformance.verdict.steps import expect_found, expect_missing
from conformance.verdict.streams import StreamJudge
from conformance.verdict.wire import connection_judged, counted_from, disconnect_judged, untaken


class Replay:
    """One judging. ``complete``: every step was met. ``refused``: the user's credential was, in words.

    ``spoiled``: it ended at a step that needs a value which broke its schema; ``spoils`` knows which did.
    """

    def __init__(self, bench: Bench, case: Case, transcript: Transcript) -> None:
        self.bench = bench
        self.case = case
        self.transcript = transcript
        self.notes = Notes(bench.clauses, bench.tolerances)
        self.complete = True
        self.stopped_at = -1
        self.refused = ""
        self.spoiled = False
        self.spoils = Spoils(bench.clauses)
        self.ledger = Ledger()
        self._awaited: dict[str, tuple[str, ...]] = {}
        self._judged: dict[int, list[Finding]] = {}
        self._bodies: dict[str, object] = {}
        self._end = len(transcript.entries)
        self._beside: list[Mapping[str, object]] = []
        for mark in transcript.marks("values"):
            values, beside = mark.data.get("values"), mark.data.get("beside")
            if isinstance(beside, Mapping):
                self._beside.append(beside)
            if isinstance(values, Mapping):
                self.ledger.saved.update({f"${name}": value for name, value in values.items()})
        for step in (*case.steps, *case.cleanup):
            if isinstance(step, Connect):
                self.ledger.services[step.session] = bench.contract.services[step.service]
        self._entries = Entries(bench, transcript, self.ledger.services)
        self._marks = self._entries.marks
        self.ledger.seen = self._entries.seen

    def run(self) -> None:
        """Judges all steps, then everything else that the target sent."""
        for index, step in enumerate(self.case.steps):
            if self.spoils.used_by(step):
                self._spoil(index)
            if self.spoiled or not self._step(index, step):
                self.complete = False
                self.stopped_at = index
                break
        self._cleanup()
        for session in self.ledger.services:
            self._strays(session)
        self._streams()
        clocks_judged(self.notes, self.case, self.transcript, self.ledger)
        given_away(self.notes, self.ledger, self.case.steps)
        accounts_judged(self.notes, self.ledger, self._judged, self.bench.tradings)
        if self.bench.markets:
            exclusive = self.case.needs.exclusive
            markets_judged(self.notes, self.ledger, self._judged, self.bench, self._beside, exclusive)
        for session, service in self.ledger.services.items():
            violated(self.notes, self.transcript, session, service)

    def fills(self) -> tuple[Fill, ...]:
        """The fills whose trades were listened to."""
        return fills(self.notes, self.ledger, self._judged, self.bench) if self.bench.markets else ()

    def _spoil(self, index: int) -> None:
        """A step needs what broke its schema: what we made of that, and what came of it, is judged no more.

        Messages are, up to the next command: they can be judged by themselves.
        """
        self.spoiled = True
        steps = (*self.case.steps, *self.case.cleanup)
        asking = (at for at in range(index, len(steps)) if not isinstance(steps[at], Expect))
        ends = (self._entries.position(at, "step", self._end) for at in asking)
        self._end = min(ends, default=self._end)

    # -- steps --------------------------------------------------------------------------------------

    def _step(self, index: int, step: Step) -> bool:
        marks = self._marks.get(index, {})
        if "step" not in marks:
            return False
        if isinstance(step, Silence):
            return self._silence(index, step, marks)
        if "unplayable" in marks:
            unplayable(self.notes, self.case, index, marks["unplayable"], self.transcript)
            return False
        match step:
            case Connect():
                return self._connect(index, step)
            case Send():
                self._send(index, step)
            case Expect():
                self._credential(step)
                return self._expect(index, step)
            case Abreast():
                self._lag(marks)
                return abreast_judged(self.notes, index, step, self._entries, self.ledger, marks)
            case Close() | Ping() | Idle():
                end = self._lag(marks)
                return end is not None and connection_judged(
                    self.notes, step, self.transcript, self.ledger, marks["step"].at, end
                )
            case Stall():
                return "satisfied" in marks
            case Gather():
                self._lag(marks)
                return gather_judged(self.notes, index, step, self._entries, marks)
            case Compare():
                self._lag(marks)
                return crowd_judged(self.notes, index, self.case.steps, self._entries, marks)
            case Unanswered():
                return untaken(self.notes, step, self.ledger, self._lag(marks))
            case Disconnect():
                upgrade = self.ledger.services[step.session].rules.clauses.get("transport/upgrade", "")
                if upgrade in self.case.clauses and step.how == "close":
                    disconnect_judged(self.notes, step, upgrade, self.transcript)
            case Request():
                return self._request(index, step)
            case Generate():
                if "generated" not in marks:
                    return False
                with self.notes.about(self._entries.position(index, "generated")):
                    judge_generated(self.notes, step, marks["generated"])
        return True

    def _silence(self, index: int, step: Silence, marks: Mapping[str, Mark]) -> bool:
        silences = Silences(self.bench, self.notes, self.ledger, self._entries, self._send, self._frame)
        if "unplayable" not in marks and silences.judge(index, step, marks):
            return True
        silences.given_up(index, self.case.steps, marks)
        if "unplayable" in marks:
            unplayable(self.notes, self.case, index, marks["unplayable"], self.transcript)
        return False

    def _connect(self, index: int, step: Connect) -> bool:
        if step.door is not None and step.door.refusal:
            return turned_away(self.notes, step, step.door, self.transcript)
        if not any(True for _ in self.transcript.marks("connected", step.session)):
            not_taken(self.notes, step, self.transcript, self.ledger.services[step.session])
            return False
        service = self.ledger.services[step.session]
        self.notes.kept(step.clause, service.rules.clauses.get("transport/upgrade", ""))
        if step.who is None:
            return True
        credential = self._marks[index].get("credential")
        if credential is None:
            return False
        scheme = str(credential.data.get("scheme"))
        if scheme not in service.credentials:
            return True  # the opening carried it
        self._send(index, Send(step.session, service.credentials[scheme].operation))
        waiting = authenticated(index, step, service, scheme)
        self._credential(waiting)
        return self._expect(index, waiting)

    def _credential(self, waiting: Expect) -> None:
        """Notes that the target refused a credential of the user's."""
        asked = self._marks.get(-1 if waiting.reply_to is None else waiting.reply_to, {})
        if (credential := asked.get("credential")) is not None:
            self.refused = denied(self.ledger, waiting, credential) or self.refused

    def _send(self, index: int, step: Send, kind: str = "step") -> None:
        """What was sent is read back from the transcript: the first data frame behind the step's mark."""
        service = self.ledger.services[step.session]
        operation = service.operations.get(step.operation)
        if step.part and (withheld := self._entries.withheld(index)) is not None:
            value = self.bench.reader_of(service.name).value(*withheld)
            at = self._marks[index]["step"].at
            self.ledger.enter(Sent(index, step.session, None, value, at), step.save)
        elif (frame := self._entries.sent(index, step, kind)) is not None:
            value = self.bench.reader_of(service.name).value(frame.opcode, frame.data)
            self.ledger.enter(Sent(index, step.session, operation, value, frame.at), step.save)

    def _expect(self, index: int, step: Expect) -> bool:
        marks = self._marks.get(index, {})
        end = self._lag(marks)
        if end is None:
            return False
        times = counted_from(step, self.transcript, self.ledger, marks["step"].at)
        seen = self.ledger.match(step, end.at)
        if seen is None:
            self._awaited[step.session] = step.messages
            if step.optional:
                return True
            self._strays(step.session, end.at)  # what came instead says more than that nothing came
            expect_missing(self.notes, step, self.transcript, self.ledger, times[0], end.at)
            return False
        self.ledger.use(step, seen)
        self._frame(step.session, seen, step.messages)
        self.spoils.saved(step.save, self._judged[seen.index])
        with self.notes.about(seen.index):
            return expect_found(self.notes, step, seen, self.ledger, times)

    def _request(self, index: int, step: Request) -> bool:
        judge = self.bench.http_of(step.service)
        for place, exchange in enumerate(self.transcript.entries):
            if isinstance(exchange, Exchange) and exchange.step == index and exchange.status:
                before = len(self.notes.findings)
                with self.notes.about(place):
                    met = judge.answered(self.notes, step, exchange, self._bodies, self.ledger)
                self.spoils.saved(step.save, self.notes.findings[before:])
                return met
        return False

    def _lag(self, marks: Mapping[str, Mark]) -> Mark | None:
        """The mark that ended a step's waiting; notes by how much (ms) our own loop lagged then."""
        end = marks.get("satisfied") or marks.get("expired")
        self.notes.lag_ms = float(str(end.data.get("lag_ms", 0))) if end is not None else 0.0
        self.notes.ended = self._entries.position(end.step, end.kind) if end is not None else None
        return end

    # -- everything else ----------------------------------------------------------------------------

    def _frame(self, session: str, seen: Seen, expected: tuple[str, ...] = ()) -> None:
        service = self.ledger.services[session]
        findings, exercised = self.bench.frames_of(service.name).judge(seen, expected)
        self._judged[seen.index] = findings
        if findings:
            with self.notes.about(seen.index):
                self.notes.findings += findings
        self.notes.exercised |= exercised

    def _cleanup(self) -> None:
        """The commands of the clean-up belong to nobody's expectation, and are answered all the same."""
        for index, step in enumerate(self.case.cleanup, len(self.case.steps)):
            if self.spoils.used_by(step) and not self.spoiled:
                self._end = min(self._end, self._entries.position(index, "step", self._end))
            if (
                isinstance(step, Send)
                and "step" in self._marks.get(index, {})
                and self._entries.position(index, "step") < self._end
            ):
                self._send(index, step)

    def _strays(self, session: str, until: int | None = None) -> None:
        """Messages that no step waited for: they keep the contract too, and answer nothing twice."""
        for seen in self.ledger.seen.get(session, ()):
            if seen.index >= self._end:
                return
            if seen.index not in self._judged and (until is None or seen.at <= until):
                # What nobody can name may be what was waited for in vain.
                self._frame(session, seen, self._awaited.get(session, ()))
                unasked(self.notes, self.ledger, session, seen)

    def _streams(self) -> None:
        for session, messages in self.ledger.seen.items():
            service = self.ledger.services[session]
            judge = StreamJudge(service, self.bench.frames_of(service.name), self.case.clauses)
            for seen in messages:
                if seen.index in self._judged:
                    judge.seen(seen, self._judged[seen.index])
            self.notes.findings += judge.findings
            self.notes.exercised |= judge.exercised

"""Silences: nothing came where nothing may come; for how long that was watched, and what came elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from conformance.cases.conditions import unmet
from conformance.cases.matching import Ledger
from conformance.cases.probing import probed
from conformance.cases.reading import Seen
from conformance.cases.steps import Expect, Send, Silence, Step
from conformance.transcript import Mark, Transcript
from conformance.verdict.bench import Bench
from conformance.verdict.entries import Entries
from conformance.verdict.notes import MS, Notes
from conformance.verdict.steps import described
from conformance.verdict.wire import unanswered


class Silences:
    """Judges the silences of one conversation. ``send`` reads back what was sent behind a mark of a step,
    ``frame`` judges a message."""

    def __init__(
        self,
        bench: Bench,
        notes: Notes,
        ledger: Ledger,
        entries: Entries,
        send: Callable[[int, Send, str], None],
        frame: Callable[[str, Seen, tuple[str, ...]], None],
    ) -> None:
        self.bench = bench
        self.notes = notes
        self.ledger = ledger
        self.transcript: Transcript = entries.transcript
        self._entries = entries
        self._send, self._frame = send, frame

    def judge(self, index: int, step: Silence, marks: Mapping[str, Mark]) -> bool:
        """Whether the conversation can have gone on behind it."""
        if "unwitnessed" in marks:
            self.notes.unclear = self.notes.unclear or (
                "no stimulus: the witness saw no " + (" or ".join(step.messages) or "message")
            )
            return False
        end = marks.get("satisfied") or marks.get("expired")
        if end is None:
            return False
        barrier = "barrier" in marks
        answer = self._barrier(index, step, end) if barrier and "expired" not in marks else None
        # A witness proves that there was a stimulus; only behind the barrier's answer can its effect not be
        # on its way any more. A window without a witness is over when the barrier is sent.
        last = self._entries.position(index, "barrier", self._entries.position(index, end.kind))
        self._held(step, answer.index if step.witness and answer else last)
        by = "its answer to a barrier" if barrier else "its end"
        self.notes.evidence.append(self._evidence(step, end, by))
        if answer is not None:
            self.ledger.use(self._probed(index, step), answer)
        if "expired" in marks:
            with self.notes.about(self._entries.position(index, "expired")):
                unanswered(self.notes, step, self.transcript, end.at)
            return False
        return True

    def given_up(self, index: int, steps: Sequence[Step], marks: Mapping[str, Mark]) -> None:
        """One that could not be watched to its end says what it heard until then, and so do those beside it:
        what came is not undone by what ended the conversation.

        Only what no deadline can have said: what the target sends with the end of a connection is a message.
        """
        judged = "satisfied" in marks or "expired" in marks
        for each in steps[index + judged :]:
            if not isinstance(each, Silence):
                return
            if self._is_evident(each):
                self._broken(each, self._entries.behind(index))

    def _is_evident(self, step: Silence) -> bool:
        """Whether it names messages, none of which is a refusal."""
        refusals = self.ledger.services[step.session].rules.refusals
        return bool(step.messages) and (refusals is None or refusals.message not in step.messages)

    def _held(self, step: Silence, end: int) -> None:
        """Nothing of the kind may have arrived before the entry ``end`` of the transcript."""
        if not self._broken(step, end):
            self.notes.kept(step.clause)

    def _broken(self, step: Silence, end: int) -> bool:
        ledger = self.ledger
        refusals = ledger.services[step.session].rules.refusals
        begun = ledger.settled(step.session)
        for seen in ledger.seen.get(step.session, ()):
            if not begun < seen.index < end or seen.index in ledger.consumed:
                continue
            if step.messages and not set(step.messages) & set(seen.names):
                continue
            if unmet(step.where, seen.value, ledger.saved, seen.names) is None:
                what = " or ".join(step.messages) or "message at all"
                where = f"silence of {step.session}"
                told, evident = described(seen, refusals), self._is_evident(step)
                self.notes.broken(step.clause, where, f"no {what}", told, entry=seen.index, evident=evident)
                return True
        return False

    def _evidence(self, step: Silence, end: Mark, by: str) -> str:
        """For how long nothing came, and what came on other connections meanwhile."""
        begun = self.ledger.settled(step.session)
        heard = [seen.at for seen in self.ledger.seen.get(step.session, ()) if seen.index == begun]
        heard += [mark.at for mark in self.transcript.marks("connected", step.session)]
        since = heard[0] if heard else end.at
        what = " or ".join(step.messages) or "message"
        which = " of the kind" if step.where else ""
        told = f"{step.session}: no {what}{which} for {(end.at - since) / MS:.0f} ms, up to {by}"
        elsewhere = []
        for session, messages in self.ledger.seen.items():
            while_silent = (seen for seen in messages if since <= seen.at <= end.at)
            names = Counter(" or ".join(seen.names) or "unknown messages" for seen in while_silent)
            if names and session != step.session:
                counted = ", ".join(f"{count} {name}" for name, count in names.items())
                elsewhere.append(f"{session} got {counted}")
        return f"{told}; meanwhile {', '.join(elsewhere)}" if elsewhere else told

    def _probed(self, index: int, step: Silence) -> Expect:
        service = self.ledger.services[step.session]
        harmless = self.bench.probing.probe(service)
        assert harmless is not None
        return probed(step.session, harmless[0], service, step.clause, index)

    def _barrier(self, index: int, step: Silence, end: Mark) -> Seen | None:
        """The answer to the probe behind a silence; None where the service has no probe (a pong was it)."""
        harmless = self.bench.probing.probe(self.ledger.services[step.session])
        if harmless is None:
            return None
        self._send(index, Send(step.session, harmless[0].name), "barrier")
        waiting = self._probed(index, step)
        seen = self.ledger.match(waiting, end.at)
        if seen is not None:
            self._frame(step.session, seen, waiting.messages)
        return seen

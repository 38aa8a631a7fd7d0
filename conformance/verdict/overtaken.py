"""Conversations that a documented deadline ended before they were done.

Where a document promises to end a connection that did not do something in time, doing so is no broken
promise, whatever the conversation was about. The conversation was too slow, and has to be held again:
``TRIES`` times in all. A target that leaves a command unanswered each time, although it was sent in the
first half of the time that there was, is not excused by its own deadline.
"""

from __future__ import annotations

from conformance.cases.case import Case
from conformance.cases.matching import Ledger
from conformance.cases.steps import Idle
from conformance.contract import Deadline, Service
from conformance.transcript import Direction, Transcript
from conformance.verdict.ending import ending
from conformance.verdict.model import Tolerances
from conformance.verdict.notes import MS
from conformance.verdict.steps import refusal_code

TRIES = 3


def overtaken(case: Case, transcript: Transcript, ledger: Ledger, tolerances: Tolerances) -> str:
    """Why the conversation could not be finished, or ''. A case about the deadline itself is overtaken only
    where we did not come to do in time what it takes."""
    last = any(mark.data.get("number") == TRIES for mark in transcript.marks("attempt"))
    for session, service in ledger.services.items():
        for deadline in service.rules.deadlines:
            if set(deadline.clauses.values()) & set(case.clauses) and not _too_late(case, transcript):
                continue
            if _met(transcript, ledger, session, service, deadline, tolerances) and not (
                last and _had_time(transcript, session, deadline)
            ):
                words = f"the deadline {deadline.name!r} of {deadline.after_ms} ms"
                return f"{words} ended the conversation before it was done"
    return ""


def _too_late(case: Case, transcript: Transcript) -> bool:
    """Whether the connection had ended before a command could be sent."""
    if any(True for _ in transcript.marks("unplayable")):
        return True
    steps = dict(enumerate(case.steps))
    return any(isinstance(steps.get(mark.step), Idle) for mark in transcript.marks("expired"))


def _met(
    transcript: Transcript,
    ledger: Ledger,
    session: str,
    service: Service,
    deadline: Deadline,
    tolerances: Tolerances,
) -> bool:
    begun = next((mark.at for mark in transcript.marks("connecting", session)), None)
    if begun is None:
        return False
    due = begun + (deadline.after_ms - tolerances.early_ms(deadline.after_ms)) * MS
    messages = ledger.seen.get(session, ())
    if any(deadline.stopped_by in seen.names and seen.at < due for seen in messages):
        return False
    if any(
        refusal_code(service.rules.refusals, seen) == deadline.refusal and seen.at >= due for seen in messages
    ):
        return True
    end = ending(transcript, session)
    return end is not None and end.by == "peer" and end.code == deadline.close and end.at >= due


def _had_time(transcript: Transcript, session: str, deadline: Deadline) -> bool:
    """Whether the last command (or ping) had gone out in the first half of the time before the deadline."""
    begun = next(mark.at for mark in transcript.marks("connecting", session))
    sent = [
        frame.at
        for frame in transcript.frames(session)
        if frame.direction is Direction.SENT and frame.opcode in ("text", "binary", "ping")
    ]
    return bool(sent) and sent[-1] < begun + deadline.after_ms * MS // 2

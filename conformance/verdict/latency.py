"""How long the target took, out of a transcript: replies, upgrades, pongs, HTTP answers.

Conversations overlap, up to a run's ``jobs`` at once on one loop, so each time is one under that load: runs
can be compared where their jobs, their seed and their cases are the same. From the moment that our bytes went
to the operating system to the moment that it gave us the answer's; nothing here is judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Case
from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Seen
from conformance.cases.steps import Ping, Request
from conformance.codec import MISSING
from conformance.transcript import Direction, Transcript
from conformance.verdict.notes import MS
from conformance.verdict.steps import refusal_code

Answers = list[tuple[Sent, Seen]]
"""Commands and the replies that were waited for and came, each of a message that was promised."""


def timings(
    case: Case, transcript: Transcript, ledger: Ledger, answers: Answers
) -> tuple[tuple[str, float], ...]:
    """What was waited for, and the milliseconds until it came.

    ``service/operation`` from a command to its reply, and with `` refused`` behind it where the reply
    refuses: that is another way through the target, and mostly a shorter one. ``service upgrade``: from the
    first byte of the opening handshake to its 101. ``service ping``: to its pong. ``service GET /path``:
    from a request to the end of its answer. Requests that were generated are not in it.
    """
    found = [
        *_replies(ledger, answers),
        *_upgrades(transcript, ledger),
        *(_pongs(transcript, ledger) if any(isinstance(step, Ping) for step in case.steps) else ()),
        *_requests(case, transcript),
    ]
    return tuple((what, round(max(0, until - since) / MS, 3)) for what, since, until in found)


def _replies(ledger: Ledger, answers: Answers) -> Iterator[tuple[str, int, int]]:
    for sent, seen in answers:
        if sent.operation is not None:
            service = ledger.services[sent.session]
            refused = refusal_code(service.rules.refusals, seen) is not MISSING
            yield f"{service.name}/{sent.operation.name}{' refused' * refused}", sent.at, seen.at


def _upgrades(transcript: Transcript, ledger: Ledger) -> Iterator[tuple[str, int, int]]:
    begun: dict[str, int] = {}
    for mark in transcript.marks("connecting"):
        begun[mark.session] = mark.at
    for mark in transcript.marks("connected"):
        if mark.session in ledger.services and mark.session in begun:
            yield f"{ledger.services[mark.session].name} upgrade", begun[mark.session], mark.at


def _pongs(transcript: Transcript, ledger: Ledger) -> Iterator[tuple[str, int, int]]:
    """From each ping to the first pong with its data (RFC 6455, 5.5.3)."""
    waiting: dict[tuple[str, bytes], int] = {}
    for frame in transcript.frames():
        key = frame.session, frame.data
        if frame.opcode == "ping" and frame.direction is Direction.SENT:
            waiting.setdefault(key, frame.at)
        elif frame.opcode == "pong" and frame.direction is Direction.RECEIVED and key in waiting:
            yield f"{ledger.services[frame.session].name} ping", waiting.pop(key), frame.at


def _requests(case: Case, transcript: Transcript) -> Iterator[tuple[str, int, int]]:
    for exchange in transcript.exchanges():
        step = case.steps[exchange.step] if 0 <= exchange.step < len(case.steps) else None
        if isinstance(step, Request) and exchange.status and not exchange.failure:
            yield f"{step.service} {step.method} {step.path}", exchange.sent_at, exchange.received_at

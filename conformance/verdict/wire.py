"""Steps about the connection itself, judged again from the transcript: closes and pings."""

from __future__ import annotations

from conformance.cases.matching import Ledger
from conformance.cases.steps import Close, Disconnect, Expect, Idle, Ping
from conformance.transcript import Direction, Frame, Transcript
from conformance.verdict.ending import LOST, ending
from conformance.verdict.steps import Notes, span, timing


def counted_from(step: Expect | Close, transcript: Transcript, ledger: Ledger, begun: int) -> tuple[int, int]:
    """What lateness and earliness count from (ns): the step; or the 101 and the first handshake byte.

    A reply counts from its command.
    """
    if step.since == "connected":
        late = next((mark.at for mark in transcript.marks("connected", step.session)), begun)
        early = next((mark.at for mark in transcript.marks("connecting", step.session)), begun)
        return late, early
    if isinstance(step, Expect) and step.reply_to is not None and step.reply_to in ledger.sent:
        begun = ledger.sent[step.reply_to].at
    return begun, begun


def close_judged(
    notes: Notes, step: Close, transcript: Transcript, times: tuple[int, int], given_up: int
) -> None:
    """The target had to close: did it, with the right code, in time?

    ``times`` are the moments (ns) that lateness and earliness count from, ``given_up`` when the waiting
    ended.
    """
    wanted = " or ".join(str(code) for code in step.codes) or "any code"
    end = ending(transcript, step.session, given_up)
    if end is None:
        over = (given_up - times[0]) / 1e6 - step.within_ms - notes.tolerances.late_ms
        expected = f"a close with {wanted} {span(step.within_ms)}"
        notes.bound(over, step.clause, "close", expected, "an open connection")
        return
    if end.by == "us":
        return  # what made us close is told on its own; it is not the close that was promised
    if end.code == LOST and step.codes and LOST not in step.codes and end.how == "reset":
        notes.unclear = notes.unclear or "the connection was reset before its close code could be read"
        return
    notes.kept(step.clause)
    if step.codes and end.code not in step.codes:
        notes.broken(step.clause, "close", f"a close with {wanted}", str(end))
    timing(notes, step, end.at, *times)


def disconnect_judged(notes: Notes, step: Disconnect, clause: str, transcript: Transcript) -> None:
    """Our Close is answered: "If an endpoint receives a Close frame and did not previously send a Close
    frame, the endpoint MUST send a Close frame in response" (RFC 6455, 5.5.1)."""
    closes = [frame for frame in transcript.frames(step.session) if frame.opcode == "close"]
    notes.kept(clause)
    if not any(frame.direction is Direction.RECEIVED for frame in closes):
        notes.broken(clause, "close", "a Close frame in answer to ours", "none")


def idle_judged(notes: Notes, step: Idle, transcript: Transcript, begun: int, until: int) -> bool:
    """A connection on which nothing is said is kept."""
    end = ending(transcript, step.session, until)
    if end is None:
        notes.kept(step.clause)
        return True
    if end.by == "peer":
        seen = f"{end} after {(end.at - begun) / 1e6:.0f} ms"
        notes.broken(step.clause, "connection", f"an open connection for {step.for_ms} ms", seen)
    return False


def pong(step: Ping, transcript: Transcript, begun: int, given_up: int) -> Frame | None:
    """The pong that answers the step's ping, if it came."""
    for frame in transcript.frames(step.session):
        answer = frame.opcode == "pong" and frame.direction is Direction.RECEIVED
        if answer and frame.data == step.data and begun <= frame.at <= given_up:
            return frame
    return None


def ping_judged(notes: Notes, step: Ping, transcript: Transcript, begun: int, given_up: int) -> bool:
    """A ping is answered by a pong with the same data, in time."""
    answer = pong(step, transcript, begun, given_up)
    if answer is not None:
        notes.kept(step.clause)
        timing(notes, step, answer.at, begun, begun)
        return True
    end = ending(transcript, step.session, given_up)
    others = [
        frame
        for frame in transcript.frames(step.session)
        if frame.opcode == "pong" and frame.direction is Direction.RECEIVED and begun <= frame.at <= given_up
    ]
    if end is not None and end.by == "us":
        return False
    seen = str(end) if end else f"a pong with {others[-1].data[:20]!r}" if others else "no pong"
    wanted = f"a pong with the same {len(step.data)} bytes {span(step.within_ms)}"
    over = (given_up - begun) / 1e6 - step.within_ms - notes.tolerances.late_ms
    if end is None:
        notes.bound(over, step.clause, "pong", wanted, seen)
    else:
        notes.broken(step.clause, "pong", wanted, seen)
    return False

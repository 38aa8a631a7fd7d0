"""Steps about the connection itself, judged again from the transcript: closes and pings."""

from __future__ import annotations

from conformance.cases.matching import Ledger, taken
from conformance.cases.steps import Close, Disconnect, Expect, Idle, Ping, Silence, Unanswered
from conformance.transcript import Direction, Frame, Mark, Transcript
from conformance.verdict.ending import LOST, ending
from conformance.verdict.notes import Notes
from conformance.verdict.places import place_of
from conformance.verdict.steps import described, span, timing


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


def connection_judged(
    notes: Notes, step: Close | Ping | Idle, transcript: Transcript, ledger: Ledger, begun: int, end: Mark
) -> bool:
    """A step that waits for what the connection does; whether the conversation can have gone on behind it.

    It began at ``begun`` (ns), and ``end`` says that it is over.
    """
    if isinstance(step, Ping):
        return ping_judged(notes, step, transcript, begun, end.at)
    if isinstance(step, Idle):
        return idle_judged(notes, step, transcript, begun, end.at)
    close_judged(notes, step, transcript, counted_from(step, transcript, ledger, begun), end.at)
    return end.kind == "satisfied"


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
        notes.bound(over, step.clause, "close", expected, "an open connection", entry=notes.ended)
        return
    if end.by == "us":
        return  # what made us close is told on its own; it is not the close that was promised
    if end.code == LOST and step.codes and LOST not in step.codes and end.how == "reset":
        notes.unclear = notes.unclear or "the connection was reset before its close code could be read"
        return
    notes.kept(step.clause)
    with notes.about(end.entry):
        if step.codes and end.code not in step.codes:
            notes.broken(step.clause, "close", f"a close with {wanted}", str(end))
        timing(notes, step, end.at, *times)


def disconnect_judged(notes: Notes, step: Disconnect, clause: str, transcript: Transcript) -> None:
    """Our Close is answered: "If an endpoint receives a Close frame and did not previously send a Close
    frame, the endpoint MUST send a Close frame in response" (RFC 6455, 5.5.1)."""
    closes = [frame for frame in transcript.frames(step.session) if frame.opcode == "close"]
    notes.kept(clause)
    if not any(frame.direction is Direction.RECEIVED for frame in closes):
        ours = place_of(transcript, closes[-1]) if closes else None
        notes.broken(clause, "close", "a Close frame in answer to ours", "none", entry=ours)


def unanswered(notes: Notes, step: Silence, transcript: Transcript, given_up: int) -> None:
    """What is asked behind a silence, to know that it is over, was not answered: the target closed, or is
    deaf."""
    end = ending(transcript, step.session, given_up)
    if end is None or end.by == "peer":
        wanted = "an answer from the silent connection"
        notes.broken(step.clause, "barrier", wanted, str(end or "nothing"), entry=end.entry if end else None)


def untaken(notes: Notes, step: Unanswered, ledger: Ledger, end: Mark | None) -> bool:
    """A command that came too late was not taken."""
    seen = taken(ledger, step)
    if seen is not None:
        told = described(seen, ledger.services[step.session].rules.refusals)
        notes.broken(step.clause, "reply", "none: the connection is over", told, entry=seen.index)
    elif end is not None:
        notes.kept(step.clause)
    return seen is None and end is not None


def idle_judged(notes: Notes, step: Idle, transcript: Transcript, begun: int, until: int) -> bool:
    """A connection on which nothing is said is kept."""
    end = ending(transcript, step.session, until)
    if end is None:
        notes.kept(step.clause)
        return True
    if end.by == "peer":
        seen = f"{end} after {(end.at - begun) / 1e6:.0f} ms"
        wanted = f"an open connection for {step.for_ms} ms"
        notes.broken(step.clause, "connection", wanted, seen, entry=end.entry)
    return False


def pong(step: Ping, transcript: Transcript, begun: int, given_up: int) -> Frame | None:
    """The pong that answers the step's ping, if it came."""
    for frame in transcript.frames(step.session):
        answer = frame.opcode == "pong" and frame.direction is Direction.RECEIVED
        if answer and frame.data == step.data and begun <= frame.at <= given_up:
            return frame
    return None


def ping_judged(notes: Notes, step: Ping, transcript: Transcript, begun: int, given_up: int) -> bool:
    """A ping is answered by a pong with the same data, in time; unless nobody waited for one."""
    if not step.within_ms:
        return True
    answer = pong(step, transcript, begun, given_up)
    if answer is not None:
        notes.kept(step.clause)
        with notes.about(place_of(transcript, answer)):
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
        at = place_of(transcript, others[-1]) if others else notes.ended
        notes.bound(over, step.clause, "pong", wanted, seen, entry=at)
    else:
        notes.broken(step.clause, "pong", wanted, seen, entry=end.entry)
    return False

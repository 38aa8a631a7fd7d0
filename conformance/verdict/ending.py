"""How a session ended, read from a transcript: who closed it, with which code, and when.

A conversation closes what is still open when it is over; asked with the moment at which a step was judged
(``until``), nothing here mistakes that closing for something that the target did.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.transcript import Direction, Frame, Mark, Transcript

NO_CODE = 1005
LOST = 1006


@dataclass(frozen=True, slots=True)
class End:
    """The end of a session: ``by`` is peer or us; ``how`` is '' while only a Close was received.

    ``entry`` is the place in the transcript of the Close, or of the mark that tells of the loss.
    """

    at: int
    code: int
    by: str
    how: str = ""
    reason: str = ""
    entry: int | None = None

    def __str__(self) -> str:
        if self.by == "us":
            words = "a connection that we had to close"
        elif self.code == LOST:
            words = "a connection lost without a close frame"
        else:
            words = f"a close with {self.code}"
        return words + (f" ({self.reason[:60]!a})" if self.reason else "")


def ending(transcript: Transcript, session: str, until: int | None = None) -> End | None:
    """How the session had ended by then (ns); None while it was open.

    The first Close decides (RFC 6455, 7.1.5: the close code is that of "the first Close control frame
    received"), even where the peer leaves the TCP connection open behind it.
    """
    ours = False
    for place, entry in enumerate(transcript.entries):
        if getattr(entry, "session", None) != session:
            continue
        if isinstance(entry, Frame) and entry.opcode == "close":
            if until is not None and entry.at > until:
                return None
            if entry.direction is Direction.SENT:
                ours = True
            elif not ours:
                code = NO_CODE if entry.code is None else entry.code
                return End(entry.at, code, "peer", reason=entry.reason, entry=place)
        elif isinstance(entry, Mark) and entry.kind == "closed":
            return _lost(entry, until, place)
    return None


def _lost(mark: Mark, until: int | None, place: int) -> End | None:
    if until is not None and mark.at > until:
        return None
    by = "us" if mark.data.get("by") == "us" else "peer"
    code = mark.data.get("code")
    return End(
        mark.at,
        code if isinstance(code, int) else LOST,
        by,
        str(mark.data.get("how") or "eof"),
        str(mark.data.get("reason") or ""),
        place,
    )


def cut_short(transcript: Transcript, until: int | None = None) -> str:
    """Why we could not listen any longer, or '': more came than is recorded, or one message too big."""
    for mark in transcript.marks("flooded"):
        if until is None or mark.at <= until:
            return "the target sent more than a conversation may hold"
    for mark in transcript.marks("oversize"):
        if until is None or mark.at <= until:
            return f"the target sent a message of more than {mark.data.get('limit')} bytes"
    return ""

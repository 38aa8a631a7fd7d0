"""What no step waited for: second replies, frames that RFC 6455 forbids, connections closed too soon."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.cases.case import Case
from conformance.cases.matching import Ledger, Sent, describe
from conformance.cases.reading import Seen
from conformance.cases.steps import Connect, Door, Expect, Send, Step
from conformance.codec import MISSING
from conformance.contract import Credential, Service, find
from conformance.transcript import Mark, Transcript
from conformance.verdict.ending import ending
from conformance.verdict.notes import Notes
from conformance.verdict.places import place_of
from conformance.verdict.steps import described, refusal_code

SWITCHING = 101
DENIED = (401, 403)
"""What says that a credential was not taken (RFC 9110, 15.5.2 and 15.5.4)."""

TELLING = 8
"""Shorter strings occur by chance."""

PIECE = 6
"""So many characters of what we made up ourselves do not, unless they look like a word or a number."""
ODD = re.compile(r"(?=.*[g-z]).*[0-9][^0-9]+[0-9]", re.DOTALL)
"""No word has digits on both sides of something else, no hexadecimal number has such letters."""


def unasked(notes: Notes, ledger: Ledger, session: str, seen: Seen) -> None:
    """A reply that nobody was waiting for: a second one to its command.

    Commands that echo alike (one stream, asked for twice) are answered in turn: only a reply that is left
    over when each has one answers a command twice.
    """
    refusals = ledger.services[session].rules.refusals
    refusal = refusals.message if refusals else ""
    if not seen.messages or any(each.event and each.name != refusal for each in seen.messages):
        return
    claims = [
        sent
        for sent in ledger.sent.values()
        if sent.session == session
        and sent.operation is not None
        and sent.at <= seen.at
        and ledger.carries(seen, sent, distinctly=True)
    ]
    waiting = next((sent for sent in claims if sent.step not in ledger.answered), None)
    if waiting is not None:
        ledger.answered.add(waiting.step)
    elif claims and claims[0].operation is not None:
        clause = claims[0].operation.clauses.get("reply", "")
        told = f"another one: {described(seen, refusals)}"
        where = f"reply{ledger.called(claims[0].step)}"
        notes.broken(clause, where, "exactly one reply", told, entry=seen.index)


def violated(notes: Notes, transcript: Transcript, session: str, service: Service) -> None:
    """Frames and upgrades that are none: we had to fail the connection, and heard nothing behind them."""
    for mark in transcript.marks("failed", session):
        if mark.data.get("status") == SWITCHING:
            clause = service.rules.clauses.get("transport/upgrade", "")
            seen = str(mark.data.get("reason"))[:200]
            at = place_of(transcript, mark)
            notes.broken(clause, "upgrade", "an upgrade as in RFC 6455", seen, entry=at)
    for mark in transcript.marks("violation", session):
        clause = service.rules.clauses.get("transport/upgrade", "")
        seen = str(mark.data.get("reason"))[:200]
        notes.broken(clause, "frame", "frames as in RFC 6455", seen, entry=place_of(transcript, mark))


def not_taken(notes: Notes, step: Connect, transcript: Transcript, service: Service) -> None:
    """A connection that the target had just promised to take, and did not; or that another address takes.

    What else may be in its way (a wrong address, a proxy) breaks no promise of the target.
    """
    alike = service.rules.clauses.get("endpoints/same-upgrade", "") if step.alias else ""
    for mark in transcript.marks("refused", step.session) if alike else ():
        told, at = f"HTTP {mark.data.get('status')}", place_of(transcript, mark)
        notes.broken(alike, "upgrade", "a connection, as the other address takes", told, entry=at)
    for mark in transcript.marks("refused", step.session) if step.promised else ():
        status = mark.data.get("status")
        if isinstance(status, int) and status >= 500:
            told, at = f"HTTP {status}", place_of(transcript, mark)
            notes.broken(step.clause, "upgrade", "a connection, as was just promised", told, entry=at)


def turned_away(notes: Notes, step: Connect, door: Door, transcript: Transcript) -> bool:
    """An upgrade that has to be refused: True when it was, with the promised status."""
    wanted = f"a refusal with HTTP {door.refusal}"
    what = f"upgrade with a wrong {door.wrong}" if door.wrong else "upgrade without a credential"
    for mark in transcript.marks("connected", step.session):
        told = f"HTTP {mark.data.get('status', SWITCHING)}: it was taken"
        notes.broken(step.clause, what, wanted, told, entry=place_of(transcript, mark))
    for mark in transcript.marks("refused", step.session):
        status = mark.data.get("status")
        if status == door.refusal:
            notes.kept(step.clause)
            return True
        if is_answer(status):
            at = place_of(transcript, mark)
            notes.broken(step.clause, what, wanted, f"HTTP {status}", entry=at)
    return False


def carried_by(transcript: Transcript, session: str) -> tuple[str, ...]:
    """The labels of the credentials that the opening of a session carried."""
    for mark in transcript.marks("carried", session):
        labels = mark.data.get("credentials")
        if isinstance(labels, Sequence):
            return tuple(str(each) for each in labels)
    return ()


def denied(ledger: Ledger, waiting: Expect, credential: Mark) -> str:
    """That the target refused a credential of the user's, or '': that says nothing about the target."""
    service, seen = ledger.services[waiting.session], ledger.match(waiting)
    scheme = service.credentials.get(str(credential.data.get("scheme")))
    if seen is None or scheme is None or not set(waiting.messages) - set(seen.names):
        return ""
    code = refusal_code(service.rules.refusals, seen)
    if code is MISSING or code != scheme.refusal:
        return ""
    label = credential.data.get("label") or credential.data.get("scheme")
    return f"the target refused the credential {label!s} ({code})"


def is_answer(status: object) -> bool:
    """Whether a refusal of an upgrade says something about who asks for it.

    A wrong address, a proxy, too many requests or a target that is not well are nobody's credential.
    """
    return isinstance(status, int) and 400 <= status < 500 and status not in (404, 408, 429)


def unplayable(notes: Notes, case: Case, index: int, mark: Mark, transcript: Transcript) -> None:
    """A step on a connection that the target had closed before: the promise is that it stays open.

    The clause is the step's own, or that of the first expectation behind it.
    """
    end = ending(transcript, mark.session, mark.at)
    if end is None:
        notes.unclear = notes.unclear or str(mark.data.get("reason"))
    elif end.by == "peer":
        clauses = [str(getattr(step, "clause", "")) for step in case.steps[index:]]
        clause = next(filter(None, (*clauses, *case.clauses)), "")
        told = f"a close with {end.code}"
        notes.broken(clause, "connection", "an open connection", told, entry=end.entry)


def given_away(notes: Notes, ledger: Ledger, steps: Sequence[Step]) -> None:
    """What was sent as a credential, right or wrong, never comes back on that connection.

    Nor does a piece of it. Of a real one that proves nothing: it may begin as all of its kind do, or have its
    owner's name in it. So pieces are looked for of what the case itself made up.
    """
    for sent in ledger.sent.values():
        service = ledger.services[sent.session]
        for credential in service.credentials.values():
            clause = credential.clauses.get("secret", "")
            if sent.operation is None or sent.operation.name != credential.operation or not clause:
                continue
            for _pointer, secret in find(sent.value, credential.location):
                if isinstance(secret, str) and len(secret) >= TELLING:
                    pieces = _pieces(secret) if _is_made_up(secret, steps, sent, credential) else ()
                    _looked_for(notes, ledger, sent, clause, secret, pieces)


def _is_made_up(secret: str, steps: Sequence[Step], sent: Sent, credential: Credential) -> bool:
    """Whether it stands in the case as it was sent."""
    step = steps[sent.step] if sent.step < len(steps) else None
    written = find(step.payload, credential.location) if isinstance(step, Send) else []
    return any(value == secret for _path, value in written)


def _pieces(secret: str) -> tuple[str, ...]:
    """The pieces of a string that nobody else would write."""
    every = (secret[at : at + PIECE] for at in range(len(secret) - PIECE + 1))
    return tuple(dict.fromkeys(piece for piece in every if ODD.match(piece)))


def _looked_for(
    notes: Notes, ledger: Ledger, sent: Sent, clause: str, secret: str, pieces: Sequence[str]
) -> None:
    later = [seen for seen in ledger.seen.get(sent.session, ()) if seen.at >= sent.at]
    if later:
        notes.kept(clause)
    for seen in later:
        found = next((each for each in (secret, *pieces) if each.encode() in seen.data), "")
        if found:
            part = f"{len(found)} of " if found != secret else ""
            told = f"{part}the {len(secret)} characters just sent"
            notes.broken(clause, describe(seen), "no credential in it", told, entry=seen.index)
            return

"""Playing connects, commands and what is expected behind them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from conformance.cases.carrying import Unopenable
from conformance.cases.composing import Opening
from conformance.cases.conditions import unmet
from conformance.cases.filling import Unreckonable, saved_names, sourced_names
from conformance.cases.matching import Ledger, taken
from conformance.cases.opening import asked, opening
from conformance.cases.probing import authenticated
from conformance.cases.reading import Seen, reader_of
from conformance.cases.steps import As, Connect, Disconnect, Expect, Send, Unanswered
from conformance.cases.target import Credentials
from conformance.codec import spelled
from conformance.conversation.around import LATE_MS
from conformance.conversation.floor import Floor, Stop
from conformance.session import Session


async def connect(floor: Floor, index: int, step: Connect) -> None:
    """Opens a session with what is asked for; with ``who``, authenticates on it or by its opening."""
    service = floor.around.contract.services[step.service]
    floor.ledger.services[step.session] = service
    who = chosen(floor, step.session, index, step.who) if step.who is not None else None
    carried = await openings(floor, index, step, who)
    url = floor.around.target.address(step.service, step.alias).rstrip("/") + carried.path
    if carried.names:
        labels = tuple(one.label or one.scheme for one in carried.credentials)
        floor.recorder.mark("carried", step.session, index, names=carried.names, credentials=labels)
    if who is not None and who.scheme in service.handshakes:
        _hold(floor, step.session, index, who)
    session = await Session.open(
        floor.recorder,
        step.session,
        url,
        headers=carried.headers,
        query=carried.query,
        subprotocols=carried.subprotocols,
        ssl=floor.around.ssl if url.startswith("wss") else None,
        timeout_s=floor.around.connect_timeout_s,
    )
    floor.sessions[step.session] = session
    floor.readers[step.session] = reader_of(service)
    if step.door is not None and step.door.refusal:
        if floor.connected(step.session) or not floor.refused(step.session):
            raise Stop
        return
    if not floor.connected(step.session):
        raise Stop  # one that was closed as soon as it was open is the next step's to tell
    if who is not None and who.scheme in service.credentials:
        _hold(floor, step.session, index, who)
        scheme = service.credentials[who.scheme]
        payload = floor.around.probing.authentication(service, scheme.scheme)
        await send(floor, index, Send(step.session, scheme.operation, payload))
        await expect(floor, index, authenticated(index, step, service, scheme.scheme))


async def openings(floor: Floor, index: int, step: Connect, who: Credentials | None) -> Opening:
    """What the opening carries; without something that is asked for the conversation ends here."""
    service, target = floor.ledger.services[step.session], floor.around.target
    try:
        names = asked(service, target, floor.around.contract.services)
        await floor.resolve(names)
        values = {name: floor.filler.values.get(name) for name in names}
        return opening(service, target, who=who, door=step.door, path=step.path, values=values)
    except Unopenable as why:
        floor.recorder.mark("skipped", step.session, index, reason=why.reason)
        raise Stop from None


def _take(floor: Floor, session: str, index: int, who: As) -> Credentials:
    """The credential that this session's next command carries; without one the conversation ends here."""
    credentials = chosen(floor, session, index, who)
    _hold(floor, session, index, credentials)
    return credentials


def _hold(floor: Floor, session: str, index: int, credentials: Credentials) -> None:
    """From now on this session is that of these credentials."""
    floor.accounts[session] = credentials
    if credentials.scheme in floor.ledger.services[session].credentials:
        floor.filler.credential = credentials.value
    floor.recorder.mark("credential", session, index, label=credentials.label, scheme=credentials.scheme)


def chosen(floor: Floor, session: str, index: int, who: As) -> Credentials:
    """The credential of the target that fits; without one the conversation ends here."""
    first = next(iter(floor.accounts.values()), None)
    credentials = floor.around.target.credential(
        who.schemes,
        who.has,
        who.lacks,
        other_than=first.account if first and who.other_account else None,
        account=first.account if first and not who.other_account else None,
    )
    reason = ""
    if credentials is None:
        reason = "no credential of the target fits"
    else:
        service = floor.ledger.services[session]
        if credentials.scheme not in service.credentials and credentials.scheme not in service.handshakes:
            reason = f"no document says which command carries a credential for {credentials.scheme}"
    if credentials is None or reason:
        floor.recorder.mark("skipped", session, index, reason=reason)
        raise Stop
    return credentials


async def send(floor: Floor, index: int, step: Send) -> None:
    """Sends a command with its holes filled, or bytes as they are."""
    session = await floor.session(step.session, index)
    codec = floor.readers[step.session].codec_for(step.operation)
    if step.who is not None:
        _take(floor, step.session, index, step.who)
    if step.raw is not None:
        data, opcode = step.raw, step.opcode
        read = floor.readers[step.session].value(opcode, data) if floor.around.guard else None
        await floor.admitted(index, step.session, step.operation, read, raw=True)
    else:
        missing = [name for name in saved_names(step.payload) if name not in floor.ledger.saved]
        if missing:
            reason = f"nothing was saved as {missing[0]}"
            floor.recorder.mark("unplayable", step.session, index, reason=reason)
            raise Stop
        await floor.resolve(sourced_names(step.payload))
        try:
            filled = floor.filler.fill(step.payload, floor.ledger.saved)
        except Unreckonable as why:
            floor.recorder.mark("unplayable", step.session, index, reason=str(why))
            raise Stop from why
        filled = await floor.admitted(index, step.session, step.operation, filled)
        data = spelled(filled, step.spelling) if step.spelling else codec.encode(filled)
        opcode = codec.opcode
    before = floor.recorder.now()
    if opcode == "text" and step.raw is not None:
        await session.send_frame(opcode, data)  # the bytes need not be UTF-8
    elif step.part:
        await session.send_part(data, opcode, frame=step.part == "open")
    elif step.late:
        await session.send_behind_close(data, opcode)
    else:
        await session.send(data, opcode=opcode, fragments=step.fragments, more=step.more)
    floor.sent(index, step, data, before)
    if step.every_ms:
        floor.beside.add(asyncio.create_task(_again(floor, index, step, session), name="sends again"))


async def _again(floor: Floor, index: int, step: Send, session: Session) -> None:
    """Sends it anew each time; no step waits for what is answered."""
    codec = floor.readers[step.session].codec_for(step.operation)
    with suppress(Stop):
        while not floor.recorder.flooded:
            await asyncio.sleep(step.every_ms / 1000)
            filled = floor.filler.fill(step.payload, floor.ledger.saved)
            filled = await floor.admitted(index, step.session, step.operation, filled)
            if not session.is_open:
                return
            await session.send(codec.encode(filled), opcode=codec.opcode)


async def expect(floor: Floor, index: int, step: Expect) -> None:
    """Waits for a message; the conversation ends here when it does not come, or is not what was expected."""
    if step.not_before_ms or step.optional:
        floor.around.settle()
    until = floor.until(floor.base(step.session, step.since), step.within_ms, LATE_MS)
    seen = await floor.wait(floor.match(step), until, step.session)
    if seen is None:
        floor.ended("expired", step.session, index)
        if step.optional:
            return
        raise Stop
    floor.ended("satisfied", step.session, index)
    floor.ledger.use(step, seen)
    if _pointless(step, seen, floor.ledger):
        raise Stop


async def unanswered(floor: Floor, index: int, step: Unanswered) -> None:
    """Waits until the command is answered, which it should not be, or the connection is gone."""
    until = floor.until(floor.recorder.now(), step.within_ms)
    seen = await floor.wait(lambda: taken(floor.ledger, step), until, step.session)
    floor.ended("satisfied" if seen is None else "expired", step.session, index)
    if seen is not None:
        raise Stop


async def disconnect(floor: Floor, index: int, step: Disconnect) -> None:
    """Ends a connection as told; what had come by then has been read."""
    session = await floor.session(step.session, index)
    if step.how == "close":
        await session.close()
    else:
        await session.drop(reset=step.how == "reset")


def _pointless(step: Expect, seen: Seen, ledger: Ledger) -> bool:
    """Whether the matched message makes the following steps pointless."""
    if step.messages and not set(step.messages) & set(seen.names):
        return True
    return unmet(step.where + step.holds, seen.value, ledger.saved, seen.names) is not None

"""Playing connects, commands and what is expected behind them."""

from __future__ import annotations

from conformance.cases.carrying import Unopenable
from conformance.cases.composing import Opening
from conformance.cases.conditions import unmet
from conformance.cases.filling import Unreckonable, saved_names, sourced_names
from conformance.cases.matching import Ledger
from conformance.cases.opening import asked, opening
from conformance.cases.probing import authenticated
from conformance.cases.reading import Reader, Seen
from conformance.cases.steps import As, Connect, Expect, Send
from conformance.cases.target import Credentials
from conformance.conversation.around import LATE_MS
from conformance.conversation.floor import Floor, Stop
from conformance.session import Session


async def connect(floor: Floor, index: int, step: Connect) -> None:
    """Opens a session with what is asked for; with ``who``, authenticates on it or by its opening."""
    service = floor.around.contract.services[step.service]
    floor.ledger.services[step.session] = service
    who = _chosen(floor, step.session, index, step.who) if step.who is not None else None
    carried = await _opening(floor, index, step, who)
    url = floor.around.target.addresses[step.service].rstrip("/") + carried.path
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
    floor.readers[step.session] = Reader(service)
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


async def _opening(floor: Floor, index: int, step: Connect, who: Credentials | None) -> Opening:
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
    credentials = _chosen(floor, session, index, who)
    _hold(floor, session, index, credentials)
    return credentials


def _hold(floor: Floor, session: str, index: int, credentials: Credentials) -> None:
    """From now on this session is that of these credentials."""
    floor.accounts[session] = credentials
    if credentials.scheme in floor.ledger.services[session].credentials:
        floor.filler.credential = credentials.value
    floor.recorder.mark("credential", session, index, label=credentials.label, scheme=credentials.scheme)


def _chosen(floor: Floor, session: str, index: int, who: As) -> Credentials:
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
    else:
        missing = [name for name in saved_names(step.payload) if name not in floor.ledger.saved]
        if missing:
            reason = f"nothing was saved as {missing[0]}"
            floor.recorder.mark("unplayable", step.session, index, reason=reason)
            raise Stop
        await floor.resolve(sourced_names(step.payload))
        try:
            data, opcode = codec.encode(floor.filler.fill(step.payload, floor.ledger.saved)), codec.opcode
        except Unreckonable as why:
            floor.recorder.mark("unplayable", step.session, index, reason=str(why))
            raise Stop from why
    before = floor.recorder.now()
    if opcode == "text" and step.raw is not None:
        await session.send_frame(opcode, data)  # the bytes need not be UTF-8
    else:
        await session.send(data, opcode=opcode, fragments=step.fragments)
    floor.sent(index, step, data, before)


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


def _pointless(step: Expect, seen: Seen, ledger: Ledger) -> bool:
    """Whether the matched message makes the following steps pointless."""
    if step.messages and not set(step.messages) & set(seen.names):
        return True
    return unmet(step.where + step.holds, seen.value, ledger.saved, seen.names) is not None

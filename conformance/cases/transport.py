"""Transport: the upgrade, frames, malformed messages, sizes, pings, closing."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS, commands, discriminator, key, refusal_code
from conformance.cases.malformed import unknown_command
from conformance.cases.patience import patience_cases
from conformance.cases.reading import codec_of
from conformance.cases.steps import Close, Disconnect, Ping, Silence
from conformance.cases.stimuli import malformed_frames
from conformance.contract.model import Service

PAUSE_MS = 300
WIRE = {
    "binary": "Messages come in the kind of frame that the content type asks for.",
    "text": "Messages come in the kind of frame that the content type asks for.",
    "one-object": "A frame holds exactly one value and nothing after it.",
    "unique-keys": "No map that comes from the target has a key twice.",
    "decodable": "Every frame of the target can be decoded.",
    "known-message": "Every message of the target is a documented one.",
}


def transport_cases(commander: Commander) -> Iterator[Case]:
    """All transport cases of one WebSocket service."""
    yield from _upgrade(commander)
    yield from _wire(commander)
    yield from _pings(commander)
    yield from _closing(commander)
    yield from _malformed(commander)
    yield from _unknown(commander)
    yield from _sizes(commander)
    yield from _silence(commander)
    yield from patience_cases(commander)


def _rule(service: Service, name: str) -> str:
    return service.rules.clauses.get(name, "")


def _upgrade(commander: Commander) -> Iterator[Case]:
    clause = _rule(commander.service, "transport/upgrade")
    if clause:
        script = commander.script()
        script.claim(clause)
        script.connect(path=commander.service.address, clause=clause)
        commander.probe(script)
        yield script.case(Family.TRANSPORT, "upgrade", "The documented path takes a WebSocket upgrade.")


def _wire(commander: Commander) -> Iterator[Case]:
    """One case a wire promise: each is red alone."""
    if commander.probing is None:
        return
    for name, says in WIRE.items():
        clause = _rule(commander.service, f"wire/{name}")
        if not clause:
            continue
        script = commander.script()
        script.claim(clause)
        script.connect()
        commander.probe(script)
        if refusal_code(commander.service, "unknown_operation") and (
            field := discriminator(commander.service)
        ):
            data = unknown_command(codec_of(commander.service), key(field))
            index = script.raw(data, opcode=codec_of(commander.service).opcode)
            script.refused(index, commander.refusal_clause("unknown_operation"), correlated=False)
        yield script.case(Family.TRANSPORT, f"wire/{name}", says, focused=True)


def _pings(commander: Commander) -> Iterator[Case]:
    clause = _rule(commander.service, "transport/ping")
    if not clause:
        return
    for name, data in (("empty", b""), ("longest", bytes(range(125)))):
        script = commander.script()
        script.claim(clause)
        script.connect()
        script.add(Ping(MAIN, data, clause))
        says = f"A WebSocket ping with {len(data)} bytes is answered by a pong with the same bytes."
        yield script.case(Family.TRANSPORT, f"ping/{name}", says)


def _closing(commander: Commander) -> Iterator[Case]:
    service = commander.service
    upgrade = _rule(service, "transport/upgrade")
    if upgrade:
        script = commander.script()
        script.claim(upgrade)
        script.connect(clause=upgrade)
        commander.probe(script)
        script.add(Disconnect(MAIN))
        yield script.case(Family.TRANSPORT, "close-answered", "Our Close is answered by a Close.")
    clause = _rule(service, "close/invalid_text")
    if clause:
        script = commander.script()
        script.claim(clause)
        script.connect()
        script.raw(b"\xc3\x28", opcode="text")
        script.add(Close(MAIN, (service.rules.close["invalid_text"],), clause, PATIENCE_MS))
        says = "A text frame that is not UTF-8 closes the connection."
        yield script.case(Family.TRANSPORT, "invalid-utf8-text", says)
    if commander.probing is not None:
        script = commander.script()
        script.claim(commander.probing.clauses.get("reply", ""))
        script.connect()
        commander.probe(script, fragments=3)
        says = "A command in three fragments is one command (RFC 6455, 5.4)."
        yield script.case(Family.TRANSPORT, "fragmented-command", says)


def _malformed(commander: Commander) -> Iterator[Case]:
    clause = commander.refusal_clause("malformed")
    if not clause:
        return
    for frame in malformed_frames(commander):
        script = commander.script()
        script.claim(clause)
        script.connect()
        index = script.raw(frame.data, opcode=frame.opcode)
        script.refused(index, clause, role="malformed", correlated=False)
        commander.probe(script)
        says = (
            f"{frame.says[0].upper()}{frame.says[1:]} is refused as malformed and the connection stays open."
        )
        yield script.case(Family.TRANSPORT, f"malformed/{frame.name}", says)


def _unknown(commander: Commander) -> Iterator[Case]:
    service = commander.service
    clause = commander.refusal_clause("unknown_operation")
    field = discriminator(service)
    if not clause or not field:
        return
    codec = codec_of(service)
    known = [word for message in commands(service) for word in message.marks[field] if isinstance(word, str)]
    odd = {"unknown": "no-such-command", "empty": ""}
    if known and known[0].swapcase() not in known:
        odd["other-case"] = known[0].swapcase()
    for name, word in odd.items():
        script = commander.script()
        script.claim(clause)
        script.connect()
        index = script.raw(codec.encode({key(field): word}), opcode=codec.opcode)
        script.refused(index, clause, role="unknown_operation", correlated=False)
        commander.probe(script)
        says = f"A command called {word!r} is refused as unknown and the connection stays open."
        yield script.case(Family.TRANSPORT, f"unknown-command/{name}", says)


def _sizes(commander: Commander) -> Iterator[Case]:
    service = commander.service
    limit = service.rules.limits.get("message_bytes", 0)
    field = discriminator(service)
    codec = codec_of(service)
    accepted = _rule(service, "limits/message_bytes")
    if not limit or not field:
        return
    if accepted and service.rules.refusals is not None:
        script = commander.script()
        script.claim(accepted)
        script.connect()
        index = script.raw(unknown_command(codec, key(field), limit), opcode=codec.opcode)
        script.refused(index, accepted, correlated=False)
        commander.probe(script)
        says = f"A message of {limit} bytes is read like any other, and the connection stays open."
        yield script.case(Family.TRANSPORT, "largest-message", says)
    clause = _rule(service, "close/oversize")
    if clause:
        script = commander.script()
        script.claim(clause, accepted)
        script.connect()
        script.raw(unknown_command(codec, key(field), limit + 1), opcode=codec.opcode)
        script.add(Close(MAIN, (service.rules.close["oversize"],), clause, PATIENCE_MS))
        says = f"A message of {limit + 1} bytes closes the connection."
        yield script.case(Family.TRANSPORT, "oversize-message", says)


def _silence(commander: Commander) -> Iterator[Case]:
    clause = _rule(commander.service, "silence/before_first_command")
    if clause and commander.service.rules.silent_before_first_command:
        script = commander.script()
        script.claim(clause)
        script.connect()
        # Well before any deadline: its refusal would be no broken promise.
        first = min(
            (deadline.after_ms for deadline in commander.service.rules.deadlines), default=3 * PAUSE_MS
        )
        script.add(Silence(MAIN, (), clause, for_ms=min(PAUSE_MS, first // 3)))
        says = "The target says nothing before the first command."
        yield script.case(Family.TRANSPORT, "silent-before-first-command", says)

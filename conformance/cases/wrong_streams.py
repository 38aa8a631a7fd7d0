"""Commands about streams that are wrong, each in one way, and how each is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.cases.building import Script
from conformance.cases.commanding import Commander, Payload
from conformance.cases.facts import discriminator, key
from conformance.cases.malformed import frames, unknown_command
from conformance.cases.mutated import INVALID, MALFORMED, UNKNOWN, role_of
from conformance.cases.reading import codec_of
from conformance.contract.model import Operation
from conformance.contract.rules import StreamKind, Streams
from conformance.payloads import Mutant


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is sent, and the refusal that answers it: of ``role``, or with ``code``.

    Without an operation it is ``data`` in a frame of ``opcode``.
    """

    clause: str
    operation: Operation | None = None
    payload: Payload | None = None
    data: bytes = b""
    opcode: str = ""
    role: str = ""
    code: str | int = ""

    def put(self, script: Script) -> None:
        """Append it and its refusal."""
        if self.operation is None:
            index = script.raw(self.data, opcode=self.opcode)
        else:
            index = script.send(self.operation, self.payload)
        known = self.operation is not None
        script.refused(index, self.clause, role=self.role, code=self.code, correlated=known)


def wrong_commands(commander: Commander, streams: Streams, running: StreamKind) -> list[Wrong]:
    """Wrong commands of every sort that the document says how it refuses, where that kind of stream runs."""
    if commander.service.rules.refusals is None:
        return []
    return [*_by_name(commander, streams, running), *_broken(commander, streams), *_no_commands(commander)]


def _by_name(commander: Commander, streams: Streams, running: StreamKind) -> Iterator[Wrong]:
    """Commands whose every word is right: of what does not exist, is there already, or is not there."""
    begin, end = (commander.service.operations[each] for each in (streams.subscribe, streams.unsubscribe))
    for operation in (begin, end):
        for pointer, (_source, code) in operation.unknown.items():
            payload = commander.unknown_value(operation, pointer)
            clause = operation.clauses.get(f"unknown-{pointer.rsplit('/', 1)[-1]}", "")
            if payload is not None and clause:
                yield Wrong(clause, operation, payload, code=code)
    repeated, absent = (streams.clauses.get(each, "") for each in ("repeated", "absent"))
    if repeated and streams.repeated:
        yield Wrong(repeated, begin, commander.subscription(running), code=streams.repeated)
    others = (each for each in streams.kinds if each is not running and not commander.named_by_target(each))
    other = next(others, None)
    if absent and streams.absent and other is not None:
        yield Wrong(absent, end, commander.unsubscription(other), code=streams.absent)


def _broken(commander: Commander, streams: Streams) -> Iterator[Wrong]:
    """Subscriptions without a field, with one too many, to what no document knows: the first of each sort."""
    begin = commander.service.operations[streams.subscribe]
    clause = commander.refusal_clause(INVALID)
    kinds = [(dict(kind.command), commander.subscription(kind)) for kind in streams.kinds]
    sorts = [
        [
            {name: each for name, each in form.items() if name != left}
            for fields, form in kinds
            if left in fields
        ]
        for left in dict.fromkeys(name for fields, _ in kinds for name in reversed(fields))
    ]
    sorts.append([{**more, **form} for _, form in kinds for _, more in kinds if len(more) > len(form)])
    sorts.append(
        [
            {**form, name: f"{value}-of-none"}
            for fields, form in kinds
            for name, value in fields.items()
            if isinstance(value, str)
        ]
    )
    for sort in sorts if clause else ():
        unfit = (form for form in sort if not commander.forms.fits(begin, form))
        form = next((each for each in unfit if role_of(commander, begin, _mutant(each)) == INVALID), None)
        if form is not None:
            yield Wrong(clause, begin, form, role=INVALID)


def _mutant(form: Payload) -> Mutant:
    return Mutant(label="", path=(), clause="", value=form, says="")


def _no_commands(commander: Commander) -> Iterator[Wrong]:
    codec, field = codec_of(commander.service), discriminator(commander.service)
    malformed, unknown = (commander.refusal_clause(each) for each in (MALFORMED, UNKNOWN))
    if malformed:
        known = frames(codec, key(field) if field else "", "")
        frame = next(each for each in known if each.name == "truncated")
        yield Wrong(malformed, data=frame.data, opcode=frame.opcode, role=MALFORMED)
    if unknown and field:
        data = unknown_command(codec, key(field))
        yield Wrong(unknown, data=data, opcode=codec.opcode, role=UNKNOWN)

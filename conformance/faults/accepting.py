"""Faults of acceptance: for each promise that binds a client, a service that overlooks it.

The broken command is mended on its way in (converted, completed, stripped), as a lenient service would do it,
and is then handled as if it had been whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.cases.reading import codec_of
from conformance.codec import MISSING
from conformance.contract import Contract, Message, Operation, Protocol, Service, identify
from conformance.faults.altered import put_at, written
from conformance.faults.asked import Asked
from conformance.faults.fault import Derived, Fault, Kind
from conformance.faults.replies import Answer, accepted
from conformance.faults.shadow import of_rules, of_service
from conformance.payloads import exemplified, mutants, valid
from conformance.validation import Finding, judge

FAMILY = "accepted"
REPAIRS = 16


def acceptance_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault a clause that a one-fault mutant of a command breaks; with a name, of the one it names."""
    for service in contract.services.values():
        if service.protocol is not Protocol.WEBSOCKET or service.rules.refusals is None:
            continue
        shadow = of_rules(contract) | of_service(contract, service)
        for operation in service.operations.values():
            if not name.startswith(f"{service.name}/{operation.name}/" if name else ""):
                continue
            message = service.messages[operation.message]
            codec = codec_of(service)
            clauses = dict.fromkeys(
                mutant.clause for mutant in mutants(message.payload) if written(codec, mutant)
            )
            for clause in clauses:
                word = clause.removeprefix(f"{service.name}/{message.name}/")
                yield Fault(
                    f"{service.name}/{operation.name}/accepts/{word}",
                    Kind.DERIVED,
                    FAMILY,
                    f"{operation.name} is accepted although it breaks {word}",
                    (clause,),
                    shadow,
                    partial(_behaviour, service, operation, message, clause),
                )


def _behaviour(service: Service, operation: Operation, message: Message, clause: str) -> type[Derived]:
    codec = codec_of(service)

    class Accepting(Asked):
        """Overlooks one clause."""

        known: object = None
        overlooked = False

        def incoming(self, name: str, payload: bytes, is_text: bool) -> tuple[bytes, bool]:
            """Mends the command."""
            self.overlooked = False
            ours = name == service.name and is_text == (codec.opcode == "text")
            value = codec.decode(payload).value if ours else MISSING
            whole = self._mended(value) if value is not MISSING else MISSING
            if whole is not MISSING:
                payload, self.overlooked = codec.encode(whole), True
            given = super().incoming(name, payload, is_text)
            if self.overlooked:  # the answer goes to the command as it was
                self.asking, self.sent = operation, value
            return given

        def reply(self, asked: Operation, sent: object, value: object) -> Answer:
            """What was overlooked is accepted, whatever the exchange thinks of the mended command."""
            if not self.overlooked:
                return None
            if service.rules.refusals and service.rules.refusals.message not in {
                each.name for each in identify(service, value)
            }:
                return [(value, 0.0)]
            return accepted(service, operation, sent)

        def _mended(self, value: object) -> object:
            named = {each.name for each in identify(service, value, "client")}
            if named and message.name not in named:
                return MISSING
            findings = judge(message.payload, value).findings
            if not findings:
                self.known = value
                return MISSING
            if findings[0].clause != clause:
                return MISSING
            whole = self.known if self.known is not None else exemplified(valid(message.payload))
            return mended(message, value, whole)

    Accepting.service = service
    return Accepting


def mended(message: Message, value: object, whole: object) -> object:
    """A command that keeps its schema, as near to the broken one as may be; ``whole`` is a valid one."""
    for _ in range(REPAIRS):
        findings = judge(message.payload, value).findings
        if not findings:
            return value
        before = len(findings)
        tried = [
            each
            for each in _repairs(value, whole, findings[0])
            if each is not MISSING and len(judge(message.payload, each).findings) < before
        ]
        if not tried:
            break
        value = tried[0]
    return whole


def _repairs(value: object, whole: object, finding: Finding) -> Iterator[object]:
    """What may mend the first finding, the gentlest first."""
    path = finding.path
    for item in _converted(_at(value, path)):
        yield put_at(value, path, item)
    yield _without(value, path)
    for depth in range(len(path), -1, -1):
        yield _grafted(value, whole, path[:depth])
        parent = _at(value, path[:depth]), _at(whole, path[:depth])
        if isinstance(parent[0], dict) and isinstance(parent[1], dict):
            yield put_at(value, path[:depth], {**parent[1], **parent[0]})
            known = {name: item for name, item in parent[0].items() if name in parent[1]}
            yield put_at(value, path[:depth], known)


def _converted(item: object) -> Iterator[object]:
    """The same thing in another wire type."""
    if isinstance(item, bytes):
        yield item.decode("utf-8", "replace")
    if isinstance(item, str):
        yield from (item.strip(), item.upper(), item.lower(), item.rstrip("0"))
        if item.strip().isdecimal():
            yield int(item)
    if isinstance(item, bool):
        yield int(item)
    elif isinstance(item, (int, float)):
        yield from (str(item), bool(item))
        if item == item and abs(item) < 2**63:
            yield int(item)
            yield abs(int(item))


def _at(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        inside = (
            step in value
            if isinstance(value, Mapping)
            else isinstance(value, list) and step in range(len(value))
        )
        if not inside:
            return MISSING
        value = value[step]  # type: ignore[index]
    return value


def _without(value: object, path: tuple[str | int, ...]) -> object:
    if not path:
        return MISSING
    parent = _at(value, path[:-1])
    if not isinstance(parent, dict) or path[-1] not in parent:
        return MISSING
    return put_at(value, path[:-1], {name: item for name, item in parent.items() if name != path[-1]})


def _grafted(value: object, whole: object, path: tuple[str | int, ...]) -> object:
    item = _at(whole, path)
    if item is MISSING:
        return MISSING
    if not path:
        return whole
    parent = _at(value, path[:-1])
    if isinstance(parent, dict):
        return put_at(value, path[:-1], {**parent, path[-1]: item})
    return put_at(value, path, item)

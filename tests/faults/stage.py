"""Faults put to a few values, without a wire; what comes out is read by a MessagePack library not ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgpack

from conformance.contract import Contract, Message, Operation, Service, load
from conformance.documents.find import find
from conformance.faults import Fault, catalogue
from conformance.faults.fault import Derived
from conformance.payloads import exemplified, valid, variants
from conformance.reference.behaviour import OutFrame


@cache
def contract() -> Contract:
    """The packaged documents."""
    return load(find())


@cache
def faults() -> Mapping[str, Fault]:
    """All their faults."""
    return catalogue(contract())


def family(word: str, prefix: str = "") -> list[Fault]:
    """The derived faults of a family whose names begin so."""
    return [each for each in faults().values() if each.family == word and each.name.startswith(prefix)]


def behaviour(fault: Fault, base: type | None = None) -> Derived:
    """A fresh behaviour with this fault, over the reference's own or another one."""
    made = fault.make() if base is None else type("Based", (fault.make(), base), {})
    one = made()
    assert isinstance(one, Derived)
    return one


_VALUES: dict[int, tuple[Message, tuple[object, ...]]] = {}


def values(message: Message) -> tuple[object, ...]:
    """The smallest value of a message, the examples of the document, then every variant."""
    if id(message) not in _VALUES:
        made = [exemplified(each.value) for each in variants(message.payload)]
        _VALUES[id(message)] = (
            message,
            (exemplified(valid(message.payload)), *message.examples, *made),
        )
    return _VALUES[id(message)][1]


def smallest(service: Service, name: str) -> object:
    """The smallest value of a message."""
    return values(service.messages[name])[0]


def unpacked(frames: Iterable[OutFrame]) -> list[object]:
    """What another library reads in binary frames."""
    made = []
    for frame in frames:
        assert not frame.is_text
        made.append(msgpack.unpackb(frame.payload, strict_map_key=False))
    return made


def message_of(one: Contract, fault: Fault) -> tuple[Service, Message]:
    """The message that a fault is named for."""
    service, name = fault.name.split("/")[:2]
    return one.services[service], one.services[service].messages[name]


def operations(one: Contract) -> Iterator[tuple[Service, Operation]]:
    """The commands of all services."""
    for service in one.services.values():
        for operation in service.operations.values():
            yield service, operation

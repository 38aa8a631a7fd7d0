"""What a document that says too little probably means, guessed from names. Never used unconfirmed.

A guess is offered to a person: in an overlay, with the reason that it was made. What two things could be
meant by is offered as alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.adopt.words import (
    ANSWERING,
    ASKING,
    CORRELATING,
    ENTERING,
    REFUSING,
    SECRET,
    TWINS,
    Words,
    past,
    stem,
)
from conformance.contract import Message, Operation, Schema, Service
from conformance.contract.effects import FETCHING, reads
from conformance.documents.words import words

DEEP = 2


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess about a command: what it probably is, why; ``others`` could be meant just as well."""

    operation: Operation
    value: str
    why: str
    others: tuple[str, ...] = ()


def replies(service: Service) -> Iterator[Guess]:
    """The reply of each command that documents none; ``value`` names the message."""
    for operation in service.operations.values():
        if operation.replies:
            continue
        found = _candidates(service, operation)
        if found:
            best = max(found.values())
            first, *others = [name for name, score in found.items() if score == best]
            yield Guess(operation, first, "by their names" if best > 1 else "by a constant", tuple(others))


def _candidates(service: Service, operation: Operation) -> dict[str, int]:
    """Messages of the target that may answer this command, and how much speaks for each."""
    command = service.messages[operation.message]
    made: dict[str, int] = {}
    for reply in service.from_target():
        if reply.name == command.name or set(words(reply.name)) & REFUSING:
            continue
        score = max(_named(words(name), words(reply.name)) for name in (command.name, operation.name))
        score = score or (1 if _same_constant(command, reply) else 0)
        if score:
            made[reply.name] = score
    return made


def _named(command: Words, reply: Words) -> int:
    """How much a reply's name says that it answers the command: 0 nothing … 4 all."""
    asked, answered = stem(command, ASKING), stem(reply, ANSWERING)
    if not asked or not answered:
        return 0
    if asked == answered and len(answered) < len(reply):
        return 4
    done = {
        tuple(past_word if word == verb else word for word in asked)
        for verb in asked
        for past_word in past(verb)
    }
    done |= {(*asked[1:], each) for each in past(asked[0])}
    if reply in done or answered in done:
        return 4
    if asked != answered and _members(asked) == _members(answered):
        return 3
    if any(answered in (twin, twin + asked[1:]) for twin in TWINS.get(asked[0], ())):
        return 3
    if asked[0] in FETCHING and asked[1:] == answered:
        return 2
    return 2 if asked == answered and command != reply else 0


def _members(name: Words) -> list[str]:
    """The words in any order, of one or of many: ``listLamps`` and ``lampList`` are the same."""
    return sorted(word.removesuffix("s") for word in name)


def _same_constant(command: Message, reply: Message) -> bool:
    """Whether both must have the same single constant at the same place, as ``method: subscribe``."""
    return any(
        len(values) == 1 and reply.marks.get(place) == values for place, values in command.marks.items()
    )


def correlations(service: Service, command: Message, reply: Message) -> Iterator[str]:
    """Paths of fields that both have and that tie replies to commands: the one that the command states.

    Else top-level fields that are called as such.
    """
    if command.correlation:
        deep = command.correlation.count("/")
        if command.correlation in {pointer for pointer, _ in _deep(reply.payload, "", deep)}:
            yield command.correlation[1:]
        return
    theirs = dict(_fields(reply.payload))
    for name, schema in _fields(command.payload):
        plain = set(_types(schema)) <= {"string", "integer", "number", "null"}
        if words(name) in CORRELATING and name in theirs and plain and "const" not in schema.values:
            yield name


def refusal(service: Service) -> tuple[Message, str, tuple[object, ...]] | None:
    """The message that refuses, the pointer of its code ('' when none is plain), and the codes it may be."""
    named = [each for each in service.from_target() if set(words(each.name)) & REFUSING]
    named.sort(key=lambda each: len(words(each.name)))
    for message in named:
        for pointer, schema in _deep(message.payload, "", DEEP):
            last = words(pointer.rpartition("/")[2])
            if last and last[-1] in ("code", "reason", "errno") and _types(schema):
                return message, pointer, tuple(_allowed(schema))
    return (named[0], "", ()) if named else None


def credentials(service: Service) -> Iterator[tuple[Operation, str]]:
    """Commands that carry a secret, and the pointer where it stands."""
    for operation in service.operations.values():
        names = {*words(operation.name), *words(operation.message)}
        for pointer, schema in _deep(service.messages[operation.message].payload, "", DEEP):
            last = words(pointer.rpartition("/")[2])
            secret = bool(last) and last[-1] in SECRET
            if schema.values.get("format") == "password" or (secret and names & ENTERING):
                yield operation, pointer
                break


def probes(service: Service) -> Iterator[Operation]:
    """Harmless round trips that anybody may make."""
    for operation in service.operations.values():
        if "ping" in words(operation.name) + words(operation.message) and not operation.schemes:
            yield operation


def changing(service: Service) -> Iterator[Operation]:
    """Commands whose name does not plainly say that they change nothing: the cautious answer."""
    for operation in service.operations.values():
        if not reads(operation.message, operation.name):
            yield operation


def _fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.properties.items()
    for part in (*schema.all_of, *schema.one_of, *schema.any_of):
        yield from _fields(part)


def _deep(schema: Schema, at: str, depth: int) -> Iterator[tuple[str, Schema]]:
    for name, child in _fields(schema):
        pointer = at + "/" + name.replace("~", "~0").replace("/", "~1")
        yield pointer, child
        if depth > 1:
            yield from _deep(child, pointer, depth - 1)


def _types(schema: Schema) -> tuple[str, ...]:
    """The types that a schema allows, through its wrappers; empty when it does not say."""
    own = schema.values.get("type")
    if isinstance(own, tuple):
        return tuple(map(str, own))
    inner = [name for part in (*schema.all_of, *schema.one_of, *schema.any_of) for name in _types(part)]
    allowed = [{str: "string", int: "integer"}.get(type(each), "") for each in _allowed(schema)]
    return tuple(dict.fromkeys([*inner, *filter(None, allowed)]))


def _allowed(schema: Schema) -> Iterator[object]:
    if "const" in schema.values:
        yield schema.values["const"]
    values = schema.values.get("enum")
    if isinstance(values, tuple):
        yield from values
    for part in (*schema.all_of, *schema.one_of, *schema.any_of):
        yield from _allowed(part)

"""``x-conformance`` on operations, and on messages for the operation that they make -> ``Operation``.

What a message states wins over what its operation states, key by key: an operation of many messages is many
commands, each with its own replies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.clauses import Book
from conformance.contract.model import Operation
from conformance.contract.schema import Schema
from conformance.contract.sentences import shown
from conformance.contract.targets import PLACE, Targets, pointed
from conformance.documents.pointers import EACH, join, split
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node
from conformance.errors import DocumentError


class Stated:
    """What an operation and its message state of one command, the message first."""

    def __init__(self, operation: Node, message: Node | None = None) -> None:
        self.node, self.message = operation, message
        own = message.get(EXTENSION, "operation") if message is not None else None
        self.layers = [each for each in (own, operation.get(EXTENSION)) if each is not None]

    def get(self, *keys: str) -> Node | None:
        """The first that has the first key answers for it."""
        for layer in self.layers:
            if layer.get(keys[0]) is not None:
                return layer.get(*keys)
        return None

    def named(self, key: str) -> list[tuple[str, Node]]:
        """The members of a map."""
        found = self.get(key)
        return found.named() if found is not None else []

    def correlated(self) -> Node | None:
        """Where it is said that a reply carries the command's value: what an overlay said comes first."""
        said = self.get("correlates")
        ids = [self.message.get("correlationId")] if self.message is not None else []
        inside = [each for each in (*ids, self.node.get("reply")) if each is not None]
        return said or next((each for each in inside if each.spot.source != self.node.spot.source), None)

    def answers(self) -> tuple[Node | None, Node | None]:
        """``reply`` and ``replies``, of which only one may be given at a place."""
        for layer in self.layers:
            reply, replies = layer.get("reply"), layer.get("replies")
            if reply is not None and replies is not None:
                raise replies.refuse("both reply and replies are given", expected="one of them")
            if reply is not None or replies is not None:
                return reply, replies
        return None, None


def with_operation_rules(operation: Operation, stated: Stated, targets: Targets, book: Book) -> Operation:
    """The operation with what is stated of it and with its clauses.

    Raises DocumentError for names and pointers that do not exist.
    """
    node = stated.node
    name, message = operation.name, targets.messages[operation.message]
    replies, narrowed, answer = _answers(stated, operation, targets)
    correlates = _correlates(stated, operation, targets)
    within, permissions = stated.get("within_ms"), stated.get("permissions")
    unknown = unknown_values(message.payload)
    brought = {pointer: each.brought.get(EXTENSION) for pointer, each in _unknown(message.payload)}
    clauses: dict[str, str] = {}

    def clause(key: str, says: str, at: Node | None, value: object = None) -> None:
        clauses[key] = book.rule((name, key), says, at or node, subject=name, value=value)

    if replies:
        wording = f"the documented {replies[0]}" if narrowed else "a documented reply"
        clause(
            "reply",
            f"{name} is answered with {wording}.",
            answer or node.get("reply"),
            (sorted(replies), narrowed),
        )
    if replies and (
        correlates or (message.correlation and any(targets.messages[each].correlation for each in replies))
    ):
        clause(
            "correlation",
            f"The reply to {name} carries the command's own correlation value.",
            stated.correlated(),
            (message.correlation, {each: targets.messages[each].correlation for each in replies}, correlates),
        )
    milliseconds = _integer(within)
    if milliseconds:
        clause("within", f"{name} is answered with a documented reply within {milliseconds} ms.", within)
    if operation.schemes:
        secured = stated.get("security") or node.get("security")
        clause("security", f"{name} without authentication is refused.", secured, sorted(operation.schemes))
    allowed = tuple(str(each.value) for each in permissions.elements()) if permissions is not None else ()
    if allowed:
        words = " and ".join(map(shown, allowed))
        clause(
            "permissions", f"{name} is refused to a credential without the permission {words}.", permissions,
            sorted(allowed),
        )  # fmt: skip
    keys = _unknown_keys(unknown)
    for pointer, (_, code) in unknown.items():
        says = f"{name} with a value at {pointer} that does not exist is refused with {shown(code)}."
        clauses[keys[pointer]] = book.rule(
            (name, keys[pointer]), says, node, subject=name, brought=brought[pointer]
        )
    return replace(
        operation,
        replies=replies,
        narrowed=MappingProxyType(narrowed),
        correlates=MappingProxyType(correlates),
        within_ms=milliseconds,
        permissions=allowed,
        unknown=MappingProxyType(unknown),
        clauses=MappingProxyType(clauses),
    )


def _answers(
    stated: Stated, operation: Operation, targets: Targets
) -> tuple[tuple[str, ...], dict[str, object], Node | None]:
    """The replies, what the only one of them shows where it is narrowed, and where that is stated."""
    reply, several = stated.answers()
    if several is not None:
        return tuple(_documented(each, operation, targets) for each in several.elements()), {}, several
    message = reply.get("message") if reply is not None else None
    if reply is None or message is None:
        return operation.replies, {}, None
    name = _documented(message, operation, targets)
    made: dict[str, object] = {}
    for pointer, value in reply.named("where"):
        pointed(value, targets.messages[name].payload, pointer, name)
        made[pointer] = value.value
    return (name,), made, reply


def _documented(node: Node, operation: Operation, targets: Targets) -> str:
    name = targets.message(node).name
    if operation.replies and name not in operation.replies:
        raise node.refuse(
            f"{name} is not a documented reply of {operation.name}", expected=" or ".join(operation.replies)
        )
    return name


def _correlates(
    stated: Stated, operation: Operation, targets: Targets
) -> dict[str, Mapping[str, tuple[object, ...]]]:
    made: dict[str, Mapping[str, tuple[object, ...]]] = {}
    for name, places in stated.named("correlates"):
        message = targets.named(places, name)
        templates: dict[str, tuple[object, ...]] = {}
        for pointer, value in places.named():
            pointed(value, message.payload, pointer, name)
            templates[pointer] = tuple(value.value) if isinstance(value.value, list) else (value.value,)
            for place in PLACE.findall(" ".join(map(str, templates[pointer]))):
                _carried(value, place, operation, targets)
        made[name] = MappingProxyType(templates)
    return made


def _carried(node: Node, pointer: str, operation: Operation, targets: Targets) -> None:
    """Raise DocumentError, at ``node``, when no command that the operation makes has a value at ``pointer``.

    What an operation of many messages states is stated of all of them, and some may go without.
    """
    others = [each for each in targets.operations.values() if each.where == operation.where]
    for each in others:
        with suppress(DocumentError):
            pointed(node, targets.messages[each.message].payload, pointer, each.name)
            return
    pointed(node, targets.messages[operation.message].payload, pointer, operation.name)


def unknown_values(schema: Schema, at: str = "") -> dict[str, tuple[str, str | int]]:
    """Where a command takes a value that may not exist: pointer -> (source value, the code that says so)."""
    made: dict[str, tuple[str, str | int]] = {}
    for pointer, each in _unknown(schema, at):
        code = each.hints["unknown"]
        made[pointer] = (str(each.hints["source"]), code if isinstance(code, int) else str(code))
    return made


def _unknown(schema: Schema, at: str = "") -> Iterator[tuple[str, Schema]]:
    if "unknown" in schema.hints and "source" in schema.hints:
        yield at, schema
    for name, child in schema.properties.items():
        yield from _unknown(child, at + join(name))
    for index, child in enumerate(schema.prefix):
        yield from _unknown(child, at + join(index))
    for inside in (schema.rest, schema.additional):
        if inside is not None:
            yield from _unknown(inside, f"{at}/{EACH}")
    for part in (*schema.all_of, *schema.any_of, *schema.one_of):
        yield from _unknown(part, at)


def _unknown_keys(unknown: Mapping[str, object]) -> dict[str, str]:
    """``unknown-<field>`` by the last named segment, by all of them where two fields share it."""
    named = {pointer: [each for each in split(pointer) if each != EACH] or ["value"] for pointer in unknown}
    last = [words[-1] for words in named.values()]
    return {
        pointer: "unknown-" + (words[-1] if last.count(words[-1]) == 1 else "-".join(words))
        for pointer, words in named.items()
    }


def _integer(node: Node | None) -> int:
    return node.value if node is not None and isinstance(node.value, int) else 0

"""Messages and commands that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.model import Message, Protocol, Service
from conformance.contract.targets import pointed
from conformance.documents.pointers import join, split
from conformance.documents.references import is_reference
from conformance.documents.tree import Node, Tree
from conformance.documents.where import Where
from conformance.errors import DocumentError
from conformance.lint.desk import Desk
from conformance.lint.places import VALUES, Places
from conformance.lint.rule import Finding, Rule, Severity, at, named, place, shown

UNSENT = Rule(
    "unsent-message",
    Severity.WARNING,
    "a message that nobody sends",
    "No operation and no reply has it, so nothing that it promises is ever put to the test.",
    "List it in an operation or a reply, or take it out.",
)
UNUSED = Rule(
    "unused-component",
    Severity.NOTE,
    "a component that nothing refers to",
    "It promises nothing: usually a reference was forgotten, or it is left over.",
    "Refer to it, or take it out.",
)
NO_REPLY = Rule(
    "command-without-reply",
    Severity.WARNING,
    "a command whose reply is not documented",
    "Whether the target obeys cannot be seen: no reply is expected, so none that is missing is noticed.",
    "Say reply in the operation (AsyncAPI 3), or x-conformance reply in an overlay.",
)
EMPTY = Rule(
    "empty-payload",
    Severity.WARNING,
    "a message that says nothing of its payload",
    "Any value passes for this message, and other messages can be mistaken for it.",
    "Give it a payload schema with a type.",
)
NOWHERE = Rule(
    "correlation-nowhere",
    Severity.ERROR,
    "a correlation id that the payload does not have",
    "Replies are matched to commands by it; where it cannot be, they cannot be matched.",
    "Mend the location, or describe the field in the payload.",
)
EFFECTS = Rule(
    "unstated-effects",
    Severity.NOTE,
    "commands of which nobody says whether they change anything",
    "What is put to a target without permission to trade is then a guess from security and names.",
    "Say changes_state in x-conformance of the operation, here or in an overlay.",
)
RULES = (UNSENT, UNUSED, NO_REPLY, EMPTY, NOWHERE, EFFECTS)

FEW = 3
"""Commands without reply that are told one by one; more of them, when all are, in one sentence."""
KINDS = (
    "schemas", "messages", "parameters", "correlationIds", "replies", "messageTraits", "operationTraits",
    "responses", "requestBodies", "headers", "examples", "channels", "operations", "servers",
)  # fmt: skip


def check(desk: Desk) -> Iterator[Finding]:
    """Messages, commands and components of every document."""
    spoken = {
        each.where
        for service in desk.contract.services.values()
        for each in service.messages.values()
        if each.sent_by_target or each.sent_by_client
    }
    spoken |= {where for found in desk.places for where in _replied(found)}
    for service in desk.contract.services.values():
        if service.protocol is Protocol.WEBSOCKET:
            yield from _messages(desk, service, spoken)
            yield from _commands(service)
            yield from _effects(service)
    used = {place for found in desk.places for place in _referred(found)}
    for found in desk.places:
        yield from _components(found.loaded.tree, used)


def _messages(desk: Desk, service: Service, spoken: set[Where]) -> Iterator[Finding]:
    for message in service.messages.values():
        if message.where not in spoken:
            yield place(message.where, UNSENT, f"no operation and no reply has {shown(message.name)}")
        elif _says_nothing(message):
            yield place(message.where, EMPTY, f"any value is a valid {shown(message.name)}")
        node = desk.node(message.where, service.file)
        if message.correlation and node is not None and not _says_nothing(message):
            try:
                pointed(node, message.payload, message.correlation, message.name)
            except DocumentError as problem:
                says = f"the correlation id of {shown(message.name)}: {problem.what} ({problem.hint})"
                yield place(message.where, NOWHERE, says)


def _replied(found: Places) -> Iterator[Where]:
    """The places of all messages that a reply names, at whatever address it comes."""
    references = found.loaded.references
    for _, operation in found.loaded.tree.root.named("operations"):
        try:
            reply = references.resolve(operation).get("reply")
            if reply is None:
                continue
            reply = references.resolve(reply)
            listed, channel = reply.listed("messages"), reply.get("channel")
            if not listed and channel is not None:
                listed = [each for _, each in references.resolve(channel).named("messages")]
            yield from (references.resolve(each).where for each in listed)
        except DocumentError:
            continue


def _says_nothing(message: Message) -> bool:
    schema = message.payload
    return schema.accepts is True or (
        schema.accepts is None
        and schema.again is None
        and not schema.values
        and not schema.others
        and next(schema.children(), None) is None
    )


def _commands(service: Service) -> Iterator[Finding]:
    operations = list(service.operations.values())
    silent = [each for each in operations if not each.replies]
    if len(silent) > FEW and len(silent) == len(operations):
        says = f"none of the {len(silent)} commands has a documented reply: {named([x.name for x in silent])}"
        yield place(silent[0].where, NO_REPLY, says)
        return
    for operation in silent:
        yield place(operation.where, NO_REPLY, f"{shown(operation.name)} has no documented reply")


def _effects(service: Service) -> Iterator[Finding]:
    """What is guessed of commands, each guess once: an order may be hidden in either."""
    guesses = {True: "only with --allow-trading", False: "to any target, as security and names say"}
    for changes, how in guesses.items():
        guessed = [
            each
            for each in service.operations.values()
            if not each.effects_stated and each.changes_state is changes
        ]
        if guessed:
            names = named([each.name for each in guessed])
            says = f"nobody says whether anything is changed by {names}: put {how}"
            yield place(guessed[0].where, EFFECTS, says)


def _referred(found: Places) -> Iterator[tuple[str, str]]:
    """(file, pointer of a component) for everything that a reference leads to or into."""
    todo = [tree.root for tree in found.loaded.references.trees.values()]
    while todo:
        node = todo.pop()
        if is_reference(node):
            try:
                target = found.loaded.references.target(node)
            except DocumentError:
                continue
            yield str(target.tree.path), join(*split(target.pointer)[:3])
        mapping = node.get("discriminator", "mapping")
        if mapping is not None:
            own = str(node.tree.path)
            for _, each in mapping.items():
                name = str(each.value).rpartition("/")[2]
                yield own, join("components", "schemas", name)
        todo += [child for key, child in node.items() if key not in VALUES]
        todo += list(node.elements())


def _subtype(root: Node, node: Node) -> bool:
    """Whether a schema is one of those that a ``discriminator`` of another leads to by their names."""
    for part in node.listed("allOf"):
        above = root.get("components", "schemas", part.text("$ref").rpartition("/")[2])
        if above is not None and above.get("discriminator") is not None:
            return True
    return False


def _components(tree: Tree, used: set[tuple[str, str]]) -> Iterator[Finding]:
    root, path = tree.root, str(tree.path)
    if not any(root.get(key) for key in ("channels", "paths", "webhooks")):
        return  # a library: others refer to it
    for kind in KINDS:
        for name, node in root.named("components", kind):
            if (path, join("components", kind, name)) not in used and not _subtype(root, node):
                yield at(node, UNUSED, f"nothing refers to components.{kind}.{shown(name)}")

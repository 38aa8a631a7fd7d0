"""AsyncAPI 3.0 -> ``Service``.

The document describes the target (AsyncAPI 3.0.0, "Operation Object"): what it *receives* is a command, what
it *sends* an event. A message is known by its key in the channel; siblings of ``$ref`` are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType

from conformance.contract.clause import Binds
from conformance.contract.clauses import Book, Subject
from conformance.contract.dialects import ASYNCAPI3
from conformance.contract.discriminators import choose, constants
from conformance.contract.expand import Expander
from conformance.contract.extensions import credential, message_rules, secret_places, with_operation_rules
from conformance.contract.lexical import Lexical
from conformance.contract.model import Credential, Message, Operation, Protocol, Server, Service
from conformance.contract.root_rules import root_rules
from conformance.contract.schema import Schema
from conformance.contract.servers import asyncapi_servers
from conformance.contract.spoken import spoken
from conformance.contract.targets import Targets
from conformance.contract.traits import Merged
from conformance.documents.pointers import split
from conformance.documents.references import References, is_reference, nearest
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node, Tree

JSON = "application/json"
PAYLOAD = "$message.payload"


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation of the document, resolved: who may send which messages, and what answers them."""

    name: str
    node: Node
    action: str
    messages: tuple[str, ...]
    replies: tuple[str, ...]
    address: str


def asyncapi_service(tree: Tree, name: str, references: References) -> tuple[Service, Book]:
    """The service that an AsyncAPI 3.0 document promises, and its clauses.

    Raises DocumentError for what does not resolve, is not supported, or names what does not exist.
    """
    return _Reader(tree, name, references).service()


class _Reader:
    def __init__(self, tree: Tree, name: str, references: References) -> None:
        self.tree, self.root, self.name = tree, tree.root, name
        self.references, self.lexical = references, Lexical()
        self.expander = Expander(self.references, self.lexical)
        self.book = Book(name, self.lexical)
        self.default = self.root.text("defaultContentType", default=JSON)
        self.places: dict[tuple[str, str, str], str] = {}  # (channel, file, pointer of the message) -> name
        self.nodes: dict[str, Node] = {}

    def service(self) -> tuple[Service, Book]:
        self.gather_messages()
        sent = [self.operation(name, node) for name, node in self.root.named("operations")]
        by_target = {each for op in sent for each in (op.messages if op.action == "send" else op.replies)}
        by_client = {each for op in sent for each in (op.messages if op.action == "receive" else op.replies)}
        events = {each for op in sent if op.action == "send" for each in op.messages}
        messages = {
            name: replace(each, event=name in events)
            for name, each in self.messages(by_target, by_client).items()
        }
        spoken(self.root, self.references, [each.content_type for each in messages.values()])
        commands = dict(self.commands(sent))
        targets = Targets(commands, messages, [op.name for op in sent if op.action == "send"])
        operations = {
            key: with_operation_rules(each, self.source(sent, key), targets, self.book)
            for key, each in commands.items()
        }
        targets = Targets(operations, messages, targets.others)
        binary = "msgpack" in self.default or any(
            "msgpack" in each.content_type for each in messages.values()
        )
        made = Service(
            name=self.name,
            protocol=Protocol.WEBSOCKET,
            title=self.root.text("info", "title"),
            version=self.root.text("info", "version"),
            file=self.tree.file,
            sha256=self.tree.sha256,
            address=self.address(),
            servers=tuple(self.servers()),
            messages=MappingProxyType(messages),
            operations=MappingProxyType(operations),
            credentials=MappingProxyType(dict(self.credentials(targets))),
            rules=root_rules(self.root, targets, self.book, binary=binary),
            provenance=self.lexical.provenance(self.root),
            where=self.root.where,
        )
        return made, self.book

    def gather_messages(self) -> None:
        """Name every message of every channel: by its key, with the channel before it where two clash."""
        for channel, node in self.root.named("channels"):
            for key, message in self.references.resolve(node).named("messages"):
                resolved = self.references.resolve(message)
                place = (resolved.tree.file, resolved.pointer)
                taken = self.nodes.get(key)
                name = (
                    key if taken is None or (taken.tree.file, taken.pointer) == place else f"{channel}.{key}"
                )
                self.places[channel, message.tree.file, message.pointer] = name
                self.places.setdefault((channel, *place), name)
                self.nodes[name] = resolved

    def channel_messages(self, channel: str) -> dict[tuple[str, str], str]:
        return {
            (file, pointer): name for (each, file, pointer), name in self.places.items() if each == channel
        }

    def operation(self, name: str, node: Node) -> Sent:
        resolved = self.references.resolve(node)
        channel = self.channel_of(resolved)
        messages = self.chosen(resolved, channel)
        reply, replies = resolved.get("reply"), tuple[str, ...]()
        if reply is not None:
            reply = self.references.resolve(reply)
            there = self.channel_of(reply) if reply.get("channel") is not None else channel
            replies = self.chosen(reply, there)
            if reply.get("messages") is None:
                replies = tuple(each for each in replies if each not in messages)
        address = self.address_of(self.root.get("channels", channel) or node)
        return Sent(name, resolved, resolved.text("action"), messages, replies, address)

    def channel_of(self, node: Node) -> str:
        reference = node.get("channel") or node
        channel = self.references.resolve(reference)
        for name, each in self.root.named("channels"):
            found = self.references.resolve(each)
            if (found.tree.file, found.pointer) == (channel.tree.file, channel.pointer):
                return name
        raise reference.refuse(
            "this is not a channel of the document", hint=nearest("", dict(self.root.named("channels")))
        )

    def chosen(self, node: Node, channel: str) -> tuple[str, ...]:
        """The messages of an operation or reply: those it lists, all of the channel's when it lists none."""
        known = self.channel_messages(channel)
        if node.get("messages") is None:
            return tuple(dict.fromkeys(known.values()))
        made = []
        for reference in node.listed("messages"):
            self.references.resolve(reference)
            name, here = None, reference
            while name is None and is_reference(here):
                here = self.references.target(here)
                name = known.get((here.tree.file, here.pointer))
            if name is None:
                raise reference.refuse(
                    f"{reference.text('$ref')} is not a message of the channel {channel}",
                    expected="a message of the operation's own channel (AsyncAPI 3.0.0, Operation Object)",
                )
            made.append(name)
        return tuple(dict.fromkeys(made))

    def messages(self, by_target: set[str], by_client: set[str]) -> dict[str, Message]:
        made = {
            name: self.message(name, Merged(node, self.references), name in by_target, name in by_client)
            for name, node in self.nodes.items()
        }
        for sent in ("sent_by_target", "sent_by_client"):
            group = {name: constants(each.payload) for name, each in made.items() if getattr(each, sent)}
            for name, marks in choose(group).items():
                made[name] = replace(made[name], marks=MappingProxyType({**made[name].marks, **marks}))
        group = {
            name: constants(each.payload, optional=True) for name, each in made.items() if not each.marks
        }
        for name, marks in choose(group).items():
            made[name] = replace(made[name], likely=MappingProxyType(marks))
        return made

    def message(self, name: str, node: Merged, by_target: bool, by_client: bool) -> Message:
        payload = node.get("payload")
        schema = (
            self.expander.expand(payload, ASYNCAPI3)
            if payload is not None
            else Schema(node.own.where, ASYNCAPI3.dialect, provenance=self.lexical.provenance(node.own))
        )
        binds = Binds.TARGET if by_target or not by_client else Binds.CLIENT
        schema = self.book.schema(schema, Subject((name,), name, binds))
        owner = node.get(EXTENSION)
        rules = message_rules(node.holder(EXTENSION), schema, name, self.book) if owner is not None else ()
        examples = (each.get("payload") for each in node.own.listed("examples"))
        return Message(
            name=name,
            service=self.name,
            content_type=node.text("contentType") or self.default,
            payload=schema,
            sent_by_target=by_target,
            sent_by_client=by_client,
            correlation=self.correlation(node.get("correlationId")),
            rules=rules,
            examples=tuple(each.value for each in examples if each is not None),
            secrets=secret_places(schema),
            summary=node.text("summary") or node.text("title"),
            provenance=self.lexical.provenance(node.own),
            where=node.own.where,
        )

    def correlation(self, node: Node | None) -> str:
        """The pointer of a ``$message.payload#/…`` location (AsyncAPI 3.0.0, "Runtime Expression")."""
        location = self.references.resolve(node).text("location") if node is not None else ""
        source, _, pointer = location.partition("#")
        return pointer if source == PAYLOAD else ""

    def commands(self, sent: list[Sent]) -> Iterable[tuple[str, Operation]]:
        for each in sent:
            if each.action != "receive":
                continue
            merged = Merged(each.node, self.references)
            for message in each.messages:
                name = each.name if len(each.messages) == 1 else f"{each.name}.{message}"
                yield (
                    name,
                    Operation(
                        name=name,
                        service=self.name,
                        message=message,
                        replies=each.replies,
                        address=each.address,
                        schemes=tuple(self.scheme(node) for node in merged.listed("security")),
                        summary=merged.text("summary") or merged.text("title"),
                        provenance=self.lexical.provenance(each.node),
                        where=each.node.where,
                    ),
                )

    def source(self, sent: list[Sent], name: str) -> Node:
        """The node of the document's operation behind one of ours."""
        for each in sent:
            if each.name == name or name in [f"{each.name}.{message}" for message in each.messages]:
                return Merged(each.node, self.references).holder(EXTENSION)
        raise KeyError(name)  # every command was made from an operation of the document

    def scheme(self, node: Node) -> str:
        resolved = self.references.resolve(node)
        pointer = node.text("$ref").partition("#")[2]
        return (
            split(pointer)[-1]
            if is_reference(node) and pointer
            else resolved.text("name") or resolved.text("type")
        )

    def credentials(self, targets: Targets) -> Iterable[tuple[str, Credential]]:
        for name, node in self.root.named("components", "securitySchemes"):
            made = credential(self.references.resolve(node), name, targets, self.book)
            if made is not None:
                yield name, made

    def address(self) -> str:
        """The address of the first channel that has one."""
        addresses = (self.address_of(node) for _, node in self.root.named("channels"))
        return next(filter(None, addresses), "/")

    def address_of(self, node: Node) -> str:
        """The address of a channel, its parameters at their defaults."""
        channel = self.references.resolve(node)
        address = channel.text("address")
        for name, parameter in channel.named("parameters"):
            known = self.references.resolve(parameter)
            values = [str(each.value) for each in (*known.listed("enum"), *known.listed("examples"))]
            value = known.text("default") or (values[0] if values else "")
            address = address.replace("{" + name + "}", value) if value else address
        return address

    def servers(self) -> Iterable[Server]:
        return asyncapi_servers(self.root, self.references)

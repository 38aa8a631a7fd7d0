"""AsyncAPI 3.0 and 3.1 -> channels, messages, operations.

A message is known by its key in the channel; siblings of ``$ref`` are ignored. An operation is that of the
application which the document describes: what it *receives* is sent to it (3.0.0, "Operation Object").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.contract.dialects import ASYNCAPI3, Flavour
from conformance.contract.gathered import Channel, Gathered, Reading, Sent
from conformance.contract.model import Server
from conformance.contract.servers import server_of
from conformance.documents.notes import Note
from conformance.documents.pointers import split
from conformance.documents.references import is_reference, nearest
from conformance.documents.tree import Node

Place = tuple[str, str]


def place(node: Node) -> Place:
    """What tells a node of the documents from all others."""
    return node.tree.file, node.pointer


class Gatherer3:
    """Reads one AsyncAPI 3 document."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.root, self.references = reading, reading.root, reading.references
        self.listed: dict[Place, str] = {}

    def flavour(self) -> Flavour:
        """AsyncAPI's own schema object is a superset of JSON Schema draft-07 ("Schema Object")."""
        return ASYNCAPI3

    def servers(self) -> list[tuple[Server, str]]:
        """Server Objects: protocol, host, pathname."""
        made = []
        for name, node in self.root.named("servers"):
            server = self.reading.follow(node, "server")
            protocol = server.text("protocol").lower()
            host = server.text("host").rpartition("://")[2].rstrip("/")  # some write a URL here
            url = f"{protocol}://{host}{server.text('pathname')}"
            made.append((server_of(name, url, server, self.references), protocol))
        return made

    def channels(self) -> list[Channel]:
        """The document's channels, and those of components that operations name directly."""
        made = []
        for name, node in [*self.root.named("channels"), *self._unlisted()]:
            channel = self.reading.follow(node, "channel")
            self.listed.setdefault(place(channel), name)
            address = channel.get("address")
            servers = (split(each.text("$ref").partition("#")[2])[-1:] for each in channel.listed("servers"))
            made.append(
                Channel(
                    name,
                    channel,
                    address.value if address is not None and isinstance(address.value, str) else None,
                    tuple(name for found in servers for name in found),
                )
            )
        return made

    def _unlisted(self) -> Iterator[tuple[str, Node]]:
        """Channels that operations name though the document does not list them; a Note each."""
        known = {place(self.references.resolve(node)) for _, node in self.root.named("channels")}
        for name, node in self.root.named("operations"):
            reference = self.reading.follow(node, "operation").get("channel")
            if reference is None or not is_reference(reference):
                continue
            channel = self.reading.follow(reference, "channel")
            words = split(channel.pointer)
            if place(channel) not in known and words[-2:-1] == ("channels",):
                known.add(place(channel))
                says = f"the channel {words[-1]} of the operation {name} is not among the document's channels"
                self.references.notes.append(Note("channel-not-listed", reference.where, says))
                yield words[-1], channel

    def gather(self, channels: Sequence[Channel]) -> Gathered:
        """The messages and operations of these channels."""
        self.channels()
        return _Group(self.reading, channels, self.listed).gathered()

    def payload(self, message: Node) -> tuple[Node, Node | None]:
        """Multi Format Schema Objects hold their format themselves."""
        payload = message.get("payload")
        if payload is None:
            return message, None
        return payload, None


class _Group:
    """The channels that are one service."""

    def __init__(self, reading: Reading, channels: Sequence[Channel], listed: dict[Place, str]) -> None:
        self.reading, self.root, self.references = reading, reading.root, reading.references
        self.listed = listed
        self.channels = {each.name: each for each in channels}
        self.names: dict[str, dict[Place, str]] = {}  # channel -> place of the message -> name
        self.nodes: dict[str, Node] = {}

    def gathered(self) -> Gathered:
        for channel in self.channels.values():
            for key, message in channel.node.named("messages"):
                self.name(channel.name, key, message)
        sent = [each for name, node in self.root.named("operations") for each in self.operation(name, node)]
        messages = {name: self.reading.merged(node, "messageTrait") for name, node in self.nodes.items()}
        return Gathered(messages, tuple(sent))

    def name(self, channel: str, key: str, message: Node) -> str:
        """The name of a message: its key, with the channel before it where two clash."""
        resolved = self.reading.follow(message, "message")
        taken = self.nodes.get(key)
        name = key if taken is None or place(taken) == place(resolved) else f"{channel}.{key}"
        known = self.names.setdefault(channel, {})
        known[place(message)] = name
        known.setdefault(place(resolved), name)
        self.nodes[name] = resolved
        return name

    def operation(self, name: str, node: Node) -> Iterator[Sent]:
        """The operation, when its channel is one of ours."""
        resolved = self.reading.follow(node, "operation")
        channel = self.channel_of(resolved)
        if channel not in self.channels:
            return
        merged = self.reading.merged(resolved, "operationTrait")
        messages = self.chosen(resolved, channel)
        replies = self.replies(name, resolved, channel, messages)
        yield Sent(name, merged, resolved.text("action"), messages, replies, channel)

    def replies(self, name: str, node: Node, channel: str, messages: tuple[str, ...]) -> tuple[str, ...]:
        reply = node.get("reply")
        if reply is None:
            return ()
        resolved = self.reading.follow(reply, "reply")
        there = channel
        if resolved.get("channel") is not None:
            there = self.channel_of(resolved)
        elif resolved.get("messages") is None:
            return ()  # neither a channel nor a message: nothing is promised
        if there not in self.channels:
            says = f"the reply to {name} comes over the channel {there}, which is at another address"
            self.references.notes.append(Note("reply-elsewhere", reply.where, says))
            return ()
        replies = self.chosen(resolved, there)
        if resolved.get("messages") is None:
            return tuple(each for each in replies if each not in messages)
        return replies

    def channel_of(self, node: Node) -> str:
        reference = node.get("channel") or node
        channel = self.references.resolve(reference)
        if place(channel) not in self.listed:
            raise reference.refuse(
                "this is not a channel of the document", hint=nearest("", self.listed.values())
            )
        return self.listed[place(channel)]

    def chosen(self, node: Node, channel: str) -> tuple[str, ...]:
        """The messages of an operation or reply: those it lists, all of the channel's when it lists none."""
        known = dict(self.names.get(channel, {}))
        if node.get("messages") is None:
            return tuple(dict.fromkeys(known.values()))
        return tuple(dict.fromkeys(self.message(each, channel, known) for each in node.listed("messages")))

    def message(self, reference: Node, channel: str, known: dict[Place, str]) -> str:
        self.references.resolve(reference)  # no circle below
        here, steps = reference, list[Node]()
        while is_reference(here):
            here = self.references.target(here)
            steps.append(here)
            if place(here) in known:
                break
        name, text = known.get(place(here)), reference.text("$ref")
        if name is None:
            key = split(steps[0].pointer)[-1] if steps and steps[0].pointer else "message"
            rule = "message-not-in-channel"
            says = f"{text or reference.pointer} is not a message of the channel {channel}"
            name = self.name(channel, key, here)
        elif steps and "channels" not in split(steps[0].pointer):
            rule = "message-by-component"
            says = f"{text} is named instead of the channel's own message {name}"
        else:
            return name
        where = (reference.get("$ref") or reference).where
        self.references.notes.append(Note(rule, where, f"{says} (AsyncAPI 3.0.0, Operation Object)"))
        return name

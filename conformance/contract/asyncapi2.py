"""AsyncAPI 2.0 to 2.6 -> channels, messages, operations.

A channel's key is its address. ``publish`` is what clients may send: the target receives it; ``subscribe``
is what the target sends (2.6.0, "Channel Item Object"). There are no replies: ``x-conformance`` gives them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.contract.clauses import slug
from conformance.contract.dialects import ASYNCAPI3, Flavour
from conformance.contract.gathered import RECEIVE, SEND, Channel, Gathered, Reading, Sent
from conformance.contract.model import Server
from conformance.contract.servers import filled, server_of
from conformance.documents.pointers import split
from conformance.documents.references import is_reference
from conformance.documents.tree import Node

ACTIONS = {"publish": RECEIVE, "subscribe": SEND}


@dataclass(frozen=True, slots=True)
class Found:
    """A message at its place: its node with traits, what it would be called, where it stands."""

    node: Node
    wanted: str
    qualified: str

    @property
    def place(self) -> tuple[str, str]:
        """What tells it from other messages."""
        return self.node.tree.file, self.node.pointer


class Gatherer2:
    """Reads one AsyncAPI 2 document."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.root, self.references = reading, reading.root, reading.references
        self._given: dict[tuple[str, str], Node] = {}

    def flavour(self) -> Flavour:
        """AsyncAPI's own schema object is a superset of JSON Schema draft-07 ("Schema Object")."""
        return ASYNCAPI3

    def servers(self) -> list[tuple[Server, str]]:
        """Server Objects: a ``url``, with or without the protocol that stands beside it."""
        made = []
        for name, node in self.root.named("servers"):
            server = self.reading.follow(node, "server")
            protocol = server.text("protocol").lower()
            url = server.text("url")
            if "://" not in filled(url, server, "variables", self.references):
                url = f"{protocol}://{url.removeprefix('//')}"
            made.append((server_of(name, url, server, self.references), protocol))
        return made

    def channels(self) -> list[Channel]:
        """The channels; their keys are their addresses."""
        made = []
        for name, node in self.root.named("channels"):
            channel = self.reading.follow(node, "channel")
            servers = tuple(str(each.value) for each in channel.listed("servers"))
            made.append(Channel(name, channel, name, servers))
        return made

    def gather(self, channels: Sequence[Channel]) -> Gathered:
        """The messages and operations of these channels."""
        operations = [
            (channel, action, self.reading.follow(node, "operation"))
            for channel in channels
            for action in ACTIONS
            if (node := channel.node.get(action)) is not None
        ]
        found = [self.messages(*each) for each in operations]
        names = _named([message for group in found for message in group])
        called = self.called(operations)
        return Gathered(
            {names[each.place]: each.node for group in found for each in group},
            tuple(
                Sent(
                    name=name,
                    node=self.reading.merged(node, "operationTrait"),
                    action=ACTIONS[action],
                    messages=tuple(dict.fromkeys(names[each.place] for each in group)),
                    channel=channel.name,
                )
                for name, (channel, action, node), group in zip(called, operations, found, strict=True)
            ),
        )

    def called(self, operations: Sequence[tuple[Channel, str, Node]]) -> list[str]:
        """Names of operations: ``operationId``, else ``<channel>.<publish|subscribe>``."""
        made: list[str] = []
        for channel, action, node in operations:
            merged = self.reading.merged(node, "operationTrait")
            self._once("operationId", merged, node)
            name = slug(merged.text("operationId")) if merged.text("operationId") else _at(channel, action)
            made.append(name if name not in made else _at(channel, action))
        return made

    def _once(self, key: str, merged: Node, node: Node) -> None:
        """Raises DocumentError for an id that another has, too (2.6.0, "Operation Object", "Message Object").

        It is case-sensitive. ``merged`` is the node with its traits, which may give it.
        """
        given = merged.get(key)
        if given is None or not merged.text(key):
            return
        other = self._given.setdefault((key, merged.text(key)), node)
        if (other.tree.file, other.pointer) != (node.tree.file, node.pointer):
            told, first = (node, other) if node.line > other.line else (other, node)
            raise (told.get(key) or told).refuse(
                f"the {key} {merged.text(key)} is that of {first.pointer}, too",
                expected=f"each {key} once",
            )

    def messages(self, channel: Channel, action: str, node: Node) -> list[Found]:
        """The message of an operation, or all of its ``oneOf``, which may stand in a component, too."""
        message = node.get("message")
        return list(self.alternatives(message, _at(channel, action))) if message is not None else []

    def alternatives(self, message: Node, qualified: str, deep: int = 20) -> Iterator[Found]:
        """The messages behind a message or a ``oneOf`` of messages."""
        resolved = self.reading.follow(message, "message")
        several = resolved.get("oneOf")
        if several is None or resolved.get("payload") is not None:
            merged = self.reading.merged(resolved, "messageTrait")
            self._once("messageId", merged, resolved)
            yield Found(merged, self.wanted(message, resolved, merged) or qualified, qualified)
            return
        if deep <= 0:
            raise message.refuse("oneOf leads into itself without an end", expected="messages")
        for index, each in enumerate(several.elements()):
            yield from self.alternatives(each, f"{qualified}.{index}", deep - 1)

    def wanted(self, message: Node, resolved: Node, merged: Node) -> str:
        """The component's key, else ``messageId``, else ``name``, else ``title``; '' when it has none."""
        here = message
        while is_reference(here):
            here = self.references.target(here)
            words = split(here.pointer)
            if words[-2:-1] == ("messages",) or (len(words) == 1 and here.tree is not message.tree):
                return slug(words[-1])
            if here.tree is not message.tree and not words:
                return slug(here.tree.path.stem)
        given = (merged.text(key).strip() for key in ("messageId", "name", "title"))
        return next((slug(each) for each in given if each), "")

    def payload(self, message: Node) -> tuple[Node, Node | None]:
        """``schemaFormat`` stands beside the payload ("Message Object")."""
        payload = message.get("payload")
        return (payload, message.get("schemaFormat")) if payload is not None else (message, None)


def _at(channel: Channel, action: str) -> str:
    word = slug(channel.name)
    return f"{word}.{action}" if word != "_" else action


def _named(found: Sequence[Found]) -> dict[tuple[str, str], str]:
    """A name for each message, whatever their order: where two want the same, both say where they stand."""
    wanted: dict[tuple[str, str], Found] = {}
    for each in found:
        wanted.setdefault(each.place, each)
    count = Counter(each.wanted for each in wanted.values())
    made: dict[tuple[str, str], str] = {}
    for place, each in wanted.items():
        name = base = each.wanted if count[each.wanted] == 1 else f"{each.qualified}.{each.wanted}"
        number = 1
        while name in made.values():
            number += 1
            name = f"{base}-{number}"
        made[place] = name
    return made

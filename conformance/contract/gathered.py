"""What the gatherer of a version reads out of an AsyncAPI document, before anything is judged.

All versions give the same: channels with addresses, messages with names, operations. Nodes stay those of the
document, traits laid over them, so every place keeps its file, line and pointer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from conformance.contract.dialects import Flavour
from conformance.contract.model import Server
from conformance.contract.traits import with_traits
from conformance.documents.references import References
from conformance.documents.structure import check_part
from conformance.documents.tree import Node
from conformance.documents.versions import Family

RECEIVE, SEND = "receive", "send"
TURNED = {SEND: RECEIVE, RECEIVE: SEND}
PAYLOAD = "$message.payload"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: its key, its node, where it is (None: not told), the keys of its servers (empty: all)."""

    name: str
    node: Node
    address: str | None
    servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """An operation, resolved: who may send which messages, and what answers them.

    ``action`` is that of the document: what it ``send``s, the side that it describes sends.
    """

    name: str
    node: Node
    action: str
    messages: tuple[str, ...]
    replies: tuple[str, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The messages and operations of some channels of a document. Message nodes hold their traits."""

    messages: Mapping[str, Node] = field(default_factory=dict)
    sent: tuple[Sent, ...] = ()

    def turned(self) -> Gathered:
        """The same, seen from the other side: what was sent is received."""
        return replace(self, sent=tuple(replace(each, action=TURNED[each.action]) for each in self.sent))


class Reading:
    """One document while it is read: follows references, and judges what it finds in other files."""

    def __init__(self, root: Node, references: References, family: Family) -> None:
        self.root, self.references, self.family = root, references, family
        self._judged: set[tuple[str, str, str]] = set()

    def follow(self, node: Node, part: str) -> Node:
        """What a reference leads to. ``part`` is what it must be there: a ``channel``, a ``message`` ….

        Raises DocumentError when it leads nowhere, or to something else in another file.
        """
        found = self.references.resolve(node)
        place = (found.tree.file, found.pointer, part)
        if found.tree.file != self.root.tree.file and place not in self._judged:
            self._judged.add(place)
            check_part(found, self.family, part, self.references.notes)
        return found

    def merged(self, node: Node, part: str) -> Node:
        """The object with its traits, each a ``part`` of its own. In 2.x they patch it, later they do not."""
        for trait in node.listed("traits"):
            self.follow(trait, part)
        return with_traits(node, self.references, own_wins=self.family is not Family.ASYNCAPI2)


class Gatherer(Protocol):
    """Reads the documents of one version family."""

    def channels(self) -> list[Channel]:
        """All channels, in the order of the document."""

    def servers(self) -> list[tuple[Server, str]]:
        """All servers with their protocols (lower case)."""

    def gather(self, channels: Sequence[Channel]) -> Gathered:
        """The messages and operations of these channels. Raises DocumentError for what does not resolve."""

    def payload(self, message: Node) -> tuple[Node, Node | None]:
        """The payload's schema (the message itself when it has none) and the node of its schema format."""

    def flavour(self) -> Flavour:
        """The dialect of a schema that names none."""


def correlation(node: Node | None, references: References) -> str:
    """The pointer of a ``$message.payload#/…`` location (AsyncAPI 3.0.0, "Runtime Expression"), or ''."""
    location = references.resolve(node).text("location") if node is not None else ""
    source, _, pointer = location.partition("#")
    return pointer if source == PAYLOAD else ""

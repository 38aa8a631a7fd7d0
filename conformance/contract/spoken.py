"""What of AsyncAPI can be spoken here: WebSocket with JSON or MessagePack; one sentence for the rest."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.documents.references import References
from conformance.documents.tree import Node

WEBSOCKET = ("ws", "wss")
ENCODINGS = ("json", "msgpack", "messagepack")


def spoken(root: Node, references: References, content_types: Iterable[str]) -> None:
    """Raises DocumentError for a document of another protocol, or without any message that can be read.

    A document without servers may be about any protocol, and one that binds a channel to ``ws`` is about
    this one, whatever its servers say.
    """
    servers = [references.resolve(node) for _, node in root.named("servers")]
    protocols = list(dict.fromkeys(server.text("protocol") for server in servers))
    channels = (references.resolve(node) for _, node in root.named("channels"))
    bound = any(channel.get("bindings", "ws") is not None for channel in channels)
    if protocols and not bound and not set(WEBSOCKET) & {each.lower() for each in protocols}:
        place = root.get("servers") or root
        raise place.refuse(
            f"no server of the document speaks WebSocket, only {', '.join(protocols)}",
            expected="a server with the protocol ws or wss",
        )
    given = list(dict.fromkeys(content_types))
    if given and not any(word in each.lower() for each in given for word in ENCODINGS):
        place = root.get("defaultContentType") or root
        raise place.refuse(
            f"no message of the document is in an encoding that is known here, only {', '.join(given)}",
            expected="application/json or application/msgpack as content type",
        )

"""What of AsyncAPI can be spoken here: WebSocket with JSON or MessagePack; one sentence for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.contract.gathered import Channel
from conformance.contract.model import Server
from conformance.documents.notes import Note
from conformance.documents.references import References
from conformance.documents.tree import Node
from conformance.errors import DocumentError

SPELT = {"websocket": "ws", "websockets": "ws", "web-socket": "ws"}
WEBSOCKET = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss", **SPELT}
FRAMES = {"json": "text", "msgpack": "binary", "messagepack": "binary"}


def frames_of(content_type: str) -> str:
    """The kind of frames of a media type (RFC 6838): ``text`` for JSON, ``binary`` for MessagePack, else ''.

    Whatever its parameters; behind ``x-`` or ``vnd.``, or as structured suffix.
    """
    kind, _, subtype = content_type.split(";", 1)[0].strip().lower().partition("/")
    if kind not in ("application", "text"):
        return ""
    name = subtype.rpartition("+")[2] if "+" in subtype else subtype.removeprefix("x-").removeprefix("vnd.")
    return FRAMES.get(name, "")


def media_type(text: str) -> str:
    """The media type that a document means: ``json`` alone is none, and clear all the same."""
    whole = f"application/{text.strip()}"
    return whole if "/" not in text and frames_of(whole) else text


def spoken(
    root: Node,
    references: References,
    servers: Sequence[tuple[Server, str]],
    channels: Sequence[Channel],
) -> tuple[list[Server], list[Channel]]:
    """The servers and the channels of WebSocket; for what else there is a Note each.

    A document without servers may be about any protocol, and one that binds a channel to ``ws`` is about
    this one, whatever its servers say. Raises DocumentError for a document of another protocol.
    """
    bound = [each for each in channels if _bound(each, references)]
    known = {server.name: protocol for server, protocol in servers}
    ours = {name for name, protocol in known.items() if protocol in ("ws", "wss", *SPELT)}
    if not ours and bound:
        ours = {name for name, protocol in known.items() if protocol in WEBSOCKET}
    if known and not ours and not bound:
        place = root.get("servers") or root
        raise place.refuse(
            f"no server of the document speaks WebSocket, only {', '.join(dict.fromkeys(known.values()))}",
            expected="a server with the protocol ws or wss",
        )
    for server, protocol in servers:
        if protocol in SPELT:
            says = f"the protocol of the server {server.name} is called {protocol}, which should be ws or wss"
            references.notes.append(Note("protocol-spelling", server.where, says))
        if server.name not in ours:
            says = f"the server {server.name} speaks {protocol or 'nothing that is told'}, and is left out"
            references.notes.append(Note("other-protocol", server.where, says))
    left = []
    for channel in channels:
        if set(channel.servers) & ours or not set(channel.servers) & set(known) or channel in bound:
            left.append(channel)
        else:
            says = f"the channel {channel.name} is on {', '.join(channel.servers)} only, and is left out"
            references.notes.append(Note("other-protocol", channel.node.where, says))
    return [_over_websocket(server) for server, _ in servers if server.name in ours], left


def readable(root: Node, content_types: Sequence[str], unreadable: Sequence[DocumentError]) -> None:
    """Raises DocumentError when the document has messages; to be asked when none of them can be read."""
    unknown = list(dict.fromkeys(each for each in content_types if not frames_of(each)))
    if unknown and not unreadable:
        raise (root.get("defaultContentType") or root).refuse(
            f"no message of the document is in an encoding that is known here, only {', '.join(unknown)}",
            expected="application/json or application/msgpack as content type",
        )
    if unreadable:
        raise unreadable[0]


def _bound(channel: Channel, references: References) -> bool:
    bindings = channel.node.get("bindings")
    return bindings is not None and references.resolve(bindings).get("ws") is not None


def _over_websocket(server: Server) -> Server:
    """The same address by the name that the scheme has for sessions (RFC 6455, section 3)."""

    def over(url: str) -> str:
        scheme, mark, rest = url.partition("://")
        return f"{WEBSOCKET.get(scheme.lower(), scheme)}{mark}{rest}"

    return replace(server, url=over(server.url), template=over(server.template))

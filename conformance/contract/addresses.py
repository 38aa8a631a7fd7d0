"""Where channels are: addresses, their parameters, and which channels are one connection.

AsyncAPI names a place a channel; over WebSocket a place is an address that is connected to. Channels of one
address are one service, and so are all channels when the document says where they really are
(``x-conformance.address``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.contract.clauses import slug
from conformance.contract.gathered import Channel
from conformance.contract.handshake import allowed_by
from conformance.contract.servers import known_values
from conformance.documents.notes import Note
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node

HOLE = re.compile(r"\{([^{}]+)\}")
ROOT = "root"


@dataclass(frozen=True, slots=True)
class Group:
    """The channels of one address. ``parameters``: name -> the document's value for it, '' for none.

    ``allowed``: name -> the only values that it may have, where the document lists them.
    """

    address: str
    channels: tuple[Channel, ...]
    parameters: dict[str, str]
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def address_filled(self) -> str:
        """The address with the values that the document knows."""
        return HOLE.sub(lambda hole: self.parameters.get(hole[1]) or hole[0], self.address)


def groups(root: Node, channels: Sequence[Channel], references: References) -> list[Group]:
    """Which channels are one connection, in the order of their addresses' first channels.

    Raises DocumentError for an address with a query or a fragment (AsyncAPI 2.6.0, "Channels Object"; 3.0.0,
    "Channel Object").
    """
    stated = root.get(EXTENSION, "address")
    made: dict[str, list[Channel]] = {}
    homeless: list[Channel] = []
    for channel in channels:
        if stated is not None:
            made.setdefault(path_of(str(stated.value)), []).append(channel)
        elif channel.address is None:
            homeless.append(channel)
        else:
            if "://" in channel.address:
                says = f"the address of {channel.name} is a whole URL, of which only the path counts"
                references.notes.append(Note("absolute-address", channel.node.where, says))
            if "?" in channel.address or "#" in channel.address:
                raise (channel.node.get("address") or channel.node).refuse(
                    f"the address of {channel.name} has a query or a fragment",
                    expected="a path",
                    hint="the query of an opening is described in the channel's bindings: ws, query",
                )
            made.setdefault(path_of(channel.address), []).append(channel)
    slashed = any((each.address or "").startswith("/") for each in channels)
    if stated is None and len(made) > 1 and not slashed:
        says = (
            f"the document has {len(made)} channels that look like topics, and each is taken for an address: "
            f"{EXTENSION}.address at the root says where they all are"
        )
        references.notes.append(Note("topic-channels", (root.get("channels") or root).where, says, loud=True))
    if homeless and len(made) > 1:
        made.setdefault("/", []).extend(homeless)
    elif homeless or not made:
        made.setdefault(next(iter(made), "/"), []).extend(homeless)
    return [
        Group(
            address,
            tuple(found),
            _parameters(address, found, references),
            _allowed(address, found, references),
        )
        for address, found in made.items()
    ]


def path_of(address: str) -> str:
    """The path (and query) of an address, from a slash on."""
    if "://" in address:
        parts = urlsplit(address)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
    address = address.partition("#")[0].strip()
    return address if address.startswith("/") else f"/{address}"


def names(document: str, found: Sequence[Group]) -> list[str]:
    """The services' names: the document's, with a word of the address behind it where there are several.

    They do not depend on the order of the channels.
    """
    if len(found) == 1:
        return [document]
    made: dict[str, str] = {}
    for address in sorted(each.address for each in found):
        word = base = slug(address) if address != "/" else ROOT
        number = 1
        while word in made.values():
            number += 1
            word = f"{base}-{number}"
        made[address] = word
    return [f"{document}.{made[each.address]}" for each in found]


def holes(address: str) -> tuple[str, ...]:
    """The names in braces that are still to be filled."""
    return tuple(HOLE.findall(address))


def _allowed(address: str, channels: Sequence[Channel], references: References) -> dict[str, tuple[str, ...]]:
    """What the ``enum`` of a parameter lists; up to 2.6 that of its ``schema``."""
    made: dict[str, tuple[str, ...]] = {}
    for channel in channels:
        for name, node in channel.node.named("parameters"):
            parameter = references.resolve(node)
            schema = parameter.get("schema")
            listed = allowed_by(parameter if schema is None else references.resolve(schema))
            if name in holes(address) and listed:
                made.setdefault(name, listed)
    return made


def _parameters(address: str, channels: Sequence[Channel], references: References) -> dict[str, str]:
    made = dict.fromkeys(holes(address), "")
    for channel in channels:
        for name, value in known_values(channel.node, "parameters", references).items():
            if name in made and not made[name]:
                made[name] = value
    return made

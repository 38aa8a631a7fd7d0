"""Server Objects -> addresses, their variables at their defaults."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from conformance.contract.clauses import slug
from conformance.contract.model import Server
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node


def asyncapi_servers(root: Node, references: References) -> Iterator[Server]:
    """Servers of an AsyncAPI document (3.0.0, "Server Object": protocol, host, pathname)."""
    for name, node in root.named("servers"):
        server = references.resolve(node)
        url = f"{server.text('protocol')}://{server.text('host')}{server.text('pathname')}"
        yield _server(name, _filled(url, server, references), server)


def openapi_servers(root: Node, references: References) -> Iterator[Server]:
    """Servers of an OpenAPI document, named by ``x-conformance.name``, else by their address."""
    for node in root.listed("servers"):
        url = _filled(node.text("url"), node, references)
        yield _server(node.text(EXTENSION, "name") or slug(url.partition("://")[2] or url), url, node)


def _server(name: str, url: str, node: Node) -> Server:
    return Server(
        name=name,
        url=url,
        description=node.text("description") or node.text("title"),
        stated=MappingProxyType({key: child.value for key, child in node.named(EXTENSION)}),
        where=node.where,
    )


def _filled(url: str, server: Node, references: References) -> str:
    for name, node in server.named("variables"):
        variable = references.resolve(node)
        values = [str(each.value) for each in variable.listed("enum")]
        value = variable.text("default") or (values[0] if values else "")
        url = url.replace("{" + name + "}", value) if value else url
    return url

"""Servers that are other addresses of one environment (``alias_of``), and what is promised of those.

The sentences are about any two addresses of an environment: a target has as many as its document names, or
its user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.clauses import Book
from conformance.contract.model import Server, Service
from conformance.documents.references import nearest
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node

KEY = "alias_of"
PROMISES = {
    "same-upgrade": "Each address of an environment takes connections when another one does.",
    "same-answers": "Each address of an environment gives the same answer to the same command.",
    "same-refusals": "Each address of an environment refuses the same, with the same code.",
    "same-limits": "Each address of an environment takes messages of the same length, and no longer ones.",
    "same-state": "What is done at one address of an environment is seen at each other one.",
}
STREAMS = {"same-streams": "An event of one stream and number is the same at each address of an environment."}


def with_endpoints(servers: Mapping[str, Node], service: Service, book: Book) -> Service:
    """The service with what is promised of its environments' addresses, where one has several.

    ``servers`` are the nodes of the document's. Raises DocumentError for an ``alias_of`` that names no
    server, itself, or one that is another's alias already.
    """
    stated = {name: node.get(EXTENSION, KEY) for name, node in servers.items()}
    named = {name: node for name, node in stated.items() if node is not None}
    for name, node in named.items():
        _judge(name, node, servers, named)
    first = next((named[each.name] for each in service.servers if each.name in named), None)
    if first is None:
        return service
    promises = PROMISES | (STREAMS if service.rules.streams is not None else {})
    clauses = {
        f"endpoints/{name}": book.rule(("endpoints", name), says, first) for name, says in promises.items()
    }
    rules = replace(service.rules, clauses=MappingProxyType({**service.rules.clauses, **clauses}))
    return replace(service, rules=rules)


def _judge(name: str, node: Node, servers: Mapping[str, Node], named: Mapping[str, Node]) -> None:
    of = str(node.value)
    if of not in servers:
        raise node.refuse(f"there is no server {of!r}", hint=nearest(of, servers))
    if of == name:
        raise node.refuse(f"the server {name} is no alias of itself", hint="name another server")
    if of in named:
        raise node.refuse(
            f"the server {of} is an alias itself", hint=f"name what it is one of: {named[of].value}"
        )


def environment(server: Server, servers: Sequence[Server]) -> Iterator[Server]:
    """The other addresses of a server's environment: what it is an alias of first, then as documented."""
    first = server.alias_of or server.name
    for each in sorted(servers, key=lambda one: one.name != first):
        if each.name != server.name and first in (each.name, each.alias_of):
            yield each


def most_aliases(service: Service) -> int:
    """How many more addresses an environment of the service has at most."""
    return max((sum(1 for _ in environment(each, service.servers)) for each in service.servers), default=0)

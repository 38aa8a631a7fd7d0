"""What an AsyncAPI document says besides schemas, operations and our rules: clauses with the reason why not.

Headers, bindings and correlation ids in headers are for protocols that have headers; a WebSocket message has
none (RFC 6455, section 5.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.contract.clause import Binds
from conformance.contract.clauses import Book
from conformance.contract.model import Service
from conformance.documents.references import References
from conformance.documents.tree import Node, Tree

HEADERLESS = "a WebSocket message has no headers (RFC 6455)"
ELSEWHERE = "it is for {}, and cases speak WebSocket"
ONE_VALUE = "cases use one value of it: that others lead somewhere, too, is not tried"
SAME_WAY = "replies are awaited on the connection on which the command was sent"
OURS = frozenset({"ws"})


def remainder(
    tree: Tree,
    service: Service,
    channels: Iterable[tuple[str, Node]],
    operations: Iterable[tuple[str, Node]],
    servers: Iterable[tuple[str, Node]],
    references: References,
    book: Book,
) -> None:
    """Enter what nobody enforces of a service of an AsyncAPI document.

    Raises DocumentError for what does not resolve.
    """
    for message in service.messages.values():
        node = _at(message.where.file, message.where.pointer, tree, references)
        if node is not None:
            binds = Binds.TARGET if message.sent_by_target or not message.sent_by_client else Binds.CLIENT
            _message(node, message.name, binds, references, book)
    for name, channel in channels:
        for key, parameter in channel.named("parameters"):
            says = f"The address of {name} takes any value of {{{key}}} that is documented."
            book.rule(("channels", name, "parameters", key), says, parameter, unenforceable=ONE_VALUE)
        _bindings(("channels", name), f"the channel {name}", [channel], "", references, book)
    for name, node in operations:
        _operation(name, node, references, book)
    for name, node in servers:
        _bindings(("servers", name), f"the server {name}", [references.resolve(node)], "", references, book)


def _message(node: Node, name: str, binds: Binds, references: References, book: Book) -> None:
    layers = list(_layers(node, references))
    for key, header in _headers(layers, references):
        words = (name, "headers", key)
        says = f"{name} has the header {key}."
        book.rule(words, says, header, subject=name, binds=binds, unenforceable=HEADERLESS)
    given = next((found for each in layers if (found := each.get("correlationId")) is not None), None)
    location = references.resolve(given).text("location") if given is not None else ""
    if given is not None and location.startswith("$message.header"):
        says = f"The correlation id of {name} is in its headers, at {location.partition('#')[2] or '/'}."
        at = (name, "correlationId")
        book.rule(at, says, given, subject=name, binds=binds, unenforceable=HEADERLESS)
    _bindings((name,), name, layers, name, references, book)


def _headers(layers: list[Node], references: References) -> Iterator[tuple[str, Node]]:
    """The headers by name; one ``…`` for headers that are not told one by one."""
    seen: set[str] = set()
    for layer in layers:
        given = layer.get("headers")
        if given is None:
            continue
        schema = references.resolve(given)
        if "schemaFormat" in (schema.value if isinstance(schema.value, dict) else {}):
            schema = references.resolve(schema.get("schema") or schema)
        properties = schema.get("properties")
        named = list(properties.items()) if properties is not None else []  # x-… is a header, no extension
        for key, node in named or ([("any", given)] if schema.value not in ({}, True) else []):
            if key not in seen:
                seen.add(key)
                yield key, node


def _operation(name: str, node: Node, references: References, book: Book) -> None:
    _bindings((name,), name, list(_layers(node, references)), name, references, book)
    address = node.get("reply", "address")
    if address is not None:
        location = references.resolve(address).text("location")
        says = f"The reply to {name} goes to the address at {location}."
        book.rule((name, "reply-address"), says, address, subject=name, unenforceable=SAME_WAY)


def _bindings(
    words: tuple[str, ...], about: str, layers: list[Node], subject: str, references: References, book: Book
) -> None:
    seen: set[str] = set()
    for layer in layers:
        given = layer.get("bindings")
        for protocol, node in references.resolve(given).named() if given is not None else []:
            bound = references.resolve(node).value
            if protocol in OURS or protocol in seen or not bound:
                continue
            seen.add(protocol)
            book.rule(
                (*words, "bindings", protocol),
                f"{about[0].upper()}{about[1:]} is bound to {protocol} as the document says.",
                node,
                subject=subject,
                unenforceable=ELSEWHERE.format(protocol),
                value=bound,
            )


def _layers(node: Node, references: References) -> Iterator[Node]:
    yield node
    for each in reversed(node.listed("traits")):
        yield references.resolve(each)


def _at(file: str, pointer: str, tree: Tree, references: References) -> Node | None:
    for each in (tree, *references.trees.values()):
        if each.file == file:
            return each.node(pointer)
    return tree.node(pointer)

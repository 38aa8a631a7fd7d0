"""AsyncAPI -> services: what all versions share. A gatherer a version family reads what differs.

One document is a service for each address that its channels have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from conformance.contract import dialects
from conformance.contract.addresses import Group, groups, names
from conformance.contract.apart import marked
from conformance.contract.asyncapi2 import Gatherer2
from conformance.contract.asyncapi3 import Gatherer3
from conformance.contract.clause import Binds
from conformance.contract.clauses import Book, Subject
from conformance.contract.effects import with_effects
from conformance.contract.endpoints import with_endpoints
from conformance.contract.expand import Expander
from conformance.contract.extensions import credential, message_rules, secret_places
from conformance.contract.gathered import RECEIVE, SEND, Gathered, Gatherer, Reading, Sent, correlation
from conformance.contract.handshake import Security, carried
from conformance.contract.lexical import Lexical
from conformance.contract.model import Credential, Message, Operation, Protocol, Sending, Server, Service
from conformance.contract.operation_rules import Stated, with_operation_rules
from conformance.contract.patterns import unusable_pattern
from conformance.contract.perspective import View, settle
from conformance.contract.remainder import remainder
from conformance.contract.root_rules import root_rules
from conformance.contract.schema import Schema
from conformance.contract.session_rules import with_sessions
from conformance.contract.shares import Shares
from conformance.contract.spoken import frames_of, media_type, readable, spoken
from conformance.contract.targets import Targets
from conformance.documents.notes import Note
from conformance.documents.references import References, nearest
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node, Tree
from conformance.documents.versions import Family
from conformance.documents.where import Where
from conformance.errors import DocumentError


def asyncapi_services(
    tree: Tree, family: Family, name: str, references: References, perspective: str = ""
) -> list[tuple[Service, Book]]:
    """The services that an AsyncAPI document promises, and their clauses.

    ``perspective`` is ``target`` or ``client``: from whose point of view it is written; '' to find out.

    Raises DocumentError for what does not resolve, is not supported, or names what does not exist.
    """
    root = tree.root
    reading = Reading(root, references, family)
    reader: Gatherer = Gatherer2(reading) if family is Family.ASYNCAPI2 else Gatherer3(reading)
    servers, channels = spoken(root, references, reader.servers(), reader.channels())
    found = groups(root, channels, references)
    gathered = [reader.gather(group.channels) for group in found]
    view = settle(root, references, gathered, perspective)
    if view is View.CLIENT:
        gathered = [each.turned() for each in gathered]
    lexical = Lexical()
    made = [
        _Builder(tree, references, reader, group, each, Book(called, lexical))
        for called, group, each in zip(names(name, found), found, gathered, strict=True)
    ]
    if made and not any(each.messages for each in made):
        problems = [problem for each in made for problem in each.unreadable]
        readable(root, [text for each in made for text in each.content_types], problems)
    everybody = [each.targets for each in made]
    return [(each.service(servers, Shares(each.targets, everybody)), each.book) for each in made]


class _Builder:
    """Makes one service: first its messages and commands, then the rules that name them."""

    def __init__(
        self,
        tree: Tree,
        references: References,
        reader: Gatherer,
        group: Group,
        gathered: Gathered,
        book: Book,
    ) -> None:
        self.tree, self.root, self.reader, self.name = tree, tree.root, reader, book.service
        self.group, self.sent, self.nodes, self.book = group, gathered.sent, gathered.messages, book
        self.references, self.lexical = references, book.lexical
        self.expander = Expander(self.references, self.lexical)
        self.default = self.root.text("defaultContentType", default="application/json")
        self.content_types: list[str] = []
        self.unread: dict[str, str] = {}
        self.unreadable: list[DocumentError] = []
        self.by_target = self._moved(SEND)
        self.by_client = self._moved(RECEIVE)
        self.messages = marked(self._messages())
        self.security = Security(self.root, self.references, book)
        self.sources: dict[str, Stated] = {}
        self.commands = dict(self._commands())
        others = [each.name for each in self.sent if each.action == SEND]
        self.targets = Targets(self.commands, self.messages, others)

    def service(self, servers: Sequence[Server], shares: Shares) -> Service:
        """The service, its rules and all that nobody enforces read."""
        made = self._service(servers, shares)
        made = with_sessions(self.root, made, self.book, shares, self.references.notes)
        nodes = {name: self.references.resolve(node) for name, node in self.root.named("servers")}
        made = with_effects(with_endpoints(nodes, made, self.book), self.sources)
        remainder(
            self.tree,
            made,
            [(each.name, each.node) for each in self.group.channels],
            [(each.name, each.node) for each in self.sent],
            nodes.items(),
            self.references,
            self.book,
        )
        return made

    def _service(self, servers: Sequence[Server], shares: Shares) -> Service:
        operations = {
            name: with_operation_rules(each, self.sources[name], self.targets, self.book)
            for name, each in self.commands.items()
        }
        targets = Targets(operations, self.messages, self.targets.others)
        kinds = {frames_of(each.content_type) for each in self.messages.values()}
        kinds = kinds or {frames_of(media_type(self.default)) or "text"}
        unread = [why for name, why in self.unread.items() if name in self.by_target]
        return Service(
            name=self.name,
            protocol=Protocol.WEBSOCKET,
            title=self.root.text("info", "title"),
            version=self._version(),
            file=self.tree.file,
            sha256=self.tree.sha256,
            address=self.group.address_filled(),
            template=self.group.address,
            parameters=MappingProxyType(self.group.parameters),
            allowed=MappingProxyType(self.group.allowed),
            servers=tuple(self._servers(servers)),
            messages=MappingProxyType(self.messages),
            unread=MappingProxyType(self.unread),
            sendings=tuple(
                Sending(each.name, each.messages, each.node.where)
                for each in self.sent
                if each.action == SEND
            ),
            operations=MappingProxyType(operations),
            credentials=MappingProxyType(dict(self._credentials(targets, shares))),
            handshakes=MappingProxyType(self.security.handshakes),
            carried=carried((each.node for each in self.group.channels), self.references),
            rules=root_rules(
                self.root,
                targets,
                self.book,
                shares,
                frames=next(iter(kinds)) if len(kinds) == 1 else "",
                unread=f"any bytes may be a message that is not read: {unread[0]}" if unread else "",
            ),
            provenance=self.lexical.provenance(self.root),
            where=self.root.where,
        )

    def _version(self) -> str:
        """The document's version; many write a number."""
        node = self.root.get("info", "version")
        return str(node.value) if node is not None and isinstance(node.value, str | int | float) else ""

    def _moved(self, action: str) -> dict[str, bool]:
        """The messages that go this way: name -> whether without having been asked for."""
        moved = {name: True for each in self.sent if each.action == action for name in each.messages}
        replies = {name: False for each in self.sent if each.action != action for name in each.replies}
        return {**replies, **moved}

    def _messages(self) -> dict[str, Message]:
        made: dict[str, Message] = {}
        for name, node in self.nodes.items():
            content_type = media_type(node.text("contentType") or self.default)
            self.content_types.append(content_type)
            message = self._message(name, node, content_type)
            if name not in self.unread:
                made[name] = message
        return made

    def _message(self, name: str, node: Node, content_type: str) -> Message:
        before = len(self.book.clauses)
        schema = self._payload(name, node, content_type)
        binds = Binds.TARGET if name in self.by_target or name not in self.by_client else Binds.CLIENT
        schema = self.book.schema(schema, Subject((name,), name, binds))
        rules = message_rules(node, schema, name, self.book)
        if name in self.unread:
            self.book.give_up(before, self.unread[name])
        examples = (each.get("payload") for each in node.listed("examples"))
        return Message(
            name=name,
            service=self.name,
            content_type=content_type,
            payload=schema,
            sent_by_target=name in self.by_target,
            sent_by_client=name in self.by_client,
            event=self.by_target.get(name, False),
            correlation=correlation(node.get("correlationId"), self.references),
            rules=rules,
            examples=tuple(each.value for each in examples if each is not None),
            secrets=secret_places(schema),
            summary=node.text("summary") or node.text("title"),
            provenance=self.lexical.provenance(node),
            where=node.where,
        )

    def _payload(self, name: str, node: Node, content_type: str) -> Schema:
        """The schema; what cannot be read is noted, and says nothing."""
        payload, stated = self.reader.payload(node)
        nothing = Schema(node.where, self.reader.flavour().dialect, provenance=self.lexical.provenance(node))
        flavour = self.reader.flavour()
        try:
            flavour = dialects.of_format(stated, flavour) if stated is not None else flavour
            flavour = flavour.on_wire(frames_of(content_type))
            schema = self.expander.expand(payload, flavour) if payload is not node else nothing
        except dialects.UnreadableFormat as problem:
            self.unreadable.append(problem)
            self._not_read(
                name, problem.node.where, f"its schema format {problem.node.value} is not supported"
            )
            says = f"{name} is as its schema says: {problem.reason}."
            self.book.rule((name, "schemaFormat"), says, problem.node, subject=name)
            return nothing
        if not frames_of(content_type):
            place = node.get("contentType") or self.root.get("defaultContentType") or node
            self._not_read(name, place.where, f"its content type {content_type} is not supported")
        elif (unusable := unusable_pattern(schema)) is not None:
            self.unreadable.append(unusable)
            self._not_read(name, unusable.at, f"its {unusable.reason}")
        return schema

    def _not_read(self, name: str, where: Where, why: str) -> None:
        self.unread[name] = f"{name} cannot be read: {why}"
        self.references.notes.append(Note("unread-message", where, self.unread[name]))

    def _commands(self) -> Iterable[tuple[str, Operation]]:
        for each in self.sent:
            if each.action != RECEIVE:
                continue
            for message in each.messages:
                if message in self.unread:
                    continue
                name = each.name if len(each.messages) == 1 else f"{each.name}.{message}"
                self.sources[name] = Stated(each.node, self.nodes[message])
                yield name, self._command(name, message, each)

    def _command(self, name: str, message: str, each: Sent) -> Operation:
        return Operation(
            name=name,
            service=self.name,
            message=message,
            replies=tuple(reply for reply in each.replies if reply not in self.unread),
            schemes=self._schemes(name, each.node),
            summary=each.node.text("summary") or each.node.text("title"),
            provenance=self.lexical.provenance(each.node),
            where=each.node.where,
        )

    def _schemes(self, name: str, node: Node) -> tuple[str, ...]:
        """Who may send a command: as the extension says, which knows single commands, else the standard."""
        stated = self.sources[name].get("security")
        if stated is None:
            return self.security.alternatives(node)
        known = dict(self.root.named("components", "securitySchemes"))
        for each in stated.elements():
            if each.value not in known:
                raise each.refuse(
                    f"there is no security scheme {each.value!r}", hint=nearest(str(each.value), known)
                )
        return tuple(str(each.value) for each in stated.elements())

    def _credentials(self, targets: Targets, shares: Shares) -> Iterable[tuple[str, Credential]]:
        for name, node in self.root.named("components", "securitySchemes"):
            scheme = self.references.resolve(node)
            stated = scheme.get(EXTENSION, "credential")
            if stated is not None and not shares.has([stated.get("operation"), stated.get("success")]):
                continue
            made = credential(scheme, name, targets, self.book)
            if made is not None:
                yield name, made

    def _servers(self, servers: Sequence[Server]) -> Iterable[Server]:
        """The servers that our channels are on: all, unless each of them names some."""
        named = {name for each in self.group.channels for name in each.servers}
        if not self.group.channels or any(not each.servers for each in self.group.channels):
            named = {each.name for each in servers}
        nodes = {name: self.references.resolve(node) for name, node in self.root.named("servers")}
        return [
            replace(each, security=self.security.asked(nodes[each.name]))
            for each in servers
            if each.name in named
        ]

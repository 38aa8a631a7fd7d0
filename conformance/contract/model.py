"""The frozen model of everything the documents promise together.

One model for all document families and versions: an adapter a family (``asyncapi.py``,
``openapi.py``) fills it, and everything behind it knows only these types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from conformance.contract.carried import Carried, Handshake
from conformance.contract.clause import Clause
from conformance.contract.marks import Mark
from conformance.contract.rules import MessageRule, Rules, Source
from conformance.contract.schema import EMPTY, Provenance, Schema
from conformance.documents.files import SourceFile
from conformance.documents.notes import Applied, Note
from conformance.documents.tree import Tree
from conformance.documents.where import NOWHERE, Where


class Protocol(StrEnum):
    """What a service speaks."""

    WEBSOCKET = "websocket"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a server's address: what it is unless somebody says otherwise, and what it may be.

    ``default`` is '' when the document gives none; nothing ``allowed`` means anything is.
    """

    default: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """An address from a document. ``stated`` is what the document states of the target at that address.

    ``security`` are the alternatives that it asks for when a session is opened, by one scheme each;
    ``carried.NOBODY`` among them: it takes sessions without any; empty: it asks for none. ``template`` is
    the address with its ``variables`` in braces, '' when it has none. ``alias_of`` names the server of whose
    environment this is another address, '' for none.
    """

    name: str
    url: str
    description: str = ""
    alias_of: str = ""
    stated: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    where: Where = NOWHERE
    security: tuple[str, ...] = ()
    template: str = ""
    variables: Mapping[str, Variable] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a WebSocket service.

    ``sent_by_target`` / ``sent_by_client`` tell who may send it; ``event``, that the target may send it
    without having been asked (an operation with ``action: send`` lists it). ``marks`` are the constants that
    tell it from others: pointer -> the values allowed there; ``likely``, of a message without marks,
    constants that may be absent; ``signs``, what else tells it apart where constants do not.
    ``correlation`` is the pointer of its correlation id ('' when it has none).
    ``secrets`` are pointers of values that must never be recorded.
    """

    name: str
    service: str
    content_type: str
    payload: Schema
    sent_by_target: bool
    sent_by_client: bool
    event: bool = False
    marks: Mapping[str, tuple[object, ...]] = field(default_factory=lambda: MappingProxyType({}))
    likely: Mapping[str, tuple[object, ...]] = field(default_factory=lambda: MappingProxyType({}))
    signs: tuple[Mark, ...] = ()
    correlation: str = ""
    rules: tuple[MessageRule, ...] = ()
    examples: tuple[object, ...] = ()
    secrets: tuple[str, ...] = ()
    summary: str = ""
    provenance: Provenance = Provenance.PUBLISHED
    where: Where = NOWHERE


@dataclass(frozen=True, slots=True)
class Credential:
    """How a security scheme is used in band: which operation carries it, where, what accepts it.

    ``issued_by``/``issued_at``: the operation whose reply holds such a credential, and where ('' if none).
    ``grants_at`` and ``life_at`` are where its command says what the credential may do and how long it is
    good; the value called ``brief``, stated of a target, makes a life of ``brief_ms``. ``revoked_by`` is the
    operation that makes it worthless.
    """

    scheme: str
    operation: str
    location: str
    success: str
    permissions: str = ""
    refusal: str | int = ""
    issued_by: str = ""
    issued_at: str = ""
    grants_at: str = ""
    life_at: str = ""
    brief: str = ""
    brief_ms: int = 0
    revoked_by: str = ""
    where: Where = NOWHERE
    provenance: Provenance = Provenance.PUBLISHED
    clauses: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # success, failure, secret, permissions


@dataclass(frozen=True, slots=True)
class Operation:
    """A command of a WebSocket service and its documented replies (message names).

    ``schemes`` are alternatives; empty: no authentication needed. ``narrowed`` is the one documented
    reply where the document narrows it: pointer -> value in the message ``replies[0]``. ``correlates`` maps a
    reply message to {pointer: templates}. ``unknown`` maps a pointer in the command to (source value
    name, code) for values that fit the schema and do not exist. ``changes_state`` is guessed with care unless
    ``effects_stated``.
    ``clauses``: reply, correlation, within, security, permissions, unknown-<word>.
    """

    name: str
    service: str
    message: str
    replies: tuple[str, ...]
    schemes: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    within_ms: int = 0
    changes_state: bool = False
    effects_stated: bool = False
    narrowed: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    correlates: Mapping[str, Mapping[str, tuple[object, ...]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    unknown: Mapping[str, tuple[str, str | int]] = field(default_factory=lambda: MappingProxyType({}))
    summary: str = ""
    provenance: Provenance = Provenance.PUBLISHED
    where: Where = NOWHERE
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Sending:
    """An operation by which the target sends messages without being asked."""

    name: str
    messages: tuple[str, ...]
    where: Where = NOWHERE


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a request (``place``: path, query, header, cookie) or a header of an answer.

    ``style`` is how its value is written, ``exploded`` whether each part of it is by itself.
    """

    name: str
    place: str
    required: bool = False
    schema: Schema | None = None
    where: Where = NOWHERE
    clause: str = ""
    style: str = ""
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What an HTTP operation takes: media type -> schema."""

    required: bool
    content: Mapping[str, Schema]
    where: Where = NOWHERE
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A documented answer of an HTTP operation. ``status`` as the document has it: ``200``, ``5XX`` …."""

    status: str
    content: Mapping[str, Schema]
    where: Where = NOWHERE
    headers: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class HttpOperation:
    """A method on a path. ``schemes`` are alternatives, empty: none is needed. ``clauses``: status,
    content-type."""

    name: str
    service: str
    method: str
    path: str
    responses: tuple[Response, ...]
    parameters: tuple[Parameter, ...] = ()
    body: RequestBody | None = None
    rules: tuple[MessageRule, ...] = ()
    schemes: tuple[str, ...] = ()
    summary: str = ""
    provenance: Provenance = Provenance.PUBLISHED
    where: Where = NOWHERE
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Service:
    """One address's promises: a WebSocket service, or the HTTP service of a document.

    ``document`` is the name of the document, ``file`` its file as shown to people, ``path`` where that really
    is. ``address`` is the path (``template``, its ``parameters`` at the values that the document knows), in
    which parameters that nobody knows still stand in braces; ``allowed`` are the only values of a parameter.
    ``unread`` tells of each message that cannot be read, and is not among ``messages``, why. ``handshakes``
    are the schemes whose credentials the opening of a session carries, ``carried`` the other values that it
    does.
    """

    name: str
    protocol: Protocol
    title: str
    version: str
    file: str
    sha256: str
    path: str = ""
    document: str = ""
    address: str = "/"
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    servers: tuple[Server, ...] = ()
    messages: Mapping[str, Message] = field(default_factory=lambda: MappingProxyType({}))
    unread: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    operations: Mapping[str, Operation] = field(default_factory=lambda: MappingProxyType({}))
    sendings: tuple[Sending, ...] = ()
    credentials: Mapping[str, Credential] = field(default_factory=lambda: MappingProxyType({}))
    handshakes: Mapping[str, Handshake] = field(default_factory=lambda: MappingProxyType({}))
    carried: tuple[Carried, ...] = ()
    http: tuple[HttpOperation, ...] = ()
    rules: Rules = field(default_factory=Rules)
    provenance: Provenance = Provenance.PUBLISHED
    where: Where = NOWHERE

    def from_target(self) -> Iterator[Message]:
        """The messages that the target may send."""
        return (message for message in self.messages.values() if message.sent_by_target)


@dataclass(frozen=True, slots=True)
class Contract:
    """All services and all clauses. Clause ids are unique; ``clauses`` keeps the documents' order.

    ``notes`` is what was noticed while the documents were read; ``overlays`` those that changed them;
    ``scenarios`` the scenario files as they were read; ``files`` all files that something was read from.
    """

    services: Mapping[str, Service]
    clauses: Mapping[str, Clause]
    notes: tuple[Note, ...] = ()
    overlays: tuple[Applied, ...] = ()
    scenarios: tuple[Tree, ...] = ()
    files: tuple[SourceFile, ...] = ()

    def source_of(self, value: str) -> Source | None:
        """The source that gives the value of that name, or None."""
        for service in self.services.values():
            for source in service.rules.sources:
                if value in source.values:
                    return source
        return None

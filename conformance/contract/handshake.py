"""Security Scheme Objects and ``ws`` bindings -> what the opening of a session carries.

A scheme whose extension names a command (``x-conformance.credential``) is used in band and is not read here.
Security is a list of alternatives, each a scheme (AsyncAPI 3: "Only one of the security scheme objects need
to be satisfied") or an object with names of schemes that are all needed (AsyncAPI 2.6.0 and OpenAPI 3.1,
"Security Requirement Object").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.carried import NOBODY, Carried, Handshake, Place
from conformance.contract.clauses import Book
from conformance.contract.ignored import ANNOTATIONS
from conformance.documents.notes import Note
from conformance.documents.pointers import split
from conformance.documents.references import References, is_reference
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node
from conformance.documents.versions import METHODS

CHALLENGED = frozenset(
    {"digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "ntlm", "scram-sha-1", "scram-sha-256", "vapid"}
)
"""HTTP authentication schemes whose credential is made anew from a challenge, a key or each request."""

TRANSPORTED = ("http", "X509", "mutualTLS")
"""Types whose credential is demanded before a session is open, by HTTP or TLS, though we may have none."""

TOKENS = ("oauth2", "openIdConnect")
NOT_CARRIED = {
    "userPassword": "userPassword is for protocols with a user and a password of their own: "
    "over HTTP that is the type http with the scheme basic",
    "apiKey": "apiKey in user or password is for other protocols: over HTTP that is the type httpApiKey",
    "X509": "client certificates are not supported",
    "mutualTLS": "client certificates are not supported",
}

OWN_HEADERS = frozenset(
    {
        *("host", "connection", "upgrade", "content-length", "transfer-encoding"),
        *("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-accept"),
    }
)
"""Headers that the handshake itself makes (RFC 6455, 4.1), whatever a document says of them."""


class Security:
    """The schemes of one document that are carried by a request, and who asks for which."""

    def __init__(self, root: Node, references: References, book: Book) -> None:
        self.handshakes: dict[str, Handshake] = {}
        self.in_band: set[str] = set()
        self._references, self._book = references, book
        self._nodes: dict[str, Node] = {}
        self._foreign: set[str] = set()
        self._upgrades = root.get("asyncapi") is not None
        for name, node in root.named("components", "securitySchemes"):
            self._scheme(name, references.resolve(node))
        holders = list(_holders(root, references))
        for holder in holders:
            for requirement in self._requirements(holder):
                self._together(requirement)
        servers = [references.resolve(node) for _, node in root.named("servers")]
        self._promise(demanded=any(each and NOBODY not in each for each in map(self.asked, servers)))
        self._tell_foreign(servers)

    def asked(self, holder: Node) -> tuple[str, ...]:
        """The alternatives of ``security`` there that a request carries; () when it asks for none.

        Each is the name of one scheme, with which others may go together; ``NOBODY``: a request needs none,
        be it that nobody has to be known, that who it is is told in band, or that no handshake carries it.
        """
        names: dict[str, None] = {}
        for requirement in self._requirements(holder):
            carried = [name for name in requirement if name in self.handshakes and name not in self._foreign]
            names[carried[0] if carried else NOBODY] = None
        return () if set(names) == {NOBODY} else tuple(names)

    def alternatives(self, holder: Node) -> tuple[str, ...]:
        """The schemes of an operation, in band or not, any of which will do; () when none is needed."""
        names: dict[str, None] = {}
        for requirement in self._requirements(holder):
            if not requirement:
                return ()
            # One that is used in band has a command of its own; what goes together with it is carried.
            names[next((name for name in requirement if name in self.in_band), requirement[0])] = None
        return tuple(names)

    def _requirements(self, holder: Node) -> Iterator[tuple[str, ...]]:
        for each in holder.listed("security"):
            if is_reference(each):
                name = split(each.text("$ref").partition("#")[2])[-1:] or [each.text("$ref")]
                self._scheme(name[0], self._references.resolve(each))
                yield (name[0],)
            elif each.text("type"):
                name = [each.text("name") or each.text("type")]
                self._scheme(name[0], each)
                yield (name[0],)
            else:
                for name_, node in each.items():
                    self._known(name_, node)
                yield tuple(name_ for name_, _ in each.items())

    def _known(self, name: str, node: Node) -> None:
        if name in self.handshakes or name in self.in_band:
            return
        self.handshakes[name] = Handshake(
            name, impossible="the document does not say what it is", where=node.where
        )
        says = f"No security scheme is called {name!r}: what is secured by it cannot be tried."
        self._references.notes.append(Note("unknown-security-scheme", node.where, says))

    def _together(self, requirement: tuple[str, ...]) -> None:
        """Schemes of one requirement go together."""
        carried = [name for name in requirement if name in self.handshakes]
        for name in carried:
            known = self.handshakes[name]
            others = dict.fromkeys((*known.together, *(each for each in carried if each != name)))
            self.handshakes[name] = replace(known, together=tuple(others))

    def _scheme(self, name: str, node: Node) -> None:
        if name in self.handshakes or name in self.in_band:
            return
        status = node.get(EXTENSION, "upgrade", "refusal")
        if node.get(EXTENSION, "credential") is not None:
            self.in_band.add(name)
            self._idle(name, status, "a command carries it, and the upgrade nothing of it")
            return
        made = replace(read(name, node), where=node.where, provenance=self._book.lexical.provenance(node))
        if made.impossible or not self._upgrades:
            self._idle(name, status, made.impossible or "no upgrade is described here")
        elif status is not None and isinstance(status.value, int):
            made = replace(made, refusal=status.value)
            self._nodes[name] = status
        self.handshakes[name] = made
        if made.impossible and node.text("type") not in TRANSPORTED:
            self._foreign.add(name)

    def _tell_foreign(self, servers: Iterable[Node]) -> None:
        """A scheme of another protocol can be no condition of a handshake, whatever a server asks for."""
        told: set[str] = set()
        for server in servers:
            for requirement in self._requirements(server):
                for name in sorted({*requirement} & self._foreign - told):
                    told.add(name)
                    says = (
                        f"sessions are opened without a {name}, which a server asks for and no handshake "
                        f"carries: {self.handshakes[name].impossible}"
                    )
                    self._references.notes.append(Note("foreign-scheme", server.where, says, loud=True))

    def _idle(self, name: str, status: Node | None, why: str) -> None:
        if status is not None:
            says = f"How an upgrade without a {name} is refused cannot be tried: {why}."
            self._references.notes.append(Note("idle-upgrade", status.where, says))

    def _promise(self, *, demanded: bool) -> None:
        """The clauses of the schemes whose refusal is promised."""
        for name, node in self._nodes.items():
            known = self.handshakes[name]
            status = f"refused with HTTP {known.refusal}"
            promised = {"wrong": f"An upgrade with a wrong {name} is {status}."}
            if demanded:
                promised["without"] = f"An upgrade without a {name} is {status}."
            clauses = {
                key: self._book.rule(("credentials", name, "upgrade", key), says, node)
                for key, says in promised.items()
            }
            self.handshakes[name] = replace(known, clauses=MappingProxyType(clauses))


def read(name: str, node: Node) -> Handshake:
    """Where a credential of this scheme is carried, or why none can be."""
    kind, place = node.text("type"), node.text("in")
    if kind in ("httpApiKey", "apiKey") and place in tuple(Place):
        return Handshake(name, Place(place), node.text("name"))
    if kind == "http":
        scheme = node.text("scheme")
        if scheme.lower() in CHALLENGED:
            return Handshake(
                name, impossible=f"HTTP {scheme} is not supported: bearer, basic and the like are"
            )
        return Handshake(name, prefix=scheme.capitalize() if scheme.islower() else scheme)
    if kind in TOKENS:
        return Handshake(name, prefix="Bearer")
    why = NOT_CARRIED.get(kind, f"the type {kind} is of another protocol and has no place in a handshake")
    return Handshake(name, impossible=why)


def carried(channels: Iterable[Node], references: References) -> tuple[Carried, ...]:
    """What the ``ws`` bindings of these channels ask for, each place and name once."""
    found: dict[tuple[Place, str], Carried] = {}
    for channel in channels:
        bindings = references.resolve(channel).get("bindings")
        binding = references.resolve(bindings).get("ws") if bindings is not None else None
        if binding is None:
            continue
        binding = references.resolve(binding)
        method = binding.get("method")
        if method is not None and method.value != "GET":
            says = f"A session is opened by GET (RFC 6455, 4.1), whatever method is stated: {method.value!r}."
            references.notes.append(Note("handshake-method", method.where, says))
        for key, place in (("query", Place.QUERY), ("headers", Place.HEADER)):
            schema = binding.get(key)
            for each in _values(schema, place, references) if schema is not None else ():
                name = each.name.lower() if place is Place.HEADER else each.name
                if name not in OWN_HEADERS or place is not Place.HEADER:
                    found.setdefault((place, name), each)
    return tuple(found.values())


def _values(schema: Node, place: Place, references: References) -> Iterator[Carried]:
    schema = references.resolve(schema)
    required = {each.value for each in schema.listed("required")}
    for name, node in schema.named("properties"):
        own = references.resolve(node)
        yield Carried(
            place=place,
            name=name,
            required=name in required,
            value=_given_away(own),
            source=own.text(EXTENSION, "source"),
            secret=own.text("format") == "password",
            allowed=allowed_by(own),
            types=tuple(str(each.value) for each in own.listed("type"))
            or tuple(filter(None, [own.text("type")])),
            demands=MappingProxyType({key: each.value for key, each in own.items() if _demanded(key)}),
            where=node.where,
        )
    for part in schema.listed("allOf"):
        yield from _values(part, place, references)


def _demanded(keyword: str) -> bool:
    return keyword not in ANNOTATIONS | {"type", "enum", "const"} and not keyword.startswith("x-")


def _given_away(schema: Node) -> str | None:
    """The value that a schema gives away: its constant, its default, the first of its enum, an example."""
    for key in ("const", "default", "enum", "examples", "example"):
        node = schema.get(key)
        if node is None:
            continue
        value = node.value
        if key in ("enum", "examples"):
            value = value[0] if isinstance(value, list) and value else None
        shown = as_text(value)
        if shown is not None:
            return shown
    return None


def allowed_by(schema: Node) -> tuple[str, ...]:
    """The only texts that a constant or an enumeration leaves; () for any."""
    constant = schema.get("const")
    listed = [constant] if constant is not None else schema.listed("enum")
    return tuple(text for each in listed if (text := as_text(each.value)) is not None)


def as_text(value: object) -> str | None:
    """A value as a header or a query parameter writes it; None for what is no one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else None


def _holders(root: Node, references: References) -> Iterator[Node]:
    """Every object of a document that may have ``security``."""
    yield root
    for group in ("servers", "operations"):
        for _, node in root.named(group):
            resolved = references.resolve(node)
            yield resolved
            yield from (references.resolve(trait) for trait in resolved.listed("traits"))
    for _, channel in root.named("channels"):
        for key in ("publish", "subscribe"):
            operation = references.resolve(channel).get(key)
            if operation is not None:
                yield operation
                yield from (references.resolve(trait) for trait in operation.listed("traits"))
    for _, path in root.named("paths"):
        yield from (node for key, node in references.resolve(path).named() if key in METHODS)

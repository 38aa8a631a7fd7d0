"""What an OpenAPI document says of requests and of the headers of answers: promises that no case tries alone.

They are clauses with their reason, so that a ledger holds them and a comparison of two contracts sees them.
OpenAPI 3.1.0, "Parameter Object", "Request Body Object", "Header Object".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from conformance.contract.clause import Binds
from conformance.contract.clauses import Book, Subject
from conformance.contract.dialects import Flavour
from conformance.contract.digest import unordered
from conformance.contract.expand import Expander
from conformance.contract.model import Parameter, RequestBody
from conformance.contract.patterns import usable
from conformance.contract.schema import Schema
from conformance.documents.references import References
from conformance.documents.tree import Node

GENERATED = "requests are made by Schemathesis as a whole, and no single one shows who keeps this"
UNREAD = "of the headers of an answer only the content type is read"
NO_SERVER = "the suite is no server: it awaits no request of the target"
IDLE = "it says how answers and requests may be put together, and demands nothing of either"
OPEN = "no request is made without the credentials that it asks for"
STANDARD = frozenset({"content-type"})
FORMS = frozenset({"query", "cookie"})
"""Where the style ``form`` is the default, elsewhere ``simple`` (OpenAPI 3.1.0, "Parameter Object")."""


class Requests:
    """Reads what one document says of requests, and enters it into the book."""

    def __init__(self, expander: Expander, references: References, book: Book, flavour: Flavour) -> None:
        self.expander, self.references, self.book, self.flavour = expander, references, book, flavour

    def parameters(self, name: str, item: Node, operation: Node) -> tuple[Parameter, ...]:
        """The parameters of an operation, its own before those of its path."""
        made: dict[tuple[str, str], Parameter] = {}
        for each in (*operation.listed("parameters"), *item.listed("parameters")):
            node = self.references.resolve(each)
            place = (node.text("in"), node.text("name"))
            if place not in made:
                words = (name, "parameters", *place)
                about = f"the {place[0]} parameter {place[1]} of {name}"
                made[place] = self._parameter(words, about, node, Binds.CLIENT, GENERATED)
        return tuple(made.values())

    def body(self, name: str, operation: Node) -> RequestBody | None:
        """The request body of an operation, None without one."""
        given = operation.get("requestBody")
        if given is None:
            return None
        node = self.references.resolve(given)
        required = node.get("required")
        contents = self._contents((name, "request"), f"the request body of {name}", node)
        demanded = required is not None and required.value is True
        says = (
            f"{name} takes a body ({', '.join(contents) or 'of any type'}){', always' if demanded else ''}."
        )
        clause = self.book.rule(
            (name, "request", "body"), says, given, subject=name, binds=Binds.CLIENT, unenforceable=GENERATED,
            value=(sorted(contents), demanded),
        )  # fmt: skip
        return RequestBody(demanded, MappingProxyType(contents), given.where, clause)

    def headers(self, operation: str, status: str, response: Node) -> Mapping[str, Parameter]:
        """The headers of an answer, but those that HTTP itself rules."""
        given = response.get("headers")
        return MappingProxyType(
            {
                name: self._parameter(
                    (operation, status, "headers", name),
                    f"the header {name} of the {status} answer of {operation}",
                    self.references.resolve(each),
                    Binds.TARGET,
                    UNREAD,
                    name,
                )
                for name, each in (given.items() if given is not None else ())
                if name.lower() not in STANDARD
            }
        )

    def beside(self, name: str, operation: Node, root: Node) -> None:
        """What else an operation states: who may use it, callbacks, links."""
        secured = operation.get("security") or root.get("security")
        groups = [[key for key, _ in each.items()] for each in secured.elements()] if secured else []
        if secured is not None and groups and all(groups):
            ways = " or ".join(" and ".join(group) for group in groups)
            self._unheld((name, "security"), f"{name} wants {ways}.", secured, name, OPEN, unordered(groups))
        for event, each in operation.named("callbacks"):
            says = f"{name} is followed by the callback {event}."
            self._unheld((name, "callbacks", event), says, each, name, NO_SERVER)
        for status, response in operation.named("responses"):
            for link, each in self.references.resolve(response).named("links"):
                says = f"The {status} answer of {name} leads to {link}."
                self._unheld((name, status, "links", link), says, each, name, IDLE)

    def webhooks(self, root: Node) -> None:
        """Requests that the target makes (OpenAPI 3.1.0, "OpenAPI Object", ``webhooks``)."""
        for name, node in root.named("webhooks"):
            self._unheld(("webhooks", name), f"The target calls the webhook {name}.", node, "", NO_SERVER)

    def _unheld(
        self, words: tuple[str, ...], says: str, node: Node, subject: str, why: str, value: object = None
    ) -> None:
        self.book.rule(words, says, node, subject=subject, unenforceable=why, value=value)

    def _parameter(
        self, words: tuple[str, ...], about: str, node: Node, binds: Binds, why: str, name: str = ""
    ) -> Parameter:
        required, schema = node.get("required"), node.get("schema")
        demanded = required is not None and required.value is True
        end = "is always given" if demanded else "may be given"
        clause = self.book.rule(
            words, f"{about[0].upper()}{about[1:]} {end}.", node, subject=words[0], binds=binds,
            unenforceable=why,
        )  # fmt: skip
        made = (
            self._schema(schema, Subject(words, about, binds, why))
            if schema is not None
            else next(iter(self._contents(words, about, node, binds, why).values()), None)
        )
        place, explode = node.text("in"), node.get("explode")
        style = node.text("style") or ("form" if place in FORMS else "simple")
        exploded = style == "form" if explode is None else explode.value is True
        return Parameter(
            name or node.text("name"), place, demanded, made, node.where, clause, style, exploded
        )

    def _contents(
        self,
        words: tuple[str, ...],
        about: str,
        node: Node,
        binds: Binds = Binds.CLIENT,
        why: str = GENERATED,
    ) -> dict[str, Schema]:
        return dict(self._media(words, about, node, binds, why))

    def _media(
        self, words: tuple[str, ...], about: str, node: Node, binds: Binds, why: str
    ) -> Iterator[tuple[str, Schema]]:
        for media, content in node.named("content"):
            schema = content.get("schema")
            if schema is None:
                yield media, Schema(content.where, self.flavour.dialect)
            else:
                yield media, self._schema(schema, Subject(words, about, binds, why))

    def _schema(self, node: Node, subject: Subject) -> Schema:
        return self.book.schema(usable(self.expander.expand(node, self.flavour)), subject)

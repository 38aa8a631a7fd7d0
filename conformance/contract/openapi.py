"""OpenAPI 3.0 and 3.1 -> ``Service``: operations, their responses and the rules of the document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.clauses import Book, Subject, slug
from conformance.contract.dialects import OPENAPI30, OPENAPI31, of_schema
from conformance.contract.expand import Expander
from conformance.contract.extensions import message_rules
from conformance.contract.handshake import Security
from conformance.contract.lexical import Lexical
from conformance.contract.model import HttpOperation, Protocol, Response, Service
from conformance.contract.patterns import usable
from conformance.contract.requests import Requests
from conformance.contract.rules import HttpRules, Rules
from conformance.contract.schema import Schema
from conformance.contract.sentences import shown
from conformance.contract.servers import openapi_servers
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node, Tree
from conformance.documents.versions import METHODS, Family


def openapi_service(tree: Tree, family: Family, name: str, references: References) -> tuple[Service, Book]:
    """The service that an OpenAPI document promises, and its clauses.

    Raises DocumentError for what does not resolve or names what does not exist.
    """
    return _Reader(tree, family, name, references).service()


class _Reader:
    def __init__(self, tree: Tree, family: Family, name: str, references: References) -> None:
        self.tree, self.root, self.name = tree, tree.root, name
        self.references, self.lexical = references, Lexical()
        self.expander = Expander(self.references, self.lexical)
        self.book = Book(name, self.lexical)
        self.flavour = OPENAPI30 if family is Family.OPENAPI30 else OPENAPI31
        dialect = self.root.get("jsonSchemaDialect")
        if (
            dialect is not None
            and self.flavour is OPENAPI31
            and "spec.openapis.org" not in str(dialect.value)
        ):
            self.flavour = of_schema(self.root, self.flavour, "jsonSchemaDialect")
        self.requests = Requests(
            self.expander, self.references, self.book, replace(self.flavour, use="request")
        )

    def service(self) -> tuple[Service, Book]:
        self.security = Security(self.root, self.references, self.book)
        operations = tuple(self.operations())
        self.requests.webhooks(self.root)
        made = Service(
            name=self.name,
            protocol=Protocol.HTTP,
            title=self.root.text("info", "title"),
            version=self.root.text("info", "version"),
            file=self.tree.file,
            sha256=self.tree.sha256,
            servers=tuple(openapi_servers(self.root, self.references)),
            handshakes=MappingProxyType(self.security.handshakes),
            http=operations,
            rules=self.rules(),
            provenance=self.lexical.provenance(self.root),
            where=self.root.where,
        )
        return made, self.book

    def operations(self) -> Iterator[HttpOperation]:
        for path, item in self.root.named("paths"):
            resolved = self.references.resolve(item)
            for method, node in resolved.named():
                if method in METHODS:
                    yield self.operation(path, method, node, resolved)

    def operation(self, path: str, method: str, node: Node, item: Node) -> HttpOperation:
        name = node.text("operationId") or slug(method + path.replace("/", "-"))
        statuses = node.named("responses")
        known = ", ".join(status for status, _ in statuses)
        clauses = {
            "status": self.book.rule(
                (name, "status"),
                f"{method.upper()} {path} is answered with a documented status ({known}).",
                node.get("responses") or node,
                subject=name,
                value=(method, path, sorted(status for status, _ in statuses)),
            )
        }
        responses = tuple(self.response(name, status, each) for status, each in statuses)
        if any(each.content for each in responses):
            says = f"A body of {method.upper()} {path} has a documented content type."
            clauses["content-type"] = self.book.rule(
                (name, "content-type"), says, node.get("responses") or node, subject=name,
                value={each.status: sorted(each.content) for each in responses},
            )  # fmt: skip
        bodies = tuple(schema for each in responses for schema in each.content.values())
        self.requests.beside(name, node, self.root)
        return HttpOperation(
            name=name,
            service=self.name,
            method=method.upper(),
            path=path,
            responses=responses,
            parameters=self.requests.parameters(name, item, node),
            body=self.requests.body(name, node),
            # OpenAPI 3.1, "Operation Object": it "overrides any declared top-level security".
            schemes=self.security.asked(node if node.get("security") is not None else self.root),
            rules=message_rules(node, _any_of(bodies), name, self.book) if bodies else (),
            summary=node.text("summary"),
            provenance=self.lexical.provenance(node),
            where=node.where,
            clauses=MappingProxyType(clauses),
        )

    def response(self, operation: str, status: str, node: Node) -> Response:
        resolved = self.references.resolve(node)
        content: dict[str, Schema] = {}
        for media, body in resolved.named("content"):
            schema = body.get("schema")
            if schema is not None:
                expanded = usable(self.expander.expand(schema, replace(self.flavour, use="response")))
                content[media] = self.book.schema(
                    expanded, Subject((operation, status), f"the {status} body of {operation}")
                )
            else:
                content[media] = Schema(
                    body.where, self.flavour.dialect, provenance=self.lexical.provenance(body)
                )
        headers = self.requests.headers(operation, status, resolved)
        return Response(status, MappingProxyType(content), node.where, headers)

    def rules(self) -> Rules:
        paths = self.root.get("paths") or self.root
        clauses = {
            "schemathesis": self.book.rule(
                ("http", "schemathesis"), "Generated requests are answered as the document says.", paths
            )
        }
        extension = self.root.get(EXTENSION)
        if extension is None:
            return Rules(http=HttpRules(clauses=MappingProxyType(clauses)))

        def clause(name: str, says: str) -> Node | None:
            node = extension.get(name.replace("-", "_"))
            if node is not None and node.value is not False:
                clauses[name] = self.book.rule(("http", name), says, node)
                return node
            return None

        status = {key: extension.get(key, "status") for key in ("methods", "paths", "upgrade")}
        number = {
            key: node.value if node is not None and isinstance(node.value, int) else 0
            for key, node in status.items()
        }
        header, upgrade = extension.text("methods", "header"), extension.text("upgrade", "path")
        carrying = f" and the header {header}" if header else ""
        clause("methods", f"Undocumented methods are answered with {number['methods']}{carrying}.")
        clause("paths", f"Undocumented paths are answered with {number['paths']}.")
        head = clause("head", "HEAD is answered as GET is, without a body.")
        clause("upgrade", f"A plain GET of {upgrade} is answered with {number['upgrade']}.")
        service = extension.text("not_exposed", "service")
        clause("not-exposed", f"No command of {shown(service)} can be reached over HTTP.")
        refusals = [each.value for each in extension.listed("not_exposed", "statuses")]
        rules = HttpRules(
            methods_status=number["methods"],
            methods_header=header,
            paths_status=number["paths"],
            head=head is not None,
            upgrade_path=upgrade,
            upgrade_status=number["upgrade"],
            not_exposed_service=service,
            not_exposed_statuses=tuple(each for each in refusals if isinstance(each, int)),
            clauses=MappingProxyType(clauses),
        )
        raw = {key: node.value for key, node in self.root.named(EXTENSION)}
        return Rules(http=rules, raw=MappingProxyType(raw))


def _any_of(bodies: tuple[Schema, ...]) -> Schema:
    """One schema for pointers that may lead into any of these bodies."""
    return bodies[0] if len(bodies) == 1 else Schema(bodies[0].where, bodies[0].dialect, any_of=bodies)

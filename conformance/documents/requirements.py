"""What the parts of a document say of each other: names that lead to something, values that are allowed."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.documents.notes import Note
from conformance.documents.references import is_reference, nearest
from conformance.documents.sentences import show
from conformance.documents.tree import Node
from conformance.documents.versions import METHODS, Family
from conformance.errors import DocumentError

SCOPED = ("oauth2", "openIdConnect")
"""The types of scheme whose requirement lists scopes."""


def unmet(root: Node, family: Family) -> Iterator[DocumentError | Note]:
    """What in a document of this family contradicts another part of it."""
    match family:
        case Family.ASYNCAPI2:
            yield from _securities(root)
            yield from _variables(root)
        case Family.ASYNCAPI3:
            yield from _variables(root)
        case Family.OPENAPI30 | Family.OPENAPI31:
            yield from _operation_ids(root)


def _securities(root: Node) -> Iterator[DocumentError]:
    """Requirements that name no scheme, and those that list scopes for a scheme that has none.

    AsyncAPI 2.6.0, "Security Requirement Object".
    """
    schemes = root.get("components", "securitySchemes")
    names = [name for name, _ in schemes.items()] if schemes is not None else []
    for holder in _holders(root):
        for requirement in holder.listed("security"):
            for name, scopes in requirement.items():
                scheme = schemes.get(name) if schemes is not None else None
                if scheme is None:
                    yield scopes.refuse(
                        f"{holder.pointer}/security names {name!r}, which is no security scheme",
                        expected="a name under components.securitySchemes",
                        hint=nearest(name, names),
                    )
                elif scopes.value and not is_reference(scheme) and scheme.text("type") not in SCOPED:
                    yield scopes.refuse(
                        f"{scopes.pointer} lists scopes, and {scheme.text('type')} has none",
                        expected="an empty list",
                    )


def _holders(root: Node) -> Iterator[Node]:
    """What may have a ``security`` of its own: servers, operations and their traits."""
    for place in (("servers",), ("components", "servers"), ("components", "operationTraits")):
        yield from (node for _, node in root.named(*place))
    for place in (("channels",), ("components", "channels")):
        for _, channel in root.named(*place):
            for action in ("publish", "subscribe"):
                operation = channel.get(action)
                if operation is not None:
                    yield operation
                    yield from operation.listed("traits")


def _variables(root: Node) -> Iterator[DocumentError]:
    """Defaults and examples of a server's variable that its ``enum`` leaves out."""
    servers = [*root.named("servers"), *root.named("components", "servers")]
    found = [each for _, server in servers for each in server.named("variables")]
    for _, variable in (*found, *root.named("components", "serverVariables")):
        allowed = {str(each.value) for each in variable.listed("enum")}
        default = variable.get("default")
        for each in (*([default] if default is not None else ()), *variable.listed("examples")):
            if allowed and str(each.value) not in allowed:
                yield each.refuse(
                    f"{each.pointer} is {show(each.value)}, which {variable.pointer}/enum does not list",
                    expected="one of " + ", ".join(sorted(allowed)),
                )


def _operation_ids(root: Node) -> Iterator[Note]:
    """An ``operationId`` that is given twice (OpenAPI 3.1.1, "Operation Object"): generators make such."""
    given: dict[str, Node] = {}
    for _, item in root.named("paths"):
        for method, operation in item.items():
            name = operation.text("operationId") if method in METHODS else ""
            other = given.setdefault(name, operation) if name else operation
            if other is not operation:
                at = operation.get("operationId") or operation
                says = f"the operationId {name} is that of {other.pointer}, too"
                yield Note("operation-id-twice", at.where, says, loud=True)

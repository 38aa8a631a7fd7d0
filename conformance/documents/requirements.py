"""Security requirements of AsyncAPI 2: each names a scheme of the document.

2.6.0, "Security Requirement Object".
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.documents.references import is_reference, nearest
from conformance.documents.tree import Node
from conformance.errors import DocumentError

SCOPED = ("oauth2", "openIdConnect")
"""The types of scheme whose requirement lists scopes."""


def unmet(root: Node) -> Iterator[DocumentError]:
    """Requirements that name no scheme, and those that list scopes for a scheme that has none."""
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

"""Server Objects -> addresses, their variables at their defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from conformance.contract.clauses import slug
from conformance.contract.model import Server, Variable
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node

HOLE = re.compile(r"\{[^{}]+\}")


def openapi_servers(root: Node, references: References) -> Iterator[Server]:
    """Servers of an OpenAPI document, named by ``x-conformance.name``, else by their address.

    Raises DocumentError for one that is to be an alias.
    """
    for node in root.listed("servers"):
        url = filled(node.text("url"), node, "variables", references)
        name = node.text(EXTENSION, "name") or slug(url.partition("://")[2] or url)
        if (alias := node.get(EXTENSION, "alias_of")) is not None:
            raise alias.refuse(
                "an OpenAPI server is no alias", hint="an HTTP service is asked at one address: leave it out"
            )
        yield server_of(name, node.text("url"), node, references)


def server_of(name: str, template: str, node: Node, references: References) -> Server:
    """A server at an address with variables, with what its node says of it."""
    variables: dict[str, Variable] = {}
    for key, value in known_values(node, "variables", references).items():
        allowed = references.resolve(node.get("variables", key) or node).listed("enum")
        variables[key] = Variable(value, tuple(str(each.value) for each in allowed))
    return Server(
        name=name,
        url=filled(template, node, "variables", references),
        template=template if HOLE.search(template) else "",
        variables=MappingProxyType(variables),
        description=node.text("description") or node.text("title"),
        alias_of=node.text(EXTENSION, "alias_of"),
        stated=MappingProxyType({key: child.value for key, child in node.named(EXTENSION)}),
        where=node.where,
    )


def filled(text: str, owner: Node, key: str, references: References) -> str:
    """The text with what the document knows of its ``{variables}``."""
    for name, value in known_values(owner, key, references).items():
        text = text.replace("{" + name + "}", value) if value else text
    return text


def known_values(owner: Node, key: str, references: References) -> dict[str, str]:
    """Variables or parameters: the default, else the first of the ``enum``, else the first example.

    Up to 2.6 a parameter has a ``schema`` that says so (2.6.0, "Parameter Object").
    """
    made: dict[str, str] = {}
    for name, node in owner.named(key):
        variable = references.resolve(node)
        schema = variable.get("schema")
        told = [variable, *([references.resolve(schema)] if schema is not None else [])]
        values = [each.get(word) for word in ("default", "const") for each in told]
        values += [value for word in ("enum", "examples") for each in told for value in each.listed(word)]
        plain = [str(each.value) for each in values if each is not None and isinstance(each.value, str | int)]
        made[name] = next(filter(None, plain), "")
    return made

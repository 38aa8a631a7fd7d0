"""Which JSON Schema dialect a payload is written in; never a library's default.

AsyncAPI 3.0.0 "Multi Format Schema Object" (``schemaFormat``), JSON Schema core (``$schema``),
OpenAPI 3.1 "Schema Object" (``jsonSchemaDialect``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from conformance.contract.schema import Dialect
from conformance.documents.tree import Node
from conformance.errors import DocumentError

DRAFT = re.compile(r"(2019-09|2020-12)|draft[-/]?0?(\d)(?!\d)")
DRAFTS = {"4": Dialect.DRAFT4, "5": Dialect.DRAFT4, "6": Dialect.DRAFT6, "7": Dialect.DRAFT7}
LATEST = re.compile(r"https?://json-schema\.org/schema#?")  # names no draft
ORDER = tuple(Dialect)
READABLE = "AsyncAPI, OpenAPI or JSON Schema (draft-04 to 2020-12) as schemaFormat"
FOREIGN = (
    ("avro", "Avro"),
    ("protobuf", "Protobuf"),
    ("raml", "RAML"),
    ("xsd", "XML Schema"),
    ("xml", "XML Schema"),
    ("smithy", "Smithy"),
    ("graphql", "GraphQL"),
    ("jtd", "JSON Type Definition"),
    ("cddl", "CDDL"),
)


class UnreadableFormat(DocumentError):
    """The ``schemaFormat`` of a payload names no JSON Schema that can be read; ``reason`` tells which."""

    def __init__(self, node: Node, reason: str) -> None:
        super().__init__(
            str(node.where), f"the schema format {node.value} is not supported: {reason}", expected=READABLE
        )
        self.node, self.reason = node, reason


@dataclass(frozen=True, slots=True)
class Flavour:
    """A dialect, and whether it is OpenAPI 3.0's variation of it (``nullable``); then what its use adds.

    ``raw``: the codec has bytes, and binary strings are bytes (MessagePack). ``use``: it is of a ``request``
    or a ``response`` ('' elsewhere). ``scope``: the dynamic anchors that outer schemas fixed, as (name, file,
    pointer).
    """

    dialect: Dialect
    openapi30: bool = False
    raw: bool = False
    use: str = ""
    scope: tuple[tuple[str, str, str], ...] = ()

    def since(self, dialect: Dialect) -> bool:
        """Whether this dialect is ``dialect`` or later."""
        return ORDER.index(self.dialect) >= ORDER.index(dialect)

    def within(self, around: Flavour) -> Flavour:
        """This dialect in the surroundings of the other."""
        return replace(self, raw=around.raw, use=around.use, scope=around.scope)

    def on_wire(self, frames: str) -> Flavour:
        """This dialect in messages of that kind of frames, ``binary`` or ``text``."""
        return replace(self, raw=frames == "binary")


ASYNCAPI3 = Flavour(Dialect.DRAFT7)
OPENAPI30 = Flavour(Dialect.DRAFT4, openapi30=True)
OPENAPI31 = Flavour(Dialect.DRAFT2020)


def of_format(node: Node, asyncapi: Flavour = ASYNCAPI3) -> Flavour:
    """The flavour that a ``schemaFormat`` names: AsyncAPI 3.0.0, "Multi Format Schema Object".

    Case, spaces, quotes and further parameters (RFC 2045, section 5.1) make no difference. Without a
    version it is OpenAPI 3.0, or the JSON Schema of AsyncAPI.

    Raises UnreadableFormat for what is not JSON Schema.
    """
    media, *parameters = (part.strip().lower() for part in str(node.value).split(";"))
    given = {
        name.strip(): text.strip(" \t'\"") for name, _, text in (each.partition("=") for each in parameters)
    }
    version = given.get("version", "")
    family = media.removesuffix("+json").removesuffix("+yaml")
    if family == "application/vnd.aai.asyncapi":
        if version[:1] in ("", "2", "3"):
            return asyncapi
        raise UnreadableFormat(node, f"AsyncAPI {version} is neither 2 nor 3")
    if family == "application/vnd.oai.openapi":
        if not version or version.startswith("3.0"):
            return OPENAPI30
        if version.startswith("3."):
            return OPENAPI31
        raise UnreadableFormat(node, f"OpenAPI {version} is not 3")
    if family == "application/schema":
        dialect = named(version) if version else asyncapi.dialect
        if dialect is None:
            raise UnreadableFormat(node, f"JSON Schema {version} is none of {', '.join(Dialect)}")
        return Flavour(dialect)
    foreign = next((name for word, name in FOREIGN if word in media), "")
    raise UnreadableFormat(node, f"{foreign} is no JSON Schema" if foreign else "it is not known")


def of_schema(node: Node, inherited: Flavour, key: str = "$schema") -> Flavour:
    """The flavour of a schema: its ``$schema``, else the inherited one. Raises DocumentError when unknown."""
    declared = node.get(key)
    if declared is None or not isinstance(declared.value, str):
        return inherited
    dialect = named(declared.value)
    if dialect is not None:
        return Flavour(dialect).within(inherited)
    if "openapi" in declared.value or "oas/" in declared.value:
        return OPENAPI31.within(inherited)
    if LATEST.fullmatch(declared.value):
        return inherited
    raise declared.refuse(
        f"the dialect {declared.value} is not supported",
        expected="a JSON Schema draft from draft-04 to 2020-12",
    )


def named(text: str) -> Dialect | None:
    """The dialect that a URI or a version names; None when it names none."""
    found = DRAFT.search(text)
    if found is None:
        return None
    return Dialect(found[1]) if found[1] else DRAFTS.get(found[2])

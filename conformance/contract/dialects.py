"""Which JSON Schema dialect a payload is written in; never a library's default.

AsyncAPI 3.0.0 "Multi Format Schema Object" (``schemaFormat``), JSON Schema core (``$schema``),
OpenAPI 3.1 "Schema Object" (``jsonSchemaDialect``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.contract.schema import Dialect
from conformance.documents.tree import Node

DRAFT = re.compile(r"(?:draft-)?(2019-09|2020-12)|draft-0?(\d+)")
DRAFTS = {"4": Dialect.DRAFT4, "6": Dialect.DRAFT6, "7": Dialect.DRAFT7}
ORDER = tuple(Dialect)
READABLE = "AsyncAPI, OpenAPI or JSON Schema (draft-04 to 2020-12) as schemaFormat"


@dataclass(frozen=True, slots=True)
class Flavour:
    """A dialect, and whether it is OpenAPI 3.0's variation of it (``nullable``)."""

    dialect: Dialect
    openapi30: bool = False

    def since(self, dialect: Dialect) -> bool:
        """Whether this dialect is ``dialect`` or later."""
        return ORDER.index(self.dialect) >= ORDER.index(dialect)


ASYNCAPI3 = Flavour(Dialect.DRAFT7)
OPENAPI30 = Flavour(Dialect.DRAFT4, openapi30=True)
OPENAPI31 = Flavour(Dialect.DRAFT2020)


def of_format(node: Node, asyncapi: Flavour = ASYNCAPI3) -> Flavour:
    """The flavour that a ``schemaFormat`` names. Raises DocumentError when that is not JSON Schema."""
    media, _, parameters = str(node.value).partition(";")
    media, version = media.strip().lower(), parameters.strip().removeprefix("version=").strip('"')
    if media.startswith("application/vnd.aai.asyncapi"):
        return asyncapi
    if media.startswith("application/vnd.oai.openapi"):
        return OPENAPI30 if version.startswith("3.0") or not version else OPENAPI31
    if media in ("application/schema+json", "application/schema+yaml", "application/schema"):
        dialect = _draft(version) if version else asyncapi.dialect
        if dialect is not None:
            return Flavour(dialect)
    raise node.refuse(f"the schema format {node.value} is not supported", expected=READABLE)


def of_schema(node: Node, inherited: Flavour, key: str = "$schema") -> Flavour:
    """The flavour of a schema: its ``$schema``, else the inherited one. Raises DocumentError when unknown."""
    declared = node.get(key)
    if declared is None or not isinstance(declared.value, str):
        return inherited
    dialect = _draft(declared.value)
    if dialect is None:
        if "openapi" in declared.value or "oas/" in declared.value:
            return OPENAPI31
        raise declared.refuse(
            f"the dialect {declared.value} is not supported",
            expected="a JSON Schema draft from draft-04 to 2020-12",
        )
    return Flavour(dialect)


def _draft(text: str) -> Dialect | None:
    found = DRAFT.search(text)
    if found is None:
        return None
    return Dialect(found[1]) if found[1] else DRAFTS.get(found[2])

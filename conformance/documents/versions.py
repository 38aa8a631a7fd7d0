"""Which kind of document a tree is, and whether its version has an adapter."""

from __future__ import annotations

import re
from enum import StrEnum

from conformance.documents.tree import Tree
from conformance.errors import DocumentError


class Family(StrEnum):
    """The version families that are read; one adapter each."""

    ASYNCAPI2 = "AsyncAPI 2.0 to 2.6"
    ASYNCAPI3 = "AsyncAPI 3.0 or 3.1"
    OPENAPI30 = "OpenAPI 3.0"
    OPENAPI31 = "OpenAPI 3.1"
    SCENARIOS = "scenarios 1"


METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
"""The keys of operations in OpenAPI's Path Item Object."""
SUPPORTED = (
    (Family.ASYNCAPI2, "asyncapi", "AsyncAPI", re.compile(r"2\.[0-6]\.\d+(-.*)?")),
    (Family.ASYNCAPI3, "asyncapi", "AsyncAPI", re.compile(r"3\.[01]\.\d+(-.*)?")),
    (Family.OPENAPI30, "openapi", "OpenAPI", re.compile(r"3\.0\.\d+(-.*)?")),
    (Family.OPENAPI31, "openapi", "OpenAPI", re.compile(r"3\.1\.\d+(-.*)?")),
    (Family.SCENARIOS, "scenarios", "scenarios", re.compile(r"1")),
)


def family(tree: Tree) -> Family:
    """The family of a document, by the version field that its specification requires at the root.

    Raises DocumentError for another version, and for what is no such document at all.
    """
    for key, title in (
        ("asyncapi", "AsyncAPI"),
        ("openapi", "OpenAPI"),
        ("scenarios", "scenarios"),
        ("swagger", "Swagger"),
    ):
        node = tree.root.get(key)
        if node is None:
            continue
        version = str(node.value)
        if (found := _supported(key, version)) is not None:
            return found
        for whole in (f"{version}.0", f"{version}.0.0"):  # a version of two parts is a number in YAML
            if _supported(key, whole) is not None:
                raise node.refuse(
                    f"{title} {version} is not a whole version", expected=f"it in full, as text: {whole}"
                )
        raise node.refuse(
            f"{title} {version} is not supported yet",
            expected=" or ".join(each for each, field, _, _ in SUPPORTED if field == key)
            or "OpenAPI 3.0 or OpenAPI 3.1",
        )
    raise DocumentError(
        f"{tree.file}:1",
        "neither an AsyncAPI nor an OpenAPI nor a scenario document",
        expected="one of the keys asyncapi, openapi, scenarios at the top",
    )


def _supported(key: str, version: str) -> Family | None:
    return next(
        (each for each, field, _, known in SUPPORTED if field == key and known.fullmatch(version)), None
    )

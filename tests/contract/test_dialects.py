"""Which dialect a payload is written in, as its documents say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.dialects import (
    ASYNCAPI3,
    OPENAPI30,
    OPENAPI31,
    Flavour,
    UnreadableFormat,
    of_format,
)
from conformance.contract.schema import Dialect
from conformance.documents.loader import parse_tree
from conformance.documents.tree import Node


def written(schema_format: str) -> Node:
    """A ``schemaFormat`` in a document."""
    text = f"schemaFormat: {schema_format!r}".encode()
    node = parse_tree(text, Path("a.yaml"), "a.yaml").root.get("schemaFormat")
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("schema_format", "flavour"),
    [
        ("application/vnd.aai.asyncapi;version=3.0.0", ASYNCAPI3),
        ("application/vnd.aai.asyncapi+yaml;version=2.6.0", ASYNCAPI3),
        ("application/vnd.aai.asyncapi", ASYNCAPI3),
        ("application/vnd.oai.openapi;version=3.0.3", OPENAPI30),
        ("application/vnd.oai.openapi+json", OPENAPI30),
        ("application/vnd.oai.openapi+yaml;version=3.1.0", OPENAPI31),
        ("application/schema+json;version=draft-04", Flavour(Dialect.DRAFT4)),
        ("application/schema+yaml;version=draft-06", Flavour(Dialect.DRAFT6)),
        ('Application/Schema+JSON ; charset=utf-8 ; Version = "draft-07"', Flavour(Dialect.DRAFT7)),
        ("application/schema+json;version=2019-09", Flavour(Dialect.DRAFT2019)),
        ("application/schema+json;version=draft/2020-12", Flavour(Dialect.DRAFT2020)),
        ("application/schema", ASYNCAPI3),
    ],
)
def test_a_schema_format_names_a_dialect(schema_format: str, flavour: Flavour) -> None:
    """Case, spaces, quotes and other parameters make no difference."""
    assert of_format(written(schema_format)) == flavour


@pytest.mark.parametrize(
    ("schema_format", "reason"),
    [
        ("application/vnd.apache.avro;version=1.9.0", "Avro is no JSON Schema"),
        ("application/vnd.apache.avro+json;version=1.9.0", "Avro is no JSON Schema"),
        ("application/vnd.google.protobuf;version=3", "Protobuf is no JSON Schema"),
        ("application/raml+yaml;version=1.0", "RAML is no JSON Schema"),
        ("application/vnd.oai.openapi;version=2.0", "OpenAPI 2.0 is not 3"),
        ("application/vnd.aai.asyncapi;version=1.2.0", "AsyncAPI 1.2.0 is neither 2 nor 3"),
        ("application/schema+json;version=draft-03", "JSON Schema draft-03 is none of draft-04"),
        ("application/schematic", "it is not known"),
    ],
)
def test_what_is_no_json_schema_is_refused_with_its_reason(schema_format: str, reason: str) -> None:
    """The error is of a class of its own, so that a reader can keep the message without its payload."""
    with pytest.raises(UnreadableFormat, match=r"a\.yaml:1: .* is not supported: ") as refused:
        of_format(written(schema_format))
    assert refused.value.reason.startswith(reason)

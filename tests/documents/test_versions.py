"""Which documents are read, and what the others are told."""

from __future__ import annotations

import pytest

from conformance.documents.versions import Family, family
from conformance.errors import DocumentError
from tests.documents.build import tree_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("asyncapi: 2.0.0", Family.ASYNCAPI2),
        ("asyncapi: 2.6.0", Family.ASYNCAPI2),
        ("asyncapi: 3.0.0", Family.ASYNCAPI3),
        ("asyncapi: 3.1.0", Family.ASYNCAPI3),
        ("openapi: 3.0.3", Family.OPENAPI30),
        ("openapi: 3.1.0", Family.OPENAPI31),
        ("scenarios: 1", Family.SCENARIOS),
    ],
)
def test_families(text: str, found: Family) -> None:
    """The version field at the root decides."""
    assert family(tree_of(text)) is found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a: 1\nasyncapi: 1.2.0",
            "a.yaml:2: AsyncAPI 1.2.0 is not supported yet; "
            "expected AsyncAPI 2.0 to 2.6 or AsyncAPI 3.0 or 3.1",
        ),
        (
            "asyncapi: 2.7.0",
            "a.yaml:1: AsyncAPI 2.7.0 is not supported yet; "
            "expected AsyncAPI 2.0 to 2.6 or AsyncAPI 3.0 or 3.1",
        ),
        (
            "openapi: 3.2.0",
            "a.yaml:1: OpenAPI 3.2.0 is not supported yet; expected OpenAPI 3.0 or OpenAPI 3.1",
        ),
        ("swagger: '2.0'", "a.yaml:1: Swagger 2.0 is not supported yet; expected OpenAPI 3.0 or OpenAPI 3.1"),
        (
            "asyncapi: 3.0",
            "a.yaml:1: AsyncAPI 3.0 is not a whole version; expected it in full, as text: 3.0.0",
        ),
        ("asyncapi: '2'", "a.yaml:1: AsyncAPI 2 is not a whole version; expected it in full, as text: 2.0.0"),
        ("openapi: 3.1", "a.yaml:1: OpenAPI 3.1 is not a whole version; expected it in full, as text: 3.1.0"),
        ("scenarios: 2", "a.yaml:1: scenarios 2 is not supported yet; expected scenarios 1"),
        (
            "kind: Deployment",
            "a.yaml:1: neither an AsyncAPI nor an OpenAPI nor a scenario document; "
            "expected one of the keys asyncapi, openapi, scenarios at the top",
        ),
    ],
)
def test_other_documents_are_refused(text: str, sentence: str) -> None:
    """The sentence says what is supported."""
    with pytest.raises(DocumentError) as raised:
        family(tree_of(text))
    assert str(raised.value) == sentence

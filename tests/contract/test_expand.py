"""Schemas at their uses: references, recursion, dialects, names."""

from __future__ import annotations

import pytest

from conformance.contract.schema import Dialect, Schema
from conformance.errors import DocumentError
from conformance.validation import judge
from tests.contract.build import payload_of, service_of

LATEST = "application/schema+json;version=2020-12"
OAS30 = "application/vnd.oai.openapi;version=3.0.3"


def words(schema: Schema) -> list[str]:
    return ["/".join(node.words) for node in schema.walk()]


def test_plain_values_are_normalised() -> None:
    """One spelling of each keyword, whatever the document's."""
    schema = payload_of(
        "type: object\nrequired: [a]\nadditionalProperties: false\n"
        "properties: {a: {type: [string, 'null'], enum: [x]}}"
    )
    assert dict(schema.values) == {"type": ("object",), "required": ("a",), "additionalProperties": False}
    assert dict(schema.properties["a"].values) == {"type": ("string", "null"), "enum": ("x",)}
    assert schema.properties["a"].words == ("a",)


def test_references_are_expanded_at_each_use() -> None:
    """Two uses of one schema are two nodes with words of their own, at the schema's place."""
    schema = payload_of(
        "properties: {a: {$ref: '#/components/schemas/P'}, b: {$ref: '#/components/schemas/P'}}",
        "P: {type: string}",
    )
    a, b = schema.properties["a"], schema.properties["b"]
    assert (a.where, a.name, a.words, b.words) == (b.where, "P", ("a",), ("b",))
    assert a.where.pointer == "/components/schemas/P"


def test_recursion_is_cut_at_the_second_visit() -> None:
    """The repeated node names the ancestor's place and asserts nothing itself."""
    tree = "T: {type: object, properties: {left: {$ref: '#/components/schemas/T'}}}"
    schema = payload_of("properties: {t: {$ref: '#/components/schemas/T'}}", tree)
    first = schema.properties["t"]
    again = first.properties["left"]
    assert (again.again, again.name, again.words) == (first.where, "T", ("t", "left"))
    assert not again.values
    assert not again.clauses


def test_two_schemas_may_lead_to_each_other() -> None:
    """Recursion through a second schema is cut at the first one's second visit."""
    schema = payload_of(
        "$ref: '#/components/schemas/A'",
        "A: {properties: {b: {$ref: '#/components/schemas/B'}}}\n"
        "B: {properties: {a: {$ref: '#/components/schemas/A'}}}",
    )
    assert schema.properties["b"].properties["a"].again == schema.where


def test_a_bush_of_references_is_refused() -> None:
    """What expands beyond measure is an error, not a full memory."""
    components = "S0: {type: string}\n"
    for level in range(1, 8):
        members = ", ".join(f"p{each}: {{$ref: '#/components/schemas/S{level - 1}'}}" for each in range(9))
        components += f"S{level}: {{properties: {{{members}}}}}\n"
    with pytest.raises(DocumentError, match="expands to more than 50000 nodes"):
        payload_of("$ref: '#/components/schemas/S7'", components)


def test_tuples_of_draft_7() -> None:
    """``items`` as a list is positions, ``additionalItems`` what follows."""
    schema = payload_of(
        "type: array\nitems: [{title: kind, const: x}, {type: integer}]\nadditionalItems: false"
    )
    assert [each.words for each in schema.prefix] == [("kind",), ("1",)]
    assert (schema.rest, schema.values["additionalItems"]) == (None, False)
    open_ended = payload_of("items: [{const: x}]\nadditionalItems: {type: integer}")
    assert open_ended.rest is not None
    assert open_ended.rest.words == ("each",)


def test_tuples_of_2020_12() -> None:
    """``prefixItems`` is positions, ``items`` what follows."""
    schema = payload_of(
        "type: array\nprefixItems: [{title: kind, const: x}]\nitems: false", schema_format=LATEST
    )
    assert schema.dialect is Dialect.DRAFT2020
    assert ([each.words for each in schema.prefix], schema.rest) == ([("kind",)], None)
    assert schema.values["items"] is False
    assert "items" in schema.clauses


def test_each_dialect_reads_only_its_own_tuples() -> None:
    """``prefixItems`` says nothing in draft-07; a list under ``items`` is an error in 2020-12."""
    assert payload_of("prefixItems: [{const: x}]").prefix == ()
    with pytest.raises(DocumentError, match="items is a list; expected prefixItems for positions"):
        payload_of("items: [{const: x}]", schema_format=LATEST)


def test_siblings_of_a_reference() -> None:
    """They are ignored in draft-07 and count in 2020-12."""
    text = "$ref: '#/components/schemas/P'\nmaxLength: 3\ntitle: short"
    old = payload_of(text, "P: {type: string, title: P title}")
    assert (dict(old.values), old.title, old.all_of) == ({"type": ("string",)}, "P title", ())
    new = payload_of(text, "P: {type: string}", LATEST)
    assert dict(new.values) == {"maxLength": 3}
    assert [dict(each.values) for each in new.all_of] == [{"type": ("string",)}]
    titled = payload_of("$ref: '#/components/schemas/P'\ntitle: short", "P: {type: string}", LATEST)
    assert (titled.title, titled.name, dict(titled.values)) == ("short", "P", {"type": ("string",)})


def test_a_wrapper_carries_the_name_and_the_hints_of_what_it_wraps() -> None:
    """``{title, allOf: [{$ref}]}`` is the draft-07 way to title a reference."""
    schema = payload_of(
        "items: [{title: price, x-provenance: assumed, allOf: [{$ref: '#/components/schemas/Money'}]}]",
        "Money: {type: string, x-conformance: {unique: true}}",
    )
    wrapper = schema.prefix[0]
    assert (wrapper.words, wrapper.name, wrapper.title) == (("price",), "Money", "price")
    assert wrapper.all_of[0].words == ("price",)
    assert dict(wrapper.hints) == {"unique": True}
    assert (wrapper.provenance, wrapper.all_of[0].provenance) == ("assumed", "published")


def test_branches_have_names() -> None:
    """Title, else the reference's name, else the index; ``allOf`` adds no word."""
    schema = payload_of(
        "oneOf: [{title: a, type: string}, {$ref: '#/components/schemas/P'}, {type: 'null'}]\n"
        "allOf: [{minLength: 1}]",
        "P: {type: integer}",
    )
    assert words(schema) == ["", "", "a", "P", "2"]


def test_lists_and_maps_of_values_are_each() -> None:
    """The word does not depend on how many there are."""
    schema = payload_of("items: {additionalProperties: {patternProperties: {'^x': {type: string}}}}")
    assert words(schema) == ["", "each", "each/each", "each/each/each"]


def test_boolean_schemas() -> None:
    """``true`` accepts, ``false`` refuses, and a refused property is a clause."""
    schema = payload_of("properties: {yes: true, no: false}")
    assert (schema.properties["yes"].accepts, schema.properties["no"].accepts) == (True, False)
    assert list(schema.properties["no"].clauses) == ["false"]


def test_openapi_30_is_converted() -> None:
    """``nullable`` becomes a type, a boolean ``exclusiveMinimum`` a bound."""
    schema = payload_of(
        "type: integer\nnullable: true\nminimum: 0\nexclusiveMinimum: true\nmaximum: 9", schema_format=OAS30
    )
    assert dict(schema.values) == {"type": ("integer", "null"), "maximum": 9, "exclusiveMinimum": 0}


def test_a_boolean_bound_is_no_draft_7() -> None:
    """It would silently mean nothing."""
    with pytest.raises(
        DocumentError, match=r"exclusiveMinimum is a boolean; expected a number \(JSON Schema draft-07\)"
    ):
        payload_of("minimum: 0\nexclusiveMinimum: true")


def test_other_keywords_are_self_contained() -> None:
    """What a library judges as a whole carries its references with it, recursive ones too."""
    schema = payload_of(
        "if: {$ref: '#/components/schemas/T'}\nthen: {required: [a]}\nnot: {const: 1}",
        "T: {properties: {t: {$ref: '#/components/schemas/T'}}}",
    )
    loop = {"properties": {"t": {"$ref": "#/definitions/d0"}}}
    assert dict(schema.others) == {
        "not": {"not": {"const": 1}},
        "if": {"if": {"$ref": "#/definitions/d0"}, "then": {"required": ["a"]}, "definitions": {"d0": loop}},
    }


@pytest.mark.parametrize(
    ("schema_format", "dialect"),
    [
        ("application/vnd.aai.asyncapi+yaml;version=3.0.0", Dialect.DRAFT7),
        ("application/schema+json;version=draft-07", Dialect.DRAFT7),
        ("application/schema+yaml;version=draft-04", Dialect.DRAFT4),
        ("application/schema+json;version=draft-2020-12", Dialect.DRAFT2020),
        ("application/schema+json;version=2019-09", Dialect.DRAFT2019),
        ("application/vnd.oai.openapi+json;version=3.1.0", Dialect.DRAFT2020),
        (OAS30, Dialect.DRAFT4),
    ],
)
def test_the_schema_format_decides_the_dialect(schema_format: str, dialect: Dialect) -> None:
    """Never a library's default."""
    assert payload_of("type: string", schema_format=schema_format).dialect is dialect


def test_a_declared_dialect_counts() -> None:
    """``$schema`` inside a payload overrides what is inherited."""
    assert payload_of("$schema: https://json-schema.org/draft/2020-12/schema").dialect is Dialect.DRAFT2020
    with pytest.raises(DocumentError, match=r"the dialect http://example.com/mine is not supported"):
        payload_of("$schema: http://example.com/mine")


def test_foreign_schema_formats_are_refused() -> None:
    """Avro and its like are another language."""
    with pytest.raises(DocumentError) as raised:
        payload_of("type: record", schema_format="application/vnd.apache.avro;version=1.9.0")
    assert str(raised.value) == (
        "a.yaml:9: the schema format application/vnd.apache.avro;version=1.9.0 is not supported: "
        "Avro is no JSON Schema; expected AsyncAPI, OpenAPI or JSON Schema (draft-04 to 2020-12) "
        "as schemaFormat"
    )


def test_a_shared_schema_may_have_a_format_of_its_own() -> None:
    """A reference to a multi-format schema changes the dialect."""
    shared = f"P:\n  schemaFormat: '{LATEST}'\n  schema: {{prefixItems: [{{const: x}}]}}"
    schema = payload_of("$ref: '#/components/schemas/P'", shared)
    assert (schema.dialect, len(schema.prefix)) == (Dialect.DRAFT2020, 1)


def test_provenance_is_lexical() -> None:
    """Marks inherit from what stands around a node, never through a reference."""
    service, _ = service_of(
        """
        asyncapi: 3.0.0
        info: {title: Toy, version: '1'}
        x-provenance: assumed
        channels:
          c:
            x-provenance: published
            messages:
              m: {payload: {properties: {a: {type: string}, b: {$ref: '#/components/schemas/B'}}}}
        operations:
          o: {action: send, channel: {$ref: '#/channels/c'}}
        components: {schemas: {B: {type: string}}}
        """
    )
    payload = service.messages["m"].payload
    assert payload.properties["a"].provenance == "published"
    assert payload.properties["b"].provenance == "assumed"


@pytest.mark.parametrize(
    ("schema", "nil"),
    [
        ("{type: string, nullable: true}", True),
        ("{type: string, nullable: true, enum: [a]}", False),
        ("{type: string, nullable: true, enum: [a, null]}", True),
        ("{nullable: true, allOf: [{type: string}]}", False),
        ("{$ref: '#/components/schemas/P', nullable: true}", False),
        ("{not: {type: string, nullable: true}}", False),
    ],
)
def test_nullable_says_no_more_than_openapi_does(schema: str, nil: bool) -> None:
    """It widens the type beside it, and nothing else (OpenAPI 3.0.3, "Schema Object", nullable)."""
    made = payload_of(schema, "P: {type: string}", OAS30)
    assert judge(made, None).ok is nil

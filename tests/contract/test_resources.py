"""What the references of schemas mean: identifiers, anchors, dynamic references, files with dialects."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from conformance.contract.loading import read
from conformance.contract.schema import Dialect, Schema
from conformance.documents.find import Sources
from conformance.errors import DocumentError
from conformance.validation import judge

LATEST = "$schema: https://json-schema.org/draft/2020-12/schema\n"


def payload(folder: Path, text: str, components: str = "{}", **files: str) -> tuple[Schema, list[str]]:
    """The payload of the only message of a document, and what was noted; ``x_yaml``: a file."""
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(dedent(content))
    document = folder / "a.yaml"
    document.write_text(
        "asyncapi: 3.0.0\ninfo: {title: Toy, version: '1'}\n"
        "channels:\n  c:\n    address: /\n    messages:\n      m:\n        payload:\n"
        + indent(dedent(text), " " * 10)
        + "\noperations:\n  o: {action: send, channel: {$ref: '#/channels/c'}}\n"
        + "components:\n  schemas:\n"
        + indent(dedent(components), "    ")
    )
    contract, _ = read(Sources(asyncapi=((None, document),)))
    (service,) = contract.services.values()
    return service.messages["m"].payload, [each.says for each in contract.notes]


def accepts(schema: Schema, *values: object) -> list[bool]:
    """Which of the values the schema accepts."""
    return [judge(schema, value).ok for value in values]


def test_a_pasted_schema_keeps_its_own_definitions(tmp_path: Path) -> None:
    """A pointer is read from the schema whose ``$id`` is nearest, not from the document."""
    schema, notes = payload(
        tmp_path,
        """\
        $id: https://example.com/order.json
        properties: {size: {$ref: '#/definitions/size'}, inner: {$ref: 'order.json#/definitions/size'}}
        definitions: {size: {type: integer}}
        """,
    )
    assert accepts(schema, {"size": 1, "inner": 2}, {"size": "x"}, {"inner": "x"}) == [True, False, False]
    assert notes == []
    assert schema.properties["size"].name == "size"


def test_identifiers_lead_to_schemas_of_the_document(tmp_path: Path) -> None:
    """Absolute and relative URIs mean what carries them, wherever it stands; nothing is fetched."""
    schema, _ = payload(
        tmp_path,
        "properties: {a: {$ref: 'https://example.com/s/one'}}",
        """\
        One: {$id: 'https://example.com/s/one', properties: {b: {$ref: two}}}
        Two: {$id: 'https://example.com/s/two', type: integer}
        """,
    )
    assert accepts(schema, {"a": {"b": 1}}, {"a": {"b": "x"}}) == [True, False]


def test_anchors(tmp_path: Path) -> None:
    """Anchors of 2020-12, and those that an ``$id`` of draft-07 makes; one that is not there is told."""
    new, _ = payload(
        tmp_path, LATEST + "properties: {a: {$ref: '#size'}}\n$defs: {s: {$anchor: size, type: integer}}"
    )
    assert new.properties["a"].values["type"] == ("integer",)
    (tmp_path / "b").mkdir()
    old, _ = payload(
        tmp_path / "b",
        "$id: https://example.com/x\nproperties: {a: {$ref: '#size'}}\n"
        "definitions: {s: {$id: '#size', type: integer}}",
    )
    assert old.properties["a"].values["type"] == ("integer",)
    with pytest.raises(
        DocumentError, match=r"a\.yaml:10: the reference #sise names an anchor that does not exist"
    ):
        payload(tmp_path, LATEST + "properties: {a: {$ref: '#sise'}}\n$defs: {s: {$anchor: size}}")


def test_what_is_no_schema_has_no_identifier(tmp_path: Path) -> None:
    """An ``$id`` in data, below an unknown keyword or beside a draft-07 ``$ref`` names nothing."""
    schema, _ = payload(
        tmp_path,
        """\
        $id: https://example.com/root
        enum: [{$id: 'https://example.com/size', type: string}]
        x-more: {$id: 'https://example.com/size', type: string}
        properties: {$id: {type: string}, a: {$ref: size}}
        definitions: {s: {$id: size, type: integer}, r: {$id: size, $ref: '#/definitions/s'}}
        """,
    )
    assert schema.properties["a"].values["type"] == ("integer",)


def test_the_document_is_the_second_guess(tmp_path: Path) -> None:
    """A pointer that the schema with the ``$id`` does not have is read from the document, and noted."""
    schema, notes = payload(
        tmp_path,
        "$id: https://example.com/order\nproperties: {a: {$ref: '#/components/schemas/Size'}}",
        "Size: {type: integer}",
    )
    assert schema.properties["a"].values["type"] == ("integer",)
    (said,) = notes
    assert "#/components/schemas/Size leads to nothing where its $id" in said


def test_a_pasted_schema_without_a_name_is_the_last_guess(tmp_path: Path) -> None:
    """``#`` in a payload is the document, which is no schema: the payload is meant."""
    schema, notes = payload(
        tmp_path,
        "type: object\nproperties: {next: {$ref: '#'}, size: {$ref: '#/definitions/size'}}\n"
        "definitions: {size: {type: integer}}",
    )
    assert accepts(schema, {"next": {"size": 1}}, {"next": {"size": "x"}}, {"next": 1}) == [
        True,
        False,
        False,
    ]
    assert len(notes) == 2
    with pytest.raises(DocumentError, match="points at nothing: 'definitions' is not in the document"):
        payload(tmp_path, "properties: {size: {$ref: '#/definitions/size'}}")


def test_files_beside_the_document_are_found_whatever_their_identifier(tmp_path: Path) -> None:
    """``$id`` is where a schema is published; the file lies beside the document."""
    schema, _ = payload(
        tmp_path,
        "$ref: ./order.yaml",
        order_yaml="""\
        $id: https://example.com/schemas/order.yaml
        properties: {a: {$ref: size.yaml}, b: {$ref: 'https://example.com/schemas/size#whole'}}
        """,
        size_yaml="$id: https://example.com/schemas/size\n$schema: http://json-schema.org/draft-07/schema#\n"
        "type: integer\ndefinitions: {w: {$id: '#whole', type: boolean}}",
    )
    assert accepts(schema, {"a": 1, "b": True}, {"a": "x"}, {"b": 1}) == [True, False, False]


def test_a_file_keeps_its_own_dialect(tmp_path: Path) -> None:
    """2020-12 in a file of a draft-07 document, also for a part of it; and back where a part says so."""
    schema, _ = payload(
        tmp_path,
        "properties: {whole: {$ref: ./pair.yaml}, part: {$ref: './pair.yaml#/$defs/pair'}}",
        pair_yaml=LATEST
        + """\
        $defs:
          pair: {type: array, prefixItems: [{type: integer}, {$ref: '#/$defs/old'}], items: false}
          old: {$schema: 'http://json-schema.org/draft-07/schema#', items: [{type: string}]}
        $ref: '#/$defs/pair'
        """.replace("\n        ", "\n").removeprefix("        "),
    )
    part = schema.properties["part"]
    assert (schema.dialect, part.dialect) == (Dialect.DRAFT7, Dialect.DRAFT2020)
    assert part.prefix[1].dialect is Dialect.DRAFT7
    for name in ("whole", "part"):
        good, bad = {name: [1, ["x", 2]]}, [{name: [1, [2]]}, {name: ["x"]}, {name: [1, [], 3]}]
        assert accepts(schema, good, *bad) == [True, False, False, False]


def test_dialects_meet_inside_a_keyword_that_is_judged_as_a_whole(tmp_path: Path) -> None:
    """``not`` of draft-07 around a schema of 2020-12."""
    schema, _ = payload(
        tmp_path, "not: {$ref: ./pair.yaml}", pair_yaml=LATEST + "prefixItems: [{$ref: '#/$defs/a'}]\n"
        "$defs: {a: {type: integer}}\ntype: array"
    )  # fmt: skip
    assert accepts(schema, ["x"], [1], [1, 2], {}) == [True, False, False, True]


def test_meta_schemas_are_known(tmp_path: Path) -> None:
    """A message that carries a schema; the library that judges has the meta-schema, nothing is fetched."""
    schema, _ = payload(tmp_path, "properties: {schema: {$ref: 'http://json-schema.org/draft-07/schema#'}}")
    assert accepts(schema, {"schema": {"type": "string"}}, {"schema": {"type": 1}}) == [True, False]
    (broken,) = judge(schema, {"schema": {"type": 1}}).findings
    assert broken.clause == "toy/m/schema/-ref" or broken.clause.endswith("ref")


TREE = """\
        Tree:
          $schema: https://json-schema.org/draft/2020-12/schema
          $id: https://example.com/tree
          $dynamicAnchor: node
          type: object
          properties: {data: true, children: {type: array, items: {$dynamicRef: '#node'}}}
        Strict:
          $schema: https://json-schema.org/draft/2020-12/schema
          $id: https://example.com/strict
          $dynamicAnchor: node
          $ref: tree
          unevaluatedProperties: false
"""


@pytest.mark.parametrize(("name", "tolerant"), [("Tree", True), ("Strict", False)])
def test_dynamic_references_mean_the_outermost(tmp_path: Path, name: str, tolerant: bool) -> None:
    """The same tree, entered by a strict schema, is strict all the way down."""
    schema, _ = payload(tmp_path, f"$ref: '#/components/schemas/{name}'", TREE)
    value = {"children": [{"data": 1, "children": [{"daat": 1}]}]}
    assert accepts(schema, {"children": [{"data": 1}]}, value) == [True, tolerant]


def test_dynamic_references_inside_a_keyword_that_is_judged_as_a_whole(tmp_path: Path) -> None:
    """The way by which they are reached counts there, too."""
    schema, _ = payload(tmp_path, "not: {$ref: '#/components/schemas/Strict'}", TREE)
    assert accepts(schema, {"children": [{"daat": 1}]}, {"children": [{"data": 1}]}) == [True, False]


def test_recursive_references(tmp_path: Path) -> None:
    """2019-09: ``$recursiveRef`` means the outermost schema that says ``$recursiveAnchor: true``."""
    head = "$schema: https://json-schema.org/draft/2019-09/schema\n"
    schema, _ = payload(
        tmp_path, "$ref: ./strict.yaml",
        strict_yaml=head + "$recursiveAnchor: true\n$ref: ./tree.yaml\nunevaluatedProperties: false",
        tree_yaml=head + "$recursiveAnchor: true\nproperties: {data: true, next: {$recursiveRef: '#'}}",
    )  # fmt: skip
    assert accepts(schema, {"next": {"data": 1}}, {"next": {"daat": 1}}) == [True, False]


def test_a_circle_of_dynamic_references_is_refused(tmp_path: Path) -> None:
    """What only leads back to itself describes nothing."""
    with pytest.raises(DocumentError, match="the reference #a leads back to itself"):
        payload(tmp_path, LATEST + "$dynamicAnchor: a\n$dynamicRef: '#a'")


def test_unevaluated_sees_through_a_reference(tmp_path: Path) -> None:
    """A closed extension of a shared base: what the base describes is known."""
    schema, _ = payload(
        tmp_path,
        LATEST + "$ref: '#/components/schemas/Base'\nproperties: {b: true}\nunevaluatedProperties: false",
        "Base: {type: object, properties: {a: {type: integer}}}",
    )
    assert accepts(schema, {"a": 1, "b": 2}, {"a": "x"}, {"a": 1, "c": 3}) == [True, False, False]
    (broken,) = judge(schema, {"c": 3}).findings
    assert broken.clause.endswith("m/unevaluatedProperties")


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """An identifier that nothing carries is refused with what to do."""
    with pytest.raises(DocumentError, match=r"https://example\.com/none"):
        payload(tmp_path, "$ref: https://example.com/none")


def test_a_shared_schema_of_another_language_is_not_enforced(tmp_path: Path) -> None:
    """Behind a reference, too: the message is kept, and told to be unread."""
    readable = (
        "Good: {type: integer}\nAvro: {schemaFormat: application/vnd.apache.avro, schema: {type: record}}"
    )
    _, notes = payload(tmp_path, "properties: {a: {$ref: '#/components/schemas/Good'}}", readable)
    assert notes == []
    with pytest.raises(DocumentError, match="Avro is no JSON Schema"):
        payload(tmp_path, "$ref: '#/components/schemas/Avro'", readable)


@pytest.mark.parametrize(
    "identifier", ["'http://['", "'#/properties/a'", "/properties/a", "''", "'##'", "urn:x:y", "7", "'a b%%'"]
)
def test_whatever_stands_as_identifier(tmp_path: Path, identifier: str) -> None:
    """What generators and people write there: the schemas below are found all the same."""
    schema, _ = payload(
        tmp_path,
        f"""\
        $id: https://example.com/root.json
        definitions: {{size: {{type: integer}}}}
        properties: {{a: {{$id: {identifier}, allOf: [{{$ref: '#/definitions/size'}}]}}}}
        """,
    )
    assert accepts(schema, {"a": 1}, {"a": "x"}) == [True, False]


def test_the_same_identifier_twice(tmp_path: Path) -> None:
    """Copied schemas: each means its own definitions."""
    copies = {
        name: f"{{$id: 'https://example.com/same', definitions: {{v: {{type: {kind}}}}}, "
        "allOf: [{$ref: '#/definitions/v'}, {$ref: 'same#/definitions/v'}]}"
        for name, kind in (("a", "integer"), ("b", "string"))
    }
    schema, _ = payload(tmp_path, f"properties: {{a: {copies['a']}, b: {copies['b']}}}")
    assert accepts(schema, {"a": 1, "b": "x"}, {"a": "x"}, {"b": 1}) == [True, False, False]

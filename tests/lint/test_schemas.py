"""Rules on single schemas: each finds what it is for, in the words that help, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .build import asyncapi2, asyncapi3, lint_text, of_rule, openapi30, openapi31

Document = Callable[[str], str]

DEFECTS: list[tuple[str, Document, str, str]] = [
    # bounds
    (
        "contradictory-bounds",
        asyncapi3,
        "{type: integer, minimum: 5, maximum: 3}",
        "minimum 5 is more than maximum 3",
    ),
    ("contradictory-bounds", openapi30, "{type: string, minLength: 9, maxLength: 8}", "minLength 9"),
    (
        "contradictory-bounds",
        asyncapi2,
        "{type: array, minItems: 3, maxItems: 2, items: {type: string}}",
        "minItems",
    ),
    (
        "contradictory-bounds",
        openapi31,
        "{type: number, exclusiveMinimum: 3, maximum: 3}",
        "exclusiveMinimum 3",
    ),
    (
        "contradictory-bounds",
        openapi30,
        "{type: number, minimum: 3, exclusiveMinimum: true, maximum: 3}",
        "below",
    ),
    (
        "contradictory-bounds",
        asyncapi3,
        "{type: array, minItems: 3, items: [{type: string}, {type: string}], additionalItems: false}",
        "only the 2 positions",
    ),
    (
        "required-but-excluded",
        asyncapi3,
        "{type: object, required: [a, b], properties: {a: {type: string}}, additionalProperties: false}",
        "b is required and not allowed here",
    ),
    (
        "required-but-excluded",
        openapi31,
        "{type: object, required: [a], properties: {a: false}}",
        "a is required and not allowed",
    ),
    (
        "required-undescribed",
        asyncapi3,
        "{type: object, required: [price, qty], properties: {price: {type: string}, qtty: {type: string}}}",
        "qty is required",
    ),
    (
        "deprecated-but-required",
        openapi31,
        "{type: object, required: [old], properties: {old: {type: string, deprecated: true}}}",
        "old must be there",
    ),
    (
        "value-outside-schema",
        asyncapi3,
        "{type: string, enum: [a, 5]}",
        "5 is listed, and the schema asks for string",
    ),
    ("value-outside-schema", openapi31, "{type: integer, const: x}", '"x" is listed'),
    ("value-outside-schema", openapi30, "{type: string, enum: [a, null]}", "null is listed"),
    ("value-outside-schema", asyncapi2, "{type: string, maxLength: 2, enum: [ab, abc]}", '"abc"'),
    ("value-outside-schema", asyncapi3, "{const: a, enum: [b, c]}", '"a" is listed'),
    ("duplicate-enum-value", asyncapi3, "{enum: [a, b, a]}", '"a" is listed twice'),
    # examples
    (
        "example-breaks-schema",
        asyncapi3,
        "{type: integer, examples: [1, x]}",
        "expected integer, got str 'x'",
    ),
    (
        "example-breaks-schema",
        openapi30,
        "{type: object, properties: {a: {type: string, example: 5}}}",
        "got int 5",
    ),
    (
        "default-breaks-schema",
        asyncapi2,
        "{type: object, properties: {a: {type: boolean, default: 'no'}}}",
        "bool",
    ),
    # keywords
    ("ignored-keyword", openapi30, "{type: string, const: a}", "const came with draft-06"),
    (
        "ignored-keyword",
        asyncapi3,
        "{type: object, dependentRequired: {a: [b]}}",
        "dependentRequired came with 2019-09",
    ),
    ("ignored-keyword", asyncapi2, "{type: string, nullable: true}", "nullable is OpenAPI 3.0's own"),
    (
        "ignored-keyword",
        openapi31,
        "{type: array, additionalItems: false}",
        "additionalItems is gone since 2020-12",
    ),
    ("ignored-keyword", openapi30, "{type: object, if: {required: [a]}}", "if came with draft-07"),
    ("unknown-keyword", asyncapi3, "{type: string, minLenght: 3}", "is it minLength?"),
    (
        "unknown-keyword",
        openapi31,
        "{type: object, additional_properties: false}",
        "is it additionalProperties?",
    ),
    (
        "ref-sibling",
        asyncapi3,
        "{properties: {a: {$ref: '#/x-s', maxLength: 3}}}",
        "maxLength is ignored beside $ref",
    ),
    ("lonely-keyword", asyncapi3, "{type: object, then: {required: [a]}}", "then has no effect without if"),
    ("lonely-keyword", openapi30, "{type: integer, exclusiveMinimum: true}", "no effect without minimum"),
    (
        "lonely-keyword",
        asyncapi2,
        "{type: array, items: {type: string}, additionalItems: false}",
        "additionalItems",
    ),
    (
        "keyword-beside-type",
        openapi30,
        "{type: integer, maxLength: 8}",
        "maxLength says nothing about a value of type",
    ),
    (
        "foreign-annotation",
        asyncapi3,
        "{type: string, example: a}",
        "example is an annotation of other documents",
    ),
    # arrays
    (
        "open-tuple",
        asyncapi3,
        "{type: array, items: [{title: a}, {title: b}]}",
        "none of them has to be there",
    ),
    (
        "open-tuple",
        openapi31,
        "{type: array, minItems: 2, prefixItems: [{title: a}, {title: b}]}",
        "more may follow",
    ),
    (
        "open-tuple",
        asyncapi3,
        "{type: array, minItems: 1, maxItems: 4, items: [{title: a}, {title: b}]}",
        "up to 4 are allowed and 2 are described",
    ),
    (
        "tuple-ignored",
        asyncapi3,
        "{type: array, prefixItems: [{type: string}]}",
        "prefixItems came with 2020-12",
    ),
    (
        "unnamed-position",
        asyncapi3,
        "{type: array, minItems: 2, maxItems: 2, items: [{title: a}, {type: string}]}",
        "1 of 2 positions have no title: 1",
    ),
    # patterns
    ("unanchored-pattern", asyncapi3, "{type: string, pattern: '[0-9]+'}", "has neither ^ nor $"),
    ("unanchored-pattern", openapi30, "{type: string, pattern: '^[0-9]+'}", "has no $ at its end"),
    ("unanchored-pattern", asyncapi2, "{type: string, pattern: '[0-9]$'}", "has no ^ at its beginning"),
    (
        "unanchored-pattern",
        asyncapi3,
        "{type: string, pattern: '^a|b$'}",
        "alternatives that its anchors do not cover",
    ),
    ("unanchored-pattern", asyncapi3, r"{type: string, pattern: '^cost\$'}", "has no $ at its end"),
    ("unanchored-pattern", asyncapi3, "{type: string, pattern: '^cost[$]'}", "has no $ at its end"),
    ("pattern-not-portable", asyncapi3, r"{type: string, pattern: '^\d+$'}", r"has \d"),
    ("pattern-not-portable", asyncapi3, "{type: string, pattern: '^(?!x)a$'}", "look-around"),
    ("pattern-not-portable", openapi31, r"{type: string, pattern: '^\p{L}+$'}", r"\p"),
    ("pattern-not-portable", asyncapi3, r"{type: string, pattern: '^(a)\1$'}", "back reference"),
    # money, formats, prose
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {lastPrice: {type: number}}}",
        "lastPrice is a number",
    ),
    (
        "money-as-number",
        openapi30,
        "{type: object, properties: {fill_qty: {type: number, format: double}}}",
        "fill_qty",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: array, minItems: 1, maxItems: 1, items: [{title: price, type: number}]}",
        "price",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {prices: {type: array, items: {type: number}}}}",
        "prices holds numbers",
    ),
    (
        "money-as-number",
        openapi31,
        "{type: object, properties: {bids: {type: array, items: {type: array, items: {type: number}}}}}",
        "bids holds numbers",
    ),
    (
        "money-as-number",
        openapi31,
        "{type: object, properties: {asks: {items: {prefixItems: [{type: number}, {type: string}]}}}}",
        "asks holds numbers",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {price: {anyOf: [{type: number}, {type: 'null'}]}}}",
        "price is a number",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {fees: {type: object, additionalProperties: {type: number}}}}",
        "fees holds numbers",
    ),
    (
        "format-not-checked",
        asyncapi3,
        "{type: string, format: date-time}",
        "format date-time is an annotation",
    ),
    ("unknown-format", openapi31, "{type: string, format: datetime}", "is it date-time?"),
    (
        "promise-in-prose",
        asyncapi3,
        "{type: string, description: Sent within 5 seconds of the request.}",
        "within 5",
    ),
    (
        "promise-in-prose",
        openapi30,
        "{type: string, description: 'Limited to 10 requests per second.'}",
        "10 requests",
    ),
    (
        "promise-in-prose",
        asyncapi3,
        "{type: string, description: Must be answered in 2 seconds.}",
        "Must be answered in 2 seconds.",
    ),
    (
        "promise-in-prose",
        asyncapi3,
        "{type: string, description: All commands reply in 2000 ms}",
        "All commands reply in 2000 ms",
    ),
    (
        "promise-in-prose",
        asyncapi3,
        "{type: string, description: answers in under 1s}",
        "answers in under 1s",
    ),
    (
        "promise-in-prose",
        asyncapi3,
        "{type: string, description: Sent every 5 seconds}",
        "Sent every 5 seconds",
    ),
    # alternatives
    (
        "overlapping-alternatives",
        openapi31,
        "{oneOf: [{title: whole, type: integer}, {title: any, type: number}]}",
        "a value fits whole and any, and oneOf refuses it: ",
    ),
]

SOUND: list[tuple[str, Document, str]] = [
    ("contradictory-bounds", asyncapi3, "{type: integer, minimum: 3, maximum: 3}"),
    ("contradictory-bounds", openapi31, "{type: number, exclusiveMinimum: 3, maximum: 3.5}"),
    (
        "required-but-excluded",
        asyncapi3,
        "{type: object, required: [x1], patternProperties: {'^x': {}}, additionalProperties: false}",
    ),
    (
        "required-undescribed",
        asyncapi3,
        "{allOf: [{required: [b], properties: {a: {}}}, {properties: {b: {type: string}}}]}",
    ),
    (
        "required-undescribed",
        asyncapi3,
        "{type: object, required: [b], properties: {a: {}}, additionalProperties: {type: string}}",
    ),
    ("value-outside-schema", openapi30, "{type: string, nullable: true, enum: [a, null]}"),
    ("value-outside-schema", asyncapi3, "{type: [string, integer], enum: [a, 5]}"),
    ("value-outside-schema", openapi30, "{type: string, const: 5}"),
    ("duplicate-enum-value", asyncapi3, "{enum: [1, '1', true]}"),
    (
        "example-breaks-schema",
        asyncapi3,
        "{type: string, format: binary, maxLength: 2, examples: ['0x00 0x01']}",
    ),
    ("example-breaks-schema", asyncapi3, "{type: number, examples: [1, 1.5]}"),
    ("ignored-keyword", openapi31, "{type: string, const: a, $comment: x}"),
    ("ignored-keyword", openapi30, "{type: string, nullable: true, discriminator: {propertyName: a}}"),
    ("ignored-keyword", asyncapi3, "{type: object, definitions: {a: {}}, if: {required: [a]}, then: {}}"),
    (
        "ignored-keyword",
        asyncapi3,
        "{$schema: 'https://json-schema.org/draft/2020-12/schema', dependentRequired: {}}",
    ),
    ("unknown-keyword", asyncapi3, "{type: object, properties: {minLenght: {type: string}}, x-note: a}"),
    ("ref-sibling", asyncapi3, "{properties: {a: {$ref: '#/x-s', description: the a}}}"),
    ("ref-sibling", openapi31, "{properties: {a: {$ref: '#/x-s', maxLength: 3}}}"),
    ("lonely-keyword", asyncapi3, "{type: array, items: [{title: a}], minItems: 1, additionalItems: false}"),
    ("keyword-beside-type", asyncapi3, "{type: [string, 'null'], maxLength: 8}"),
    ("keyword-beside-type", asyncapi3, "{maxLength: 8}"),
    ("open-tuple", asyncapi3, "{type: array, minItems: 1, items: [{title: a}], additionalItems: false}"),
    ("open-tuple", openapi31, "{type: array, minItems: 1, prefixItems: [{title: a}], items: {type: string}}"),
    ("open-tuple", openapi31, "{type: array, items: {type: string}}"),
    ("tuple-ignored", openapi31, "{type: array, minItems: 1, prefixItems: [{title: a}], items: false}"),
    ("unnamed-position", asyncapi3, "{anyOf: [{type: string}, {type: 'null'}]}"),
    ("unanchored-pattern", asyncapi3, "{type: string, pattern: '^(?:a|b)$'}"),
    ("unanchored-pattern", asyncapi3, "{type: string, pattern: '^a$|^b$'}"),
    ("unanchored-pattern", asyncapi3, "{type: string, pattern: '(^a$|^b$)'}"),
    ("unanchored-pattern", asyncapi3, r"{type: string, pattern: '^[|]\|$'}"),
    ("unanchored-pattern", asyncapi3, "{type: object, patternProperties: {'^x-': {}}}"),
    ("pattern-not-portable", asyncapi3, r"{type: string, pattern: '^[0-9a-z+*]+\.[*+]?\\d$'}"),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {price: {type: string}, size: {type: integer}}}",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {page_size: {type: number}, rate: {type: number}}}",
    ),
    ("format-not-checked", asyncapi3, "{type: string, format: password}"),
    ("unknown-format", openapi30, "{type: integer, format: int64}"),
    ("promise-in-prose", asyncapi3, "{type: string, description: The interval of a candle is 60 s.}"),
    ("promise-in-prose", asyncapi3, "{type: integer, description: The deadline in ms.}"),
    ("promise-in-prose", asyncapi3, "{type: string, description: Answered with candles in 5 min steps.}"),
    ("promise-in-prose", asyncapi3, "{type: string, description: Every 5 min has a candle of its own.}"),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {counts: {items: {type: number}}, sizes: {items: {type: integer}}}}",
    ),
    (
        "money-as-number",
        asyncapi3,
        "{type: object, properties: {prices: {items: [{title: time, type: number}], minItems: 1}}}",
    ),
    ("money-as-number", asyncapi3, "{type: object, properties: {price: {not: {type: number}}}}"),
    ("overlapping-alternatives", asyncapi3, "{oneOf: [{title: a, type: integer}, {title: b, type: string}]}"),
    ("overlapping-alternatives", asyncapi3, "{anyOf: [{title: a, type: integer}, {title: b, type: number}]}"),
]


def document(make: Document, schema: str) -> str:
    return make(schema) + "x-s: {type: string}\n"


@pytest.mark.parametrize(
    ("rule", "make", "schema", "says"), DEFECTS, ids=lambda each: getattr(each, "__name__", None)
)
def test_a_defect_is_found_once_at_its_line(
    tmp_path: Path, rule: str, make: Document, schema: str, says: str
) -> None:
    """Each rule finds what it is for, and says it in words."""
    text = document(make, schema)
    found = of_rule(lint_text(tmp_path, text), rule)
    assert len(found) == 1, found
    assert says in found[0].says
    assert schema.strip() in text.splitlines()[found[0].where.line - 1]


@pytest.mark.parametrize(("rule", "make", "schema"), SOUND, ids=lambda each: getattr(each, "__name__", None))
def test_what_is_sound_is_left_alone(tmp_path: Path, rule: str, make: Document, schema: str) -> None:
    """No false alarm beside the defect."""
    assert of_rule(lint_text(tmp_path, document(make, schema)), rule) == []


def test_a_schema_that_is_referred_to_from_many_places_is_told_once(tmp_path: Path) -> None:
    """A finding is about a place in a document, not about its uses."""
    text = asyncapi3(
        """
        type: object
        properties:
          a: {$ref: '#/components/schemas/S'}
          b: {$ref: '#/components/schemas/S'}
          c: {type: array, items: {$ref: '#/components/schemas/S'}}
        """
    )
    text += "components: {schemas: {S: {type: string, pattern: a}}}\n"
    assert len(of_rule(lint_text(tmp_path, text), "unanchored-pattern")) == 1


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (r"^\p{L}+$", r"^\p{L}+$ has \p, which ECMA-262 knows under the flag u alone"),
        ("^[({]a$", ""),
        ("^a{2$", "^a{2$ has an unescaped brace, which stands for itself without the flag u alone"),
    ],
)
def test_no_more_is_told_of_a_pattern_than_it_holds(tmp_path: Path, pattern: str, says: str) -> None:
    """The brace of an escape is no brace of its own, and what follows it no quantifier of one."""
    findings = lint_text(tmp_path, asyncapi3(f"{{type: string, pattern: '{pattern}'}}"))
    assert "; ".join(each.says for each in of_rule(findings, "pattern-not-portable")) == says


def test_a_schema_in_another_file_is_told_with_that_file(tmp_path: Path) -> None:
    """References into files beside the document are followed."""
    (tmp_path / "shared.yaml").write_text("Price:\n  type: string\n  pattern: a\n")
    text = asyncapi3("{$ref: 'shared.yaml#/Price'}")
    (found,) = of_rule(lint_text(tmp_path, text), "unanchored-pattern")
    assert str(found.where) == "shared.yaml:3"


def test_an_annotation_of_other_documents_is_told_once(tmp_path: Path) -> None:
    """With the number of its places: nobody wants a thousand lines of it."""
    text = asyncapi3("{type: object, properties: {a: {example: 1}, b: {example: 2}}, required: [a]}")
    (found,) = of_rule(lint_text(tmp_path, text), "foreign-annotation")
    assert found.says.endswith("(2 places, this is the first)")


def test_recursion_ends(tmp_path: Path) -> None:
    """A schema that refers to itself is walked once."""
    text = asyncapi3("{$ref: '#/components/schemas/T'}")
    text += (
        "components: {schemas: {T: {type: object, default: 5, examples: [{next: {}}], "
        "properties: {next: {$ref: '#/components/schemas/T'}}, required: [next]}}}\n"
    )
    findings = lint_text(tmp_path, text)
    assert len(of_rule(findings, "default-breaks-schema")) == 1
    (example,) = of_rule(findings, "example-breaks-schema")
    assert "at next" in example.says


@pytest.mark.parametrize("make", [openapi30, openapi31], ids=["3.0", "3.1"])
def test_examples_of_a_media_type_are_judged(tmp_path: Path, make: Callable[..., str]) -> None:
    """OpenAPI has one example beside the schema, or several by name."""
    one = make("{type: integer}", "example: x")
    (found,) = of_rule(lint_text(tmp_path, one), "example-breaks-schema")
    assert found.where.pointer.endswith("/example")
    several = make("{type: integer}", "examples: {good: {value: 1}, bad: {value: x}}")
    (found,) = of_rule(lint_text(tmp_path, several), "example-breaks-schema")
    assert found.where.pointer.endswith("/examples/bad/value")


@pytest.mark.parametrize("make", [asyncapi2, asyncapi3], ids=["2", "3"])
def test_examples_of_a_message_are_judged(tmp_path: Path, make: Callable[..., str]) -> None:
    """The finding names the value that is wrong, and where what it breaks is asked for."""
    text = make(
        "{type: object, properties: {a: {type: object, properties: {b: {type: integer}}}}}",
        """
        examples:
          - payload: {a: {b: 1}}
          - payload:
              a:
                b: '1'
        """,
    )
    (found,) = of_rule(lint_text(tmp_path, text), "example-breaks-schema")
    assert "at a.b: expected integer, got str '1'" in found.says
    assert text.splitlines()[found.where.line - 1].strip() == "b: '1'"


def test_an_example_that_is_no_message_example_is_told(tmp_path: Path) -> None:
    """An example with neither payload nor headers is read by nobody."""
    text = asyncapi3("{type: object}", "examples: [{name: a}]")
    assert len(of_rule(lint_text(tmp_path, text), "example-without-payload")) == 1

"""Every promise has an id, and keeps it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from textwrap import dedent

import pytest

from conformance.contract.clause import Binds, Clause
from conformance.contract.clauses import slug
from conformance.contract.loading import read_services
from conformance.contract.schema import Schema
from conformance.documents.loader import parse_tree
from tests.contract.build import CHAT, service_of
from tests.documents.build import tree_of

LEGAL = re.compile(r"[A-Za-z0-9._/-]+")


def clauses_of(text: str, name: str = "a.yaml") -> dict[str, Clause]:
    ((_, book),) = read_services(parse_tree(dedent(text).encode(), Path(name), name), "toy")
    return book.clauses


CLAUSES = clauses_of(CHAT)


def shuffled(value: object, seed: random.Random) -> object:
    """The same value with the members of all maps in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        seed.shuffle(items)
        return {key: shuffled(each, seed) for key, each in items}
    return [shuffled(each, seed) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(5))
def test_ids_survive_reordering_and_another_format(seed: int) -> None:
    """The same document as shuffled JSON makes the same clauses, each saying the same."""
    other = clauses_of(json.dumps(shuffled(tree_of(CHAT).value, random.Random(seed)), indent=seed), "a.json")
    # what lists names in the document's order is said in that order; the members of a map have none
    assert {key: each.says for key, each in other.items()} == {
        key: each.says for key, each in CLAUSES.items()
    }


def test_the_clauses_of_a_document() -> None:
    """One clause a keyword a use, and the rules that a plain document makes."""
    found = [
        each for each in CLAUSES if not each.startswith(("toy/wire", "toy/transport", "toy/no", "toy/said"))
    ]
    assert found == [
        "toy/say/type",
        "toy/say/required",
        "toy/say/kind/const",
        "toy/say/ref/type",
        "toy/say/text/type",
        "toy/say/to/type",
        "toy/say/secret/type",
        "toy/heard/type",
        "toy/heard/minItems",
        "toy/heard/kind/const",
        "toy/heard/count/type",
        "toy/speak/reply",
        "toy/speak/correlation",
        "toy/speak/security",
        "toy/speak/unknown-to",
    ]
    assert [each for each in CLAUSES if each.startswith(("toy/wire", "toy/transport"))] == [
        "toy/wire/binary",
        "toy/wire/one-object",
        "toy/wire/unique-keys",
        "toy/wire/decodable",
        "toy/wire/known-message",
        "toy/transport/upgrade",
        "toy/transport/ping",
    ]


def test_a_text_format_promises_text_frames() -> None:
    """A frame is of the kind that its content type is of, and the clause says so."""
    clauses = clauses_of(CHAT.replace("application/msgpack", "application/json"))
    assert "toy/wire/text" in clauses
    assert "toy/wire/binary" not in clauses
    assert "toy/wire/text" not in CLAUSES


def test_whom_a_clause_binds() -> None:
    """What the target sends binds the target, what only clients send binds them."""
    assert CLAUSES["toy/heard/count/type"].binds is Binds.TARGET
    assert CLAUSES["toy/say/text/type"].binds is Binds.CLIENT
    assert CLAUSES["toy/speak/reply"].binds is Binds.TARGET


def test_a_clause_knows_its_place() -> None:
    """File and line of the schema, and the words of the use."""
    clause = CLAUSES["toy/heard/count/type"]
    line = next(number for number, text in enumerate(CHAT.splitlines(), 1) if "title: count" in text)
    assert (str(clause.where), clause.subject, clause.path, clause.keyword) == (
        f"a.yaml:{line}",
        "heard",
        ("count",),
        "type",
    )


def schemas(schema: Schema) -> set[str]:
    return {identity for node in schema.walk() for identity in node.clauses.values()}


def test_every_schema_clause_hangs_on_its_node() -> None:
    """The validator finds the id at the node that breaks."""
    service, book = service_of(CHAT)
    hung = set().union(*(schemas(message.payload) for message in service.messages.values()))
    assert hung == {each.id for each in book.clauses.values() if each.kind == "schema"}
    assert service.messages["heard"].payload.prefix[1].clauses == {"type": "toy/heard/count/type"}


SENTENCES = {
    "type: string": "M is a string.",
    "type: [integer, 'null']": "M is an integer or nil.",
    "enum: [a, 1]": "M is one of `a`, `1`.",
    "const: {a: 1}": 'M is `{"a": 1}`.',
    "pattern: ^a$": "M matches `^a$`.",
    "minimum: 0": "M is at least 0.",
    "maximum: 9": "M is at most 9.",
    "exclusiveMinimum: 0": "M is more than 0.",
    "exclusiveMaximum: 9": "M is less than 9.",
    "multipleOf: 5": "M is a multiple of 5.",
    "minLength: 1": "M has at least 1 character.",
    "maxLength: 2": "M has at most 2 characters.",
    "minItems: 1": "M has at least 1 element.",
    "maxItems: 2": "M has at most 2 elements.",
    "uniqueItems: true": "M repeats no element.",
    "required: [a, b]": "M always has `a`, `b`.",
    "minProperties: 1": "M has at least 1 member.",
    "maxProperties: 2": "M has at most 2 members.",
    "additionalProperties: false": "M has no members but the documented ones.",
    "{items: [true], additionalItems: false}": "M has no elements behind the documented ones.",
    "format: binary": "M is binary, not text.",
    "oneOf: [true, true]": "M fits exactly one of its 2 alternatives.",
    "anyOf: [true, true]": "M fits at least one of its 2 alternatives.",
    "not: {const: 1}": "M satisfies its `not`.",
    "properties: {x: false}": "`x` of M is never there.",
    "properties: {x: {items: {type: array}}}": "`x/each` of M is an array.",
}


@pytest.mark.parametrize(("schema", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_each_keyword_has_its_sentence(schema: str, sentence: str) -> None:
    """One plain sentence for a reader."""
    text = one_message(schema)
    assert [each.says for each in clauses_of(text).values() if each.kind == "schema"] == [sentence]


@pytest.mark.parametrize(
    "schema", ["minItems: 0", "required: []", "uniqueItems: false", "format: password", "allOf: [{}]"]
)
def test_what_cannot_fail_is_no_clause(schema: str) -> None:
    """A clause that nothing can break would always look enforced."""
    assert not [each for each in clauses_of(one_message(schema)).values() if each.kind == "schema"]


def one_message(schema: str) -> str:
    body = schema if schema.startswith("{") else "{" + schema + "}" if ": " in schema else schema
    return (
        "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ndefaultContentType: application/msgpack\n"
        f"channels: {{c: {{messages: {{M: {{payload: {body}}}}}}}}}\n"
        "operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\n"
    )


def test_ids_that_would_collide_are_numbered_by_their_words() -> None:
    """Names that differ in characters that ids lack, in whatever order they stand."""
    one = clauses_of(one_message("properties: {'a b': {type: string}, 'a-b': {type: integer}}"))
    two = clauses_of(one_message("properties: {'a-b': {type: integer}, 'a b': {type: string}}"))
    for found in (one, two):
        assert found["toy/M/a-b/type"].path == ("a b",)
        assert found["toy/M/a-b/type-2"].path == ("a-b",)


def test_ids_are_legal_and_unique() -> None:
    """Only characters that a file name, a filter and a URL can hold."""
    schema = "properties: {'ä/ö: x': {type: string}, '..': {type: integer}, '': {type: array}}"
    odd = clauses_of(one_message(schema))
    assert all(LEGAL.fullmatch(each) for each in odd)
    assert (slug("Größe in %"), slug(""), slug("a/b")) == ("Gr-e-in", "_", "a-b")

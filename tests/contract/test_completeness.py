"""Nothing falls through: a walk over the raw documents that shares no code with the expander finds no keyword
that is neither a clause nor in the lists below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.contract.clause import Clause
from conformance.contract.loading import read, read_services
from conformance.documents.find import find
from conformance.documents.loader import parse_tree

ROOT = Path(__file__).parents[2]
FREE = {
    "title", "description", "default", "example", "examples", "$comment", "externalDocs", "xml",
    "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$defs",
    "definitions", "summary",
}  # fmt: skip
"""Keywords that promise nothing, and those that only name or hold schemas."""

DRAFTS = {
    "draft-04": "http://json-schema.org/draft-04/schema#",
    "draft-06": "http://json-schema.org/draft-06/schema#",
    "draft-07": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
ORDER = list(DRAFTS)
WHOLE = {
    "not": (0, 9), "contains": (1, 9), "propertyNames": (1, 9), "if": (2, 9), "dependencies": (0, 3),
    "dependentRequired": (3, 9), "dependentSchemas": (3, 9), "unevaluatedItems": (3, 9),
    "unevaluatedProperties": (3, 9),
}  # fmt: skip
"""Judged as a whole by a library: keyword -> the dialects that have it, by their number."""

INSIDE = {
    0: "type enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern "
       "items maxItems minItems uniqueItems maxProperties minProperties required properties "
       "patternProperties additionalProperties allOf anyOf oneOf not additionalItems dependencies",
    1: "const contains propertyNames",
    2: "if then else",
    3: "dependentRequired dependentSchemas unevaluatedItems unevaluatedProperties minContains maxContains",
    4: "prefixItems",
}  # fmt: skip
GONE = {3: {"dependencies"}, 4: {"dependencies", "additionalItems"}}
PLAIN = {"type", "enum", "const", "pattern", "minimum", "maximum", "multipleOf", "minLength", "maxLength",
         "minItems", "maxItems", "required", "minProperties", "maxProperties", "anyOf", "oneOf"}  # fmt: skip

Use = tuple[str, str, str]  # file, pointer of the keyword, keyword


class Walker:
    """Walks raw documents. ``files``: name -> plain value."""

    def __init__(self, files: dict[str, object], openapi30: bool = False, raw: bool = False) -> None:
        self.files, self.openapi30, self.raw = files, openapi30, raw

    def at(self, file: str, pointer: str) -> object:
        here = self.files[file]
        for segment in pointer.split("/")[1:]:
            name = segment.replace("~1", "/").replace("~0", "~")
            here = here[int(name)] if isinstance(here, list) else here[name]  # type: ignore[index]
        return here

    def uses(
        self, file: str, pointer: str, draft: int,
        above: frozenset[tuple[str, str]] = frozenset(), whole: bool = False,
    ) -> Iterator[Use]:  # fmt: skip
        """Every keyword, at each use, that must be a clause."""
        value = self.at(file, pointer)
        if not isinstance(value, dict) or (file, pointer) in above:
            return
        named = value.get("$schema")
        if isinstance(named, str):
            draft = next(ORDER.index(name) for name, uri in DRAFTS.items() if uri == named)
        if "schemaFormat" in value and "schema" in value:
            form = str(value["schemaFormat"])
            draft = next((n for n, each in enumerate(ORDER) if each in form), draft)
            yield from self.uses(file, f"{pointer}/schema", draft, above, whole)
            return
        down = above
        if not ("$ref" in value and draft < 3 and not whole):
            down = above | {(file, pointer)}
        if isinstance(value.get("$ref"), str):
            there, _, fragment = str(value["$ref"]).partition("#")
            other = str(Path(file).parent / there) if there else file
            if draft < 3:
                for keyword in value:
                    if keyword not in FREE and keyword != "$ref" and not vacuous(keyword, value[keyword]):
                        yield file, f"{pointer}/{escaped(keyword)}", keyword
            yield from self.uses(other, fragment, draft, down, whole)
            if draft < 3:
                return
        for keyword, argument in value.items():
            place = f"{pointer}/{escaped(keyword)}"
            if keyword in FREE or keyword == "$ref" or vacuous(keyword, argument):
                continue
            if whole:
                if keyword in self.library(draft):
                    yield from self.inside(file, place, keyword, argument, draft, down, whole=True)
                elif not self.of_bytes(keyword, argument, value, draft):
                    yield file, place, keyword
                continue
            first, last = WHOLE.get(keyword, (9, 9))
            if first <= draft < last:
                yield file, place, keyword
                yield from self.inside(file, place, keyword, argument, draft, down, whole=True)
            elif keyword in self.library(draft) and keyword not in WHOLE:
                if clause_of(keyword, argument, value, draft) or not structural(keyword, value, draft):
                    yield file, place, keyword
                part = keyword in ("then", "else")
                if part and "if" not in value:
                    continue  # nobody reads it
                yield from self.inside(file, place, keyword, argument, draft, down, whole=part)
            elif not (keyword == "nullable" and self.openapi30 and "type" in value):
                yield file, place, keyword

    def of_bytes(self, keyword: str, argument: object, value: dict[str, object], draft: int) -> bool:
        """Whether a keyword says that a string is bytes on the wire, or a text that must decode."""
        types = value.get("type", "string")
        if "string" not in (types if isinstance(types, list) else [types]):
            return False
        if keyword == "format":
            return self.raw and argument == "binary"
        alone = keyword == "contentMediaType" and self.raw and "contentEncoding" not in value
        return draft >= 2 and (keyword == "contentEncoding" or alone)

    def inside(
        self, file: str, place: str, keyword: str, argument: object, draft: int,
        above: frozenset[tuple[str, str]], whole: bool,
    ) -> Iterator[Use]:  # fmt: skip
        if keyword in ("enum", "const", "required", "type", "dependentRequired"):
            return
        named = ("properties", "patternProperties", "dependentSchemas", "dependencies")
        if keyword in named and isinstance(argument, dict):
            for name in argument:
                yield from self.uses(file, f"{place}/{escaped(name)}", draft, above, whole)
        elif isinstance(argument, list):
            for index in range(len(argument)):
                yield from self.uses(file, f"{place}/{index}", draft, above, whole)
        else:
            owner = self.at(file, place.rpartition("/")[0])
            if keyword == "additionalItems" and not whole and not structural(keyword, owner, draft):
                return
            yield from self.uses(file, place, draft, above, whole)

    def library(self, draft: int) -> set[str]:
        known = {each for first in range(draft + 1) for each in INSIDE.get(first, "").split()}
        return known - GONE.get(draft, set())


def escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def vacuous(keyword: str, argument: object) -> bool:
    """Whether the argument lets everything pass; ``format: password`` is a mark for those who record."""
    if keyword.startswith("x-"):
        return True
    if keyword in ("minLength", "minItems", "minProperties"):
        return argument == 0
    if keyword in ("uniqueItems", "readOnly", "writeOnly", "deprecated", "nullable"):
        return argument is False
    if keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        return argument is False
    return (keyword, argument) in (("required", []), ("format", "password"))


def clause_of(keyword: str, argument: object, value: object, draft: int) -> bool:
    """Whether a keyword of the dialect, with that argument, is judged by itself."""
    assert isinstance(value, dict)
    if keyword in ("minimum", "maximum"):
        return value.get("exclusive" + keyword.capitalize()) is not True
    if keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        return argument is not True or keyword.removeprefix("exclusive").lower() in value
    if keyword == "additionalProperties":
        return argument is False
    if keyword == "items":
        return argument is False
    if keyword == "additionalItems":
        return argument is False and isinstance(value.get("items"), list)
    return keyword in PLAIN or keyword == "uniqueItems"


def structural(keyword: str, value: object, draft: int) -> bool:
    """Whether a keyword leads to schemas, or is read together with another."""
    assert isinstance(value, dict)
    if keyword == "additionalItems":
        return isinstance(value.get("items"), list)
    if keyword in ("then", "else"):
        return "if" in value
    if keyword in ("minContains", "maxContains"):
        return "contains" in value
    if keyword in ("minimum", "maximum"):
        return True
    return keyword in (
        "properties",
        "patternProperties",
        "additionalProperties",
        "items",
        "prefixItems",
        "allOf",
    )


def missing(expected: Counter[Use], clauses: list[Clause]) -> Counter[Use]:
    """What the ledger lacks, or holds more often than the document uses it."""
    held: Counter[Use] = Counter()
    for clause in clauses:
        if clause.kind == "schema" and clause.keyword != "false":
            held[clause.where.file, clause.where.pointer, clause.keyword] += 1
    return (expected - held) + (held - expected)


def operation_schemas(document: dict[str, object]) -> Iterator[str]:
    """The schemas of an OpenAPI document by their pointers, references to responses apart."""
    for path, item in dict(document["paths"]).items():  # type: ignore[call-overload]
        for method, operation in item.items():
            for status, response in operation.get("responses", {}).items():
                for media in response.get("content", {}):
                    base = f"/paths/{escaped(path)}/{method}/responses/{status}/content/{escaped(media)}"
                    yield f"{base}/schema"


@pytest.mark.parametrize("folder", ["specs/gateway", "specs/market-data", "tests/foreign"])
def test_every_keyword_of_the_documents_at_hand_is_in_the_ledger(folder: str) -> None:
    """Shipped and foreign documents: each keyword, as often as it is used."""
    contract, loaded = read(find(ROOT / folder))
    for each in loaded:
        document = each.tree.value
        old = str(document.get("openapi", "")).startswith("3.0")
        walker = Walker({each.tree.file: document}, openapi30=old)
        expected: Counter[Use] = Counter()
        if "asyncapi" in document:
            for message in (one for service in each.services for one in service.messages.values()):
                at = walker.at(each.tree.file, message.where.pointer)
                assert isinstance(at, dict)
                walker.raw = "msgpack" in message.content_type
                if "payload" in at:
                    expected.update(walker.uses(each.tree.file, f"{message.where.pointer}/payload", 2))
        else:
            for pointer in operation_schemas(document):
                expected.update(walker.uses(each.tree.file, pointer, 0 if old else 4))
        assert expected
        names = {service.name for service in each.services}
        clauses = [one for one in contract.clauses.values() if one.service in names]
        assert not missing(expected, clauses)


leaf: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "object", ["integer", "null"]]),
        "enum": st.just(["a", 1]),
        "const": st.just("a"),
        "minimum": st.just(3),
        "exclusiveMinimum": st.booleans(),
        "minLength": st.integers(0, 1),
        "maxlength": st.just(5),
        "required": st.sampled_from([[], ["a"]]),
        "uniqueItems": st.booleans(),
        "format": st.sampled_from(["date-time", "binary", "password"]),
        "contentEncoding": st.just("base64"),
        "contentMediaType": st.just("image/png"),
        "contentSchema": st.just({"minLength": 1}),
        "readOnly": st.booleans(),
        "writeOnly": st.booleans(),
        "deprecated": st.booleans(),
        "nullable": st.booleans(),
        "discriminator": st.just("kind"),
        "minContains": st.just(1),
        "title": st.just("t"),
        "x-vendor": st.just({"minLength": 4}),
        "vendor/word~": st.just([1]),
        "dependentRequired": st.just({"a": ["b"]}),
    },
)


def grown(children: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    named = st.dictionaries(st.sampled_from(["a", "b/c", "d~"]), children, max_size=2)
    several = st.lists(children, min_size=1, max_size=2)
    groups: dict[str, st.SearchStrategy[object]] = {
        "properties": named,
        "patternProperties": st.dictionaries(st.just("^x"), children, max_size=1),
        "additionalProperties": children | st.booleans(),
        "additionalItems": children | st.booleans(),
        "prefixItems": several,
        "allOf": several,
        "oneOf": several,
        "anyOf": several,
        "not": children,
        "if": children,
        "then": children,
        "contains": children,
        "propertyNames": children,
        "dependentSchemas": named,
        "$ref": st.sampled_from(["#/components/schemas/One", "#/components/schemas/Two"]),
    }
    chosen = st.lists(st.sampled_from(list(groups)), max_size=2, unique=True)
    return chosen.flatmap(
        lambda keys: st.tuples(leaf, st.fixed_dictionaries({key: groups[key] for key in keys}))
    ).map(lambda both: {**both[0], **both[1]})


schemas = st.recursive(leaf, grown, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(draft=st.sampled_from(ORDER), payload=schemas, one=schemas, two=schemas, raw=st.booleans())
@example("2020-12", {"not": {"$ref": "#/components/schemas/One"}}, {"maxlength": 5}, {}, True)
@example(
    "draft-04",
    {"properties": {"a": {"$ref": "#/components/schemas/One", "maximum": 4}}},
    {"const": 1},
    {},
    False,
)
@example(
    "draft-07",
    {"items": {"$ref": "#/components/schemas/One"}, "prefixItems": [{}]},
    {"properties": {"a": {"$ref": "#/components/schemas/One"}}, "if": {"format": "date"}, "then": {}},
    {},
    True,
)
def test_every_keyword_of_generated_schemas_is_in_the_ledger(
    draft: str, payload: dict[str, object], one: dict[str, object], two: dict[str, object], raw: bool
) -> None:
    """Any dialect, references and recursion, keywords of other dialects and of none: each is a clause."""
    number = ORDER.index(draft)
    for each in (payload, one, two):
        fit(each, number)
    document: dict[str, object] = {
        "asyncapi": "3.0.0",
        "info": {"title": "T", "version": "1"},
        "defaultContentType": "application/msgpack" if raw else "application/json",
        "channels": {"c": {"messages": {"M": {"payload": {"$schema": DRAFTS[draft], **payload}}}}},
        "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
        "components": {"schemas": {"One": one, "Two": two}},
    }
    if payload.get("$ref") and number < 3:
        return  # nothing beside a reference counts there, its dialect neither
    if only_references(one, two):
        return  # a circle of references alone is refused
    text = yaml.safe_dump(document, sort_keys=False).encode()
    ((_, book),) = read_services(parse_tree(text, Path("a.yaml"), "a.yaml"), "t")
    walker = Walker({"a.yaml": document}, raw=raw)
    expected = Counter(walker.uses("a.yaml", "/channels/c/messages/M/payload", number))
    assert not missing(expected, list(book.clauses.values()))
    for clause in book.clauses.values():
        assert clause.unenforceable == "" or clause.unenforceable[0] != " "


def fit(schema: object, number: int) -> None:
    """What this draft refuses outright is taken out: these are errors of a document, not unheard promises."""
    if isinstance(schema, list):
        for each in schema:
            fit(each, number)
    elif isinstance(schema, dict):
        if number > 0 and isinstance(schema.get("exclusiveMinimum"), bool):
            schema["exclusiveMinimum"] = 3
        for key, value in schema.items():
            if key not in ("enum", "const", "x-vendor", "vendor/word~"):
                fit(value, number)


def only_references(*schemas: dict[str, object]) -> bool:
    return any("$ref" in each for each in schemas)


@pytest.mark.parametrize(
    ("schema", "unheld"),
    [
        ("{type: integer, minLength: 3, minimum: 1}", ["minLength"]),
        ("{type: [string, 'null'], maximum: 3, multipleOf: 2, pattern: ^a$}", ["maximum", "multipleOf"]),
        ("{type: object, uniqueItems: true, minProperties: 1}", ["uniqueItems"]),
        ("{type: [string, integer], minLength: 3, minimum: 1}", []),
        ("{minLength: 3, minimum: 1}", []),
    ],
)
def test_a_keyword_that_no_value_of_the_type_can_break_is_enforced_by_nobody(
    schema: str, unheld: list[str]
) -> None:
    """No case claims it, and the ledger says why."""
    message = f"channels: {{c: {{messages: {{M: {{payload: {schema}}}}}}}}}\n"
    text = "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\ndefaultContentType: application/json\n"
    text += message + "operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\n"
    ((_, book),) = read_services(parse_tree(text.encode(), Path("a.yaml"), "a.yaml"), "t")
    found = {each.keyword: each.unenforceable for each in book.clauses.values() if each.kind == "schema"}
    why = "it says nothing about a value of the schema's type"
    assert [name for name, reason in found.items() if reason] == unheld
    assert {reason for reason in found.values() if reason} <= {why}

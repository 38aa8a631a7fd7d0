"""Strings that carry bytes: bin where the codec has bytes, an encoded text where it has none."""

from __future__ import annotations

import pytest

from conformance.codec import MISSING
from conformance.contract.clause import Clause
from conformance.contract.schema import Schema
from conformance.payloads import mutants, valid
from conformance.validation import judge
from tests.contract.build import service_of

MSGPACK, JSON = "application/msgpack", "application/json"


def payload(schema: str, content_type: str) -> tuple[Schema, dict[str, Clause]]:
    """The payload of the only message of a document in that encoding, and its clauses."""
    service, book = service_of(
        "asyncapi: 3.0.0\ninfo: {title: Toy, version: '1'}\n"
        f"channels: {{c: {{messages: {{m: {{contentType: {content_type}, payload: {schema}}}}}}}}}\n"
        "operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\n"
    )
    return service.messages["m"].payload, book.clauses


def judged(schema: Schema, *values: object) -> list[list[str]]:
    """The keywords that each value breaks."""
    found = [judge(schema, value).findings for value in values]
    return [[each.clause.rpartition("/")[2] for each in findings] for findings in found]


@pytest.mark.parametrize(
    ("says", "keyword"),
    [
        ("format: binary", "format"),
        ("contentEncoding: binary", "contentEncoding"),
        ("contentEncoding: base64", "contentEncoding"),
        ("contentEncoding: BASE64, contentMediaType: image/png", "contentEncoding"),
        ("contentMediaType: application/octet-stream", "contentMediaType"),
    ],
)
def test_messagepack_has_bytes(says: str, keyword: str) -> None:
    """Bin and nothing else; bounds count bytes; the clause that a text breaks is the keyword's own."""
    schema, clauses = payload(f"{{type: string, maxLength: 2, {says}}}", MSGPACK)
    assert judged(schema, b"\xff\xfe", "ab", 1, b"abc") == [[], [keyword], ["type"], ["maxLength"]]
    assert clauses[f"toy/m/{keyword}"].says == "m is binary, not text."
    assert clauses["toy/m/maxLength"].says == "m has at most 2 bytes."
    assert not clauses[f"toy/m/{keyword}"].unenforceable
    assert "bin" in str(judge(schema, "ab").findings[0])


@pytest.mark.parametrize(
    "says",
    [
        "format: date",
        "contentEncoding: 7bit",
        "contentMediaType: text/html",
        "contentMediaType: application/json",
    ],
)
def test_a_text_is_never_bin(says: str) -> None:
    """What carries text is str, in MessagePack, too."""
    schema, _ = payload(f"{{type: string, {says}}}", MSGPACK)
    assert judged(schema, "ab", b"ab") == [[], ["type"]]


def test_nullable_bytes() -> None:
    """A list of types keeps the others."""
    schema, _ = payload("{type: [string, 'null'], format: binary}", MSGPACK)
    assert judged(schema, None, b"", "", 1) == [[], [], ["format"], ["type"]]


@pytest.mark.parametrize(
    ("encoding", "good", "bad"),
    [
        ("base64", ["", "YQ==", "YW\r\nJj"], ["YQ", "Y%==", "YWJ_"]),
        ("base64url", ["YWJ_", "YQ", "YQ=="], ["YW+/", "Y"]),
        ("base32", ["ME======"], ["me======", "ME"]),
        ("base32hex", ["C4======"], ["ZZ======"]),
        ("base16", ["6A", "6a"], ["6", "6G"]),
    ],
)
def test_json_has_texts_that_decode(encoding: str, good: list[str], bad: list[str]) -> None:
    """A text in the encoding; never bytes, which JSON cannot write."""
    schema, clauses = payload(f"{{type: string, contentEncoding: {encoding}}}", JSON)
    assert judged(schema, *good) == [[]] * len(good)
    assert judged(schema, *bad) == [["contentEncoding"]] * len(bad)
    assert judged(schema, b"ab") == [["type"]]
    assert clauses["toy/m/contentEncoding"].says == f"m is text in {encoding}."


@pytest.mark.parametrize("says", ["format: binary", "contentEncoding: binary", "contentEncoding: gzip"])
def test_json_has_no_bytes_to_demand(says: str) -> None:
    """What cannot be held against a JSON text is a clause that nobody enforces."""
    schema, clauses = payload(f"{{type: string, {says}}}", JSON)
    assert judged(schema, "anything", b"ab") == [[], ["type"]]
    assert clauses[f"toy/m/{says.partition(':')[0]}"].unenforceable


@pytest.mark.parametrize(("content_type", "good", "bad"), [(MSGPACK, b"abc", "abc"), (JSON, "YQ==", "a%")])
def test_inside_a_keyword_that_is_judged_as_a_whole(content_type: str, good: object, bad: object) -> None:
    """The same there, lengths included."""
    text = "{items: {if: {type: string, contentEncoding: base64, minLength: 3}, then: false}}"
    schema, _ = payload(text, content_type)
    assert [judge(schema, [each]).ok for each in (good, bad, b"ab")] == [False, True, True]


@pytest.mark.parametrize(
    ("says", "content_type", "value", "keyword"),
    [
        ("format: binary, minLength: 3", MSGPACK, b"abc", "format"),
        ("contentEncoding: base64", MSGPACK, b"a", "contentEncoding"),
        ("contentEncoding: base64", JSON, "YQ==", "contentEncoding"),
        ("contentEncoding: base64url, minLength: 6", JSON, "YWFhYQ==", "contentEncoding"),
        ("contentEncoding: base16", JSON, "61", "contentEncoding"),
    ],
)
def test_values_and_mutants_agree(says: str, content_type: str, value: object, keyword: str) -> None:
    """A value of such a string can be made, and broken by what it is."""
    schema, _ = payload(f"{{type: string, {says}}}", content_type)
    made = valid(schema)
    assert judge(schema, made).ok
    assert made == value
    broken = {each.clause.rpartition("/")[2]: each for each in mutants(schema, made)}
    assert {keyword, "type"} <= set(broken)
    assert broken[keyword].value is not MISSING

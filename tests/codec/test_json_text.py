"""JSON text, as strict as the wire."""

import json
import math
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.codec import JSON, MISSING, Pairs, same
from conformance.codec.item import assemble
from conformance.codec.json_walk import walk

from .strategies import JSON_VALUES

decode, encode = JSON.decode, JSON.encode


@given(JSON_VALUES)
def test_what_is_encoded_is_decoded(value: object) -> None:
    """The round trip keeps int and float apart and integers exact, on both paths."""
    data = encode(value)
    assert same(decode(data).value, value)
    assert decode(data).ok
    assert same(assemble(walk(data)).value, value)


@given(st.text(alphabet='[]{},:"\\ 01-+.eEtrufalsn\n\u00e9', max_size=30))
def test_python_and_the_walker_agree_on_validity(text: str) -> None:
    """A text is free of problems exactly when Python's parser takes it."""
    kinds = {problem.kind for problem in assemble(walk(text.encode())).problems} - {"duplicate_key"}
    try:
        value = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert kinds
    else:
        assert not kinds
        assert same(decode(text.encode()).value, value)


@pytest.mark.parametrize(
    ("data", "value", "problem"),
    [
        (b"", MISSING, "the text is empty (byte 0)"),
        (b"[NaN]", [], "no JSON value begins with b'N' (byte 1)"),
        (b'{"a": 1, "a": 2}', {"a": 2}, "a map holds the key 'a' twice (byte 9)"),
        (b"[1] [2]", [1], "3 trailing bytes after the value (byte 4)"),
        (b'["\xff"]', ["\ufffd"], "a string holds invalid UTF-8 (byte 2)"),
        (b'["\\ud800"]', ["\\ud800"], "a string holds a lone surrogate (byte 1)"),
        (b'["a', [], "a string is not closed, or holds an illegal character or escape (byte 1)"),
        (b"{1: 2}", {}, "expected a key in quotes (byte 1)"),
        (b'{"a" 2}', {}, "a key is not followed by a colon (byte 5)"),
        (b"[1 2]", [1], "expected ',' or ']' (byte 3)"),
        (b"[1,", [1], "the text ends where a value should be (byte 3)"),
        (b"[1" + b"0" * 5000 + b"]", [], "an integer of 5001 digits (byte 1)"),
    ],
)
def test_each_problem_has_its_sentence(data: bytes, value: object, problem: str) -> None:
    """What is wrong with a text is said in one sentence, with the byte."""
    decoded = decode(data)
    assert same(decoded.value, value)
    assert [str(found) for found in decoded.problems] == [problem]


def test_escaped_characters_are_read() -> None:
    """Escapes, surrogate pairs too, are the characters that they name."""
    assert decode(rb'"\u00e4\ud83d\ude00\n"').value == "ä😀\n"


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000, b'"' + b"\\u0041" * 200_000,
                                  random.Random(3).randbytes(1_000_000)])  # fmt: skip
def test_hostile_texts_take_bounded_time(data: bytes) -> None:
    """Depth bombs and garbage give an answer, quickly."""
    start = time.process_time()
    assert decode(data).problems
    assert time.process_time() - start < 5


@pytest.mark.parametrize("value", [b"", math.nan, {1: 2}, Pairs(((1, 2),)), object()])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    """An impossible value is a ValueError."""
    with pytest.raises(ValueError, match="JSON"):
        encode(value)


def test_pairs_are_written_as_they_stand() -> None:
    """Duplicate keys can be sent."""
    assert encode(Pairs((("a", 1), ("a", [])))) == b'{"a":1,"a":[]}'

"""Thousands of words are found in one go, and none of them is missed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from conformance.transcript import needles
from conformance.transcript.needles import LONGISH, PIECE, Needles
from conformance.transcript.redact import Secrets

WORDS = st.lists(st.text("ab", min_size=1, max_size=30), min_size=1, max_size=20)
MANY = 5000


def plainly(words: list[str], data: str) -> set[int]:
    """The letters that belong to a word, found by trying each at each place."""
    found: set[int] = set()
    for word in words:
        for at in range(len(data)):
            end = 0
            while end < len(word) and data[at + end : at + end + 1] == word[end]:
                end += 1
            if end >= min(LONGISH, len(word)):
                found.update(range(at, at + end))
    return found


def found(known: Needles[str], data: str) -> set[int]:
    return {at for start, end in known.spans(data) for at in range(start, end)}


@given(WORDS, st.text("abc", max_size=120))
def test_all_that_is_there_is_found(words: list[str], data: str) -> None:
    """Whole words and longish beginnings, whatever they have in common, looked up or looked for."""
    few, some, many = Needles[str](), Needles[str](), Needles[str]()
    for known, others in ((few, 0), (some, 4 * needles.FEW), (many, needles.MANY + 1)):
        for word in (*words, *(f"{number:04}" for number in range(others)), *words):
            known.add(word)
        assert found(known, data) == plainly(words, data)
        late = f"c{data[:10]}"
        known.add(late)  # after the first look
        assert found(known, data + late) == plainly([*words, late], data + late)
    few = Needles[str]()
    for word in words:
        few.add(word)
    assert len(few) == len(set(words))


@given(st.integers(0, 3 * PIECE + 40), st.integers(0, 2**32))
def test_a_very_long_word_is_found_as_far_as_it_goes(cut: int, seed: int) -> None:
    """It is looked for in pieces; a beginning of it is found to its last letter."""
    random = Random(seed)
    word = "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=3 * PIECE + 40))
    known = Needles[str]()
    known.add(word)
    data = "…" + word[:cut] + "…"
    assert found(known, data) == (set(range(1, cut + 1)) if cut >= LONGISH else set())


def _issued(random: Random) -> Iterator[str]:
    for number in range(MANY):
        yield f"tok_live_of_them_all_{number:x}" if number % 3 else f"{random.randrange(16**20):020x}"


def test_five_thousand_secrets_are_starred_out() -> None:
    """Each of them, in each spelling, with a beginning in common and without."""
    secrets, issued = Secrets(), list(_issued(Random(7)))
    for secret in issued:
        secrets.add(secret)
    for spelled in (issued, [base64.b64encode(one.encode()).decode().rstrip("=") for one in issued]):
        whole = " ".join(spelled)
        stars = " ".join("*" * len(one) for one in spelled)
        assert secrets.redact_text(whole) == stars
        assert secrets.redact_bytes(whole.encode()) == stars.encode()
    quiet = '{"kind": "other", "rows": [1, 2, 3]}'
    assert secrets.redact_text(quiet) is quiet


def test_a_secret_of_few_letters_is_starred_out() -> None:
    """Four bytes may be a single letter."""
    secrets = Secrets()
    secrets.add("\N{KEY}")
    assert secrets.redact_text("a \N{KEY} b") == "a * b"


def test_the_work_does_not_grow_with_the_words() -> None:
    """A place is looked at once for each length that a beginning may have, however many words begin there."""
    known = Needles[bytes]()
    for number in range(MANY):
        known.add(b"tok_live_of_them_all_%x" % number)
        known.add(b"%04x" % number)
    data = b"tok_live_of_them_all_7 " * 100
    assert len(list(known._candidates(data))) == 100
    assert len(list(known.spans(data))) == 100

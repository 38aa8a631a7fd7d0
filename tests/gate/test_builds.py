"""Versions: which comes before which, and which builds a range holds."""

from __future__ import annotations

import random

import pytest

from conformance.gate.builds import Builds, order

# Semantic Versioning 2.0.0, section 11, gives the middle of this row as its example.
ASCENDING = (
    "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
    "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "1.10", "1.10.0.1", "2026.11.23",
)  # fmt: skip


def test_versions_are_ordered_as_semantic_versioning_has_it() -> None:
    shuffled = random.Random(1).sample(ASCENDING, len(ASCENDING))
    assert sorted(shuffled, key=order) == list(ASCENDING)
    assert len({order(each) for each in ASCENDING}) == len(ASCENDING)


@pytest.mark.parametrize("same", ["1.4.0", "v1.4", "1.4.0.0", "1.4+build.7", "1.04"])
def test_one_version_may_be_written_in_several_ways(same: str) -> None:
    assert order(same) == order("1.4")


@pytest.mark.parametrize(
    "text", ["", "latest", "1.", ".1", "1..2", "1.4-", "deadbeef", "1,4", "٣.٤", "1" * 5000]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        order(text)


@pytest.mark.parametrize(
    ("builds", "inside", "outside"),
    [
        (Builds("1.4", "1.4.9"), ["1.4.0", "1.4.9", "1.4.2-rc.1"], ["1.3.9", "1.4.10", "1.4.0-rc.1"]),
        (Builds(first="1.4"), ["1.4", "99"], ["1.3"]),
        (Builds(last="1.4"), ["0", "1.4", "1.4-rc"], ["1.4.1"]),
    ],
)
def test_both_ends_are_in_a_range(builds: Builds, inside: list[str], outside: list[str]) -> None:
    assert [each for each in (*inside, *outside) if builds.holds(each)] == inside


@pytest.mark.parametrize(
    ("builds", "words"),
    [
        (Builds("1", "2"), "from 1 to 2"),
        (Builds("1"), "from 1"),
        (Builds(last="2"), "to 2"),
        (Builds("1", "1"), "1"),
    ],
)
def test_a_range_in_words(builds: Builds, words: str) -> None:
    assert str(builds) == words

"""Groups tell the same as looking at every pair."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as some

from conformance.contract.apart import pairs
from conformance.contract.telling import Column, Group, by_most

TOKENS = some.frozensets(some.integers(0, 3), min_size=1, max_size=2)
MEMBERS = tuple("abcdef")
TABLES = some.dictionaries(
    some.sampled_from("xyz"), some.dictionaries(some.sampled_from(MEMBERS), TOKENS), max_size=3
)


def made_of(table: dict[str, dict[str, frozenset[int]]]) -> dict[str, Column]:
    return {
        name: Column({each: frozenset(tokens) for each, tokens in known.items()})
        for name, known in table.items()
    }


@given(TABLES)
def test_what_is_left_is_what_no_aspect_tells(table: dict[str, dict[str, frozenset[int]]]) -> None:
    """Two members are left together exactly where at no aspect both are known and share nothing."""
    columns = made_of(table)
    _, groups = by_most([Group(MEMBERS)], columns, sorted(columns))
    open_pairs = {
        frozenset(pair)
        for pair in combinations(MEMBERS, 2)
        if not any(
            pair[0] in known and pair[1] in known and known[pair[0]].isdisjoint(known[pair[1]])
            for known in table.values()
        )
    }
    assert {frozenset(pair) for pair in pairs(groups)} == open_pairs


@given(TABLES)
def test_nothing_is_taken_that_tells_no_more(table: dict[str, dict[str, frozenset[int]]]) -> None:
    """Each aspect that is chosen tells a pair apart that those chosen before did not."""
    columns = made_of(table)
    chosen, _ = by_most([Group(MEMBERS)], columns, sorted(columns))
    for count in range(len(chosen)):
        some_left = by_most([Group(MEMBERS)], columns, chosen[:count])[1]
        more_left = by_most([Group(MEMBERS)], columns, chosen[: count + 1])[1]
        assert {frozenset(p) for p in pairs(more_left)} < {frozenset(p) for p in pairs(some_left)}

"""Shrinking: a failing sequence becomes a handful of moves, in few tries."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.trading.draw import LONG, SHORT, Drawn
from conformance.trading.oracle import BREAKS, Oracle
from conformance.trading.sequence import Sequence
from conformance.trading.shrink import shrinking
from conformance.trading.telling import LEVELS, puts_to_the_test
from conformance.trading.themes import THEMES

ALL = frozenset({*BREAKS, "resting", "lasting"})
MOST_TRIES = 120


def shrunk(sequence: Sequence, fails: Callable[[Sequence], bool]) -> tuple[Sequence, list[Sequence]]:
    """The shortest that was found, and all that were tried."""
    trying = shrinking(sequence, ALL)
    tried: list[Sequence] = []
    failed = False
    try:
        tried.append(next(trying))
        while True:
            failed = fails(tried[-1])
            tried.append(trying.send(failed))
    except StopIteration as end:
        found: Sequence = end.value
        return found, tried


LENGTHS = [(theme, LONG if theme in ("time_priority", "progress") else SHORT) for theme in THEMES]


@pytest.mark.parametrize(("theme", "most"), LENGTHS)
def test_what_fails_is_shrunk_to_a_handful_of_moves(theme: str, most: int) -> None:
    """A wrong exchange is told by few moves, and they are found among thirty in few tries."""
    sequence = Drawn(0, theme, ALL, 2, most).sequence
    assert sequence is not None
    found, tried = shrunk(sequence, lambda each: puts_to_the_test(each, theme, ALL))
    assert puts_to_the_test(found, theme, ALL)
    assert len(found.moves) <= 4
    assert len(tried) <= MOST_TRIES
    assert len(tried) == len(set(tried))
    for candidate in tried:
        oracle = Oracle(ALL, LEVELS)
        assert all(oracle.play(move) is not None for move in candidate.moves)


def test_what_remains_is_as_plain_as_can_be() -> None:
    """Sizes of one, no flags, nothing by client id, unless it takes them."""
    text = (
        "a lists; a buys 3 at 2 post-only; b sells 4 at 5; a cancels #1 by client id; b amends #2 to 7 at 6"
    )
    found, _ = shrunk(Sequence.parse(text), lambda each: "a cancels" in str(each))
    assert found.lines == ("a buys 1 at 2", "a cancels #1")


def test_orders_keep_their_meaning_when_others_are_left_out() -> None:
    """A number names the same order, whatever is left of those before it."""
    text = "a buys 1 at 2; a buys 1 at 3; a buys 1 at 1; b reconnects; a cancels #3; a amends #2 to 4"
    found, _ = shrunk(Sequence.parse(text), lambda each: "at 1" in str(each) and "cancels" in str(each))
    assert found.lines == ("a buys 1 at 1", "a cancels #1")


def test_one_that_is_the_shortest_stays_as_it_is() -> None:
    """Where nothing shorter fails, the sequence itself is returned."""
    sequence = Sequence.parse("a buys 1 at 3")
    assert (
        shrunk(Sequence.parse("a buys 1 at 3; a cancels #1"), lambda _: False)[0].lines[1] == "a cancels #1"
    )
    trying = shrinking(sequence, ALL)
    with pytest.raises(StopIteration) as end:
        next(trying)
    assert end.value.value == sequence

"""Drawing: a seed always draws the same, and each sequence puts its promise to the test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.trading.draw import LONG, SHORT, Drawn
from conformance.trading.oracle import BREAKS, Oracle
from conformance.trading.sequence import Sequence
from conformance.trading.telling import LEVELS, puts_to_the_test
from conformance.trading.themes import THEMES

ALL = frozenset({*BREAKS, "resting", "lasting"})


def drawn(theme: str, place: int = 0, *, seed: int = 0, most: int = SHORT) -> Sequence:
    found = Drawn(seed, theme, ALL, place, most).sequence
    assert found is not None
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_each_sequence_puts_its_promise_to_the_test(theme: str) -> None:
    """Nothing of it is left out, and it is no longer than it may be."""
    made = [drawn(theme, place) for place in range(8)]
    assert len(set(made)) == 8
    for sequence in made:
        oracle = Oracle(ALL, LEVELS)
        assert all(oracle.play(move) is not None for move in sequence.moves)
        assert puts_to_the_test(sequence, theme, ALL)
        assert len(sequence.moves) <= SHORT


def test_the_seed_decides_what_is_drawn() -> None:
    """Another seed, other sequences; the same, the same."""
    assert drawn("queue", 3) == drawn("queue", 3)
    assert {drawn("queue", each) for each in range(5)} != {drawn("queue", each, seed=1) for each in range(5)}


def test_another_process_draws_the_same_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """What a run drew can be drawn again: nothing but seed and number decides, no file, no module loaded."""
    words = (
        "from conformance.trading.draw import *; from conformance.trading.oracle import BREAKS; import {}; "
        "print(Drawn(0, 'known', frozenset({{*BREAKS, 'resting', 'lasting'}}), 5, SHORT).sequence)"
    )
    for module in ("decimal", "conformance.fronts.prepare"):
        done = subprocess.run(
            [sys.executable, "-c", words.format(module)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == str(drawn("known", 5))
    assert list(tmp_path.iterdir()) == []


def test_long_ones_are_longer() -> None:
    """Beyond the usual number sequences have up to thirty moves."""
    lengths = [len(drawn("cancels", place, most=LONG).moves) for place in range(12)]
    assert max(lengths) > 2 * SHORT
    assert max(lengths) <= LONG

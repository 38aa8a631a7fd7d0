"""When a clause broke and was mended, in a row of runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.history.lives import Spell, spells


def lived(row: str) -> list[Spell]:
    """Of a row of runs: x saw it broken, . kept it, a space did not test it."""
    return spells([at for at, mark in enumerate(row) if mark == "x"], lambda at: row[at] == ".", len(row))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("", []),
        ("...", []),
        ("x", [Spell(0, 0)]),
        (".x x.", [Spell(1, 3, 2, held=0, mended=4)]),
        (". x .", [Spell(2, 2, 1, held=0, mended=4)]),
        ("x.x", [Spell(0, 0, 1, mended=1), Spell(2, 2, 1, held=1)]),
    ],
)
def test_spells(row: str, expected: list[Spell]) -> None:
    assert lived(row) == expected


@given(st.text("x. ", max_size=40))
def test_every_break_is_in_one_spell_and_a_run_that_kept_it_in_none(row: str) -> None:
    """Counted another way: without the runs that tested nothing, spells are the blocks of breaks."""
    blocks = [block for block in row.replace(" ", "").split(".") if block]
    made = lived(row)
    assert [each.runs for each in made] == [len(block) for block in blocks]
    for each in made:
        assert "." not in row[each.first : each.last + 1]
        assert each.held is None or (row[each.held] == "." and "." not in row[each.held + 1 : each.first])
        assert each.mended is None or (row[each.mended] == "." and "." not in row[each.last : each.mended])
        assert (each.held is None) == ("." not in row[: each.first])
        assert (each.mended is None) == ("." not in row[each.last :])

"""Look-alikes: never the credential itself, near to it, and made only when they are sent."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.filling import Filler, Unreckonable, parts
from conformance.cases.lookalikes import HOW, Alike, alike
from conformance.cases.steps import Saved
from conformance.payloads import Hole

SECRET = "omn_Zo9"


@given(st.text(min_size=1), st.sampled_from(sorted(HOW)))
def test_a_look_alike_is_another_string(secret: str, how: str) -> None:
    """Whatever the credential is; where nothing in it can be changed so, there is none."""
    assert alike(secret, how) != secret


@pytest.mark.parametrize(
    ("how", "made"),
    [
        ("first-character-changed", "ymn_Zo9"),
        ("last-character-changed", "omn_Zo4"),
        ("middle-character-changed", "omnxZo9"),
        ("another-beginning", "rwxxZo9"),
        ("another-case", "OMN_zO9"),
        ("space-before", " omn_Zo9"),
        ("space-behind", "omn_Zo9 "),
        ("newline-behind", "omn_Zo9\n"),
        ("nul-behind", "omn_Zo9\0"),
        ("nul-and-more-behind", "omn_Zo9\0and more"),
        ("cut-short", "omn_Zo"),
        ("longer", "omn_Zo99"),
        ("twice", "omn_Zo9omn_Zo9"),
        ("homoglyph", "\u043emn_Zo9"),
        ("wide-character", "\uff4fmn_Zo9"),
    ],
)
def test_each_way_changes_what_it_says(how: str, made: str) -> None:
    """One of each."""
    if how == "another-beginning":
        assert alike(SECRET, how) is not None
        assert str(alike(SECRET, how))[4:] == made[4:]
        assert all(a != b for a, b in zip(str(alike(SECRET, how))[:4], SECRET[:4], strict=True))
    else:
        assert alike(SECRET, how) == made


def test_neighbours_are_not_mistaken() -> None:
    """Keys that differ in a letter that counts up are somebody's: none is made of another."""
    keys = [f"key-{letter}" for letter in "abcdef"]
    made = {alike(key, "last-character-changed") for key in keys[:2]}
    assert not made & set(keys[:2])
    assert len({alike(key, how) for key, how in itertools.product(keys, HOW)}) > len(keys)


def test_it_is_made_when_it_is_sent() -> None:
    """The case holds only how; what it is made of is filled in, a credential or a saved value."""
    hole = Alike(Hole("credential", "key"), "longer")
    assert SECRET not in repr(hole)
    assert list(parts({"key": hole})) == [Hole("credential", "key")]
    filler = Filler("t", lambda: 1, credential=SECRET)
    assert filler.fill({"key": hole}, {}) == {"key": SECRET + "9"}
    assert filler.fill(Alike(Saved("own"), "cut-short"), {"own": "abc"}) == "ab"


def test_where_none_can_be_made_nothing_is_sent() -> None:
    """A credential without letters has no other case."""
    with pytest.raises(Unreckonable, match="no look-alike"):
        Filler("t", lambda: 1, credential="1234").fill(Alike(Hole("credential", "key"), "another-case"), {})

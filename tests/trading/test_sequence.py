"""Sequences as values: text and JSON, both ways."""

from __future__ import annotations

import pytest

from conformance.trading.roles import Side
from conformance.trading.sequence import Act, Move, Sequence, Time

WORDS = (
    "a buys 2 at 3",
    "b sells 13 at market ioc",
    "b sells 1 at 7 fok reduce-only",
    "a buys 4 at 1 post-only as #2",
    "a amends #1 to 4",
    "a amends #1 at 2",
    "b amends #2 to 4 at 3",
    "a cancels #1",
    "b cancels #4 by client id",
    "a reads #3",
    "a lists",
    "b asks its state",
    "b reconnects",
    "a looks at the market",
)


def test_every_kind_of_move_is_read_as_it_is_written() -> None:
    """What a sequence prints is what it is made of again, as text and as JSON."""
    sequence = Sequence.parse("; ".join(WORDS))
    assert sequence.lines == WORDS
    assert Sequence.parse(str(sequence)) == sequence
    assert Sequence.of_json(sequence.to_json()) == sequence


def test_a_text_says_what_it_says() -> None:
    """The words of a move mean these fields and no others."""
    sequence = Sequence.parse("b sells 3 at 2 fok reduce-only")
    assert sequence.moves == (
        Move(Act.PLACE, 1, Side.SELL, level=2, lots=3, time=Time.WHOLE, reduce_only=True),
    )


def test_lines_spaces_and_remarks_do_not_matter() -> None:
    """A file may hold one move a line, with remarks."""
    text = "a  buys 1 at 3   // rests\n\n b sells 1 at 3;a lists\n// the end\n"
    assert Sequence.parse(text).lines == ("a buys 1 at 3", "b sells 1 at 3", "a lists")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no move in it"),
        ("a buys 1", "move 1, 'a buys 1', is none"),
        ("c buys 1 at 3", "move 1, 'c buys 1 at 3', is none"),
        ("a buys 0 at 3", "is none"),
        ("a buys 1 at ３", "is none"),
        (
            "a buys 1 at 3; a cancels #2",
            "move 2, 'a cancels #2', is about #2, and 1 orders are placed by then",
        ),
        ("a buys 1 at 3 as #1", "about #1"),
        ("a lists; " * 101, "101 moves are too many"),
    ],
)
def test_a_text_that_is_no_sequence_is_told_by_its_move(text: str, why: str) -> None:
    """The sentence names the move, and how moves are written."""
    with pytest.raises(ValueError, match=r"is none|no move|about|too many") as failure:
        Sequence.parse(text)
    assert why in str(failure.value)


@pytest.mark.parametrize("value", [None, "a lists", {"moves": []}, [1], [["a lists"]]])
def test_json_that_is_no_list_of_moves_is_refused(value: object) -> None:
    """Only a list of texts is a sequence."""
    with pytest.raises(ValueError, match="a list of moves"):
        Sequence.of_json(value)

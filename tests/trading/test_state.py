"""What messages show, row by row, and how two sights of one row differ."""

from __future__ import annotations

from conformance.trading.market import Book, Listed, Listings, Named, Priced
from conformance.trading.state import difference, is_whole, rows_of, twice


def test_what_shows_a_state_has_rows() -> None:
    """A book has one for each price, however that is spelt; what only happens has none."""
    book = Book((("5.50", "1"),), (("60", "2"),))
    assert is_whole(book)
    assert [*rows_of(book)] == [("bid 5.5", "1"), ("ask 60", "2")]
    listings = Listings((Listed("X", row=["X", "open"]),), whole=False)
    assert is_whole(listings) is False
    assert [*rows_of(listings)] == [("X", ["X", "open"])]
    assert [*rows_of(Named((("X", ["X", 1]),), whole=True))] == [("X", ["X", 1])]
    assert is_whole(Named((), whole=True))
    assert is_whole(Priced("5")) is None
    assert [*rows_of(Priced("5"))] == []


def test_prices_are_told_apart_to_the_last_digit() -> None:
    """And one that no document means is taken as it stands."""
    long = "12345678901234567890.123456789012345678"
    book = Book(((long, "1"), ("1e999999", "1"), (None, "1")), ())
    assert [name for name, _size in rows_of(book)] == [f"bid {long}", "bid 1e999999", "bid None"]


def test_a_symbol_has_one_row() -> None:
    """Whose levels stand in a book twice is its own rules' to tell."""
    assert twice(Named((("X", 1), ("Y", 1), ("X", 2)), whole=True)) == "X"
    assert twice(Named((("X", 1), ("Y", 1)), whole=True)) == ""
    assert twice(Book((("5", "1"), ("5", "2")), ())) == ""
    assert twice(Priced("5")) == ""


def test_rows_differ_where_a_value_does() -> None:
    """Two spellings of a number are one number; a text is itself alone."""
    assert difference(["X", "0.5", 7], ["X", "0.50", 7]) is None
    assert difference(["X", "0.5", 7], ["X", "0.5", 8]) == (" /2", 7, 8)
    assert difference(["X", "open"], ["X", "halted"]) == (" /1", "open", "halted")
    assert difference(["X"], ["X", 1]) == ("", ["X"], ["X", 1])
    assert difference({"a": 1}, {"a": 2}) == ("", {"a": 1}, {"a": 2})
    assert difference("1", "1.0") is None
    assert difference("a", "b") == ("", "a", "b")
    assert difference([], []) is None
    assert difference(None, ["X"]) is None

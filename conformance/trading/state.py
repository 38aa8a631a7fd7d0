"""What a message shows as it is now, row by row: a book, the listings, where prices come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.codec import same
from conformance.trading.market import Book, Listings, Named, Sight
from conformance.trading.roles import Side, number

Row = tuple[str, object]
"""What it is of, and what is said of that."""
LARGE: Final = 40
"""No price that is told has so many digits before or behind its point."""


def is_whole(sight: Sight) -> bool | None:
    """Whether it is all that there is, or a change; None of what shows no state."""
    match sight:
        case Book():
            return True
        case Listings(whole=whole) | Named(whole=whole):
            return whole
    return None


def rows_of(sight: Sight) -> Iterator[Row]:
    """The rows of what shows a state."""
    match sight:
        case Book():
            for side, what in ((Side.BUY, "bid"), (Side.SELL, "ask")):
                for price, size in sight.levels(side):
                    yield f"{what} {_price(price)}", size
        case Listings(rows=rows):
            yield from ((each.symbol, each.row) for each in rows)
        case Named(rows=named):
            yield from named


def _price(price: object) -> str:
    """One text for all spellings of a number."""
    exact = number(price)
    if exact is None or abs(exact.adjusted()) > LARGE:
        return str(price)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def twice(sight: Sight) -> str:
    """The first symbol that has two rows; '' where none has, as in a book."""
    found: set[str] = set()
    for name, _row in () if isinstance(sight, Book) else rows_of(sight):
        if name in found:
            return name
        found.add(name)
    return ""


def difference(one: object, other: object) -> tuple[str, object, object] | None:
    """(where, the one, the other) of the first difference between rows, where both are known.

    Two spellings of a number are the same number.
    """
    if one is None or other is None:
        return None
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str | bytes):
        pairs = [*enumerate(zip(one, other, strict=False))] if len(one) == len(other) else []
        for at, (mine, its) in pairs:
            if not _alike(mine, its):
                return f" /{at}", mine, its
        if pairs:
            return None
    return None if _alike(one, other) else ("", one, other)


def _alike(one: object, other: object) -> bool:
    exact = number(one)
    return same(one, other) or (exact is not None and exact == number(other))

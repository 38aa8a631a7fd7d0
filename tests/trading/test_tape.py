"""The tape of one option: what was told and what is shown of it, by number and by id."""

from __future__ import annotations

from conformance.trading.market import Traded
from conformance.trading.roles import Side
from conformance.trading.tape import Roll


def trade(name: str, price: str = "5", size: str = "1") -> Traded:
    return Traded(name, price, size, Side.BUY, 7)


def test_a_later_snapshot_ends_with_what_was_told() -> None:
    """The trade of its number last, the one before it the one before; how far back it goes is free."""
    roll = Roll()
    assert roll.shown(3, (trade("a"), trade("b")), "first") is None
    assert roll.compared == {"tape", "trade_ids"}
    assert roll.told(4, trade("c"), "event") is None
    assert roll.shown(4, (trade("c"),), "short") is None
    assert roll.shown(4, (trade("a"), trade("b"), trade("c", price="5.0")), "long") is None
    assert roll.shown(4, (trade("b"), trade("x")), "other") == (
        "tape",
        "trade c buy 1 at 5 as number 4, as in event",
        "trade x buy 1 at 5",
    )


def test_nothing_is_left_out_of_a_snapshot() -> None:
    """Neither in between nor at its end; an empty one is right only while nothing was told."""
    roll = Roll()
    assert roll.shown(0, (), "young") is None
    assert roll.compared == set()
    assert roll.told(1, trade("a"), "first event") is None
    assert roll.told(2, trade("b"), "event") is None
    wrong = roll.shown(2, (trade("a"),), "behind")
    assert wrong is not None
    assert wrong[0] == "tape"
    wrong = roll.shown(2, (), "empty")
    assert wrong is not None
    assert wrong[1:] == ("trade b buy 1 at 5, as in event, at its end", "no trade")
    assert roll.shown(0, (), "early") is None


def test_a_trade_is_told_once_and_has_an_id_of_its_own() -> None:
    """The same trade under another number is told again; another one under its id has none of its own."""
    roll = Roll()
    assert roll.shown(3, (trade("a"), trade("b")), "snapshot") is None
    again = roll.told(4, trade("b"), "event")
    assert again is not None
    assert (again[0], again[2]) == ("tape", "b again")
    other = roll.told(4, trade("b", size="2"), "event")
    assert other is not None
    assert (other[0], other[2]) == ("trade_ids", "b as number 4 too")


def test_one_trade_alone_proves_nothing() -> None:
    """Nothing is compared before there are two sights of it, or two trades."""
    roll = Roll()
    assert roll.told(1, trade("a"), "event") is None
    assert roll.compared == set()
    assert roll.told(1, trade("a"), "another subscriber") is None
    assert roll.compared == {"tape"}

"""Trades between our own accounts: fills in part, races with a fill, and what the market says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.building import MAIN
from conformance.cases.orders.pit import OTHER, Pit
from conformance.cases.orders.stories import AMEND, QUIET, READ, Story
from conformance.cases.steps import Condition, Reckoned, Saved
from conformance.payloads import Hole
from conformance.trading import Status
from conformance.trading.quiet import SYMBOL

MINUTE_MS = 60_000
DAY_MS = 86_400_000
FILLS = (
    *("reported", "positions", "balances", "progress", "numbered", "current"),
    *("listed", "arithmetic", "identity"),
)
CANDLES = (
    *(f"market.candles{each}" for each in ("", ".symbol", ".start", ".end", ".rows", ".interval")),
    *(f"market.candles.{each}" for each in ("high", "low", "close", "volume")),
    *("order.update", "order.update.time"),
)


def stories() -> Iterator[Story]:
    """All of them."""
    yield from _fills()
    yield from _races()
    yield Story(
        "traded/best-prices",
        "The best price of the market is that of an order while it works, and no longer.",
        ("traded",),
        _best_prices,
        QUIET,
    )
    yield Story(
        "traded/candle-of-the-minute",
        "A trade is in the candle of its minute: its price within it and at its end, its size in the volume.",
        ("traded",),
        _minute,
        (*QUIET, *CANDLES, "market.candles.interval.minute"),
    )
    yield Story(
        "traded/volume-grows",
        "The volume of a day grows by what is traded, and by nothing that is not.",
        ("traded",),
        _volume,
        (*QUIET, *CANDLES, "market.candles.interval.day"),
    )


# -- fills in part ----------------------------------------------------------------------------------


def _fills() -> Iterator[Story]:
    amended = (*QUIET, *AMEND, "order.amend.size", "order.amend.price")
    yield _fill("in-part", "An order that is filled bit by bit", _bit_by_bit, QUIET)
    yield _fill("two-at-once", "An order that fills two others at their prices", _two_at_once, QUIET)
    yield _fill(
        "rest-cancelled", "An order that is filled in part and then cancelled", _rest_cancelled, QUIET
    )
    yield _fill("then-larger", "An order that is filled in part and then made larger", _resized(4), amended)
    yield _fill("then-smaller", "An order that is filled in part and then made smaller", _resized(2), amended)
    yield _fill("then-moved", "An order that is filled in part and then moved", _moved, amended)
    yield _fill("bought-and-sold", "What an account buys and sells again", _round_trip, QUIET)


def _fill(words: str, what: str, play: Callable[[Pit], None], roles: tuple[str, ...]) -> Story:
    says = f"{what}: updates, orders, positions and balances of both accounts say the same."
    return Story(f"fills/{words}", says, FILLS, play, roles)


def _meet(pit: Pit, lots: int, level: int = 1) -> None:
    """Two accounts; the first has an order that rests, a sale."""
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    _both(pit)
    pit.accepted(pit.quote("order", "sell", level, lots), "order")
    pit.told("order", Status.OPEN)


def _both(pit: Pit) -> None:
    for session in (MAIN, OTHER):
        pit.lists(session)


def _take(pit: Pit, name: str, lots: int, level: int = 1, status: Status = Status.PARTIALLY_FILLED) -> None:
    """The other account takes so much of the order."""
    pit.accepted(pit.quote(name, "buy", level, lots, OTHER, time="immediate"), name)
    pit.told(name, Status.FILLED, OTHER)
    pit.told("order", status)


def _bit_by_bit(pit: Pit) -> None:
    _meet(pit, 3)
    for number, status in enumerate((Status.PARTIALLY_FILLED, Status.PARTIALLY_FILLED, Status.FILLED)):
        _take(pit, f"taker-{number}", 1, status=status)
        _both(pit)


def _two_at_once(pit: Pit) -> None:
    _meet(pit, 1)
    pit.accepted(pit.quote("next", "sell", 2, 2), "next")
    pit.told("next", Status.OPEN)
    pit.accepted(pit.quote("taker", "buy", 2, 2, OTHER), "taker")
    pit.told("taker", Status.FILLED, OTHER)
    pit.told("next", Status.PARTIALLY_FILLED)
    _both(pit)


def _rest_cancelled(pit: Pit) -> None:
    _meet(pit, 3)
    _take(pit, "taker", 2)
    pit.taken(pit.about("cancel", "order"), "order.cancel", status=Status.CANCELLED)
    pit.told("order", Status.CANCELLED)
    _both(pit)


def _resized(lots: int) -> Callable[[Pit], None]:
    def play(pit: Pit) -> None:
        _meet(pit, 3)
        _take(pit, "taker", 1)
        index = pit.amend("order", size=pit.lots(lots))
        pit.taken(index, "order.amend", pit.promise("progress"), filled=pit.shown_lots(1))
        pit.told("order", Status.PARTIALLY_FILLED)
        _both(pit)
        _take(pit, "last", lots - 1, status=Status.FILLED)
        _both(pit)

    return play


def _moved(pit: Pit) -> None:
    _meet(pit, 2)
    _take(pit, "taker", 1)
    index = pit.amend("order", price=pit.level(2))
    pit.taken(index, "order.amend", pit.promise("progress"), filled=pit.shown_lots(1))
    pit.told("order", Status.PARTIALLY_FILLED)
    _take(pit, "last", 1, 2, Status.FILLED)
    _both(pit)


def _round_trip(pit: Pit) -> None:
    _meet(pit, 2, 2)
    _take(pit, "taker", 2, 2, Status.FILLED)
    _both(pit)
    pit.accepted(pit.quote("back", "sell", 1, 2, OTHER), "back")
    pit.accepted(pit.quote("again", "buy", 1, 2), "again")
    pit.told("again", Status.FILLED)
    pit.told("back", Status.FILLED, OTHER)
    _both(pit)


# -- races ------------------------------------------------------------------------------------------


def _races() -> Iterator[Story]:
    ways: dict[str, tuple[str, Callable[[Pit], int], tuple[str, ...]]] = {
        "cancel": ("A cancellation", lambda pit: pit.about("cancel", "order"), ()),
        "larger": (
            "An amendment to a larger size",
            lambda pit: pit.amend("order", size=pit.lots(3)),
            (*AMEND, "order.amend.size"),
        ),
        "smaller": (
            "An amendment to the size of the fill",
            lambda pit: pit.amend("order", size=pit.lots(1)),
            (*AMEND, "order.amend.size"),
        ),
        "away": (
            "An amendment to another price",
            lambda pit: pit.amend("order", price=pit.level(2)),
            (*AMEND, "order.amend.price"),
        ),
    }
    for words, (what, change, roles) in ways.items():
        for first in ("change", "fill"):
            yield Story(
                f"races/{words}-{first}-first",
                f"{what} that races with a fill comes first or second: both accounts say the same of it.",
                (*FILLS, "cancels") if words == "cancel" else FILLS,
                _race(change, "order.cancel" if words == "cancel" else "order.amend", first == "change"),
                (*QUIET, *READ, *roles),
            )


def _race(change: Callable[[Pit], int], role: str, first: bool) -> Callable[[Pit], None]:
    def play(pit: Pit) -> None:
        _meet(pit, 2)
        index = change(pit) if first else -1
        taken = pit.quote("taker", "buy", 1, 1, OTHER, time="immediate")
        index = index if first else change(pit)
        pit.either(index, role)
        pit.accepted(taken, "taker")
        pit.taken(pit.about("read", "order"), "order.read")
        pit.saves(sold="filled")
        pit.taken(
            pit.about("read", "taker", session=OTHER),
            "order.read",
            pit.promise("cancels" if role == "order.cancel" else "reported"),
            filled=Saved("sold"),
        )
        _both(pit)

    return play


# -- the market -------------------------------------------------------------------------------------


def _best_prices(pit: Pit) -> None:
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    at = {each: pit.trading.pointer(f"market.best_{each}") for each in ("bid", "ask")}

    def best(side: str, price: object) -> None:
        pit.market(where=(Condition(at[side], "eq", price),))

    pit.accepted(pit.quote("order", "sell", 2, 1), "order")
    best("ask", pit.shown_level(2))
    pit.accepted(pit.quote("bid", "buy", 1, 1, OTHER), "bid")
    best("bid", pit.shown_level(1))
    best("ask", pit.shown_level(2))
    pit.accepted(pit.quote("taker", "buy", 2, 1, OTHER, time="immediate"), "taker")
    best("ask", Saved("ask"))
    pit.taken(pit.about("cancel", "bid", session=OTHER), "order.cancel")
    best("bid", Saved("bid"))


def _minute(pit: Pit) -> None:
    _meet(pit, 1)
    _trade(pit, "taker", "at")
    row = _row(pit)
    price = pit.shown_level(1)
    _candles(
        pit,
        "minute",
        MINUTE_MS,
        "at",
        (
            Condition(row["low"], "le", price),
            Condition(row["high"], "ge", price),
            Condition(row["close"], "eq", price),
            Condition(row["volume"], "ge", pit.shown_lots(1)),
        ),
    )


def _volume(pit: Pit) -> None:
    _meet(pit, 4)
    _trade(pit, "first", "at")
    row = _row(pit)
    _candles(pit, "day", DAY_MS, "at", (), {"volume": row["volume"]})
    pit.taken(pit.about("cancel", "order"), "order.cancel")
    pit.accepted(pit.quote("order", "sell", 1, 2), "order")
    _candles(pit, "day", DAY_MS, "at", (Condition(row["volume"], "eq", Saved("volume")),))
    _trade(pit, "second", "later", 2, Status.FILLED)
    grown = Reckoned(Saved("volume"), plus=pit.shown_lots(2))
    _candles(pit, "day", DAY_MS, "later", (Condition(row["volume"], "eq", grown),))


def _trade(pit: Pit, name: str, at: str, lots: int = 1, status: Status = Status.FILLED) -> None:
    pit.accepted(pit.quote(name, "buy", 1, lots, OTHER, time="immediate"), name)
    pit.told(name, status, OTHER, **{at: "order.update.time"})


def _row(pit: Pit) -> dict[str, str]:
    """Where in a reply with one candle its columns stand."""
    columns = {
        each: pit.trading.pointer(f"market.candles.{each}") for each in ("high", "low", "close", "volume")
    }
    return {name: at.replace("/*", "/0") for name, at in columns.items()}


def _candles(
    pit: Pit,
    interval: str,
    length: int,
    at: str,
    where: tuple[Condition, ...],
    save: dict[str, str] | None = None,
) -> None:
    """Asks for the one candle in which a trade lies: the only one that begins so shortly before it."""
    index = pit.send(
        "market.candles",
        {
            "symbol": Hole("source", SYMBOL),
            "interval": pit.meaning(f"market.candles.interval.{interval}"),
            "start": Reckoned(Saved(at), plus=1 - length),
            "end": Reckoned(Saved(at), plus=1),
        },
    )
    pit.expects(index, "market.candles", "traded", where, save or {})

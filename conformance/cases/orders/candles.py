"""Ranges of candles: the one in which our own trade lies is asked for again at its edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.forms import Forms
from conformance.cases.orders.pit import OTHER, Field, Pit
from conformance.cases.orders.stories import QUIET, Story
from conformance.cases.steps import Condition, Reckoned, Saved
from conformance.payloads import Hole
from conformance.trading import Status, Trading
from conformance.trading.quiet import SYMBOL

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
FEW = (2, 1)
ROLES = (
    *(f"market.candles{each}" for each in ("", ".symbol", ".start", ".end", ".rows", ".time", ".limit")),
    *("market.candles.interval", "market.candles.interval.minute", "order.update", "order.update.time"),
)


def stories() -> Iterator[Story]:
    """All of them."""
    yield _story("start", "from its own beginning on is there", _start)
    yield _story("end", "up to its own beginning is not there", _end)
    yield _story("earliest", "is the last of several: the earliest come first, however few", _earliest)


def _story(words: str, what: str, play: Callable[[Pit], None]) -> Story:
    says = f"The candle of a trade, asked for in a range {what}."
    return Story(f"candles/{words}", says, ("candles",), play, (*QUIET, *ROLES), _may_be_few)


def _may_be_few(trading: Trading) -> bool:
    """Whether so few candles may be asked for."""
    operation, place = trading.operation("market.candles"), trading.place("market.candles.limit")
    if operation is None or place is None:
        return False
    forms, field = Forms(trading.service), place.pointer.removeprefix("/")
    usual = forms.valid(operation) if forms.can_make(operation) else {}
    return all(forms.fits(operation, {**usual, field: few}) for few in FEW)


def _start(pit: Pit) -> None:
    time = _traded(pit)
    _ask(pit, Saved("begun"), Reckoned(Saved("begun"), plus=1), Condition(time, "eq", Saved("begun")))


def _end(pit: Pit) -> None:
    time = _traded(pit)
    _ask(pit, Reckoned(Saved("begun"), plus=-1), Saved("begun"), Condition(time, "absent"))


def _earliest(pit: Pit) -> None:
    """Of two and of one the first is the same; where nothing else was traded for an hour, it is our own."""
    time = _traded(pit)
    start, end = Reckoned(Saved("begun"), plus=-HOUR_MS), Reckoned(Saved("begun"), plus=1)
    two, one = FEW
    _ask(pit, start, end, Condition(time, "present"), limit=two, save={"first": time})
    _ask(pit, start, end, Condition(time, "eq", Saved("first")), limit=one)


def _traded(pit: Pit) -> str:
    """Two accounts trade. Where in an answer its first candle says when it begins; ours is saved."""
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    pit.accepted(pit.quote("order", "sell", 1, 1), "order")
    pit.accepted(pit.quote("taker", "buy", 1, 1, OTHER, time="immediate"), "taker")
    pit.told("taker", Status.FILLED, OTHER, at="order.update.time")
    time = pit.trading.pointer("market.candles.time").replace("/*", "/0", 1)
    start, end = Reckoned(Saved("at"), plus=1 - MINUTE_MS), Reckoned(Saved("at"), plus=1)
    _ask(pit, start, end, Condition(time, "present"), limit=FEW[0], save={"begun": time})
    return time


def _ask(
    pit: Pit,
    start: Field,
    end: Field,
    where: Condition,
    *,
    limit: int = 1,
    save: dict[str, str] | None = None,
) -> None:
    minute = pit.meaning("market.candles.interval.minute")
    fields = {
        "symbol": Hole("source", SYMBOL),
        "interval": minute,
        "start": start,
        "end": end,
        "limit": limit,
    }
    pit.expects(pit.send("market.candles", fields), "market.candles", "candles", (where,), save or {})

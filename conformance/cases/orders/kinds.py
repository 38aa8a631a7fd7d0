"""Kinds of orders: those that never rest, those that never take, against enough, too little and nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.orders.pit import OTHER, Pit
from conformance.cases.orders.stories import QUIET, READ, Story
from conformance.payloads import Hole
from conformance.trading import Status
from conformance.trading.quiet import SYMBOL

MARKET = ("order.type.market",)
WHOLE = ("order.time_in_force.whole",)
POST_ONLY = ("order.place.post_only",)


def stories() -> Iterator[Story]:
    """All of them. Two lots are on offer at the first level."""
    usual = (*QUIET, *READ)
    for time, promise, roles in (("immediate", "immediate", usual), ("whole", "whole", (*usual, *WHOLE))):
        fits = ("fits", "that finds enough is filled", 2, 1, Status.FILLED, 2)
        short = ("short", "that finds too little", 3, 1, Status.CANCELLED, 2 if time == "immediate" else 0)
        none = ("none", "that finds nothing", 1, 0, Status.CANCELLED, 0)
        for words, what, lots, level, status, filled in (fits, short, none):
            does = what if status is Status.FILLED else f"{what} trades {filled} lots, and no more"
            yield Story(
                f"kinds/{time}-{words}",
                f"An order of the kind {time!r} {does}.",
                (promise, "reported"),
                _limit(time, promise, lots, level, status, filled),
                roles,
            )
        yield Story(
            f"kinds/{time}-market",
            f"A market order of the kind {time!r} takes what is on offer.",
            (promise, "reported"),
            _at_market(time, promise),
            (*roles, *MARKET),
        )
    yield _post_only("takes", "that would trade is refused, and never was", _takes)
    yield _post_only("rests", "that would not trade rests", _rests)
    yield _post_only("takes-at-once", "that would trade at once or end is refused", _takes_at_once)
    yield _post_only("market", "is no market order: one would trade", _market_post_only, MARKET)


def _post_only(words: str, what: str, play: Callable[[Pit], None], roles: tuple[str, ...] = ()) -> Story:
    needs = (*QUIET, *READ, *POST_ONLY, "order.read.client_id", *roles)
    return Story(f"kinds/post-only-{words}", f"A post-only order {what}.", ("post_only",), play, needs)


def _offered(pit: Pit) -> None:
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    pit.accepted(pit.quote("offer", "sell", 1, 2), "offer")
    pit.told("offer", Status.OPEN)


def _limit(
    time: str, promise: str, lots: int, level: int, status: Status, filled: int
) -> Callable[[Pit], None]:
    def play(pit: Pit) -> None:
        _offered(pit)
        pit.accepted(pit.quote("taker", "buy", level, lots, OTHER, time=time), "taker")
        index = pit.about("read", "taker", session=OTHER)
        sold = pit.shown_lots(filled) if filled else "0"
        pit.taken(index, "order.read", pit.promise(promise), status=status, filled=sold, remaining="0")
        pit.told("taker", status, OTHER)
        left = {2: Status.FILLED, 0: Status.OPEN}[filled]
        pit.taken(pit.about("read", "offer"), "order.read", pit.promise(promise), status=left)

    return play


def _bought(pit: Pit, name: str, lots: int, time: str, **more: object) -> int:
    """The other account buys at any price."""
    return pit.offer(
        name,
        OTHER,
        symbol=Hole("source", SYMBOL),
        side=pit.meaning("order.side.buy"),
        type=pit.meaning("order.type.market"),
        size=pit.lots(lots),
        time_in_force=pit.meaning(f"order.time_in_force.{time}"),
        **more,
    )


def _at_market(time: str, promise: str) -> Callable[[Pit], None]:
    def play(pit: Pit) -> None:
        _offered(pit)
        index = _bought(pit, "taker", 2, time)
        pit.accepted(index, "taker", pit.promise(promise))
        index = pit.about("read", "taker", session=OTHER)
        pit.taken(index, "order.read", pit.promise(promise), status=Status.FILLED)
        pit.taken(pit.about("read", "offer"), "order.read", pit.promise(promise), status=Status.FILLED)
        pit.told("taker", Status.FILLED, OTHER)

    return play


def _takes(pit: Pit) -> None:
    _offered(pit)
    pit.refused(pit.quote("new", "buy", 1, 1, OTHER, post_only=True), "post_only", "crosses")
    pit.refused(pit.about("read", "new", "client_id", OTHER), "post_only", "unknown")
    pit.taken(pit.about("read", "offer"), "order.read", pit.promise("post_only"), status=Status.OPEN)


def _rests(pit: Pit) -> None:
    _offered(pit)
    index = pit.quote("new", "sell", 1, 1, OTHER, post_only=True)
    pit.accepted(index, "new", pit.promise("post_only"), status=Status.OPEN)
    index = pit.about("read", "new", session=OTHER)
    pit.taken(index, "order.read", pit.promise("post_only"), status=Status.OPEN)


def _takes_at_once(pit: Pit) -> None:
    _offered(pit)
    index = pit.quote("new", "buy", 1, 1, OTHER, post_only=True, time="immediate")
    pit.refused(index, "post_only", "crosses")
    pit.taken(pit.about("read", "offer"), "order.read", pit.promise("post_only"), status=Status.OPEN)


def _market_post_only(pit: Pit) -> None:
    _offered(pit)
    index = _bought(pit, "new", 1, "immediate", post_only=True)
    pit.refused(index, "post_only", "crosses")
    pit.taken(pit.about("read", "offer"), "order.read", pit.promise("post_only"), status=Status.OPEN)

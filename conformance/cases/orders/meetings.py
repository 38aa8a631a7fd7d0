"""Orders that meet: one of their own account on another connection, and what is amended until it trades."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.building import MAIN
from conformance.cases.orders.pit import OTHER, SECOND, Pit
from conformance.cases.orders.stories import AMEND, QUIET, READ, Story
from conformance.trading import Status

SIDES = {"buy": ("bought", "sell", 1, 2), "sell": ("sold", "buy", 2, 1)}
"""The side that is amended -> words, the other side, its level, and that at which the other one waits."""


def stories() -> Iterator[Story]:
    """All of them."""
    yield Story(
        "meetings/own-on-another-connection",
        "An order that would trade with one of its own account, placed on another connection, is cancelled.",
        ("self_match", "reported"),
        _own,
        (*QUIET, *READ),
    )
    for side, (words, *_) in SIDES.items():
        yield Story(
            f"meetings/amended-and-{words}",
            f"An order to {side} that is amended to the price of another one trades with it, at that price.",
            ("price_priority", "reported", "positions", "balances", "listed"),
            _amended(side),
            (*QUIET, *READ, *AMEND, "order.amend.price"),
        )


def _own(pit: Pit) -> None:
    clause = pit.promise("self_match")
    pit.join()
    pit.join(SECOND)
    pit.quiet()
    for number, (first, second) in enumerate(((MAIN, SECOND), (SECOND, MAIN))):
        resting, taker = f"resting-{number}", f"taker-{number}"
        pit.accepted(pit.quote(resting, "sell", 1, 1, first), resting)
        pit.accepted(pit.quote(taker, "buy", 1, 1, second, time="immediate"), taker)
        index = pit.about("read", taker, session=second)
        pit.taken(index, "order.read", clause, status=Status.CANCELLED, filled="0", remaining="0")
        index = pit.about("read", resting, session=first)
        pit.taken(index, "order.read", clause, status=Status.OPEN, filled="0")
        pit.taken(pit.about("cancel", resting, session=first), "order.cancel")


def _amended(side: str) -> Callable[[Pit], None]:
    _, other, begins, waits = SIDES[side]

    def play(pit: Pit) -> None:
        clause = pit.promise("price_priority")
        pit.join()
        pit.join(OTHER, other=True)
        pit.quiet()
        for session in (MAIN, OTHER):
            pit.lists(session)
        pit.accepted(pit.quote("waiting", other, waits, 1), "waiting")
        pit.accepted(pit.quote("moved", side, begins, 1, OTHER), "moved")
        pit.taken(pit.amend("moved", OTHER, price=pit.level(waits)), "order.amend")
        for name, session in (("moved", OTHER), ("waiting", MAIN)):
            index = pit.about("read", name, session=session)
            pit.taken(index, "order.read", clause, status=Status.FILLED)
            pit.told(name, Status.FILLED, session)
        for session in (MAIN, OTHER):
            pit.lists(session)

    return play

"""Two addresses of one environment: what becomes of an order at one is seen at the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.cases.building import MAIN
from conformance.cases.endpoints import ALIAS, words
from conformance.cases.orders.pit import Pit
from conformance.cases.orders.stories import READ, Story
from conformance.trading import Status

ORDER = "order"
PROMISE = "same-state"


def stories(aliases: int) -> Iterator[Story]:
    """One for each other address that an environment may have."""
    for alias in range(1, aliases + 1):
        yield Story(
            words(alias, "order"),
            "An order placed at one address is seen and cancelled at another, which the first one tells.",
            (PROMISE,),
            partial(_seen, alias=alias),
            (*READ, "order.update"),
        )


def _seen(pit: Pit, alias: int) -> None:
    # Nothing is ever placed at the other address: should it be another exchange, nothing is left there.
    clause = pit.promise(PROMISE)
    pit.join()
    pit.join(ALIAS, alias=alias)
    pit.accepted(pit.offer(ORDER), ORDER)
    pit.told(ORDER, Status.OPEN, ALIAS, clause)
    pit.taken(pit.about("read", ORDER, session=ALIAS), "order.read", clause, status=Status.OPEN)
    pit.taken(pit.about("cancel", ORDER, session=ALIAS), "order.cancel", clause)
    pit.told(ORDER, Status.CANCELLED, MAIN, clause)

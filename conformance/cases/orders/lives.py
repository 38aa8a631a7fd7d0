"""Lives of orders: placed, amended in each way, read by each name, cancelled by each name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from conformance.cases.building import MAIN
from conformance.cases.orders.pit import SECOND, Pit
from conformance.cases.orders.stories import AMEND, READ, Story
from conformance.codec import MISSING
from conformance.trading import Status

PROMISES = ("exact", "identity", "reported", "numbered", "current", "listed", "progress", "arithmetic")
MANY = 30
"""More orders than a careless list holds, twice as many updates; and fewer than may work at once."""
WAYS: Mapping[str, tuple[tuple[int, int], tuple[tuple[int, int], ...]]] = {
    "price-up": ((1, 1), ((2, 0),)),
    "price-down": ((2, 1), ((1, 0),)),
    "size-up": ((1, 1), ((0, 2),)),
    "size-down": ((1, 2), ((0, 1),)),
    "both-up": ((1, 1), ((2, 2),)),
    "both-ways": ((1, 2), ((2, 1),)),
    "to-the-same": ((1, 1), ((1, 1),)),
    "twice": ((1, 1), ((2, 0), (0, 2))),
    "there-and-back": ((1, 1), ((2, 2), (1, 1))),
}
"""How an order is amended: what it begins with, then each amendment (ticks and lots; 0: left as it is)."""


def stories() -> Iterator[Story]:
    """All of them."""
    for words, (begin, amendments) in WAYS.items():
        yield Story(
            f"amend/{words}",
            f"An order that is amended ({words.replace('-', ' ')}) is the same order with these numbers.",
            PROMISES,
            partial(_amended, begin=begin, amendments=amendments),
            (*AMEND, *READ, "order.amend.price", "order.amend.size"),
        )
    yield Story(
        "read/by-either-name",
        "An order is the same by the target's name for it and by ours, while it works and when it is done.",
        ("identity", "arithmetic", "progress", "reported"),
        _read,
        (*READ, "order.read.client_id"),
    )
    yield Story(
        "cancel/by-client-id",
        "An order that is cancelled by our name for it is that order, and done.",
        ("identity", "arithmetic", "progress", "reported", "listed"),
        _cancelled_by_client_id,
        ("order.cancel.client_id",),
    )
    yield Story(
        "cancel/after-amendment",
        "An amended order is cancelled by the name that it had before.",
        ("identity", "reported", "listed"),
        _cancelled_amended,
        (*AMEND, "order.amend.price", "order.cancel.client_id"),
    )
    yield Story(
        "list/many",
        "The account lists all of its orders that work, and none that was cancelled.",
        ("listed", "numbered", "current", "arithmetic"),
        _listed,
    )
    yield Story(
        "list/very-many",
        f"{MANY} orders of one account are all listed, and one connection is told of each, however often.",
        ("listed", "reported", "numbered"),
        _very_many,
        ("order.update",),
    )
    yield Story(
        "list/two-connections",
        "Two connections of one account are told the same of its orders, and see the same account.",
        ("reported", "numbered", "listed", "current"),
        _two_connections,
    )


def _amended(pit: Pit, begin: tuple[int, int], amendments: tuple[tuple[int, int], ...]) -> None:
    pit.join()
    price, size = begin
    index = pit.offer("order", price=pit.far("price", price), size=pit.far("size", size))
    pit.accepted(index, "order", pit.promise("exact"), status=Status.OPEN)
    pit.lists()
    for ticks, lots in amendments:
        price_to = pit.far("price", ticks) if ticks else MISSING
        size_to = pit.far("size", lots) if lots else MISSING
        index = pit.amend("order", price=price_to, size=size_to)
        pit.taken(index, "order.amend", pit.promise("identity"))
        pit.told("order", Status.OPEN)
    pit.taken(pit.about("read", "order"), "order.read", pit.promise("identity"), status=Status.OPEN)
    pit.lists()
    pit.taken(pit.about("cancel", "order"), "order.cancel", pit.promise("identity"))
    pit.told("order", Status.CANCELLED)
    pit.lists()


def _read(pit: Pit) -> None:
    pit.join()
    pit.accepted(pit.offer("order"), "order", status=Status.OPEN)
    pit.told("order", Status.OPEN)
    for status in (Status.OPEN, Status.CANCELLED):
        for by in ("id", "client_id"):
            pit.taken(pit.about("read", "order", by), "order.read", pit.promise("identity"), status=status)
        if status is Status.OPEN:
            pit.taken(pit.about("cancel", "order"), "order.cancel", pit.promise("identity"))
            pit.told("order", Status.CANCELLED)


def _cancelled_by_client_id(pit: Pit) -> None:
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    pit.told("order", Status.OPEN)
    pit.lists()
    pit.taken(pit.about("cancel", "order", "client_id"), "order.cancel", pit.promise("identity"))
    pit.told("order", Status.CANCELLED)
    pit.lists()


def _cancelled_amended(pit: Pit) -> None:
    pit.join()
    for by in ("id", "client_id"):
        pit.accepted(pit.offer(by), by)
        pit.taken(pit.amend(by, price=pit.far("price", 2)), "order.amend", pit.promise("identity"))
        pit.taken(pit.about("cancel", by, by), "order.cancel", pit.promise("identity"))
        pit.told(by, Status.CANCELLED)
    pit.lists()


def _listed(pit: Pit) -> None:
    pit.join()
    pit.lists()
    names = ("first", "second", "third")
    for place, name in enumerate(names, 1):
        pit.accepted(pit.offer(name, price=pit.far("price", place)), name)
        pit.told(name, Status.OPEN)
    pit.lists()
    for name in ("second", "first", "third"):
        pit.taken(pit.about("cancel", name), "order.cancel")
        pit.told(name, Status.CANCELLED)
        pit.lists()


def _very_many(pit: Pit) -> None:
    pit.join()
    names = [f"order-{number}" for number in range(1, MANY + 1)]
    for name in names:
        pit.accepted(pit.offer(name), name)
    for name in names:
        pit.told(name, Status.OPEN)
    pit.lists()
    for name in names:
        pit.taken(pit.about("cancel", name), "order.cancel")
    for name in names:
        pit.told(name, Status.CANCELLED)
    pit.lists()


def _two_connections(pit: Pit) -> None:
    pit.join()
    pit.join(SECOND)
    for session in (MAIN, SECOND):
        pit.accepted(pit.offer(session, session, price=pit.far("price", 2)), session)
        for ear in (MAIN, SECOND):
            pit.told(session, Status.OPEN, ear)
    for ear in (MAIN, SECOND):
        pit.lists(ear)
    # Each ends the other's order.
    for session, name in ((MAIN, SECOND), (SECOND, MAIN)):
        pit.taken(pit.about("cancel", name, session=session), "order.cancel")
        for ear in (MAIN, SECOND):
            pit.told(name, Status.CANCELLED, ear)
    for ear in (MAIN, SECOND):
        pit.lists(ear)

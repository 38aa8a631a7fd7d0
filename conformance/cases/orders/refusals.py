"""What is refused changes nothing: each kind of refusal between two looks at the whole account."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.building import MAIN
from conformance.cases.orders.pit import OTHER, Pit
from conformance.cases.orders.stories import AMEND, QUIET, Story
from conformance.cases.steps import Saved
from conformance.payloads import Hole
from conformance.trading import Status
from conformance.trading.quiet import SYMBOL

Refuse = Callable[[Pit], int]
TIMES = 3
"""So often each is refused: what ties up money each time, shows in money that marks move, too."""

NEVER = Hole("unique", example="never")
MANY = 9_311_702_400_000_000_000
"""What nobody can pay for, however fine the grid: a multiple of 1 to 22 and of nearly all numbers to 40, so
that it is whole lots of almost any size. A decimal string and 64 bits hold it."""

KINDS: dict[str, tuple[str, Refuse, tuple[str, ...]]] = {
    "duplicate": (
        "A placement with a client order id that was used",
        lambda pit: pit.offer("again", client_id=Saved("order.client")),
        (),
    ),
    "crossing": (
        "A post-only order that would trade",
        lambda pit: pit.offer(
            "new", symbol=Hole("source", SYMBOL), price=Saved("ask"), size=pit.lots(1), post_only=True
        ),
        (*QUIET, "order.place.post_only"),
    ),
    "increasing": (
        "A reduce-only order that would increase the position",
        lambda pit: pit.offer("new", size=pit.far("size", 10**6), reduce_only=True),
        (*QUIET, "order.place.reduce_only"),
    ),
    "unaffordable": (
        "An order that the account cannot carry",
        lambda pit: pit.offer("new", size=pit.far("size", 0, MANY)),
        (*QUIET, "order.refused.margin"),
    ),
    "amended-beyond-means": (
        "An amendment that the account cannot carry",
        lambda pit: pit.amend("order", size=pit.far("size", 0, MANY)),
        (*QUIET, *AMEND, "order.amend.size", "order.refused.margin"),
    ),
    "amended-unknown": (
        "An amendment of an order that never was",
        lambda pit: pit.send("order.amend", {"id": NEVER, "price": pit.far("price")}),
        (*AMEND, "order.amend.price"),
    ),
    "cancelled-unknown": (
        "A cancellation of an order that never was",
        lambda pit: pit.send("order.cancel", {"id": NEVER}),
        (),
    ),
    "cancelled-twice": (
        "A cancellation of an order that was cancelled",
        lambda pit: pit.about("cancel", "gone"),
        (),
    ),
    "amended-done": (
        "An amendment of an order that was cancelled",
        lambda pit: pit.amend("gone", price=pit.far("price")),
        (*AMEND, "order.amend.price"),
    ),
}


def stories() -> Iterator[Story]:
    """All of them."""
    for words, (what, refuse, roles) in KINDS.items():
        says = f"{what} is refused, and nothing of the account has changed."
        yield Story(f"untouched/{words}", says, ("untouched",), _untouched(words, refuse), roles)
    yield Story(
        "untouched/broken-placement",
        "A placement whose numbers are none is refused, and nothing of the account has changed.",
        ("untouched",),
        lambda pit: _broken(pit, "order.place"),
    )
    yield Story(
        "untouched/broken-amendment",
        "An amendment whose numbers are none is refused, and nothing of the account has changed.",
        ("untouched",),
        lambda pit: _broken(pit, "order.amend"),
        (*AMEND, "order.amend.price", "order.amend.size"),
    )
    yield Story(
        "untouched/amended-below-fills",
        "An amendment to a size that is filled already is refused, and nothing of the account has changed.",
        ("untouched", "above_fills"),
        _below_fills,
        (*QUIET, *AMEND, "order.amend.size"),
    )
    yield Story(
        "untouched/spread",
        "A spread order is refused, and nothing of the account has changed.",
        ("untouched",),
        _spread,
        ("order.place_spread",),
    )


def _begin(pit: Pit, quiet: bool) -> None:
    """An order that works, and one that is done: something that could be changed."""
    pit.join()
    if quiet:
        pit.quiet()
    for name in ("gone", "order"):
        pit.accepted(pit.offer(name, size=pit.far("size", 2)), name)
        pit.told(name, Status.OPEN)
    pit.taken(pit.about("cancel", "gone"), "order.cancel")
    pit.told("gone", Status.CANCELLED)
    pit.lists()
    pit.stands()


def _end(pit: Pit, name: str = "order") -> None:
    """The whole account again; and a change, whose number tells whether there was another one."""
    pit.lists()
    pit.taken(pit.about("cancel", name), "order.cancel")
    pit.told(name, Status.CANCELLED)


def _untouched(words: str, refuse: Refuse) -> Callable[[Pit], None]:
    roles = KINDS[words][2]

    def play(pit: Pit) -> None:
        _begin(pit, quiet=set(QUIET) <= set(roles))
        for _ in range(TIMES):
            pit.denied(refuse(pit))
            pit.stands()
        _end(pit)

    return play


def _broken(pit: Pit, role: str) -> None:
    """Each number in turn is 0, which no price and no size is."""
    _begin(pit, quiet=False)
    for what in ("price", "size"):
        if role == "order.place":
            pit.denied(pit.offer("new", **{what: "0"}))
        else:
            pit.denied(pit.send("order.amend", {"id": Saved("order.id"), what: "0"}))
        pit.stands()
    _end(pit)


def _below_fills(pit: Pit) -> None:
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    pit.accepted(pit.quote("order", "sell", 1, 3), "order")
    pit.told("order", Status.OPEN)
    pit.accepted(pit.quote("taker", "buy", 1, 2, OTHER, time="immediate"), "taker")
    pit.told("order", Status.PARTIALLY_FILLED)
    pit.told("taker", Status.FILLED, OTHER)
    pit.lists()
    pit.stands()
    for lots in (2, 1):
        pit.refused(pit.amend("order", size=pit.lots(lots)), "above_fills")
        pit.stands()
    _end(pit)


def _spread(pit: Pit) -> None:
    _begin(pit, quiet=False)
    for _ in range(TIMES):
        operation = pit.operation("order.place_spread")
        pit.denied(pit.script.send(operation, pit.commander.command(operation), session=MAIN))
        pit.stands()
    _end(pit)

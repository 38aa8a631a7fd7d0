"""Numbers: they come back as they were sent, however they were spelled; and those of an account agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.orders.pit import Field, Pit
from conformance.cases.orders.stories import AMEND, QUIET, Story
from conformance.cases.terms import Padded
from conformance.trading import Status

ROUNDS = 4
LONG = 1_234_567
LONGER = 199_999_999_999
Spell = Callable[[Pit, str], Field]

SPELLINGS: dict[str, tuple[str, Spell]] = {
    "leading-zeros": ("with zeros before it", lambda pit, what: Padded(pit.far(what), before=3)),
    "trailing-zeros": ("with zeros behind it", lambda pit, what: Padded(pit.far(what), behind=3)),
    "zeros-around": ("with zeros before and behind it", lambda pit, what: Padded(pit.far(what, 3), 9, 9)),
}


def stories() -> Iterator[Story]:
    """All of them."""
    for words, (how, spell) in SPELLINGS.items():
        for what in ("price", "size"):
            yield Story(
                f"exact/{what}-{words}",
                f"A {what} that is sent {how} is the same number wherever it comes back.",
                ("exact", "identity", "reported"),
                _spelled(what, spell),
                (*AMEND, f"order.amend.{what}"),
            )
    yield Story(
        "exact/long-size",
        "A size of many digits comes back with all of them.",
        ("exact", "identity", "reported", "listed"),
        _long_size,
        (*QUIET, *AMEND, "order.amend.size"),
    )
    yield Story(
        "exact/long-price",
        "A price of many digits comes back with all of them.",
        ("exact", "identity", "reported", "listed"),
        _long_price,
        (*QUIET, *AMEND, "order.amend.price"),
    )
    yield Story(
        "agree/available",
        "Account state and account snapshot say the same of what is available, between two changes.",
        ("state",),
        _available,
        ("account.state", "account.state.sequence", "account.state.available", "account.balances.available"),
    )
    yield Story(
        "agree/numbers",
        "Snapshot, state and updates count the same changes.",
        ("current", "numbered"),
        _counted,
        ("account.state", "account.state.sequence", "account.snapshot.sequence", "order.update.sequence"),
    )


def _spelled(what: str, spell: Spell) -> Callable[[Pit], None]:
    def play(pit: Pit) -> None:
        pit.join()
        pit.accepted(pit.send("order.place", {what: spell(pit, what)}), "order", pit.promise("exact"))
        pit.told("order", Status.OPEN)
        index = pit.send("order.amend", {"id": pit.saved("order"), what: spell(pit, what)})
        pit.taken(index, "order.amend", pit.promise("exact"))
        pit.told("order", Status.OPEN)
        pit.lists()

    return play


def _long_size(pit: Pit) -> None:
    pit.join()
    pit.quiet()
    pit.accepted(pit.offer("order", size=pit.far("size", LONG)), "order", pit.promise("exact"))
    pit.told("order", Status.OPEN)
    pit.taken(pit.amend("order", size=pit.far("size", LONG - 1)), "order.amend", pit.promise("exact"))
    pit.told("order", Status.OPEN)
    pit.lists()


def _long_price(pit: Pit) -> None:
    """A sale, far above the market: a purchase would have to be paid for."""
    pit.join()
    pit.quiet()
    pit.accepted(pit.quote("order", "sell", LONGER, 1), "order", pit.promise("exact"))
    pit.told("order", Status.OPEN)
    pit.taken(pit.amend("order", price=pit.level(LONGER + 1)), "order.amend", pit.promise("exact"))
    pit.told("order", Status.OPEN)
    pit.lists()


def _available(pit: Pit) -> None:
    """Asked without waiting, so that no mark moves between them, and more than once, should one do."""
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    pit.told("order", Status.OPEN)
    for _ in range(ROUNDS):
        roles = ("account.snapshot", "account.state", "account.snapshot")
        for index, role in [(pit.asks(role), role) for role in roles]:
            pit.answered(index, role)


def _counted(pit: Pit) -> None:
    pit.join()
    for name in ("first", "second"):
        pit.lists()
        pit.accepted(pit.offer(name), name)
        pit.told(name, Status.OPEN)
        pit.stands()
        pit.taken(pit.about("cancel", name), "order.cancel")
        pit.told(name, Status.CANCELLED)
        pit.lists()
        pit.stands()

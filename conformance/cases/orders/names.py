"""Names of orders: whatever tells two client order ids apart makes two of them; a repeated one is refused."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.building import MAIN
from conformance.cases.facts import key
from conformance.cases.forms import Forms
from conformance.cases.orders.keys import KEY, issued, keyed
from conformance.cases.orders.pit import Field, Pit
from conformance.cases.orders.stories import READ, Story
from conformance.cases.steps import Saved
from conformance.cases.terms import Ended
from conformance.trading import Status, Trading

LOWER, UPPER, OTHERWISE = "k", "K", "z"
LONG = 25
"""No name that is made fresh is as long."""
MOST = 256
"""Whoever takes names longer than that gives no bound that could be reached."""
NAMED = (*READ, "order.read.client_id", "order.cancel.client_id")


def stories() -> Iterator[Story]:
    """All of them."""
    yield Story(
        "unique/apart-in-case",
        "Two client order ids that differ in nothing but upper and lower case name two orders.",
        ("unique", "identity"),
        lambda pit: _apart(pit, LOWER, UPPER),
        NAMED,
        lambda trading: all(_allows(trading, "x" * (LONG - 1) + each) for each in (LOWER, UPPER)),
    )
    yield Story(
        "unique/apart-at-the-end",
        "Two client order ids as long as one may be, that differ at their end alone, name two orders.",
        ("unique", "identity"),
        lambda pit: _apart(pit, LOWER, OTHERWISE, _longest(pit.trading)),
        NAMED,
        lambda trading: LONG < _longest(trading) < MOST,
    )
    yield Story(
        "unique/from-another-credential",
        "A client order id is refused whichever credential of the account repeats it.",
        ("unique",),
        _again_by_key,
        (),
        lambda trading: issued(trading) is not None,
    )


def _apart(pit: Pit, one: str, other: str, size: int = 0) -> None:
    """A third one, with which both of them begin, is the only one that is made fresh."""
    clause = pit.promise("unique")
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    names: dict[str, Field] = {each: Ended(Saved("order.client"), each, size) for each in (one, other)}
    for name, client_id in names.items():
        pit.accepted(pit.offer(name, client_id=client_id), name, clause)
        pit.told(name, Status.OPEN)
    for name, client_id in names.items():
        index = pit.send("order.read", {"client_id": client_id})
        pit.taken(index, "order.read", clause, id=pit.saved(name), status=Status.OPEN)
    pit.taken(pit.send("order.cancel", {"client_id": names[one]}), "order.cancel", clause, id=pit.saved(one))
    pit.told(one, Status.CANCELLED)
    for name, status in ((one, Status.CANCELLED), (other, Status.OPEN)):
        index = pit.send("order.read", {"client_id": names[name]})
        pit.taken(index, "order.read", clause, id=pit.saved(name), status=status)
    for by in ("order", other):
        pit.taken(pit.about("cancel", by), "order.cancel")


def _again_by_key(pit: Pit) -> None:
    made = issued(pit.trading)
    assert made is not None
    pit.join()
    keyed(pit, made, frozenset(pit.operation("order.place").permissions))
    for first, second in ((MAIN, KEY), (KEY, MAIN)):
        pit.accepted(pit.offer(first, first), first)
        again = pit.offer("again", second, client_id=Saved(f"{first}.client"))
        pit.refused(again, "unique", "duplicate")


def _allows(trading: Trading, name: str) -> bool:
    """Whether the document allows such a client order id."""
    operation = trading.operation("order.place")
    assert operation is not None
    forms = Forms(trading.service)
    field = key(trading.pointer("order.place.client_id"))
    return forms.can_make(operation) and forms.fits(operation, {**forms.valid(operation), field: name})


def _longest(trading: Trading) -> int:
    """How long a client order id may be, up to ``MOST``; 0 where it may not be long."""
    least, beyond = 0, MOST + 1
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if _allows(trading, "x" * middle) else (least, middle)
    return least if _allows(trading, "x" * (least - 1) + OTHERWISE) else 0

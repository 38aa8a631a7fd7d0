"""A story about orders: what it is called, which promises it puts to the test, what it needs, how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.cases.orders.pit import Pit
from conformance.trading import Trading

USUAL = (
    *("order.place", "order.place.client_id", "order.cancel", "order.cancel.id"),
    *("order.report.id", "order.report.status", "account.snapshot"),
)
PLAIN = ("order.place.price", "order.place.size")
QUIET = (
    *("order.side.buy", "order.side.sell", "order.place.type", "order.type.limit"),
    *("order.place.time_in_force", "order.time_in_force.rest", "order.time_in_force.immediate"),
    *("order.place.price", "market.snapshot", "market.snapshot.symbol", "market.best_bid", "market.best_ask"),
)
READ = ("order.read", "order.read.id")
AMEND = ("order.amend", "order.amend.id")


@dataclass(frozen=True, slots=True)
class Story:
    """One story. It is told only where the document makes the first of the promises and gives all the roles.

    ``fits``: what else it needs of the document.
    """

    words: str
    says: str
    promises: tuple[str, ...]
    play: Callable[[Pit], None]
    roles: tuple[str, ...] = ()
    fits: Callable[[Trading], bool] = lambda trading: True


def told(commander: Commander, stories: Iterable[Story]) -> Iterator[Case]:
    """The cases of those stories that this document allows."""
    trading = Trading.of(commander.service)
    if trading is None or commander.service.rules.refusals is None or trading.lacks(*USUAL, *PLAIN):
        return
    flat = [
        trading.pointer(role) for role in commander.service.rules.roles if role.startswith("order.place.")
    ]
    if any(at.count("/") > 1 for at in flat):
        return
    for story in stories:
        if trading.lacks(*story.roles) or not trading.promise(story.promises[0]) or not story.fits(trading):
            continue
        pit = Pit(commander, trading)
        pit.script.claim(*(trading.promise(each) for each in story.promises))
        story.play(pit)
        yield pit.case(story.words, story.says)

"""Illegal moves: what is not, is not ours, or is done can be neither cancelled nor amended; what is taken is
taken once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from conformance.cases.building import MAIN
from conformance.cases.orders.pit import OTHER, SECOND, Pit
from conformance.cases.orders.stories import AMEND, QUIET, READ, Story
from conformance.cases.steps import Saved
from conformance.payloads import Hole
from conformance.trading import Status
from conformance.trading.quiet import SYMBOL

Play = Callable[[Pit], None]
UNKNOWN = "unknown"
NEVER = "never"


def _cancelled(pit: Pit) -> str:
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    pit.taken(pit.about("cancel", "order"), "order.cancel")
    pit.told("order", Status.CANCELLED)
    return MAIN


def _ended(pit: Pit) -> str:
    pit.join()
    time = pit.meaning("order.time_in_force.immediate")
    pit.accepted(pit.offer("order", time_in_force=time), "order")
    pit.told("order", Status.CANCELLED)
    return MAIN


def _filled(pit: Pit) -> str:
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    pit.accepted(pit.quote("order", "sell", 1, 1), "order")
    pit.accepted(pit.quote("taker", "buy", 1, 1, OTHER, time="immediate"), "taker")
    pit.told("order", Status.FILLED)
    return MAIN


def _anothers(pit: Pit) -> str:
    pit.join()
    pit.join(OTHER, other=True)
    pit.accepted(pit.offer("order"), "order")
    pit.told("order", Status.OPEN)
    return OTHER


def _never(pit: Pit) -> str:
    pit.join()
    return MAIN


STATES: Mapping[str, tuple[str, Callable[[Pit], str], tuple[str, ...]]] = {
    "cancelled": ("that was cancelled", _cancelled, ()),
    "ended": (
        "that ended at once, untraded,",
        _ended,
        ("order.place.time_in_force", "order.time_in_force.immediate"),
    ),
    "filled": ("that is filled", _filled, QUIET),
    "anothers": ("of another account", _anothers, ()),
    NEVER: ("that never was", _never, ()),
}
MOVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "amend": ("amended", (*AMEND, "order.amend.price", "order.amend.size")),
    "cancel": ("cancelled", ("order.cancel.client_id",)),
    "read": ("read", (*READ, "order.read.client_id")),
}


def stories() -> Iterator[Story]:
    """All of them."""
    for state, (which, begin, needs) in STATES.items():
        for move, (done, roles) in MOVES.items():
            if move == "read" and state not in ("anothers", NEVER):
                continue  # what is done can still be read
            yield Story(
                f"illegal/{move}-{state}",
                f"An order {which} cannot be {done}, by whatever name.",
                ("known",),
                _illegal(state, move, begin),
                (*needs, *roles),
            )
    yield from _taken()


def _illegal(state: str, move: str, begin: Callable[[Pit], str]) -> Play:
    def play(pit: Pit) -> None:
        session = begin(pit)
        ids: dict[str, object] = {
            by: Saved(f"order.{'id' if by == 'id' else 'client'}") for by in ("id", "client_id")
        }
        if state == NEVER:
            ids = {by: Hole("unique", example="never-was") for by in ids}
        if move == "amend":
            for what in ("price", "size"):
                index = pit.send("order.amend", {"id": ids["id"], what: pit.far(what)}, session)
                pit.refused(index, "known", UNKNOWN)
        else:
            for by, name in ids.items():
                pit.refused(pit.send(f"order.{move}", {by: name}, session), "known", UNKNOWN)
        if state == "anothers" and move != "read":
            pit.taken(pit.about("cancel", "order"), "order.cancel", pit.promise("known"))

    return play


# -- client order ids -------------------------------------------------------------------------------


def _taken() -> Iterator[Story]:
    again = ("order.place.client_id",)
    ended = ("order.place.time_in_force", "order.time_in_force.immediate")
    quiet = QUIET
    yield _once("while-open", "while its order works", _again_while_open, again)
    yield _once("after-cancel", "when its order was cancelled", _again_after(_cancelled), again)
    yield _once("after-end", "when its order ended untraded", _again_after(_ended), (*again, *ended))
    yield _once("after-fill", "when its order was filled", _again_after(_filled), (*again, *quiet))
    yield _once("from-another-connection", "on another connection", _again_elsewhere, again)
    yield Story(
        "unique/in-flight",
        "Of two orders with one client order id, sent at once on two connections, one is accepted.",
        ("unique",),
        _both_in_flight,
        (*again, *READ, "order.read.client_id", "order.cancel.client_id"),
    )
    yield Story(
        "unique/free-in-another-account",
        "A client order id that one account has used is free in another.",
        ("unique",),
        _free_elsewhere,
        again,
    )
    yield Story(
        "unique/free-after-refusal",
        "A client order id whose order was refused is still free.",
        ("unique",),
        _free_after_refusal,
        (*again, *QUIET, "order.place.post_only"),
    )


def _once(words: str, when: str, play: Play, roles: tuple[str, ...]) -> Story:
    return Story(f"unique/{words}", f"A client order id is refused {when}.", ("unique",), play, roles)


def _again(pit: Pit, session: str = MAIN) -> None:
    pit.refused(pit.offer("again", session, client_id=Saved("order.client")), "unique", "duplicate")


def _again_while_open(pit: Pit) -> None:
    pit.join()
    pit.accepted(pit.offer("order"), "order")
    _again(pit)
    # Another price does not make it another order.
    index = pit.offer("again", client_id=Saved("order.client"), price=pit.far("price", 2))
    pit.refused(index, "unique", "duplicate")


def _again_after(begin: Callable[[Pit], str]) -> Play:
    def play(pit: Pit) -> None:
        begin(pit)
        _again(pit)

    return play


def _again_elsewhere(pit: Pit) -> None:
    pit.join()
    pit.join(SECOND)
    pit.accepted(pit.offer("order"), "order")
    _again(pit, SECOND)


def _both_in_flight(pit: Pit) -> None:
    pit.join()
    pit.join(SECOND)
    indexes = [
        pit.offer("order"),
        pit.offer("order", SECOND, client_id=Saved("order.client")),
    ]
    for index in indexes:
        pit.either(index, "order.place", pit.promise("unique"))
    for session in (MAIN, SECOND):
        index = pit.about("read", "order", "client_id", session)
        pit.taken(index, "order.read", pit.promise("unique"), status=Status.OPEN)
        pit.lists(session)
    pit.taken(pit.about("cancel", "order", "client_id"), "order.cancel", pit.promise("unique"))
    pit.lists()


def _free_elsewhere(pit: Pit) -> None:
    pit.join()
    pit.join(OTHER, other=True)
    pit.accepted(pit.offer("order"), "order")
    index = pit.offer("theirs", OTHER, client_id=Saved("order.client"))
    pit.accepted(index, "theirs", pit.promise("unique"), client_id=Saved("order.client"))


def _free_after_refusal(pit: Pit) -> None:
    pit.join()
    pit.quiet()
    index = pit.offer(
        "order", price=Saved("ask"), size=pit.lots(1), symbol=Hole("source", SYMBOL), post_only=True
    )
    pit.refused(index, "post_only", "crosses")
    index = pit.offer("order", client_id=Saved("order.client"))
    pit.accepted(index, "order", pit.promise("unique"), client_id=Saved("order.client"))

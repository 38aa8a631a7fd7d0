"""What a command has done when the connection ends around it: nothing, or once; never twice.

A connection ends at each moment of each command that changes something. Another one then looks, asks for
the same again as a client would, and reads the number of the account: with both it is certain what happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from conformance.cases.building import MAIN
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.orders.pit import Pit
from conformance.cases.orders.stories import AMEND, READ, Story
from conformance.cases.steps import (
    Condition,
    Disconnect,
    Expect,
    Reckoned,
    Saved,
    Send,
    Silence,
    Sourced,
    Unanswered,
)
from conformance.payloads import Hole
from conformance.trading import Status

ORDER = "order"
AGAIN = "again"
NUMBER = "number"
LATER_MS = 2000
"""Who cancels orders a while behind the end of their connection mostly has by then."""


class Happened(StrEnum):
    """What may have become of the command."""

    NOTHING = "nothing"
    PERHAPS = "perhaps"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and how, the connection ends. ``sent``: what of the command has left by then."""

    words: str
    when: str
    promise: str
    happened: Happened
    how: str
    sent: str = "whole"


MOMENTS = (
    Moment("before", "is reset before it is sent", "lasting", Happened.NOTHING, "reset", sent=""),
    Moment(
        "half-sent",
        "is reset in the middle of its frame",
        "unfinished",
        Happened.NOTHING,
        "reset",
        sent="half",
    ),
    Moment(
        "unfinished", "ends before its last fragment", "unfinished", Happened.NOTHING, "drop", sent="open"
    ),
    Moment("sent", "ends right behind it", "once", Happened.PERHAPS, "drop"),
    Moment("sent-and-reset", "is reset right behind it", "once", Happened.PERHAPS, "reset"),
    Moment("sent-and-closed", "is closed right behind it", "once", Happened.PERHAPS, "close"),
    Moment("answered", "is reset once it was answered", "answered", Happened.ONCE, "reset"),
    Moment("told", "ends once its effect was told", "answered", Happened.ONCE, "drop"),
    Moment("behind-close", "was closed right before it", "closed", Happened.NOTHING, "", sent="late"),
)
COMMANDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "place": ("An order", ("order.read.client_id", "order.cancel.client_id")),
    "amend": ("An amendment", (*AMEND, "order.amend.size")),
    "cancel": ("A cancellation", ()),
}
SAYS = {
    Happened.NOTHING: "does not happen when the connection {}.",
    Happened.PERHAPS: "happens once or not at all when the connection {}.",
    Happened.ONCE: "has happened, once, when the connection {}.",
}
NUMBERS = ("account.state", "account.state.sequence", "order.update", "order.update.sequence")


def stories() -> Iterator[Story]:
    """All of them."""
    for command, (what, roles) in COMMANDS.items():
        for moment in MOMENTS:
            if command == "place" and not moment.sent:
                continue  # nothing was there, and nothing is
            yield Story(
                f"reconnect/{command}-{moment.words}",
                f"{what} {SAYS[moment.happened].format(moment.when)}",
                (moment.promise,),
                partial(_story, command=command, moment=moment),
                (*READ, *NUMBERS, *roles),
            )
    for how, words in (("drop", "ends without a Close"), ("reset", "is reset"), ("close", "is closed")):
        yield Story(
            f"reconnect/orders-stay-{how}",
            f"Orders stay when the connection on which they were placed {words}.",
            ("lasting", "listed", "current"),
            partial(_lasting, how=how),
            (*READ, *NUMBERS),
        )


def _story(pit: Pit, command: str, moment: Moment) -> None:
    pit.join()
    if command != "place":
        pit.accepted(pit.offer(ORDER), ORDER)
        pit.told(ORDER, Status.OPEN)
    _number(pit, MAIN)
    if moment.sent:
        _sent(pit, command, moment)
    if moment.how:
        pit.script.add(Disconnect(MAIN, moment.how))
    pit.join(AGAIN)
    _cleaned(pit, command)
    if moment.happened is Happened.ONCE:
        _looked(pit, command, done=True, moment=moment)
    elif moment.happened is Happened.NOTHING:
        _looked(pit, command, done=False, moment=moment)
        _counted(pit, 0, 0, moment)
        if command != "place":
            _over(pit)
        return
    # Whoever does not know asks for it again.
    _once_more(pit, command, moment)
    _looked(pit, command, done=True, moment=moment)
    twice = command == "amend"  # the same amendment again changes the same order once more
    again = 1 if twice else 0
    _counted(pit, 1 + (again if moment.happened is Happened.ONCE else 0), 1 + again, moment)
    if command != "cancel":
        _over(pit)


def _over(pit: Pit) -> None:
    """What works is cancelled, and seen to be."""
    pit.taken(pit.about("cancel", ORDER, session=AGAIN), "order.cancel")


def _command(pit: Pit, command: str, session: str = MAIN, *, again: bool = False) -> int:
    match command:
        case "place" if again:
            return pit.offer(ORDER, session, client_id=Saved(f"{ORDER}.client"))
        case "place":
            return pit.offer(ORDER, session)
        case "amend":
            return pit.amend(ORDER, session, size=pit.far("size", 2))
        case _:
            return pit.about("cancel", ORDER, session=session)


def _sent(pit: Pit, command: str, moment: Moment) -> None:
    """The command, and what is waited for before the connection ends."""
    script, clause = pit.script, pit.promise(moment.promise)
    index = _command(pit, command)
    sent = script.steps[index]
    assert isinstance(sent, Send)
    if moment.sent in ("half", "open"):
        script.steps[index] = replace(sent, part=moment.sent)
    elif moment.sent == "late":
        script.steps[index] = replace(sent, late=True)
        script.add(Unanswered(MAIN, index, clause, within_ms=PATIENCE_MS))
    if moment.happened is not Happened.ONCE:
        return
    if command == "place":
        pit.accepted(index, ORDER)
    else:
        pit.taken(index, f"order.{command}")
    if moment.words == "told":
        pit.told(ORDER, Status.CANCELLED if command == "cancel" else Status.OPEN)


def _once_more(pit: Pit, command: str, moment: Moment) -> None:
    """The same again: refused where it was done before, unless it can be done twice."""
    clause = pit.promise(moment.promise)
    index = _command(pit, command, AGAIN, again=True)
    refusal = {"place": "duplicate", "cancel": "unknown"}.get(command, "")
    if not refusal:
        pit.taken(index, f"order.{command}", clause)
    elif moment.happened is Happened.ONCE:
        pit.refused(index, moment.promise, refusal)
    else:
        pit.either(index, f"order.{command}", clause)
        pit.only(pit.meaning(f"order.refused.{refusal}"))


def _looked(pit: Pit, command: str, *, done: bool, moment: Moment) -> None:
    """The order is as the command left it, or as it was."""
    clause = pit.promise(moment.promise)
    index = pit.about("read", ORDER, "client_id" if command == "place" else "id", AGAIN)
    if command == "place" and not done:
        pit.refused(index, moment.promise, "unknown")
        return
    status = Status.CANCELLED if command == "cancel" and done else Status.OPEN
    size = pit.far("size", 2 if command == "amend" and done else 1)
    shows: dict[str, object] = {"status": status, "size": _sourced(size)}
    pit.taken(index, "order.read", clause, **shows)
    if command == "place":
        pit.saves(**{f"{ORDER}.id": "id"})


def _sourced(size: object) -> object:
    """What a command is filled with, as what a reply is compared with."""
    base = size.base if isinstance(size, Reckoned) else size
    if isinstance(base, Hole) and base.kind == "source":
        base = Sourced(base.name)
    return replace(size, base=base) if isinstance(size, Reckoned) else base


def _number(pit: Pit, session: str) -> None:
    """The number of the account's last update, before."""
    operation = pit.operation("account.state")
    index = pit.asks("account.state", session)
    pit.script.answered(index, operation, save={NUMBER: pit.trading.pointer("account.state.sequence")})


def _counted(pit: Pit, least: int, most: int, moment: Moment) -> None:
    """So many updates are behind that number now."""
    pit.answered(pit.asks("account.state", AGAIN), "account.state")
    at, clause = pit.trading.pointer("account.state.sequence"), pit.promise(moment.promise)
    waiting = pit.script.steps[-1]
    assert isinstance(waiting, Expect)
    where = tuple(
        Condition(at, op, Reckoned(Saved(NUMBER), plus=plus), clause=clause)
        for op, plus in (("ge", least), ("le", most))
    )
    pit.script.steps[-1] = replace(waiting, where=(*waiting.where, *where))


def _cleaned(pit: Pit, command: str) -> None:
    """What may be there is cancelled on the new connection."""
    by = "client_id" if command == "place" else "id"
    saved = Saved(f"{ORDER}.{'client' if by == 'client_id' else 'id'}")
    operation = pit.operation("order.cancel")
    payload = pit.commander.bare(operation, {pit.field(f"order.cancel.{by}"): saved})
    pit.script.cleanup.append(Send(AGAIN, operation.name, payload))


def _stay(pit: Pit, names: tuple[str, ...]) -> None:
    for name in names:
        index = pit.about("read", name, session=AGAIN)
        pit.taken(index, "order.read", pit.promise("lasting"), status=Status.OPEN)


def _lasting(pit: Pit, how: str) -> None:
    clause = pit.promise("lasting")
    pit.join()
    names = (ORDER, "second")
    for name in names:
        pit.accepted(pit.offer(name), name)
        pit.told(name, Status.OPEN)
    _number(pit, MAIN)
    pit.script.add(Disconnect(MAIN, how))
    pit.join(AGAIN)
    pit.lists(AGAIN)
    _stay(pit, names)
    if how == "drop":  # one of them is looked at again, when whoever would cancel them later has
        about = Condition(
            pit.trading.at(pit.trading.messages("order.update")[0], "id"), "eq", Saved(f"{ORDER}.id")
        )
        updates = pit.trading.messages("order.update")[:1]
        pit.script.add(Silence(AGAIN, updates, clause, (about,), for_ms=LATER_MS))
        _stay(pit, names)
    _counted(pit, 0, 0, MOMENTS[0])
    for name in names:
        pit.taken(pit.about("cancel", name, session=AGAIN), "order.cancel", clause)

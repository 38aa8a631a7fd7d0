"""The proof of the end: what of ours still works at the target, behind each case and behind the run.

Whatever does is taken back at once, and told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.cases.facts import PATIENCE_MS
from conformance.conversation import Conversation
from conformance.run.orders import Order
from conformance.run.safety import CaseGuard, Safety
from conformance.run.warden import Listed, Warden
from conformance.trading.asking import AMEND, SPREAD
from conformance.trading.roles import Report, Trading
from conformance.transcript import Transcript
from conformance.verdict.ending import ending

AGAIN_S = 0.05
PROMISES = ("listed", "progress", "cancels")
"""The promises that an order breaks which works although it was said to be over: the first that is made."""


@dataclass(frozen=True, slots=True)
class Left:
    """An order of ours that worked when nothing of ours should. ``order`` is None where no intent names it.

    ``cancelled``: it is over now; else ``why`` it is not. ``denied``: the target had said that it is over, or
    had been asked to end it. ``hidden``: it worked, and the account's open orders did not list it. ``busy``:
    the target put off each cancel of it.
    """

    service: str
    account: str
    report: Report
    order: Order | None
    cancelled: bool
    why: str = ""
    denied: bool = False
    hidden: bool = False
    busy: bool = False

    @property
    def innocent(self) -> bool:
        """Whether the case had asked to end it, the target put that off, as it may, and then it was ended."""
        put_off = self.order is not None and self.order.put_off
        return put_off and self.cancelled and not self.denied and not self.hidden

    @property
    def name(self) -> str:
        """The name by which it is told."""
        return self.report.client_id or self.report.id

    def __str__(self) -> str:
        about = " ".join(
            each
            for each in (str(self.report.side or ""), _number(self.report.size), self.report.symbol)
            if each
        )
        price = f" at {self.report.price:f}" if self.report.price is not None else ""
        whose = f" of {self.order.case}" if self.order is not None and self.order.case else ""
        became = "has been cancelled now" if self.cancelled else f"COULD NOT BE CANCELLED: {self.why}"
        was = "left open, is not listed," if self.hidden else "left open"
        return f"order {self.name}{whose} ({about}{price}) was {was} and {became}"


@dataclass
class End:
    """What was found behind the run: what was ``left``, which accounts were ``seen``, which not, and why."""

    left: list[Left] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unseen: dict[str, str] = field(default_factory=dict)
    placed: int = 0

    @property
    def open(self) -> list[Left]:
        """What still works."""
        return [each for each in self.left if not each.cancelled]

    @property
    def proved(self) -> bool:
        """Whether nothing of ours works, as far as anybody could ask."""
        return not self.open and not self.unseen

    def sentences(self) -> tuple[str, ...]:
        """What the user is told."""
        told = [str(each) for each in self.left]
        told += [
            f"what is open of {account} could not be seen: {why}" for account, why in self.unseen.items()
        ]
        orders = f"{self.placed} order{'s' if self.placed != 1 else ''} sent"
        if self.open:
            told.append(f"{len(self.open)} of ours STILL OPEN: see `omen-conformance sweep --help`")
        elif self.seen and not self.unseen:
            told.append(f"nothing of ours is open (checked at the end: {', '.join(self.seen)}; {orders})")
        return tuple(told)


async def look_behind(safety: Safety, guard: CaseGuard, conversation: Conversation) -> None:
    """Marks in a conversation that is over what it left open."""
    if not guard.mine:
        return
    await conversation.hear()
    transcript = conversation.transcript
    for order in guard.mine:
        if order.cancel is not None and _unread(transcript, order.cancel.session):
            order.cancel = None
    for each in await behind_case(safety, guard):
        if each.innocent:
            continue
        conversation.left(each.name, str(each), _promise(each, safety.trading[each.service]))
        if safety.log is not None:
            safety.log.tell(str(each))
    if safety.stray is not None and safety.stray in guard.mine:
        conversation.strayed(safety.stopped)


def _unread(transcript: Transcript, session: str) -> bool:
    """Whether what was sent there may never have been read, or its refusal never heard: the target ended the
    session, or it was over before the conversation came to its end and waited for all answers."""
    end = ending(transcript, session)
    waited = any(mark.session == session for mark in transcript.marks("ending"))
    return not waited or (end is not None and end.by == "peer")


async def behind_case(safety: Safety, guard: CaseGuard) -> list[Left]:
    """What a case left open; it is taken back."""
    asked = [each for each in guard.mine if each.asking.role != AMEND]
    if safety.target.embedded and not any(each.works for each in asked):
        asked = []  # all of them are over, as far as it says; the end of the run shows whether that is so
    mine = [each for each in asked if each.asking.role != SPREAD]
    left: list[Left] = []
    lists: list[Listed] = []
    for warden, account in _accounts(safety, asked):
        known = warden.who(account) is not None
        listed = await warden.listed(account) if known else Listed(why="nobody may ask for it")
        lists.append(listed)
        found = ours(listed.orders, mine)
        if any(order is not None and order.denied for _, order in found):
            listed, found = await _insist(warden, account, mine)
        lost = [] if listed.why else await _hidden(warden, account, mine, listed)
        _note(safety, account, listed, asked)
        left += await _end(warden, account, found)
        left += await _end(warden, account, lost, hidden=True)
    _nobodys(lists, asked)
    safety.ended(guard.mine)
    return left


async def behind_run(safety: Safety) -> End:
    """What the run left open, on every account that it traded on; it is taken back."""
    end = End(placed=safety.orders.placed)
    for warden, account in _accounts(safety, safety.orders.all):
        listed = await warden.listed(account)
        if listed.why:
            end.unseen[account] = listed.why
            continue
        end.seen.append(account)
        _note(safety, account, listed, safety.orders.all)
        end.left += await _end(warden, account, ours(listed.orders, safety.orders.all, safety.tag))
    safety.ended(safety.orders.all)
    return end


def _accounts(safety: Safety, orders: Iterable[Order]) -> list[tuple[Warden, str]]:
    """The accounts that these orders may be of: of one that nobody is known to have sent, any."""
    found: dict[tuple[str, str], None] = {}
    for name, account in dict.fromkeys((each.service.name, each.account) for each in orders):
        warden = safety.wardens.get(name)
        for one in ((account,) if account else warden.accounts()) if warden is not None else ():
            found[(name, one)] = None
    return [(safety.wardens[name], account) for name, account in found]


async def close(wardens: Mapping[str, Warden]) -> None:
    """Ends the sessions of the wardens."""
    await asyncio.gather(*(each.close() for each in wardens.values()))


def ours(
    listed: Iterable[Report], orders: Sequence[Order], tag: str = ""
) -> list[tuple[Report, Order | None]]:
    """The listed orders that are ours: by a name that we gave or were told; or by our tag."""
    names = {each.client_id: each for each in orders if each.client_id and each.asking.role != AMEND}
    ids = {each.id: each for each in orders if each.id}
    found: list[tuple[Report, Order | None]] = []
    for report in listed:
        order = ids.get(report.id) if report.id else None
        order = order or (names.get(report.client_id) if report.client_id else None)
        if order is not None or (tag and report.client_id.startswith(tag)):
            found.append((report, order))
    return found


async def _insist(
    warden: Warden, account: str, mine: Sequence[Order]
) -> tuple[Listed, list[tuple[Report, Order | None]]]:
    """Asks until what was cancelled is gone, as long as a cancellation may take."""
    operation = warden.trading.operation("order.cancel")
    patience = (operation.within_ms if operation is not None else 0) or PATIENCE_MS
    until = time.monotonic() + patience / 1000
    while True:
        await asyncio.sleep(AGAIN_S)
        listed = await warden.listed(account)
        found = ours(listed.orders, mine)
        if listed.why or not found or time.monotonic() > until:
            return listed, found


def _note(safety: Safety, account: str, listed: Listed, mine: Sequence[Order]) -> None:
    """What is listed works, of ours and of others; what is not does not."""
    if listed.why:
        return
    names = _names([listed])
    known = {name for each in safety.orders.all for name in (each.id, each.client_id) if name}
    safety.foreign[account] = frozenset(names - known)
    for each in mine:
        if each.account == account and not {each.id, each.client_id} & names:
            each.gone = True


def _nobodys(lists: Sequence[Listed], mine: Sequence[Order]) -> None:
    """What was sent by nobody does not work either, if no account of all lists it."""
    if lists and not any(each.why for each in lists):
        names = _names(lists)
        for each in mine:
            each.gone = each.gone or (not each.account and not {each.id, each.client_id} & names)


def _names(lists: Iterable[Listed]) -> set[str]:
    return {name for listed in lists for each in listed.orders for name in (each.id, each.client_id) if name}


async def _hidden(
    warden: Warden, account: str, mine: Sequence[Order], listed: Listed
) -> list[tuple[Report, Order | None]]:
    """Orders that work for all that we were told, and that are not listed: asked for one by one."""
    names = _names([listed])
    found: list[tuple[Report, Order | None]] = []
    for order in mine:
        if order.account != account or order.status is None or not order.works:
            continue
        if not {order.id, order.client_id} & names:
            report = (await warden.read(account, order.client_id, order.id)).report
            if report is not None and report.status is not None and report.status.works:
                found.append((report, order))
    return found


async def _works(warden: Warden, account: str, report: Report, *, hidden: bool) -> bool | None:
    """Whether an order works now; None when nobody can tell."""
    if hidden:
        again = (await warden.read(account, report.client_id, report.id)).report
        return None if again is None or again.status is None else again.status.works
    listed = await warden.listed(account)
    if listed.why:
        return None
    return any(each.id == report.id and each.client_id == report.client_id for each in listed.orders)


async def _end(
    warden: Warden, account: str, found: Iterable[tuple[Report, Order | None]], *, hidden: bool = False
) -> list[Left]:
    """Takes back what works of ours, and looks whether that is so."""
    left: list[Left] = []
    for report, order in found:
        denied = order is not None and order.denied  # before we end it, and are told so
        taken = await warden.take_back(account, report)
        cancelled, why = taken.report is not None, taken.why
        works = await _works(warden, account, report, hidden=hidden)
        if works:
            cancelled, why = False, why or "the target said that it was, and it works still"
        elif works is not None:
            cancelled = True
        if taken.refused and works is False and order is not None and order.denied:
            continue  # it was over, and the list was late
        if order is not None:
            order.gone = cancelled
        why, busy = "" if cancelled else why, taken.busy and not cancelled
        left.append(Left(warden.service.name, account, report, order, cancelled, why, denied, hidden, busy))
    return left


def _number(value: object) -> str:
    return "" if value is None else f"{value:f}"


def _promise(left: Left, trading: Trading) -> str:
    """The clause that the target broke, '' where it broke none: then we left it."""
    if not left.denied and not left.hidden and (left.cancelled or left.busy):
        return ""
    return next((clause for name in PROMISES if (clause := trading.promise(name))), "")

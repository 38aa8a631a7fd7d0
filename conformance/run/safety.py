"""Trading safety: the one place where commands leave. Here is decided what may, and kept in mind what did.

Nothing that changes state leaves without permission; no order leaves that exceeds a limit, nor, on a target
that others use, one that might trade. What leaves is written down first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from conformance.cases.case import Case
from conformance.cases.reading import Seen
from conformance.cases.target import Target
from conformance.contract import Contract, Operation, Service, identify
from conformance.conversation import Around
from conformance.conversation.guard import Leaving, Withheld
from conformance.record import Intent, IntentEnd
from conformance.run.orders import Cancel, Order, Orders
from conformance.run.warden import Warden, account_of
from conformance.trading.asking import AMEND, CANCEL, PLACE, SPREAD, Asking, asking, with_post_only
from conformance.trading.bounds import UNSEEN, Market, changed, near, readable, too_much
from conformance.trading.roles import Report, Status, Trading

NO_RECORD = "orders leave only where a run file tells of them: give a folder for the report"
NO_TRADING = "may change state at the target: needs --allow-trading"


@dataclass(frozen=True, slots=True)
class Log:
    """Where it is written what leaves: ``intent`` returns when it is on the disk. ``tell`` is heard by the
    user at once."""

    intent: Callable[[Intent, int], object]
    ended: Callable[[IntentEnd], object]
    tell: Callable[[str], object]


class Safety:
    """The trading of one run. ``stopped`` says why no more orders leave, '' while they may;
    ``stray`` is the order that was filled.
    """

    def __init__(self, contract: Contract, target: Target, log: Log | None) -> None:
        self.target = target
        self.log = log
        self.orders = Orders()
        self.stopped = ""
        self.stray: Order | None = None
        self.trading = {
            name: known
            for name, service in contract.services.items()
            if (known := Trading.of(service)) is not None
        }
        self.wardens: Mapping[str, Warden] = {}
        self.foreign: dict[str, frozenset[str]] = {}
        """Of each account the open orders that are not ours, by all of their names."""
        self.tag = ""
        self._amendable = [
            service.name
            for service in contract.services.values()
            if service.name not in self.trading
            and any(each.changes_state for each in service.operations.values())
        ]

    @property
    def shared(self) -> bool:
        """Whether others use the target too."""
        return not self.target.exclusive

    def begin(self, around: Around) -> None:
        """From now on accounts can be seen. Asking again is no harm."""
        if self.wardens:
            return
        self.tag, self.target = around.tag, around.target
        around = replace(around, guard=Watch(self))
        self.wardens = {
            name: Warden(known, around.probing.commander(known.service), around, listening=self.shared)
            for name, known in self.trading.items()
            if name in around.target.addresses
        }

    def opening(self) -> tuple[str, ...]:
        """What the user is told before the first order: what may be sent, and what cannot be seen to."""
        if self.target.embedded or not self.target.trading:
            return ()
        told = []
        if any(name in self.target.addresses for name in self.trading):
            manner = (
                "post-only, and only what cannot trade"
                if self.shared
                else "cases that need a target of their own may trade"
            )
            told.append(f"trading is allowed at {self.target.name}: {self.target.limits}; {manner}")
        for name in self._amendable:
            if name in self.target.addresses:
                told.append(
                    f"{name} gives no roles of orders: commands that change its state are sent without "
                    "limits, and nothing proves what they leave"
                )
        return tuple(told)

    def guard(self, case: Case | None) -> CaseGuard:
        """The guard of one conversation; of none when the engine itself asks."""
        return CaseGuard(self, case)

    # -- what may leave -----------------------------------------------------------------------------

    async def admit(self, case: Case | None, leaving: Leaving, mine: list[Order]) -> object:
        """The value to send; raises ``Withheld``. An order that leaves is one of ``mine`` from now on."""
        operation = leaving.operation or _named(leaving)
        if operation is None:
            return leaving.value
        if operation.changes_state and not self.target.trading:
            raise Withheld(NO_TRADING)
        trading = self.trading.get(leaving.service.name)
        order = asking(trading, operation, leaving.value) if trading is not None else None
        if trading is None or order is None:
            return leaving.value
        self._not_anothers(order)
        if order.role == CANCEL:
            known = self.orders.of(order.client_id, order.id)
            if known is not None:
                known.cancel = Cancel(leaving.session, operation, leaving.value)
            return leaving.value
        if self.stopped:
            raise Withheld(f"trading has stopped: {self.stopped}")
        if self.log is None and not self.target.embedded:
            raise Withheld(NO_RECORD)
        known = self.orders.of(order.client_id, order.id) if order.role == AMEND else None
        meant = changed(order, known.asking) if known is not None else order
        account = account_of(leaving.credentials) if leaving.credentials is not None else ""
        why = await self._against(case, meant, known is not None, leaving.service.name, account)
        if why:
            raise Withheld(f"this order is not sent: {why}")
        value = leaving.value
        if self.shared and order.role == PLACE and order.rests and not leaving.raw:
            value = with_post_only(trading, value)
        label = leaving.credentials.label or leaving.credentials.scheme if leaving.credentials else ""
        mine.append(self._enter(case, leaving, operation, order, meant, value, account, label))
        return value

    def _not_anothers(self, order: Asking) -> None:
        """An order of the account that is not ours is none of our business."""
        if order.role not in (CANCEL, AMEND) or self.orders.of(order.client_id, order.id) is not None:
            return
        names = {each for each in (order.id, order.client_id) if each}
        if any(names & others for others in self.foreign.values()):
            raise Withheld("this command is not sent: it names an order that works and is not ours")

    async def _against(
        self, case: Case | None, order: Asking, known: bool, service: str, account: str
    ) -> str:
        limits = self.target.limits
        free = self.target.embedded and limits.distance is None
        market = UNSEEN if free else await self._market(service, account, order)
        if not free:
            why = self._near(case, order, known, market)
            if why:
                return why
        working = self.orders.working if limits.open_orders is not None else 0
        return too_much(order, limits, market, self.orders.placed, working)

    async def _market(self, service: str, account: str, order: Asking) -> Market:
        warden = self.wardens.get(service)
        if warden is None or not order.symbol:
            return UNSEEN
        able = [one for one in (account, *warden.accounts()) if one and warden.who(one) is not None]
        return await warden.market(able[0], order.symbol) if able else UNSEEN

    def _near(self, case: Case | None, order: Asking, known: bool, market: Market) -> str:
        """Why an order is not far enough from the market, or nobody knows whether it is."""
        distance = self.target.limits.distance
        if not self.shared and case is not None and case.needs.exclusive:
            return ""  # it says that it may trade, where nobody else does
        if order.role == SPREAD:
            return "nobody knows the market of a spread, and others use the target" if self.shared else ""
        if order.role == AMEND and not known:
            return ""  # there is no such order
        why = readable(order)
        if self.shared and order.role == PLACE and not why and not order.client_id.startswith(self.tag):
            return "its client order id does not bear the tag by which ours are told from others'"
        if why:
            return f"{why}, and others use the target" if self.shared else ""
        if distance is None or order.side is None or order.price is None:
            return ""
        if market.silent and not self.shared:
            return ""  # where there is no market, only we could trade
        told = near(order.side, order.price, market, distance)
        but = "others use the target" if self.shared else "its case does not say that it may trade"
        return f"{told}, and {but}" if told else ""

    def _enter(
        self, case: Case | None, leaving: Leaving, operation: Operation, order: Asking, meant: Asking,
        value: object, account: str, label: str,
    ) -> Order:  # fmt: skip
        number = self.orders.placed + 1
        entry = Order(
            number, case.id if case is not None else "", leaving.service, operation, leaving.session, account,
            order if order.role != AMEND else meant, value,
        )  # fmt: skip
        if self.log is not None:
            self.log.intent(
                Intent(
                    number, 0.0, entry.case, order.role, operation.name, label, order.client_id, order.id,
                    meant.symbol, str(meant.side or ""), _text(order.price), _text(order.size),
                ),
                time.monotonic_ns(),
            )  # fmt: skip
        self.orders.enter(entry)
        return entry

    def ended(self, orders: Iterable[Order]) -> None:
        """Their cases are over: what became of them is written down, once."""
        for each in orders:
            if self.log is not None and not each.written:
                each.written = True
                self.log.ended(each.end())

    # -- what is heard ------------------------------------------------------------------------------

    def heard(self, service: Service, session: str, seen: Seen, mine: list[Order]) -> None:
        """A message came: it may tell of orders of ours, or refuse one of ``mine``."""
        trading = self.trading.get(service.name)
        if trading is None:
            return
        for each in mine:
            each.heard(session, seen)
        for name in seen.names:
            for report in trading.reports(name, seen.value):
                order = self.orders.told(report)
                if order is not None or (self.tag and report.client_id.startswith(self.tag)):
                    self._traded(report, order)

    def _traded(self, report: Report, order: Order | None) -> None:
        """On a target that others use none of our orders was meant to trade."""
        traded = report.filled is not None and report.filled > 0
        filled = traded or report.status in (Status.FILLED, Status.PARTIALLY_FILLED)
        if not filled or not self.shared or self.stopped:
            return
        name = report.client_id or report.id
        whose = f" of {order.case}" if order is not None and order.case else ""
        size = f" ({report.filled:f} of {report.symbol})" if traded else ""
        self.stray = order
        self.stopped = f"order {name}{whose} was filled{size}, and none was meant to be"
        if self.log is not None:
            self.log.tell(f"STRAY FILL: {self.stopped}; nothing more is traded in this run")


class CaseGuard:
    """The guard of one conversation, which also knows the orders that were its own."""

    def __init__(self, safety: Safety, case: Case | None) -> None:
        self.safety = safety
        self.case = case
        self.mine: list[Order] = []

    async def admit(self, leaving: Leaving) -> object:
        """See ``Guard``."""
        return await self.safety.admit(self.case, leaving, self.mine)

    def heard(self, service: Service, session: str, seen: Seen) -> None:
        """See ``Guard``."""
        self.safety.heard(service, session, seen, self.mine)


class Watch:
    """What a desk of ours hears; what it asks is its own business."""

    def __init__(self, safety: Safety) -> None:
        self.safety = safety

    async def admit(self, leaving: Leaving) -> object:
        """See ``Guard``."""
        return leaving.value

    def heard(self, service: Service, session: str, seen: Seen) -> None:
        """See ``Guard``."""
        self.safety.heard(service, session, seen, [])


def _named(leaving: Leaving) -> Operation | None:
    """The command that bytes are which no step names."""
    names = {message.name for message in identify(leaving.service, leaving.value, "client")}
    return next((each for each in leaving.service.operations.values() if each.message in names), None)


def _text(number: object) -> str:
    return "" if number is None else f"{number:f}"

"""The orders that a run meant to place, and what it was told of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.cases.correlation import echoed, identity
from conformance.cases.reading import Seen, refuses
from conformance.contract import Operation, Service
from conformance.record import IntentEnd
from conformance.trading.asking import AMEND, Asking
from conformance.trading.roles import Report, Status


@dataclass(frozen=True, slots=True)
class Cancel:
    """A command that takes an order back, as a case sent it."""

    session: str
    operation: Operation
    sent: object


@dataclass
class Order:
    """One order that was, or may have been, sent; ``sent`` is its command.

    ``status`` and ``filled`` are the last that was told. ``refused``: the command was. ``over``: at some time
    the target said that the order is done. ``cancel``: the last that the case sent, unless it may never have
    been read, or was refused because the target was busy (``put_off``). ``gone``: an account snapshot does
    not list it. ``written``: what became of it is in the run file.
    """

    number: int
    case: str
    service: Service
    operation: Operation
    session: str
    account: str
    asking: Asking
    sent: object
    id: str = ""
    status: Status | None = None
    filled: str = ""
    refused: bool = False
    over: bool = False
    cancel: Cancel | None = None
    put_off: bool = False
    gone: bool = False
    written: bool = False

    @property
    def client_id(self) -> str:
        """Our name of it."""
        return self.asking.client_id

    @property
    def works(self) -> bool:
        """Whether it may work, for all that was told."""
        if self.asking.role == AMEND or self.refused or self.gone:
            return False
        return self.status is None or self.status.works

    def told(self, report: Report) -> None:
        """The target told of it."""
        self.id = report.id or self.id
        if report.status is not None:
            self.status = report.status
            self.over = self.over or not report.status.works
        if report.filled:
            self.filled = f"{report.filled:f}"
        if report.price is not None and report.size is not None:
            self.asking = replace(self.asking, price=report.price, size=report.size)

    @property
    def denied(self) -> bool:
        """Whether the target had said that it is over, or was asked to end it and did not refuse."""
        return self.over or self.cancel is not None

    def heard(self, session: str, seen: Seen) -> None:
        """A message came: it may refuse this command, or put off its cancel."""
        if self.status is None and not self.refused and self.session == session:
            self.refused = self._refuses(seen, self.operation, self.sent)
        last = self.cancel
        if last is None or last.session != session or not refuses(self.service, seen, "busy"):
            return
        if self._refuses(seen, last.operation, last.sent):
            # It has no effect: to have sent it is nobody's promise that the order is over.
            self.cancel, self.put_off = None, True

    def _refuses(self, seen: Seen, operation: Operation, sent: object) -> bool:
        """Whether a message is the refusal of a command."""
        refusals = self.service.rules.refusals
        if refusals is None or refusals.message not in seen.names:
            return False
        echoes = identity(self.service, operation, refusals.message, sent)
        return bool(echoes) and echoed(seen.value, echoes)

    def end(self) -> IntentEnd:
        """What became of it."""
        if self.status is None:
            how = "refused" if self.refused else "done" if self.gone else "unknown"
        elif self.filled or self.status is Status.FILLED:
            how = "filled"
        else:
            how = "open" if self.status.works and not self.gone else "done"
        return IntentEnd(self.number, how, self.id, self.filled)


class Orders:
    """All orders of a run, by the names that they have."""

    def __init__(self) -> None:
        self.all: list[Order] = []
        self._live: list[Order] = []
        self._by_name: dict[str, list[Order]] = {}
        self._by_id: dict[str, Order] = {}

    def enter(self, order: Order) -> None:
        """One more. A name that an earlier order has, of another account perhaps, means that one first."""
        self.all.append(order)
        self._live.append(order)
        if order.asking.role != AMEND and order.client_id:
            self._by_name.setdefault(order.client_id, []).append(order)

    def of(self, client_id: str, order_id: str) -> Order | None:
        """The order of one of these names."""
        if order_id and order_id in self._by_id:
            return self._by_id[order_id]
        named = self._by_name.get(client_id, ()) if client_id else ()
        return next((each for each in named if not each.id or not order_id), None)

    def told(self, report: Report) -> Order | None:
        """The order of ours that the target told of, with what it told."""
        order = self.of(report.client_id, report.id)
        if order is not None:
            order.told(report)
            if order.id:
                self._by_id[order.id] = order
        return order

    @property
    def placed(self) -> int:
        """How many commands were let out."""
        return len(self.all)

    @property
    def working(self) -> int:
        """How many may work."""
        self._live = [each for each in self._live if each.works]
        return len(self._live)

"""Sees the accounts of a run as their owner does: what is open, what the market is; and takes orders back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.commanding import Commander
from conformance.cases.reading import Seen
from conformance.cases.target import Credentials
from conformance.contract import Operation, Service, find
from conformance.conversation import Around
from conformance.run.desk import Desk, Silent
from conformance.trading.bounds import UNSEEN, Market
from conformance.trading.roles import Report, Trading, number

FRESH_S = 1.0
"""So long a market snapshot is as good as a new one."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The open orders of an account; ``why`` they cannot be seen, or ''."""

    orders: tuple[Report, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The order as it was told, or why there is none (``refused``: the target said no; ``busy``: not now)."""

    report: Report | None = None
    why: str = ""
    refused: bool = False
    busy: bool = False


def account_of(who: Credentials) -> str:
    """The name by which the account of a credential goes: its own label where nobody said whose it is."""
    return who.account or who.label or who.scheme


class Warden:
    """All accounts of one trading service. No method raises for what the target does."""

    def __init__(self, trading: Trading, commander: Commander, around: Around, *, listening: bool) -> None:
        self.trading = trading
        self.service: Service = trading.service
        self._commander = commander
        self._around = around
        self._listening = listening
        self._desks: dict[str, Desk] = {}
        self._markets: dict[str, tuple[float, Market]] = {}
        reading, taking = trading.operation("account.snapshot"), trading.operation("order.cancel")
        self._may = {
            permission for each in (reading, taking) if each is not None for permission in each.permissions
        }
        self._schemes = [each.schemes for each in (reading, taking) if each is not None and each.schemes]

    @property
    def blind(self) -> str:
        """Why no account's open orders can be seen or taken back, as far as the document goes; or ''."""
        lacking = self.trading.lacks("account.snapshot", "account.orders", "order.cancel")
        return f"the document gives no {' and no '.join(lacking)}" if lacking else ""

    def accounts(self) -> tuple[str, ...]:
        """The accounts that can be seen: those with a credential that may both read and cancel."""
        return tuple(dict.fromkeys(account_of(each) for each in self._around.target.credentials))

    def labels(self, account: str) -> frozenset[str]:
        """The labels of the credentials of an account, by which intents name it."""
        credentials = self._around.target.credentials
        return frozenset(each.label or each.scheme for each in credentials if account_of(each) == account)

    def who(self, account: str) -> Credentials | None:
        """The credential by which an account is seen."""
        for each in self._around.target.credentials:
            fits = all(each.scheme in schemes for schemes in self._schemes)
            if account_of(each) == account and fits and self._may <= each.permissions:
                return each
        return None

    async def listed(self, account: str) -> Listed:
        """The open orders of an account."""
        operation = self.trading.operation("account.snapshot")
        if self.blind or operation is None:
            return Listed(why=self.blind)
        try:
            seen = await self._desk(account).ask(operation, self._commander.command(operation))
        except Silent as silent:
            return Listed(why=silent.reason)
        shown = [report for name in seen.names for report in self.trading.reports(name, seen.value)]
        at_all = any(
            True for name in seen.names for _ in self.trading.found("account.orders", name, seen.value)
        )
        if not at_all:
            return Listed(why=f"it was answered with {self._said(seen)}")
        return Listed(tuple(each for each in shown if each.status is None or each.status.works))

    async def take_back(self, account: str, order: Report) -> Taken:
        """Cancels an order."""
        operation = self.trading.operation("order.cancel")
        fields = self._naming("order.cancel", order.id, order.client_id)
        if operation is None or not fields:
            return Taken(why="the document does not say how an order is cancelled")
        return await self._about(account, operation, fields)

    async def read(self, account: str, client_id: str, order_id: str = "") -> Taken:
        """An order as the target knows it, working or done."""
        operation = self.trading.operation("order.read")
        fields = self._naming("order.read", order_id, client_id)
        if operation is None or not fields:
            return Taken(why="the document does not say how an order is read")
        return await self._about(account, operation, fields)

    async def market(self, account: str, symbol: str) -> Market:
        """What the target says of the market in a symbol; nothing where it gives nothing."""
        known = self._markets.get(symbol)
        if known is not None and time.monotonic() - known[0] < FRESH_S:
            return known[1]
        operation, at = (
            self.trading.operation("market.snapshot"),
            self.trading.pointer("market.snapshot.symbol"),
        )
        if operation is None or not at or not symbol:
            return UNSEEN
        try:
            seen = await self._desk(account).ask(operation, self._command(operation, {at: symbol}))
        except Silent:
            return UNSEEN
        market = self._market(operation, seen)
        self._markets[symbol] = time.monotonic(), market
        return market

    async def close(self) -> None:
        """Ends all sessions."""
        for desk in self._desks.values():
            await desk.close()

    def _market(self, operation: Operation, seen: Seen) -> Market:
        refusals = self.service.rules.refusals
        if refusals is not None and refusals.message in seen.names:
            codes = {code for _, code in operation.unknown.values()}
            said = [code for _, code in find(seen.value, refusals.code)]
            invalid = refusals.codes.get("invalid")
            return Market(unknown=any(code in codes or code == invalid for code in said))

        def price(role: str) -> Decimal | None:
            found = (self.trading.found(role, name, seen.value) for name in seen.names)
            return next((number(value) for each in found for _, value in each), None)

        return Market(price("market.best_bid"), price("market.best_ask"), price("market.mark_price"))

    async def _about(self, account: str, operation: Operation, fields: Mapping[str, object]) -> Taken:
        try:
            seen = await self._desk(account).ask(operation, self._command(operation, fields))
        except Silent as silent:
            return Taken(why=silent.reason, busy=silent.busy)
        for name in seen.names:
            for report in self.trading.reports(name, seen.value):
                return Taken(report)
        return Taken(why=self._said(seen), refused=True)

    def _desk(self, account: str) -> Desk:
        who = self.who(account)
        if who is None:
            permissions = " and ".join(sorted(self._may)) or "what that takes"
            raise Silent(f"no credential of {account} may {permissions}")
        if account not in self._desks:
            self._desks[account] = Desk(self.service, self._around, who, listening=self._listening)
        return self._desks[account]

    def _naming(self, role: str, order_id: str, client_id: str) -> dict[str, object]:
        by_id, by_name = self.trading.pointer(f"{role}.id"), self.trading.pointer(f"{role}.client_id")
        if order_id and by_id:
            return {by_id: order_id}
        return {by_name: client_id} if client_id and by_name else {}

    def _command(self, operation: Operation, fields: Mapping[str, object]) -> object:
        named = {
            at.removeprefix("/").replace("~1", "/").replace("~0", "~"): one for at, one in fields.items()
        }
        return self._commander.command_with(operation, named)

    def _said(self, seen: Seen) -> str:
        refusals = self.service.rules.refusals
        if refusals is not None and refusals.message in seen.names:
            codes = [str(code) for _, code in find(seen.value, refusals.code)]
            return " ".join(("a refusal", *codes))
        return " or ".join(seen.names) or "a message that no document describes"

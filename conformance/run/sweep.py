"""Takes back what an earlier run left at a target: also one that was killed, and told nobody of its end."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.cases.facts import PATIENCE_MS
from conformance.record import Intent, IntentEnd
from conformance.run.warden import Warden
from conformance.trading.asking import AMEND, PLACE
from conformance.trading.roles import Report, Status

TAGGED = re.compile(r"(oc[0-9a-f]{10})(?![0-9a-f]).*", re.DOTALL)
"""A name that a run of this suite gave: what begins it is that run's own."""

AGAIN_S = 0.1
ROUNDS = 3

OPEN, PARTLY, FILLED, DONE, NEVER, UNKNOWN = (
    "open", "partially filled", "filled", "over", "never accepted", "unknown",
)  # fmt: skip
CANCELLED, STILL, WOULD = "cancelled now", "STILL OPEN", "would be cancelled"
_WAS = {
    Status.OPEN: OPEN,
    Status.PARTIALLY_FILLED: PARTLY,
    Status.FILLED: FILLED,
    Status.CANCELLED: DONE,
}


@dataclass(frozen=True, slots=True)
class Swept:
    """One order: what it ``was`` when the sweep began, and what it ``became`` ('' for one that was over).

    ``intent`` is None for an order that only its tag tells to be of this suite. ``why``: what kept it from
    being cancelled, or nobody from knowing.
    """

    account: str
    client_id: str
    order_id: str
    was: str
    became: str = ""
    filled: str = ""
    why: str = ""
    symbol: str = ""
    side: str = ""
    price: str = ""
    size: str = ""
    case: str = ""
    intent: Intent | None = None


@dataclass
class Sweep:
    """What was found. ``strange`` are open orders with the tag of other runs: they are not touched."""

    orders: list[Swept] = field(default_factory=list)
    strange: list[Swept] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unseen: dict[str, str] = field(default_factory=dict)
    meant: int = 0

    @property
    def open(self) -> list[Swept]:
        """What works still."""
        return [each for each in self.orders if each.became in (STILL, WOULD)]

    @property
    def exit_code(self) -> int:
        """0: nothing of ours is open; 1: something is; 3: nobody could see."""
        if self.open:
            return 1
        return 3 if self.unseen or not self.seen else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose orders are taken back: those that intents name, and with ``every_tag`` all that bear any tag.

    ``dry``: nothing is cancelled.
    """

    intents: tuple[Intent, ...] = ()
    ends: tuple[IntentEnd, ...] = ()
    every_tag: bool = False
    dry: bool = False


async def sweep(wardens: Iterable[Warden], wanted: Wanted) -> Sweep:
    """Looks, takes back, and looks again until nothing of ours is open."""
    made = Sweep(meant=len(wanted.intents))
    for warden in wardens:
        await _Broom(warden, wanted, made).sweep()
    return made


class _Broom:
    """The sweep of one service."""

    def __init__(self, warden: Warden, wanted: Wanted, made: Sweep) -> None:
        self.warden = warden
        self.wanted = wanted
        self.made = made
        self.begun = time.monotonic()
        placed = [each for each in wanted.intents if each.role != AMEND]
        ends = {each.number: each for each in wanted.ends}
        self.by_name = {each.client_id: each for each in placed if each.client_id}
        self.by_id = {
            end.order_id: each
            for each in placed
            if (end := ends.get(each.number)) is not None and end.order_id
        }
        self.tags = {tag for each in placed if (tag := _tag(each.client_id))}
        # The end of a case is no end of its order; only what is over cannot work any more.
        self.doubtful = [
            each for each in placed if each.number not in ends or ends[each.number].how in ("open", "unknown")
        ]
        self.first: dict[str, Swept] = {}

    async def sweep(self) -> None:
        accounts = self._accounts()
        for account in accounts:
            await self._look(account)
        seen = [account for account in accounts if account in self.made.seen]
        await self._resolve(seen)
        if not self.wanted.dry:
            for _ in range(ROUNDS):
                if not [each for account in seen for each in await self._take_back(account)]:
                    break
        self.made.orders += self.first.values()

    def _accounts(self) -> list[str]:
        """All that can be seen; why others cannot is told, where the run traded on them."""
        named = {each.account for each in self.wanted.intents}
        accounts = []
        for account in self.warden.accounts():
            if self.warden.who(account) is not None:
                accounts.append(account)
        missing = named - {
            label for account in self.warden.accounts() for label in self.warden.labels(account)
        }
        for label in sorted(missing - {""}):
            self.made.unseen[label] = "no credential of this label was given, and the run traded with one"
        if not accounts:
            self.made.unseen[self.warden.service.name] = (
                self.warden.blind or "no credential may read and cancel"
            )
        return accounts

    async def _look(self, account: str) -> None:
        listed = await self.warden.listed(account)
        if listed.why:
            self.made.unseen[account] = listed.why
            return
        self.made.seen.append(account)
        for report in listed.orders:
            intent = self._intent(report)
            if intent is not None or self._is_ours(report):
                self._found(account, report, intent)
            elif _tag(report.client_id):
                self.made.strange.append(_swept(account, report, None))

    def _intent(self, report: Report) -> Intent | None:
        return self.by_id.get(report.id) or self.by_name.get(report.client_id)

    def _is_ours(self, report: Report) -> bool:
        tag = _tag(report.client_id)
        return bool(tag) and (tag in self.tags or self.wanted.every_tag)

    def _found(self, account: str, report: Report, intent: Intent | None) -> Swept:
        name = report.client_id or report.id
        made = _swept(account, report, intent)
        if made.was in (OPEN, PARTLY):
            made = replace(made, became=WOULD if self.wanted.dry else STILL)
        return self.first.setdefault(name, made)

    async def _resolve(self, accounts: Sequence[str]) -> None:
        """What became of the orders that nobody knows about, and that are not listed.

        What the target does not know it may not have read yet: it is asked again, as long as a command may
        take that was sent just before the run ended.
        """
        operation = self.warden.trading.operation(PLACE)
        patience = ((operation.within_ms if operation is not None else 0) or PATIENCE_MS) / 1000
        left = [each for each in self.doubtful if each.client_id not in self.first]
        while left:
            again = []
            for intent in left:
                if not await self._read(intent, accounts):
                    again.append(intent)
            left = again
            named = any(each.client_id for each in left)
            if not left or not named or time.monotonic() - self.begun > patience:
                break
            await asyncio.sleep(AGAIN_S)
        for intent in left:
            self.first.setdefault(intent.client_id or f"#{intent.number}", _unread(intent, accounts))

    async def _read(self, intent: Intent, accounts: Sequence[str]) -> bool:
        """Whether the target told of this order."""
        if not intent.client_id:
            return False
        mine = [each for each in accounts if intent.account in self.warden.labels(each)] or accounts
        for account in mine:
            taken = await self.warden.read(account, intent.client_id)
            if taken.report is not None:
                self._found(account, taken.report, intent)
                return True
        return False

    async def _take_back(self, account: str) -> list[Swept]:
        """Cancels what is open of ours on an account; what had to be."""
        listed = await self.warden.listed(account)
        found = []
        for report in listed.orders:
            intent = self._intent(report)
            if intent is None and not self._is_ours(report):
                continue
            self._found(account, report, intent)
            taken = await self.warden.take_back(account, report)
            found.append(self.first[report.client_id or report.id])
            self._became(report.client_id or report.id, STILL, taken.why)
        if listed.why:
            return []
        names = {each.client_id or each.id for each in (await self.warden.listed(account)).orders}
        for name, each in self.first.items():
            if each.account == account and each.became == STILL and name not in names:
                self._became(name, CANCELLED, "")
        return found

    def _became(self, name: str, became: str, why: str) -> None:
        self.first[name] = replace(self.first[name], became=became, why=why)


def _tag(client_id: str) -> str:
    found = TAGGED.fullmatch(client_id)
    return found[1] if found else ""


def _swept(account: str, report: Report, intent: Intent | None) -> Swept:
    return Swept(
        account=account,
        client_id=report.client_id,
        order_id=report.id,
        was=_WAS[report.status] if report.status is not None else OPEN,
        filled=f"{report.filled:f}" if report.filled else "",
        symbol=report.symbol,
        side=str(report.side or ""),
        price="" if report.price is None else f"{report.price:f}",
        size="" if report.size is None else f"{report.size:f}",
        case=intent.case if intent is not None else "",
        intent=intent,
    )


def _unread(intent: Intent, accounts: Sequence[str]) -> Swept:
    why = "" if intent.client_id else "its command bore no name"
    if not accounts:
        why = "no account could be seen"
    return Swept(
        account="",
        client_id=intent.client_id,
        order_id="",
        was=UNKNOWN if why else NEVER,
        why=why,
        symbol=intent.symbol,
        side=intent.side,
        price=intent.price,
        size=intent.size,
        case=intent.case,
        intent=intent,
    )


def counted(orders: Iterable[Swept]) -> Mapping[str, int]:
    """How many were what."""
    counts: dict[str, int] = {}
    for each in orders:
        counts[each.was] = counts.get(each.was, 0) + 1
    return counts

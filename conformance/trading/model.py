"""The account model: what a client can know of an account, folded message by message.

Only the numbers of updates order an account's history: replies come in any order, two connections see the
same updates at different times, and an update may arrive before a snapshot that includes it. What was
received on a connection before a command was sent there had happened before it: that is all that is known
besides. Whatever does not follow from these is not concluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from conformance.trading.contradiction import (
    Wrong,
    altered,
    arithmetic,
    behind,
    is_done,
    renamed,
    shown,
    stands,
)
from conformance.trading.history import Heard, Kept, Numbered
from conformance.trading.numbering import Deed, Numbering
from conformance.trading.roles import Report
from conformance.trading.sights import Snapshot, State, Told, Update

REFUSALS = 3
"""So often the same has to happen before it is no chance."""


@dataclass(frozen=True, slots=True)
class _Sight:
    report: Report
    at: int
    name: str


class Account(Numbering):
    """One account. ``orders`` are those that work, as they were last reported; ``compared`` the promises that
    something was really held against so far."""

    def __init__(self, deeds: Iterable[Deed] = ()) -> None:
        super().__init__(deeds)
        self.orders: dict[str, Report] = {}
        self._first: dict[str, Report] = {}
        self._accepted: dict[str, str] = {}
        self._known: dict[tuple[str, str], list[_Sight]] = {}
        self._told: list[tuple[Heard, Report, Deed | None]] = []

    # -- what is seen -------------------------------------------------------------------------------

    def updated(self, heard: Heard, update: Update) -> None:
        """A change of an order was reported."""
        name = f"{heard.name} {update.number}" if update.number is not None else heard.name
        heard = replace(heard, name=name)
        self._looked_at(heard, update.report)
        if update.number is None or not self._follows(heard, update, update.number):
            return
        known = self.history.changes.get(update.number)
        if known is not None:
            self.compared.add("reported")
            if stands(known.report) != stands(update.report) or known.report.id != update.report.id:
                told = f"{_words(known.report)}, as another connection was told"
                self._wrong("reported", heard, update.report.id, "", told, _words(update.report))
            return
        self.history.add(update.number, update)
        self._in_order(heard, update, update.number)
        self._compare()

    def told(self, heard: Heard, told: Told, deed: Deed | None = None) -> None:
        """An order was shown in the reply to ``deed``."""
        report = told.report
        self._looked_at(heard, report)
        if deed is not None:
            self._as_sent(heard, report, deed)
            self._once(heard, report, deed)
        self._not_behind(heard, report)
        self._told.append((heard, report, deed))

    def snapshot(self, heard: Heard, seen: Snapshot) -> None:
        """The whole account was shown."""
        for report in seen.orders or ():
            self._looked_at(heard, report)
            self._not_behind(heard, report, "listed")
        if seen.orders is not None:
            names = [each.id for each in seen.orders]
            for twice in {name for name in names if names.count(name) > 1}:
                self._wrong("listed", heard, twice, "", "it once", f"{names.count(twice)} times")
        if self._numbered(heard, seen.number, seen):
            self._compare()
            self._agrees(heard)

    def state(self, heard: Heard, seen: State) -> None:
        """It was told how the account stands."""
        if self._numbered(heard, seen.number, seen):
            self._agrees(heard)
            self._ties_up(heard)

    # -- orders -------------------------------------------------------------------------------------

    def _looked_at(self, heard: Heard, report: Report) -> None:
        """What one sight of an order must be by itself, and what of it never changes."""
        if report.size is not None and report.filled is not None and report.status is not None:
            self.compared.add("arithmetic")
        self._each("arithmetic", heard, report, arithmetic(report))
        if self._was_refused(report):
            told = "no such order: its placement was refused"
            self._each("untouched", heard, report, [("", told, str(report.status))])
        known = self._first.setdefault(report.id, report)
        if known is not report:
            self.compared.add("identity")
            self._each("identity", heard, report, renamed(known, report))
            if self._is_ours(report) and not self._amended(report, heard.at):
                self._each("identity", heard, report, altered(known, report))

    def _as_sent(self, heard: Heard, report: Report, deed: Deed) -> None:
        """A reply is about the order that its command was about, with the numbers that were sent."""
        asked = replace(
            report, id=deed.id, client_id=deed.client_id, symbol=deed.symbol, side=deed.side, type=deed.type
        )
        if any((deed.id, deed.client_id)):
            self.compared.add("identity")
            self._each("identity", heard, report, renamed(asked, report))
        for what in ("price", "size"):
            sent, came = getattr(deed, what), getattr(report, what)
            if sent is not None and came is not None:
                self.compared.add("exact")
                if sent != came:
                    self._each(
                        "exact", heard, report, [(what, f"{shown(sent)}, as it was sent", shown(came))]
                    )

    def _once(self, heard: Heard, report: Report, deed: Deed) -> None:
        """One client order id is accepted once."""
        if deed.kind != "place" or not deed.client_id:
            return
        known = self._accepted.setdefault(deed.client_id, report.id)
        if known != report.id:
            told = f"one order, {known}"
            self._wrong("unique", heard, "", f"client order id {deed.client_id}", told, f"{report.id} too")

    def _not_behind(self, heard: Heard, report: Report, promise: str = "progress") -> None:
        """What had been received of an order before this was asked for is not taken back."""
        key = (heard.ear, report.id)
        for known in self._known.get(key, ()):
            if heard.asked is not None and known.at < heard.asked:
                self.compared.add(promise)
                self._each(promise, heard, report, behind(known.report, report, known.name))
        self._known.setdefault(key, []).append(_Sight(report, heard.at, heard.name))

    def _in_order(self, heard: Heard, update: Update, number: int) -> None:
        """Each update of an order against the ones before and behind it."""
        report = update.report
        self._known.setdefault((heard.ear, report.id), []).append(_Sight(report, heard.at, heard.name))
        if not is_done(report):
            self.orders[report.id] = report
        else:
            self.orders.pop(report.id, None)
        before = self.history.before(number)
        if before is None:
            return
        earlier, known = before
        self.compared.add("progress")
        self._each("progress", heard, report, behind(known.report, report, f"update {earlier}"))
        still = self._is_ours(report) and not self._amended(report, heard.at)
        if stands(known.report) == stands(report) and (still or is_done(report)):
            self._each("reported", heard, report, [("", f"a change since update {earlier}", "none")])
        if self.history.is_whole(earlier, number) and None not in (report.filled, known.report.filled):
            self._each("reported", heard, report, _unreported(known.report, update, earlier))
            self.compared.add("reported")

    def _is_ours(self, report: Report) -> bool:
        return any(deed.kind == "place" and deed.client_id == report.client_id for deed in self.deeds)

    def _was_refused(self, report: Report) -> bool:
        """Whether every placement with this client order id was refused."""
        named = [deed for deed in self.deeds if deed.kind == "place" and deed.client_id == report.client_id]
        return bool(report.client_id and named) and all(deed.refused for deed in named)

    def _amended(self, report: Report, until: int) -> bool:
        """Whether the order may have been amended by then."""
        return any(
            deed.kind == "amend"
            and deed.refused is not True
            and deed.sent < until
            and (deed.id == report.id or (deed.client_id and deed.client_id == report.client_id))
            for deed in self.deeds
        )

    # -- comparisons --------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Every snapshot against what is known by now of its moment."""
        for kept in self.history.snapshots(self._answers):
            refused = kept.since is not None and self._only_refused(kept.since, kept.of)
            self.compared |= kept.compared | ({"untouched"} if refused else set())
            for promise, about, what, expected, seen in kept.wrong:
                self._accuse("untouched" if refused else promise, kept, about, what, expected, seen)

    def _accuse(self, promise: str, kept: Kept, about: str, what: str, expected: str, seen: str) -> None:
        name = what if about else f"{kept.of.heard.name} {what}"
        self._wrong(promise, kept.of.heard, about, name, expected, seen)

    def _agrees(self, heard: Heard) -> None:
        """State and snapshot agree on what is available, where no mark has moved between their like."""
        mine = sorted(self._mine(heard.ear), key=lambda each: each.asked)
        for first, middle, last in zip(mine, mine[1:], mine[2:], strict=False):
            unlike = isinstance(first.seen, State) != isinstance(middle.seen, State)
            outer, inner = _available(first, middle), _available(middle, first)
            if len({each.number for each in (first, middle, last)}) > 1 or not unlike:
                continue
            if isinstance(last.seen, State) != isinstance(first.seen, State) or outer != _available(
                last, middle
            ):
                continue
            if outer is None or inner is None:
                continue
            self.compared.add("state")
            if outer != inner:
                told = f"{shown(outer)}, as in {first.heard.name} of the same number {first.number}"
                name = f"{middle.heard.name} available"
                self._wrong("state", middle.heard, "", name, told, shown(inner))

    def _ties_up(self, heard: Heard) -> None:
        """What is available does not change by the same amount at each refusal, as no marks would move it."""
        states = [each for each in self._mine(heard.ear) if isinstance(each.seen, State)]
        steps: list[tuple[Numbered, Decimal]] = []
        for before, after in pairwise(sorted(states, key=lambda each: each.asked)):
            was, now = _available(before, after), _available(after, before)
            if before.number == after.number and self._only_refused(before, after) and None not in (was, now):
                steps.append((after, (now or Decimal(0)) - (was or Decimal(0))))
        if len(steps) < REFUSALS:
            return
        self.compared.add("untouched")
        if steps[0][1] and len({step for _, step in steps}) == 1:
            told = "no change by a refused command"
            seen = f"{shown(steps[0][1])} by each of {len(steps)}"
            name = f"{steps[0][0].heard.name} available"
            self._wrong("untouched", steps[0][0].heard, "", name, told, seen)

    def settled(self) -> None:
        """Everything was seen: replies show nothing that no update reported."""
        for heard, report, _ in self._told:
            states = self.history.life(report.id)
            if states is None or not self._begun_with(states[0]):
                continue
            self.compared.add("reported")
            if not any(stands(report) == stands(each) for each in states):
                told = "one of the states that were reported of it"
                self._each("reported", heard, report, [("", told, _words(report))])

    def _begun_with(self, born: Report) -> bool:
        """Whether an order was accepted here as the first of its updates tells it: none came before that."""
        return any(
            told.id == born.id and deed is not None and deed.kind == "place" and stands(told) == stands(born)
            for _, told, deed in self._told
        )

    # -- findings -----------------------------------------------------------------------------------

    def _each(self, promise: str, heard: Heard, report: Report, wrong: Iterable[Wrong]) -> None:
        for what, expected, seen in wrong:
            self._wrong(promise, heard, report.id, what, expected, seen)


def _unreported(known: Report, update: Update, earlier: int) -> Iterator[Wrong]:
    """Something was filled that no update told of."""
    assert known.filled is not None
    if update.report.filled is None or update.report.filled < known.filled:
        return
    if update.size is None:
        return  # it need not say what was filled
    wanted = known.filled + (update.size or Decimal(0))
    if update.report.filled != wanted:
        why = f"the {shown(known.filled)} of update {earlier} and {shown(update.size or Decimal(0))} now"
        yield "filled", f"{shown(wanted)}, {why}", shown(update.report.filled)


def _words(report: Report) -> str:
    return f"{report.status} with {shown(report.filled)} of {shown(report.size)} filled"


def _available(answer: Numbered, beside: Numbered) -> Decimal | None:
    """What an answer says is available; of several assets, the one of which the state beside it speaks."""
    if isinstance(answer.seen, State):
        return answer.seen.available
    told = [each.available for each in (answer.seen.balances or {}).values()]
    if len(told) > 1:
        return (
            beside.seen.available
            if isinstance(beside.seen, State) and beside.seen.available in told
            else None
        )
    return told[0] if told else None

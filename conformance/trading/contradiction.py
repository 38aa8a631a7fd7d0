"""What contradicts what: plain functions over orders as messages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from conformance.codec import MISSING
from conformance.trading.roles import Report, Status
from conformance.trading.sights import Balance, Update

UNTOLD = (None, "", MISSING)
DIGITS = 100
"""Far more than a decimal string of any contract has: what is reckoned is exact."""

Wrong = tuple[str, str, str]
"""(what of an order, expected, seen)"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A promise of trading (its name) that what was seen does not keep. ``entry`` is the message that shows
    it, as whoever folded it in calls it."""

    promise: str
    where: str
    expected: str
    seen: str
    entry: int


def stands(report: Report) -> tuple[object, ...]:
    """All of an order that may change."""
    return report.price, report.size, report.filled, report.remaining, report.status


def is_done(report: Report) -> bool:
    """Whether an order is filled or cancelled."""
    return report.status is not None and not report.status.works


def shown(value: object) -> str:
    """A value in a sentence."""
    if value is None:
        return "nothing"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def arithmetic(report: Report) -> Iterator[Wrong]:
    """Filled and remaining add up to the size while an order works; of one that is done nothing remains."""
    size, filled, remaining, status = report.size, report.filled, report.remaining, report.status
    if size is None or filled is None or status is None:
        return
    left = size - filled if status.works else Decimal(0)
    if remaining is not None and remaining != left:
        why = f", what of {shown(size)} is not filled" if status.works else f" of an order that is {status}"
        yield "remaining", f"{shown(left)}{why}", shown(remaining)
    elif status is Status.OPEN and filled:
        yield "status", f"{Status.PARTIALLY_FILLED}, as {shown(filled)} is filled", str(status)
    elif status is Status.PARTIALLY_FILLED and not 0 < filled < size:
        yield "status", f"another one, as {shown(filled)} of {shown(size)} is filled", str(status)
    elif status is Status.FILLED and filled != size:
        yield "filled", f"{shown(size)}, all of an order that is {status}", shown(filled)


def renamed(known: Report, report: Report) -> Iterator[Wrong]:
    """The client's id, symbol, side and type of an order never change."""
    for what in ("id", "client_id", "symbol", "side", "type"):
        before, now = getattr(known, what), getattr(report, what)
        if before not in UNTOLD and now not in UNTOLD and before != now:
            yield what.replace("_", " "), shown(before), shown(now)


def altered(known: Report, report: Report) -> Iterator[Wrong]:
    """Price and size change by an amendment only: there was none."""
    for what in ("price", "size"):
        before, now = getattr(known, what), getattr(report, what)
        if before is not None and before != now:
            yield what, f"{shown(before)}, for nobody amended it", shown(now)


def behind(known: Report, report: Report, since: str) -> Iterator[Wrong]:
    """A later sight of an order is not behind an earlier one: fills stay, and the end is the end."""
    if known.filled is not None and report.filled is not None and report.filled < known.filled:
        yield "filled", f"at least {shown(known.filled)}, as in {since}", shown(report.filled)
    elif is_done(known) and report.status is not None and stands(known) != stands(report):
        told = f"{known.status} with {shown(known.filled)} filled, as in {since}"
        yield "status", told, f"{report.status} with {shown(report.filled)} filled"


def folded(orders: Mapping[str, Report], changes: Iterable[Update]) -> dict[str, Report]:
    """The orders that work after these changes."""
    now = dict(orders)
    for each in changes:
        if is_done(each.report):
            now.pop(each.report.id, None)
        else:
            now[each.report.id] = each.report
    return now


def filled(orders: Mapping[str, Report], changes: Iterable[Update]) -> list[Update] | None:
    """These changes, each with what it filled, told or not; None where that cannot be known of one."""
    known, made = dict(orders), list[Update]()
    for each in changes:
        before, now = known.get(each.report.id), each.report.filled
        known[each.report.id] = each.report
        if each.size is None and now:
            if before is None or before.filled is None:
                return None
            more = now - before.filled
            each = replace(each, size=more if more > 0 else None)
        made.append(each)
    return made


def moved(changes: Sequence[Update]) -> dict[str, Decimal]:
    """By how much each position moved."""
    made: dict[str, Decimal] = {}
    for each in changes:
        side = each.report.side
        if each.size is not None and side is not None:
            made[each.report.symbol] = made.get(each.report.symbol, Decimal(0)) + side.sign * each.size
    return made


def paid(changes: Sequence[Update]) -> Decimal | None:
    """What all fills cost together; None when one of them does not say at which price."""
    total = Decimal(0)
    with localcontext(prec=DIGITS):
        for each in changes:
            if each.size is None:
                continue
            if each.price is None or each.report.side is None:
                return None
            total += each.report.side.sign * each.size * each.price
    return total


def mislisted(
    wanted: Mapping[str, Report], listed: Mapping[str, Report], about: Iterable[str]
) -> Iterator[tuple[str, str, str, str]]:
    """(order, what, expected, seen) of each of these orders that is not listed as it should be."""
    for name in about:
        one, other = wanted.get(name), listed.get(name)
        if one is None and other is not None:
            yield name, "", "no such order: it does not work", f"{other.status}"
        elif one is not None and other is None:
            yield name, "", f"the order, {one.status}", "nothing of it"
        elif one is not None and other is not None and stands(one) != stands(other):
            what = next(
                name
                for name in ("status", "filled", "remaining", "price", "size")
                if getattr(one, name) != getattr(other, name)
            )
            yield name, what, shown(getattr(one, what)), shown(getattr(other, what))


def misheld(
    before: Mapping[str, Decimal | None], after: Mapping[str, Decimal | None], by: Mapping[str, Decimal]
) -> Iterator[Wrong]:
    """Positions that moved otherwise than by these fills. One that is not listed is 0."""
    for symbol in dict.fromkeys((*before, *after, *by)):
        was, now = before.get(symbol, Decimal(0)), after.get(symbol, Decimal(0))
        if was is None or now is None:
            continue
        wanted = was + by.get(symbol, Decimal(0))
        if now != wanted:
            told = f"{shown(wanted)}: it was {shown(was)}, and {shown(by.get(symbol, Decimal(0)))} was filled"
            yield symbol, told, shown(now)


def mispaid(before: Mapping[str, Balance], after: Mapping[str, Balance], cost: Decimal) -> Iterator[Wrong]:
    """Balances that moved otherwise than by what fills cost. Of several assets one may have paid for them."""
    with localcontext(prec=DIGITS):
        differences: dict[str, Decimal] = {}
        for asset in dict.fromkeys((*before, *after)):
            was = before[asset].total if asset in before else Decimal(0)
            now = after[asset].total if asset in after else Decimal(0)
            if was is None or now is None:
                return
            if was != now:
                differences[asset] = now - was
        if list(differences.values()) == ([-cost] if cost else []):
            return
        asset = next(iter(differences), next(iter(after), ""))
        was = before[asset].total if asset in before else Decimal(0)
        now = after[asset].total if asset in after else Decimal(0)
        if was is not None:
            yield asset, f"{shown(was - cost)}: it was {shown(was)}, and fills cost {shown(cost)}", shown(now)

"""Whether an order may be sent: one pure decision, from what it asks for, the limits and the market.

Each function gives the reason against it in a few words, or ''.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from conformance.trading.asking import AMEND, PLACE, Asking
from conformance.trading.limits import Limits
from conformance.trading.roles import Side


@dataclass(frozen=True, slots=True)
class Market:
    """What the target says of the market in one symbol. ``unknown``: it knows no such symbol."""

    bid: Decimal | None = None
    ask: Decimal | None = None
    mark: Decimal | None = None
    unknown: bool = False

    @property
    def silent(self) -> bool:
        """Whether it gives no price at all."""
        return self.bid is None and self.ask is None and self.mark is None

    def takes(self, side: Side | None) -> Decimal | None:
        """The highest price at which an order without one, or one that crosses, can be expected to trade."""
        known = [each for each in (self.bid, self.ask, self.mark) if each is not None]
        if side is Side.SELL:
            return self.bid if self.bid is not None else self.mark
        return max(known, default=None)


UNSEEN = Market()
LONGEST = 40
"""Digits before the point: nobody has so much."""
DIGITS = 24


def too_much(order: Asking, limits: Limits, market: Market, placed: int, working: int) -> str:
    """What of the caps an order would exceed; ``placed`` and ``working`` are how many there are already."""
    if limits.orders is not None and placed >= limits.orders:
        return f"more than {limits.orders} orders in this run (orders)"
    if order.role == PLACE and limits.open_orders is not None and working >= limits.open_orders:
        return f"more than {limits.open_orders} orders open at once (open_orders)"
    size = abs(order.size) if order.size is not None else None
    if size is not None and limits.order_size is not None and size > limits.order_size:
        return f"a size of {shown(size)}, more than {shown(limits.order_size)} (order_size)"
    price = _dearest(order, market)
    if size is not None and price is not None and limits.order_notional is not None:
        value = price * size
        if value > limits.order_notional:
            most = shown(limits.order_notional)
            return f"{shown(price)} times {shown(size)}, more than {most} (order_notional)"
    return ""


def _dearest(order: Asking, market: Market) -> Decimal | None:
    """The highest price that an order may come to trade at."""
    known = [abs(order.price)] if order.price is not None else []
    if order.market is not False or order.price is None or order.side is not Side.BUY:
        taken = market.takes(order.side)
        known += [taken] if taken is not None else []
    return max(known, default=None)


def readable(order: Asking) -> str:
    """Why nobody can say what a lenient target would make of this order."""
    if order.market is None:
        return "its type is no word of the document, and might be taken for a market order"
    if order.market:
        return "it takes any price"
    if order.side is None:
        return "its side cannot be told"
    if not order.priced:
        return "it has no price, and might be taken for a market order"
    if order.price is None:
        return "its price is no number"
    if order.price.adjusted() > LONGEST:
        return "its price is longer than any amount of money"
    return ""


def near(side: Side, price: Decimal, market: Market, distance: Decimal) -> str:
    """Why an order at this price is not far enough from the market: the nearest of what is known counts."""
    if market.unknown:
        return ""  # the target has no market there that anybody could trade in
    if market.silent:
        return "the target gives no price that it could be kept away from"
    if side is Side.BUY:
        known = (market.mark, market.ask) if market.bid is None else (market.bid,)
        best = min(each for each in known if each is not None)
        bound = best * (1 - distance)
        return "" if price <= bound else f"a buy at {shown(price)} is not below {shown(bound)}"
    known = (market.bid, market.mark) if market.ask is None else (market.ask,)
    best = max(each for each in known if each is not None)
    bound = best * (1 + distance)
    return "" if price >= bound else f"a sell at {shown(price)} is not above {shown(bound)}"


def changed(order: Asking, known: Asking) -> Asking:
    """The order as it would be after an amendment."""
    assert order.role == AMEND
    return Asking(
        AMEND,
        order.operation,
        client_id=known.client_id,
        id=order.id,
        symbol=known.symbol,
        side=known.side,
        market=known.market,
        priced=True,
        price=order.price if order.priced else known.price,
        size=order.size if order.size is not None else known.size,
    )


def shown(number: Decimal) -> str:
    """A number for a sentence: short, however many digits it has."""
    text = f"{number.normalize():f}" if abs(number.adjusted()) < DIGITS else ""
    return text if 0 < len(text) <= DIGITS else f"{number:.2e}"
